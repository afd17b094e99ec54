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
ACK_SECONDS = 60.0
MAX_DELIVERIES = 20
RETRY_SECONDS = 2.0
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
    """A durable consumer's loop in this process; several processes share one durable name."""

    def __init__(self, subscription: JetStreamContext.PullSubscription, handler: UnitHandler) -> None:
        self._subscription = subscription
        self._handler = handler
        self._task = asyncio.create_task(self._run())

    @classmethod
    async def open(
        cls, js: JetStreamContext, stream: str, durable: str, subject: str, handler: UnitHandler
    ) -> "UnitConsumer":
        """Create or join the durable consumer and start handling."""
        config = ConsumerConfig(
            ack_wait=ACK_SECONDS,
            max_deliver=MAX_DELIVERIES,
            max_ack_pending=4 * BATCH,
            # One that nobody came back to is forgotten once the events it has not seen are gone too.
            inactive_threshold=UNIT_STREAM.max_age,
        )
        subscription = await js.pull_subscribe(subject, durable=durable, stream=stream, config=config)
        return cls(subscription, handler)

    async def aclose(self) -> None:
        """Stop; an event in hand is delivered again later."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        # Else the connection waits, when it is drained, for events that nobody will take any more.
        with suppress(nats.errors.Error):
            await self._subscription.unsubscribe()

    async def _run(self) -> None:
        while True:
            try:
                messages = await self._subscription.fetch(BATCH, timeout=PULL_SECONDS)
            except TimeoutError:
                # Nothing happened meanwhile. The client raises the builtin as well as its own subclass of it.
                continue
            except nats.errors.Error:
                log.warning("unit events are out of reach; trying again", exc_info=True)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            for message in messages:
                try:
                    await self._deliver(message)
                except nats.errors.Error:
                    log.warning("a unit event could not be acknowledged; it comes again", exc_info=True)

    async def _deliver(self, message: Msg) -> None:
        event = _event(message)
        try:
            await self._handler(event)
        except HiremeshError as error:
            log.warning("unit event %s/%s #%d: %s", event.unit, event.what, event.seq, error.code)
            await (
                message.nak(delay=error.retry_after or RETRY_SECONDS) if error.retryable else message.term()
            )
        except Exception:
            log.exception("unit event %s/%s #%d failed", event.unit, event.what, event.seq)
            await message.nak(delay=RETRY_SECONDS)
        else:
            await message.ack()


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
