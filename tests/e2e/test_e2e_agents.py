"""A recruiter's agent, looked after with ``hiremesh agent``: shown, paused, resumed, read, retired."""

import asyncio
import json
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.kernel.ids import new_id
from supervisor.cli._chat_client import ChatClient
from supervisor.cli._operator import operator
from supervisor.launch import Deployment
from tests.support.whole_stack import POSTING, TENANT, Recruiter, said

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

HIREMESH = [sys.executable, "-c", "from supervisor.cli import main; main()", "agent"]


class Operator:
    """Somebody at a terminal who looks after agents."""

    def __init__(self, folder: Path, tenant: str = TENANT) -> None:
        self._for = ["--data", str(folder), "--tenant", tenant, "--subject", "person:olga"]

    async def run(self, *arguments: str) -> tuple[int, str]:
        """Return the exit code of ``hiremesh agent …`` and what it printed."""
        process = await asyncio.create_subprocess_exec(
            *HIREMESH,
            *arguments,
            *self._for,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await process.communicate()
        return process.returncode or 0, out.decode()

    async def json(self, *arguments: str) -> Any:
        _, out = await self.run(*arguments, "--json")
        return json.loads(out)


@pytest.fixture
async def bea(deployment: Deployment, pool: int) -> AsyncIterator[Recruiter]:
    """A recruiter whom no other test speaks with."""
    subject = f"person:{new_id('bea')}"
    async with operator(deployment.folder.path) as issuer, httpx.AsyncClient(trust_env=False) as http:
        token, _ = await issuer.mint(
            subject,
            tenant=TENANT,
            scopes=["*.read", "*.write", "*.decide"],
            audiences=["supervisor"],
            lifetime=Recruiter.SIGN_IN,
        )
        client = ChatClient(http, deployment.url("supervisor"), token)
        yield Recruiter(client, subject, token, deployment.url("supervisor"))


async def test_an_agent_is_shown_paused_resumed_read_and_retired_from_a_terminal(
    bea: Recruiter, deployment: Deployment, tmp_path: Path
) -> None:
    agent, olga, file = bea.thread, Operator(deployment.folder.path), tmp_path / "bea.zip"
    asked = await bea.say(POSTING)
    shown = await olga.json("show", agent)
    await olga.run("pause", agent, "--reason", "stock-taking")
    kept = [await bea.say("make German a must-have"), await bea.say("what are you doing?")]
    await olga.run("resume", agent)
    answered = await bea.say("what are you doing?")
    read = await olga.json("history", agent, "--limit", "100")
    code, out = await olga.run("retire", agent, "--export", str(file), "--reason", "left", "--yes")

    assert asked[-1]["outcome"]["type"] == "interrupt"
    assert shown["state"] == "working"
    assert [one["kind"] for one in shown["work"][0]["waiting"]] == ["approval"]
    assert [said(events) for events in kept] == [
        "I am paused (stock-taking). I have kept your message and will answer it once I am resumed."
    ] * 2
    assert "I am working on" in said(answered)
    told = [" ".join(part.get("text", "") for part in one["message"]["parts"]) for one in read["messages"]]
    order = [next(n for n, text in enumerate(told) if words in text) for words in ORDER]
    assert order == sorted(order)
    assert (code, "is retired" in out) == (0, True)
    assert "messages.jsonl" in zipfile.ZipFile(file).namelist()
    assert said(await bea.say("what do you keep in mind?")) == "Nothing beyond our roles so far."


ORDER = (
    "Tallowmere Freight",
    "make German a must-have",
    "I will change the requirements accordingly",
    "I am working on",
)


async def test_an_agent_of_another_organisation_is_not_found_from_a_terminal(
    bea: Recruiter, deployment: Deployment
) -> None:
    await bea.say("help")
    stranger = Operator(deployment.folder.path, tenant="bolt")

    code, out = await stranger.run("show", bea.thread)

    assert (code, "there is no such agent" in out) == (1, True)
