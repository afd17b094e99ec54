"""Forgetting what machines told one another long ago; what people said and were told is kept for good."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from shared.kernel.errors import HiremeshError
from shared.mailbox.records import queries
from shared.storage import Database

log = logging.getLogger(__name__)

BOXES = 1_000
MOST = 500
SECONDS_BETWEEN = 3600.0


async def prune(
    database: Database, kind: str, kept: timedelta, *, boxes: int = BOXES, most: int = MOST
) -> int:
    """Delete what was sent to mailboxes of ``kind`` longer ago than ``kept``; returns how many messages.

    What still waits stays, and so do dead letters. Locks are held for at most ``most`` messages of ``boxes``
    mailboxes at a time. Raises Unavailable.
    """
    place: dict[str, str | None] = {"tenant": "", "mailbox": ""}
    pruned = 0
    while place["tenant"] is not None:
        bounds = {"kind": kind, "kept": kept, "boxes": boxes, "most": most}
        [row] = await database.fetch(queries.prune, {**bounds, **place})
        pruned += row["pruned"]
        place = {"tenant": row["tenant"], "mailbox": row["mailbox"]}
    return pruned


@asynccontextmanager
async def pruning(database: Database, kept: Mapping[str, timedelta]) -> AsyncGenerator[None]:
    """Prune mailboxes within the block, at its beginning and every hour: each kind's messages are kept so long."""

    async def again_and_again() -> None:
        while True:
            for kind, long in kept.items():
                try:
                    await prune(database, kind, long)
                except HiremeshError as error:
                    log.warning("%s could not be pruned: %s", kind, error.code)
            await asyncio.sleep(SECONDS_BETWEEN)

    task = asyncio.create_task(again_and_again(), name="pruning of mailboxes")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
