"""Removing what sweeps of long ago no longer need: their pieces and their mailboxes.

What came of them stays: counts, outcomes and verdicts, which are asked for by the evaluation's id.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

from servers.evaluator.store import queries
from servers.evaluator.sweeps.shelf import SHARDS, mailbox_of
from shared.kernel.errors import HiremeshError
from shared.mailbox import Mailboxes

KEEP = timedelta(days=7)
"""After its deadline a sweep can be taken up again for so long."""
BATCH = 20
SECONDS_BETWEEN = 600.0

_log = logging.getLogger(__name__)


class Tidying:
    """Tidies sweeps away, each in a transaction of its own: what a crash leaves is done the next time."""

    def __init__(self, mailboxes: Mailboxes, keep: timedelta = KEEP, batch: int = BATCH) -> None:
        self._mailboxes = mailboxes
        self._due = {"keep": keep, "most": batch}

    @asynccontextmanager
    async def going_on(self) -> AsyncGenerator[None]:
        """Do it again and again within the block."""
        tidying = asyncio.create_task(self._go_on(), name="tidying of sweeps")
        try:
            yield
        finally:
            tidying.cancel()
            await asyncio.gather(tidying, return_exceptions=True)

    async def once(self) -> int:
        """Tidy all that is due away, a batch at a time; returns how many sweeps that were."""
        tidied = 0
        while True:
            due = await self._mailboxes.database.fetch(queries.forgotten_sweeps, self._due)
            now = sum([await self._tidy(row["tenant"], row["id"]) for row in due])
            tidied += now
            if not now:  # nothing is due, or others are at it
                return tidied

    async def _tidy(self, tenant: str, sweep_id: str) -> bool:
        async with self._mailboxes.transaction(tenant) as tx:
            if await (await tx.execute(queries.lock_untidied, {"id": sweep_id})).fetchone() is None:
                return False
            for number in range(SHARDS):
                await self._mailboxes.forget(tx, tenant, mailbox_of(sweep_id, number))
            await tx.execute(queries.tidy, {"id": sweep_id})
        return True

    async def _go_on(self) -> None:
        while True:
            try:
                await self.once()
            except HiremeshError as error:
                _log.warning("sweeps of long ago could not be tidied away: %s", error.code)
            await asyncio.sleep(SECONDS_BETWEEN)
