"""The worker's side of a mailbox: holding a message, and ending it."""

from collections.abc import Sequence
from typing import Any

from shared.mailbox.mailboxes import Mailboxes, claimed_message, queries
from shared.mailbox.model import LeaseLost, Message, Sent
from shared.storage import Connection

ERROR_LENGTH = 500


class Claims:
    """Messages held by one worker, under one name and for ``lease`` seconds at a time."""

    def __init__(self, mailboxes: Mailboxes, owner: str, lease: float) -> None:
        self.mailboxes = mailboxes
        self.owner = owner
        self.lease = lease

    async def claim(self, kind: str, caps: Sequence[int]) -> list[Message]:
        """Take the heads of ready mailboxes. ``caps[n]`` limits those from lane n and less urgent ones."""
        parameters = {"kind": kind, "owner": self.owner, "lease": self.lease, "caps": list(caps)}
        async with self.mailboxes.database.transaction(None) as tx:
            rows = await (await tx.execute(queries.claim, parameters)).fetchall()
        return [claimed_message(row["tenant"], row["mailbox"], row) for row in rows]

    async def send_and_claim(
        self, tenant: str, mailbox: str, message: dict[str, Any]
    ) -> tuple[Sent, Message | None]:
        """Record a message and, if its mailbox was idle, hold it at once: the synchronous path."""
        async with self.mailboxes.database.transaction(tenant) as tx:
            row = await self.mailboxes.append(
                tx, tenant, mailbox, message, owner=self.owner, lease=self.lease
            )
            sent = Sent(mailbox, row["seq"], row["outcome"] == "duplicate")
            if row["outcome"] != "claimed":
                return sent, None
            held = await (await tx.execute(queries.held, {"tenant": tenant, "mailbox": mailbox})).fetchone()
        assert held is not None  # claimed in this transaction
        return sent, claimed_message(tenant, mailbox, held)

    async def renew(self, messages: Sequence[Message]) -> set[tuple[str, str, int]]:
        """Extend the leases of ``messages``; returns (tenant, mailbox, epoch) of those still held."""
        parameters = {
            "owner": self.owner,
            "lease": self.lease,
            "tenants": [m.tenant for m in messages],
            "mailboxes": [m.mailbox for m in messages],
            "epochs": [m.epoch for m in messages],
        }
        async with self.mailboxes.database.transaction(None) as tx:
            rows = await (await tx.execute(queries.renew, parameters)).fetchall()
        return {(row["tenant"], row["mailbox"], row["epoch"]) for row in rows}

    async def done(self, tx: Connection, message: Message, *, and_next: bool = False) -> Message | None:
        """End ``message`` in the handler's transaction; with ``and_next`` hold the following one, if due.

        Raises LeaseLost, which rolls the handler's effects back.
        """
        parameters = _place(message) | {
            "owner": self.owner if and_next else None,
            "lease": self.lease,
        }
        row = await (await tx.execute(queries.done, parameters)).fetchone()
        if row is None or not row["held"]:
            raise LeaseLost(f"{message.id} is no longer held.")
        if row["epoch"] is None:
            return None
        return claimed_message(message.tenant, message.mailbox, row | {"attempt": 1})

    async def fail(self, message: Message, code: str, error: str, retry_in: float | None) -> str:
        """End an attempt: ``retry`` after ``retry_in`` s, ``dead`` where that is None. Raises LeaseLost."""
        parameters = _place(message) | {"retry_in": retry_in, "code": code, "error": error[:ERROR_LENGTH]}
        async with self.mailboxes.database.transaction(message.tenant) as tx:
            row = await (await tx.execute(queries.fail, parameters)).fetchone()
        if row is None or row["outcome"] is None:
            raise LeaseLost(f"{message.id} is no longer held.")
        return row["outcome"]

    async def release(self, message: Message) -> None:
        """Give ``message`` back unhandled, for another worker to take at once."""
        async with self.mailboxes.database.transaction(message.tenant) as tx:
            await tx.execute(queries.release, _place(message))


def _place(message: Message) -> dict[str, Any]:
    return {
        "tenant": message.tenant,
        "mailbox": message.mailbox,
        "epoch": message.epoch,
        "seq": message.seq,
    }
