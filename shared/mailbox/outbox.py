"""Telling other units what happened: kept in the transaction in which it happened, published after it.

A mailbox is the outbox. What a unit tells commits or rolls back with what it tells of, is published in the
order of the commits of its tenant, again and again while NATS is away, and never twice under two ids: the
event's id is given out with the row and goes with it to whoever hears of it.
"""

import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Generic, TypeVar

from shared.events import EventBus
from shared.kernel.ids import new_id
from shared.mailbox.mailboxes import Mailboxes
from shared.mailbox.model import Backoff, Message
from shared.mailbox.pruning import pruning
from shared.mailbox.turns import InTransaction
from shared.mailbox.worker import Slots, Worker
from shared.storage import Connection, Database, TenantRecords

MOST_WAITING = 100_000
"""Events that may wait for a tenant while NATS is away; then the unit refuses to change anything more."""
TOGETHER = 32
PATIENCE_SECONDS = 2.0
LEASE_SECONDS = 6.0
"""How soon another process publishes what one had in hand that vanished."""
SWEEP_SECONDS = 5.0
DRAIN_SECONDS = 1.0
BACKOFF = Backoff(ceiling=30.0)
KEPT = timedelta(days=7)
"""How long it can be looked up what a unit told, after it was published."""


class Outbox:
    """What one unit tells. Payloads hold references, never what is known of a candidate."""

    def __init__(self, unit: str, database: Database, events: EventBus | None = None) -> None:
        self._unit = unit
        self._mailboxes = Mailboxes(database, events, bound=MOST_WAITING)

    def transaction(self, tenant: str) -> AbstractAsyncContextManager[Connection]:
        """Lend a transaction; what is told within it is published as soon as it has committed."""
        return self._mailboxes.transaction(tenant)

    async def put(self, tx: Connection, tenant: str, what: str, payload: Mapping[str, object]) -> None:
        """Tell that something happened, once ``tx`` commits. Raises RateLimited when too much waits."""
        event = new_id("ev")
        part = {"data": {"what": what, "payload": dict(payload)}}
        body = {"messageId": event, "role": "ROLE_AGENT", "parts": [part]}
        await self._mailboxes.send(tenant, f"{self._unit}.events:{tenant}", body, key=event, tx=tx)

    def publisher(self, events: EventBus) -> Worker:
        """Return the worker that publishes what was told, at least once, for as long as it takes."""

        async def publish(message: Message, _: Connection) -> None:
            told = message.body["parts"][0]["data"]
            await events.publish_unit(
                message.tenant,
                self._unit,
                told["what"],
                told["payload"],
                message_id=message.body["messageId"],
                patience=PATIENCE_SECONDS,
            )

        return Worker(
            self._mailboxes,
            f"{self._unit}.events",
            InTransaction(publish, together=TOGETHER),
            slots=Slots(interactive=0, normal=4, background=0),
            lease=LEASE_SECONDS,
            sweep=SWEEP_SECONDS,
            backoff=BACKOFF,
            max_attempts=sys.maxsize,
        )


@asynccontextmanager
async def open_outbox(unit: str, database: Database, events: EventBus) -> AsyncGenerator[Outbox]:
    """Yield a unit's outbox, whose events are published meanwhile."""
    outbox = Outbox(unit, database, events)
    publisher = outbox.publisher(events)
    await publisher.start()
    try:
        async with pruning(database, {f"{unit}.events": KEPT}):
            yield outbox
    finally:
        await publisher.drain(DRAIN_SECONDS)


class TellingRecords(TenantRecords):
    """One tenant's records within one transaction, and what is told of them."""

    def __init__(self, connection: Connection, tenant: str, outbox: Outbox) -> None:
        super().__init__(connection, tenant)
        self._outbox = outbox

    async def tell(self, what: str, payload: Mapping[str, object]) -> None:
        """Tell the other units that ``what`` happened, once this transaction commits."""
        await self._outbox.put(self._connection, self._tenant, what, payload)


Records = TypeVar("Records", bound=TellingRecords)


class TellingStore(Generic[Records]):
    """Opens transactions on a unit's schema and its outbox; a unit's store names its ``records``."""

    records: type[Records]

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    @asynccontextmanager
    async def begin(self, tenant: str) -> AsyncGenerator[Records]:
        """Commit when the block ends well, roll back otherwise. Raises kernel errors."""
        async with self._outbox.transaction(tenant) as connection:
            yield self.records(connection, tenant, self._outbox)
