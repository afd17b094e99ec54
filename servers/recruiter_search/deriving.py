"""Deriving documents in other processes, so that indexing a large import never stalls a search."""

import asyncio
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache

from servers.recruiter_search.core.document import Deriver, ProfileDocument
from shared.taxonomy import Taxonomy
from shared.wire.profile import Dossier

WORKERS = 2
SMALL = 16


@cache
def _deriver() -> Deriver:
    return Deriver(Taxonomy.compact())


def _derive(dossiers: list[Dossier], today: date) -> list[ProfileDocument]:
    return [_deriver().derive(dossier, today) for dossier in dossiers]


class DerivingPool:
    """A few worker processes; small batches are not worth the way and are done in a thread."""

    def __init__(self) -> None:
        # Spawned, not forked: the server's threads and connections must not be copied.
        self._pool = ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn"))

    async def derive(self, dossiers: Sequence[Dossier], today: date) -> list[ProfileDocument]:
        """Return a document of each dossier, in order."""
        if len(dossiers) <= SMALL:
            return await asyncio.to_thread(_derive, list(dossiers), today)
        share = -(-len(dossiers) // WORKERS)
        parts = [list(dossiers[i : i + share]) for i in range(0, len(dossiers), share)]
        loop = asyncio.get_running_loop()
        done = await asyncio.gather(*(loop.run_in_executor(self._pool, _derive, p, today) for p in parts))
        return [document for part in done for document in part]

    async def aclose(self) -> None:
        """End the workers."""
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
