"""Sending to mailboxes and directing them."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Literal

from opentelemetry.propagate import inject
from pydantic_core import to_json

from shared.kernel.errors import Conflict, HiremeshError, InvalidInput, NotFound, RateLimited
from shared.mailbox.backlog import FULL_RETRY_SECONDS, Backlog
from shared.mailbox.model import (
    Body,
    Bus,
    Lane,
    Outgoing,
    Sent,
    call_subject,
    kind_of,
    stop_subject,
    wake_subject,
)
from shared.mailbox.records import Records, one, queries
from shared.storage import Connection, Database

log = logging.getLogger(__name__)

BOUND = 1_000
TENANT_BOUND = 100_000
MAX_BODY_BYTES = 1_000_000

# Kinds to wake once the transaction in progress has committed.
_wakes: ContextVar[set[str] | None] = ContextVar("mailbox_wakes", default=None)


class Mailboxes(Records):
    """The mailboxes of all tenants; every call acts for one.

    ``bound`` is the most messages a mailbox may have waiting, ``tenant_bound`` about the most that may
    wait for a tenant in all open mailboxes of a kind. Without a bus, workers notice new messages at
    their next sweep.
    """

    def __init__(
        self,
        database: Database,
        bus: Bus | None = None,
        *,
        bound: int = BOUND,
        tenant_bound: int = TENANT_BOUND,
    ) -> None:
        super().__init__(database)
        self.bus = bus
        self._bound = bound
        self._backlog = Backlog(tenant_bound)

    @asynccontextmanager
    async def transaction(self, tenant: str) -> AsyncGenerator[Connection]:
        """Lend a transaction; workers of mailboxes sent to within it are woken after it commits."""
        wakes: set[str] = set()
        async with self.database.transaction(tenant) as tx:
            mark = _wakes.set(wakes)
            try:
                yield tx
            finally:
                _wakes.reset(mark)
        for kind in wakes:
            await self.wake(kind)

    async def wake(self, kind: str, *, everyone: bool = False) -> None:
        """Tell one worker of ``kind``, or all, to look. A lost word costs a sweep's delay: it never fails."""
        await self._tell(call_subject(kind) if everyone else wake_subject(kind))

    async def _tell(self, subject: str) -> None:
        if self.bus is None:
            return
        try:
            await self.bus.publish(subject, {})
        except HiremeshError as error:
            log.warning("%s was not heard: %s", subject, error.code)

    async def send(
        self,
        tenant: str,
        mailbox: str,
        body: Body,
        *,
        key: str | None = None,
        lane: Lane = Lane.NORMAL,
        not_before: datetime | None = None,
        correlation_id: str | None = None,
        causation_id: str | None = None,
        tx: Connection | None = None,
    ) -> Sent:
        """Append a message, in ``tx`` (which must be ``tenant``'s) or a transaction of its own.

        The same ``key`` is the same message, sent once. ``not_before`` holds it, and what comes after
        it, until then. A paused mailbox keeps it, which the receipt says. Raises RateLimited, with when
        to come back, when too much waits; Conflict when the mailbox is retired; InvalidInput for a body
        of more than 1 MB.
        """
        message: Outgoing = {
            "body": body,
            "key": key,
            "lane": int(lane),
            "not_before": not_before,
            "correlation_id": correlation_id,
            "causation_id": causation_id,
        }
        if tx is None:
            row = await self.append_alone(tenant, mailbox, message)
            if row["outcome"] == "woke":
                await self.wake(kind_of(mailbox))
        else:
            row = await self._append(tx, tenant, mailbox, message)
            wakes = _wakes.get()
            if row["outcome"] == "woke" and wakes is not None:
                wakes.add(kind_of(mailbox))
        return Sent(mailbox, row["seq"], row["outcome"] == "duplicate", row["outcome"] == "paused")

    async def append_alone(
        self, tenant: str, mailbox: str, message: Outgoing, owner: str | None = None, lease: float = 0
    ) -> dict[str, Any]:
        """Append in one round trip, claimed for ``owner`` if idle: ``{seq, outcome, epoch, sent_at}``."""
        parameters = self._parameters(tenant, mailbox, message)

        async def look() -> int:
            async with self.database.transaction(tenant) as tx:
                return await self._waiting(tx, tenant, mailbox)

        await self._backlog.admit(tenant, kind_of(mailbox), message["lane"], look)
        rows = await self.database.fetch(queries.send_alone, parameters | {"owner": owner, "lease": lease})
        return self._accepted(mailbox, rows[0])

    async def _append(self, tx: Connection, tenant: str, mailbox: str, message: Outgoing) -> dict[str, Any]:
        parameters = self._parameters(tenant, mailbox, message)

        async def look() -> int:
            return await self._waiting(tx, tenant, mailbox)

        await self._backlog.admit(tenant, kind_of(mailbox), message["lane"], look)
        return self._accepted(mailbox, await one(tx, queries.send, parameters))

    async def _waiting(self, tx: Connection, tenant: str, mailbox: str) -> int:
        where = {"tenant": tenant, "kind": kind_of(mailbox), "enough": self._backlog.bound}
        return (await one(tx, queries.backlog, where))["waiting"]

    def _parameters(self, tenant: str, mailbox: str, message: Outgoing) -> dict[str, Any]:
        kind_of(mailbox)
        return {
            **message,
            "tenant": tenant,
            "mailbox": mailbox,
            "body": _encoded(message["body"]),
            "traceparent": traceparent(),
            "bound": self._bound,
        }

    def _accepted(self, mailbox: str, row: dict[str, Any]) -> dict[str, Any]:
        if row["outcome"] == "retired":
            raise Conflict(f"{mailbox} is retired and takes no messages.")
        if row["outcome"] == "full":
            raise RateLimited(
                f"{mailbox} has {self._bound} messages waiting.",
                fix="Send again later.",
                retry_after=FULL_RETRY_SECONDS,
            )
        return row

    async def note(
        self,
        tenant: str,
        mailbox: str,
        body: Body,
        *,
        key: str | None = None,
        correlation_id: str | None = None,
        causation_id: str | None = None,
        tx: Connection | None = None,
    ) -> Sent:
        """Keep a message in the history that nobody has to handle, such as an agent's reply: once under a ``key``."""
        kind_of(mailbox)
        parameters = {
            "tenant": tenant,
            "mailbox": mailbox,
            "body": _encoded(body),
            "key": key,
            "correlation_id": correlation_id,
            "causation_id": causation_id,
            "traceparent": traceparent(),
        }
        if tx is not None:
            row = await one(tx, queries.note, parameters)
        else:
            async with self.database.transaction(tenant) as own:
                row = await one(own, queries.note, parameters)
        return Sent(mailbox, row["seq"], row["duplicate"])

    async def cancel(
        self, tenant: str, mailbox: str, *, seq: int | None = None, key: str | None = None
    ) -> Literal["waiting", "stopped", "over"]:
        """Take a message back, named by ``seq`` or ``key``, and say in what state it was found.

        One that was being handled is stopped: its worker loses the lease and rolls back. Raises NotFound.
        """
        if (seq is None) == (key is None):
            raise InvalidInput("name the message by its seq or by its key.", field="seq")
        where = {"tenant": tenant, "mailbox": mailbox, "key": key, "seq": seq}
        async with self.transaction(tenant) as tx:
            if seq is None:
                found = await (await tx.execute(queries.by_key, where)).fetchone()
                where["seq"] = found["seq"] if found else 0
            outcome = (await one(tx, queries.cancel, where))["outcome"]
        if outcome is None:
            raise NotFound("there is no such message.")
        kind = kind_of(mailbox)
        await self._tell(stop_subject(kind) if outcome == "stopped" else wake_subject(kind))
        return outcome

    async def pause(self, tenant: str, mailbox: str, *, reason: str, stop: bool = False) -> None:
        """Keep what comes unhandled until ``resume``. A turn in progress ends, or with ``stop`` is undone.

        Raises Conflict when the mailbox is retired.
        """
        where = {"tenant": tenant, "mailbox": mailbox, "reason": reason, "stop": stop}
        async with self.database.transaction(tenant) as tx:
            if not (await one(tx, queries.pause, where))["paused"]:
                raise Conflict(f"{mailbox} is retired.")
        if stop:
            await self._tell(stop_subject(kind_of(mailbox)))

    async def resume(self, tenant: str, mailbox: str) -> None:
        """Go on with a paused mailbox. Raises NotFound; Conflict when it is retired."""
        async with self.database.transaction(tenant) as tx:
            where = {"tenant": tenant, "mailbox": mailbox}
            resumed = (await one(tx, queries.resume, where))["resumed"]
        if resumed is None:
            raise NotFound("there is no such mailbox.")
        if not resumed:
            raise Conflict(f"{mailbox} is retired.")
        await self.wake(kind_of(mailbox))

    async def retire(self, tenant: str, mailbox: str, *, reason: str) -> int:
        """Close a mailbox for good and keep its history; returns how many messages were cancelled by it.

        A turn in progress is undone; later sends are refused.
        """
        where = {"tenant": tenant, "mailbox": mailbox, "reason": reason}
        async with self.database.transaction(tenant) as tx:
            ended = (await one(tx, queries.retire, where))["ended"]
        await self._tell(stop_subject(kind_of(mailbox)))
        return ended

    async def forget(self, tx: Connection, tenant: str, mailbox: str) -> int:
        """Remove a mailbox with its history, in ``tx``; returns how many messages that were.

        For one that nobody writes to any more: places and keys would begin anew. A turn in progress is undone.
        """
        return (await one(tx, queries.forget, {"tenant": tenant, "mailbox": mailbox}))["removed"]

    async def retry_dead_letter(self, tenant: str, mailbox: str, seq: int, *, by: str) -> Sent:
        """Send a dead letter again, as a new message at the end. Raises NotFound, RateLimited."""
        async with self.transaction(tenant) as tx:
            row = await self._resolve(tx, tenant, mailbox, seq, "retried", None, by)
            return await self.send(
                tenant,
                mailbox,
                row["body"],
                lane=Lane(row["lane"]),
                correlation_id=row["correlation_id"],
                causation_id=f"{mailbox}#{seq}",
                tx=tx,
            )

    async def drop_dead_letter(self, tenant: str, mailbox: str, seq: int, *, by: str, reason: str) -> None:
        """Give a dead letter up; it stays in the history with who did it and why. Raises NotFound."""
        if not reason.strip():
            raise InvalidInput("say why the message is dropped.", field="reason")
        async with self.database.transaction(tenant) as tx:
            await self._resolve(tx, tenant, mailbox, seq, "dropped", reason, by)

    async def _resolve(
        self, tx: Connection, tenant: str, mailbox: str, seq: int, how: str, reason: str | None, by: str
    ) -> dict[str, Any]:
        where = {"tenant": tenant, "mailbox": mailbox, "seq": seq}
        how_and_who = {"resolution": how, "reason": reason, "by": by}
        row = await (await tx.execute(queries.resolve, where | how_and_who)).fetchone()
        if row is None:
            raise NotFound("there is no such dead letter waiting.")
        return row


def _encoded(body: Body) -> str:
    text = to_json(body)
    if len(text) > MAX_BODY_BYTES:
        raise InvalidInput(
            f"the message has {len(text):,} bytes of at most {MAX_BODY_BYTES:,}.",
            field="body",
            fix="Send a reference to what is large.",
        )
    return text.decode()


def traceparent() -> str | None:
    """Return the W3C trace context of the span in progress, or None."""
    carrier: dict[str, str] = {}
    inject(carrier)
    return carrier.get("traceparent")
