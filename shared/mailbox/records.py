"""Looking into mailboxes, without touching them."""

from datetime import datetime
from typing import Any

from shared.kernel.errors import NotFound
from shared.mailbox.model import DeadLetter, Entry, Lane, MailboxState
from shared.storage import Connection, Database, load_queries

queries = load_queries(__package__ or "shared.mailbox")

PAGE = 200


class Records:
    """What the mailboxes of all tenants hold and held; every call acts for one."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def now(self) -> datetime:
        """Return the database's time, the only clock that leases and ``not_before`` are measured by."""
        return (await self.database.fetch(queries.now))[0]["now"]

    async def state(self, tenant: str, mailbox: str) -> MailboxState:
        """Return what a mailbox is doing. Raises NotFound for one that never got a message."""
        async with self.database.transaction(tenant) as tx:
            found = await tx.execute(queries.state, {"tenant": tenant, "mailbox": mailbox})
            row = await found.fetchone()
        if row is None:
            raise NotFound("there is no such mailbox.")
        row["lane"] = Lane(row["lane"])
        return MailboxState(**row)

    async def history(
        self,
        tenant: str,
        mailbox: str,
        *,
        before: int | None = None,
        after: int | None = None,
        correlation_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        text: str | None = None,
        limit: int = 50,
    ) -> list[Entry]:
        """Return a page of messages in order: the newest, those ``before`` a seq, or those ``after`` one."""
        parameters = {
            "tenant": tenant,
            "mailbox": mailbox,
            "before": before,
            "after": after,
            "correlation_id": correlation_id,
            "since": since,
            "until": until,
            "text": text,
            "limit": min(limit, PAGE),
        }
        async with self.database.transaction(tenant) as tx:
            rows = await (await tx.execute(queries.history, parameters)).fetchall()
        for row in rows:
            row["lane"] = Lane(row["lane"])
        return [Entry(**row) for row in rows]

    async def dead_letters(
        self, tenant: str, *, mailbox: str | None = None, resolved: bool = False, limit: int = PAGE
    ) -> list[DeadLetter]:
        """Return messages set aside, newest first; those already retried or dropped only on request."""
        parameters = {"tenant": tenant, "mailbox": mailbox, "resolved": resolved, "limit": limit}
        async with self.database.transaction(tenant) as tx:
            rows = await (await tx.execute(queries.dead_letters, parameters)).fetchall()
        return [DeadLetter(**row) for row in rows]


async def one(tx: Connection, query: Any, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the one row of a query that has one. Raises NotFound where it has none."""
    row = await (await tx.execute(query, parameters)).fetchone()
    if row is None:
        raise NotFound("the database returned nothing.")
    return row
