"""The loop that consumes unit events lives through all that the NATS client raises while nothing happens."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import nats.errors
import pytest
from nats.js import JetStreamContext

from shared.events.units import UnitConsumer, UnitEvent


@dataclass
class Delivered:
    """As much of a message as the consumer looks at."""

    acknowledged: list[str]
    refusal: Exception | None = None
    subject: str = "unit.acme.jobs.taxonomy_widened"
    data: bytes = b'{"seq": 1}'
    headers: dict[str, str] | None = None
    metadata: Any = field(
        default_factory=lambda: SimpleNamespace(
            sequence=SimpleNamespace(stream=7), timestamp=datetime(2026, 1, 1, tzinfo=UTC)
        )
    )

    async def ack(self) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.acknowledged.append(self.subject)


class Scripted:
    """A subscription whose fetches end one after another as told, then wait for ever."""

    def __init__(self, outcomes: list[Exception | list[Delivered]]) -> None:
        self._outcomes = outcomes

    async def fetch(self, batch: int, timeout: float) -> list[Delivered]:
        if not self._outcomes:
            await asyncio.Event().wait()
        outcome = self._outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def unsubscribe(self) -> None:
        """Nothing is left to be taken."""


@pytest.mark.parametrize(
    "ended",
    [
        # Which of the two it is hangs on whether the server's "nothing came" or the client's clock is first.
        pytest.param(nats.errors.TimeoutError(), id="the client's own timeout"),
        pytest.param(TimeoutError(), id="the builtin timeout"),
    ],
)
async def test_an_event_after_an_idle_while_is_handled(ended: Exception) -> None:
    acknowledged: list[str] = []
    handled: asyncio.Queue[UnitEvent] = asyncio.Queue()
    subscription = Scripted([ended, [Delivered(acknowledged)]])

    consumer = UnitConsumer(cast(JetStreamContext.PullSubscription, subscription), handled.put)
    async with asyncio.timeout(10):
        event = await handled.get()
    await consumer.aclose()

    assert (event.tenant, event.what, event.payload) == ("acme", "taxonomy_widened", {"seq": 1})
    assert acknowledged == ["unit.acme.jobs.taxonomy_widened"]


async def test_an_acknowledgement_that_cannot_be_sent_does_not_end_the_following() -> None:
    acknowledged: list[str] = []
    handled: asyncio.Queue[UnitEvent] = asyncio.Queue()
    lost = Delivered(acknowledged, refusal=nats.errors.ConnectionClosedError())
    subscription = Scripted([[lost], [Delivered(acknowledged)]])

    consumer = UnitConsumer(cast(JetStreamContext.PullSubscription, subscription), handled.put)
    async with asyncio.timeout(10):
        await handled.get()
        await handled.get()
    await consumer.aclose()

    assert len(acknowledged) == 1
