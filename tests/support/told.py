"""What a unit told the others, as its outbox holds it."""

from typing import Any

from shared.mailbox import Mailboxes
from shared.storage import Database


async def told_by(unit: str, database: Database, tenant: str) -> list[tuple[str, dict[str, Any]]]:
    """Return what happened and to what, oldest first."""
    kept = await Mailboxes(database).history(tenant, f"{unit}.events:{tenant}", limit=200)
    told = [entry.body["parts"][0]["data"] for entry in kept]
    return [(one["what"], one["payload"]) for one in told]
