"""One subscription a process, fanned out to bounded listeners."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import Header
from pydantic_core import from_json

from shared.events.subjects import LIVE, UI
from shared.kernel.errors import Unavailable

log = logging.getLogger(__name__)

LISTENER_LIMIT = 512


class UiEvent(NamedTuple):
    """A live event and its place in the log: ``seq`` is the SSE id to resume after."""

    seq: int
    event: dict[str, Any]


class Interrupted(Unavailable):
    """The listener fell behind or the connection was lost: attach again after the last id seen."""


class LiveEvent(NamedTuple):
    """An event as republished; ``previous`` is the sequence of the one before it on its subject."""

    seq: int
    previous: int
    event: dict[str, Any]


class Listener:
    """A bounded queue of one subject's events. Overflow empties it and ends the iteration."""

    def __init__(self, limit: int) -> None:
        self._queue: asyncio.Queue[LiveEvent | None] = asyncio.Queue(limit)

    def offer(self, item: LiveEvent) -> None:
        """Add an event, or interrupt the listener when it has no room."""
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            self.interrupt()

    def interrupt(self) -> None:
        """Drop what is queued and have the reader raise Interrupted."""
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def events(self) -> AsyncGenerator[LiveEvent]:
        """Yield events as they come. Raises Interrupted; the next call starts afresh."""
        while (item := await self._queue.get()) is not None:
            yield item
        raise Interrupted("live events were lost on the way.", fix="Attach again after the last event seen.")


class LiveFeed:
    """All listeners of a process behind one core subscription to the republished log."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._subscription: Subscription | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Subscribe, once."""
        async with self._starting:
            if self._subscription is None:
                subject = f"{LIVE}.{UI}.>"
                self._subscription = await self._client.subscribe(subject, cb=self._dispatch)

    @contextmanager
    def listen(self, subject: str, limit: int = LISTENER_LIMIT) -> Generator[Listener]:
        """Hear ``subject`` (``ui.…``) within the block."""
        listener = Listener(limit)
        self._listeners[subject].add(listener)
        try:
            yield listener
        finally:
            self._listeners[subject].discard(listener)
            if not self._listeners[subject]:
                del self._listeners[subject]

    def interrupt_all(self) -> None:
        """Have every listener re-attach: something may have been missed."""
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.interrupt()

    async def _dispatch(self, message: Msg) -> None:
        listeners = self._listeners.get(message.subject.removeprefix(f"{LIVE}."))
        if not listeners:
            return
        headers: Mapping[str, str] = message.headers or {}
        seq, previous = int(headers["Nats-Sequence"]), int(headers["Nats-Last-Sequence"])
        item = LiveEvent(seq, previous, from_json(message.data))
        for listener in listeners:
            listener.offer(item)


def status(message: Msg) -> str | None:
    """Return a JetStream reply's status (``204`` end of batch, ``404`` nothing there), or None for data."""
    return (message.headers or {}).get(Header.STATUS.value)
