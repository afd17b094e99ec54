"""Events between units: kept in a stream, delivered at least once to each durable consumer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import nats.errors
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig
from pydantic_core import from_json

from shared.events.streams import UNIT_STREAM
from shared.events.subjects import untoken
from shared.kernel.errors import HiremeshError

log = logging.getLogger(__name__)

BATCH = 32
ACK_SECONDS = 6.0
"""How soon others get the events of a process that vanished; one that works says so three times as often."""
ATTEMPTS = 20
"""How often an event is tried that fails for a mistake. One that may succeed later is tried for as long as it is kept."""
RETRY_SECONDS = 2.0
LONGEST_RETRY_SECONDS = 60.0
PULL_SECONDS = 20.0


@dataclass(frozen=True)
class UnitEvent:
    """Something that happened in a unit.

    Attributes:
        seq: its place in the stream; a consumer that has acted on it can tell it by this.
        message_id: the publisher's id for it, or None.
        at: when the stream took it.
    """

    tenant: str
    unit: str
    what: str
    payload: dict[str, Any]
    seq: int
    message_id: str | None
    at: datetime


UnitHandler = Callable[[UnitEvent], Awaitable[None]]


class UnitConsumer:
    """A durable consumer's loop in this process; several processes share one durable name.

    An event whose handler blocks the whole process for longer than the wait goes to another one as well: what a
    handler does must bear repetition.
    """

    def __init__(self, subscription: JetStreamContext.PullSubscription, handler: UnitHandler) -> None:
        self._subscription = subscription
        self._handler = handler
        self._in_hand: list[Msg] = []
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._keep_in_hand())]

    @classmethod
    async def open(
        cls, js: JetStreamContext, stream: str, durable: str, subject: str, handler: UnitHandler
    ) -> "UnitConsumer":
        """Create or join the durable consumer, brought to these settings, and start handling."""
        config = ConsumerConfig(
            name=durable,
            durable_name=durable,
            filter_subject=subject,
            ack_wait=ACK_SECONDS,
            max_deliver=-1,
            max_ack_pending=4 * BATCH,
            # One that nobody came back to is forgotten once the events it has not seen are gone too.
            inactive_threshold=UNIT_STREAM.max_age,
        )
        await js.add_consumer(stream, config)
        return cls(await js.pull_subscribe_bind(durable, stream), handler)

    async def aclose(self) -> None:
        """Stop; the events in hand go to others at once."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for message in self._in_hand:
            with suppress(nats.errors.Error):
                await message.nak()
        # Else the connection waits, when it is drained, for events that nobody will take any more.
        with suppress(nats.errors.Error):
            await self._subscription.unsubscribe()

    async def _run(self) -> None:
        while True:
            try:
                self._in_hand = await self._subscription.fetch(BATCH, timeout=PULL_SECONDS)
            except TimeoutError:
                # Nothing happened meanwhile. The client raises the builtin as well as its own subclass of it.
                continue
            except nats.errors.Error:
                log.warning("unit events are out of reach; trying again", exc_info=True)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            while self._in_hand:
                try:
                    await self._deliver(self._in_hand[0])
                except nats.errors.Error:
                    log.warning("a unit event could not be acknowledged; it comes again", exc_info=True)
                del self._in_hand[0]

    async def _keep_in_hand(self) -> None:
        """Tell the stream that what was fetched is worked on, else it gives it to others."""
        while True:
            await asyncio.sleep(ACK_SECONDS / 3)
            with suppress(nats.errors.Error):  # out of reach, which the fetching reports
                for message in [*self._in_hand]:
                    await message.in_progress()

    async def _deliver(self, message: Msg) -> None:
        event = _event(message)
        try:
            await self._handler(event)
        except HiremeshError as error:
            log.warning("unit event %s/%s #%d: %s", event.unit, event.what, event.seq, error.code)
            await (_again(message, error.retry_after) if error.retryable else message.term())
        except Exception:
            log.exception("unit event %s/%s #%d failed", event.unit, event.what, event.seq)
            await (_again(message) if message.metadata.num_delivered < ATTEMPTS else message.term())
        else:
            await message.ack()


async def _again(message: Msg, wait: float | None = None) -> None:
    """Have a message delivered again, after ``wait`` seconds or else later each time."""
    step = RETRY_SECONDS * 2 ** min(message.metadata.num_delivered - 1, 10)
    await message.nak(delay=wait or min(step, LONGEST_RETRY_SECONDS))


def _event(message: Msg) -> UnitEvent:
    _, tenant, unit, what = message.subject.split(".")
    metadata = message.metadata
    return UnitEvent(
        tenant=untoken(tenant),
        unit=untoken(unit),
        what=untoken(what),
        payload=cast(dict[str, Any], from_json(message.data)),
        seq=metadata.sequence.stream,
        message_id=(message.headers or {}).get("Nats-Msg-Id"),
        at=metadata.timestamp,
    )
