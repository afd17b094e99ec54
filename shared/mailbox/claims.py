"""The worker's side of a mailbox: holding messages, and ending them."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from shared.mailbox.mailboxes import Mailboxes, traceparent
from shared.mailbox.model import Lane, LeaseLost, Message, Outgoing, Sent
from shared.mailbox.records import queries
from shared.storage import Connection

ERROR_LENGTH = 500

Held = list[Message]
"""Messages of one mailbox under one lease, in order; the first is its head. Empty: none."""


class Claims:
    """Messages held by one worker, under one name and for ``lease`` seconds at a time.

    ``together`` is the most messages of a mailbox to hold at once.
    """

    def __init__(self, mailboxes: Mailboxes, owner: str, lease: float, together: int = 1) -> None:
        self.mailboxes = mailboxes
        self.owner = owner
        self.lease = lease
        self._together = together
        # In each lane the tenant that was served last: the next one's turn comes after it.
        self._served = [""] * len(Lane)

    async def claim(self, kind: str, caps: Sequence[int]) -> list[Held]:
        """Take ready mailboxes, the tenants in turn. ``caps[n]`` limits those from lane n and less urgent ones."""
        parameters = {
            "kind": kind,
            "owner": self.owner,
            "lease": self.lease,
            "caps": list(caps),
            "after": self._served,
            "together": self._together,
        }
        rows = await self.mailboxes.database.fetch(queries.claim, parameters)
        turns = [(row["lane"], row["tenant"]) for row in rows if row["in_turn"]]
        self._served = [max((tenant for at, tenant in turns if at == lane), default="") for lane in Lane]
        return [
            [_message(tenant, mailbox, row) for row in of_one]
            for (tenant, mailbox), of_one in groupby(rows, lambda row: (row["tenant"], row["mailbox"]))
        ]

    async def send_and_claim(
        self, tenant: str, mailbox: str, message: Outgoing
    ) -> tuple[Sent, Message | None]:
        """Record a message and, if its mailbox was idle, hold it at once: the synchronous path."""
        row = await self.mailboxes.append_alone(tenant, mailbox, message, self.owner, self.lease)
        sent = Sent(mailbox, row["seq"], row["outcome"] == "duplicate", row["outcome"] == "paused")
        if row["outcome"] != "claimed":
            return sent, None
        return sent, _message(tenant, mailbox, {**message, **row, "traceparent": traceparent(), "attempt": 1})

    async def renew(self, messages: Sequence[Message]) -> set[tuple[str, str, int]]:
        """Extend the leases of ``messages``; returns (tenant, mailbox, epoch) of those still held."""
        parameters = {
            "owner": self.owner,
            "lease": self.lease,
            "tenants": [m.tenant for m in messages],
            "mailboxes": [m.mailbox for m in messages],
            "epochs": [m.epoch for m in messages],
        }
        rows = await self.mailboxes.database.fetch(queries.renew, parameters)
        return {(row["tenant"], row["mailbox"], row["epoch"]) for row in rows}

    async def done(self, tx: Connection, held: Sequence[Message], *, and_next: bool = False) -> Held:
        """End ``held`` in the handler's transaction; with ``and_next`` hold those that follow and are due.

        ``held`` may leave out the last ones of what was claimed: they go back. Raises LeaseLost, which
        rolls the handler's effects back.
        """
        head = held[0]
        parameters = {
            "tenant": head.tenant,
            "mailbox": head.mailbox,
            "epoch": head.epoch,
            "head": head.seq,
            "last": held[-1].seq,
            "count": len(held),
            "owner": self.owner if and_next else None,
            "lease": self.lease,
            "together": self._together,
        }
        rows = await (await tx.execute(queries.done, parameters)).fetchall()
        if not rows:
            raise LeaseLost(f"{head.id} is no longer held.")
        return [_message(head.tenant, head.mailbox, {**row, "attempt": 1}) for row in rows if row["seq"]]

    async def fail(self, message: Message, code: str, error: str, retry_in: float | None) -> str:
        """End an attempt: ``retry`` after ``retry_in`` s, ``dead`` where that is None. Raises LeaseLost."""
        parameters = _place(message) | {"retry_in": retry_in, "code": code, "error": error[:ERROR_LENGTH]}
        async with self.mailboxes.database.transaction(message.tenant) as tx:
            row = await (await tx.execute(queries.fail, parameters)).fetchone()
        if row is None or row["outcome"] is None:
            raise LeaseLost(f"{message.id} is no longer held.")
        return row["outcome"]

    async def release(self, message: Message) -> None:
        """Give ``message``, and what is held with it, back unhandled, for another worker to take at once."""
        async with self.mailboxes.database.transaction(message.tenant) as tx:
            await tx.execute(queries.release, _place(message))


def _place(message: Message) -> dict[str, Any]:
    return {
        "tenant": message.tenant,
        "mailbox": message.mailbox,
        "epoch": message.epoch,
        "seq": message.seq,
    }


def _message(tenant: str, mailbox: str, row: Mapping[str, Any]) -> Message:
    return Message(
        tenant=tenant,
        mailbox=mailbox,
        seq=row["seq"],
        body=row["body"],
        lane=Lane(row["lane"]),
        key=row["key"],
        correlation_id=row["correlation_id"],
        causation_id=row["causation_id"],
        traceparent=row["traceparent"],
        sent_at=row["sent_at"],
        attempt=row["attempt"],
        epoch=row["epoch"],
    )
