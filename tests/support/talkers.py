"""People who talk with their agents without a pause, and whether each word was answered once and in order."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import httpx

from shared.kernel.ids import new_id
from supervisor.cli._agents import AgentsClient
from supervisor.cli._chat_client import ChatClient
from supervisor.cli._operator import operator
from supervisor.launch import Deployment
from tests.support.mailbox_nodes import Faults
from tests.support.whole_stack import TENANT, Recruiter, collect

PEOPLE = 2


class Talker:
    """Somebody who asks a numbered question once the one before is answered."""

    def __init__(self, http: httpx.AsyncClient, url: str, token: str) -> None:
        self._chat = ChatClient(http, url, token)
        self._agents = AgentsClient(http, url, token)
        self._asked = 0

    async def talk(self, enough: asyncio.Event) -> None:
        """Ask until it is enough."""
        thread = new_id("thread")
        while not enough.is_set():
            await collect(self._chat.say(thread, f"what are you doing? {self._asked}"))
            self._asked += 1

    async def faults(self) -> Faults:
        """Compare what is kept with what was asked, all of which was acknowledged."""
        kept = [one async for one in self._kept()]
        asked = [one for one in kept if one["message"]["role"] == "ROLE_USER"]
        answered = [one["causation_id"] for one in kept if one["message"]["role"] == "ROLE_AGENT"]
        numbers = [int(one["message"]["parts"][0]["text"].rpartition(" ")[2]) for one in asked]
        places = {one["id"]: place for place, one in enumerate(asked)}
        order = [places[question] for question in answered]
        return Faults(
            lost=self._asked - len(set(numbers)) + len(set(places) - set(answered)),
            repeated=len(numbers) - len(set(numbers)) + sum(n - 1 for n in Counter(answered).values()),
            out_of_order=sum(first > second for each in (numbers, order) for first, second in pairwise(each)),
        )

    async def _kept(self) -> AsyncIterator[dict[str, Any]]:
        page = await self._agents.get("me", "/messages", limit=100)
        pages = [page]
        while page["older"]:
            page = await self._agents.get("me", "/messages", limit=100, cursor=page["older"])
            pages.append(page)
        for page in reversed(pages):
            for one in page["messages"]:
                yield one


@asynccontextmanager
async def people_talking(deployment: Deployment) -> AsyncIterator[list[Faults]]:
    """Let people talk within the block; the list then holds what went wrong for each."""
    url, enough = deployment.url("supervisor"), asyncio.Event()
    found: list[Faults] = []
    async with operator(deployment.folder.path) as issuer, httpx.AsyncClient(trust_env=False) as http:
        talkers: list[Talker] = []
        for _ in range(PEOPLE):
            token, _ = await issuer.mint(
                f"person:{new_id('talker')}",
                tenant=TENANT,
                scopes=["*.read", "*.write"],
                audiences=["supervisor"],
                lifetime=Recruiter.SIGN_IN,
            )
            talkers.append(Talker(http, url, token))
        async with asyncio.TaskGroup() as talking:
            for talker in talkers:
                talking.create_task(talker.talk(enough))
            try:
                yield found
            finally:
                enough.set()
        found.extend([await talker.faults() for talker in talkers])
