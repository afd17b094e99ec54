"""Deriving documents in other processes, so that indexing a large import never stalls a search."""

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import lru_cache
from typing import Any

from servers.recruiter_search.core.document import Deriver, ProfileDocument
from shared.taxonomy import Words
from shared.wire.profile import Dossier

WORKERS = 2
SMALL = 16


@lru_cache(maxsize=4)
def _deriver(words: Words) -> Deriver:
    return Deriver(words.widen())


def _derive(dossiers: list[dict[str, Any]], today: date, words: Words) -> list[str]:
    """Take and return JSON: it crosses between processes at a fifth of the cost of pickled models."""
    deriver = _deriver(words)
    derived = (deriver.derive(Dossier.model_validate(dossier), today) for dossier in dossiers)
    return [document.model_dump_json() for document in derived]


def _read(documents: list[str]) -> list[ProfileDocument]:
    return [ProfileDocument.model_validate_json(document) for document in documents]


class DerivingPool:
    """A few worker processes; small batches are not worth the way and are done in a thread.

    Args:
        words: tells what widens a tenant's taxonomy; None: nothing does.
    """

    def __init__(self, words: Callable[[str], Awaitable[Words]] | None = None) -> None:
        self._words = words
        # Spawned, not forked: the server's threads and connections must not be copied.
        self._pool = ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn"))

    async def derive(
        self, tenant: str, dossiers: Sequence[dict[str, Any]], today: date
    ) -> list[ProfileDocument]:
        """Return a document of each dossier (JSON values), in order."""
        words = await self._words(tenant) if self._words else Words()
        share = -(-len(dossiers) // WORKERS) if len(dossiers) > SMALL else SMALL
        executor = self._pool if len(dossiers) > SMALL else None  # None: a thread of this process
        parts = [list(dossiers[i : i + share]) for i in range(0, len(dossiers), share)]
        loop = asyncio.get_running_loop()
        done = await asyncio.gather(
            *(loop.run_in_executor(executor, _derive, p, today, words) for p in parts)
        )
        return await asyncio.to_thread(_read, [document for part in done for document in part])

    async def aclose(self) -> None:
        """End the workers."""
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
