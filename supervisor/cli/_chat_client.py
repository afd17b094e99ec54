"""An AG-UI client for the terminal: one turn at a time, through lost connections."""

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
from httpx_sse import EventSource, aconnect_sse

from shared.edge.errors import error_from_body
from shared.kernel.errors import Unavailable

Event = dict[str, Any]
CLOSING = {"RUN_FINISHED", "RUN_ERROR"}
RECONNECTS = 60
NO_TIMEOUT_WHILE_READING = httpx.Timeout(10, read=None)


class ChatClient:
    """Talks with the supervisor's chat endpoint.

    Args:
        base_url: the supervisor's.
        token: a bearer token of the person who talks, for the supervisor.
    """

    def __init__(self, http: httpx.AsyncClient, base_url: str, token: str) -> None:
        self._http = http
        self._url = f"{base_url}/agui"
        self._headers = {"Authorization": f"Bearer {token}"}

    async def say(self, thread: str, text: str) -> AsyncIterator[Event]:
        """Send a message and yield what is shown, to the end of the turn."""
        async for event in self._turn(thread, {"messages": [{"id": "1", "role": "user", "content": text}]}):
            yield event

    async def answer(
        self, thread: str, interrupts: list[Event], approved: bool, reason: str
    ) -> AsyncIterator[Event]:
        """Answer what a turn asked and yield what is shown, to the end of the turn."""
        payload = {"approved": approved, "reason": reason}
        resume = [{"interruptId": one["id"], "status": "resolved", "payload": payload} for one in interrupts]
        async for event in self._turn(thread, {"messages": [], "resume": resume}):
            yield event

    async def history(self, thread: str) -> AsyncIterator[Event]:
        """Yield what a conversation has shown, its last 100 messages: from what is kept, however long ago."""
        for event in (await self._get(f"{self._url}/threads/{thread}/messages?limit=100"))["events"]:
            yield event

    async def follow(self, thread: str, turn: str) -> AsyncIterator[Event]:
        """Yield what a conversation has shown and shows, to the end of ``turn``."""
        opened = False
        async for event in self._events(thread):
            yield event
            opened = opened or (event["type"] == "RUN_STARTED" and event["runId"] == turn)
            # A turn that was answered by this one may end after this one began; an error names no turn.
            if opened and event["type"] in CLOSING and event.get("runId", turn) == turn:
                return

    async def state(self, thread: str) -> Event:
        """Return where a conversation stands. Raises NotFound."""
        return await self._get(f"{self._url}/threads/{thread}")

    async def threads(self) -> list[Event]:
        """Return this person's conversations, newest first."""
        return (await self._get(f"{self._url}/threads"))["threads"]

    async def to_go_on_with(self, thread: str | None) -> list[Event]:
        """Return the conversation of that name; without one the roles, not the applicants evaluated since."""
        known = await self.threads()
        if thread:
            return [one for one in known if one["thread"] == thread]
        return [one for one in known if one["kind"] != "applicants"]

    async def _turn(self, thread: str, said: dict[str, Any]) -> AsyncIterator[Event]:
        """Post a turn; posting it again after a lost connection changes nothing, it only attaches anew."""
        body = {"threadId": thread, "runId": f"turn_{uuid.uuid4().hex}", **said}
        seen = 0
        for _ in range(RECONNECTS):
            try:
                async with aconnect_sse(
                    self._http,
                    "POST",
                    self._url,
                    json=body,
                    headers=self._headers,
                    timeout=NO_TIMEOUT_WHILE_READING,
                ) as source:
                    await _check(source)
                    async for frame in source.aiter_sse():
                        if int(frame.id or 0) <= seen:
                            continue
                        seen, event = int(frame.id), json.loads(frame.data)
                        yield event
                        if event["type"] in CLOSING:
                            return
            except (httpx.TransportError, Unavailable):
                await _pause()
        raise Unavailable("the supervisor does not answer.", fix="The work goes on; look with: hiremesh chat")

    async def _events(self, thread: str) -> AsyncIterator[Event]:
        url, after = f"{self._url}/threads/{thread}/events", "0"
        for _ in range(RECONNECTS):
            headers = self._headers | {"Last-Event-ID": after}
            try:
                async with aconnect_sse(
                    self._http,
                    "GET",
                    url,
                    headers=headers,
                    timeout=NO_TIMEOUT_WHILE_READING,
                ) as source:
                    await _check(source)
                    async for frame in source.aiter_sse():
                        if not frame.data:
                            continue  # a sign of life, while nothing happens
                        after = frame.id
                        yield json.loads(frame.data)
            except (httpx.TransportError, Unavailable):
                await _pause()

    async def _get(self, url: str) -> Any:
        try:
            response = await self._http.get(url, headers=self._headers)
        except httpx.TransportError:
            raise Unavailable("the supervisor does not answer.", fix="Look with: hiremesh status") from None
        if response.status_code != 200:
            raise error_from_body(response.json()["error"])
        return response.json()


async def _check(source: EventSource) -> None:
    if source.response.status_code != 200:
        await source.response.aread()
        raise error_from_body(source.response.json()["error"])


async def _pause() -> None:
    import asyncio

    await asyncio.sleep(1)
