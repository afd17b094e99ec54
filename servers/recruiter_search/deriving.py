"""Deriving documents in other processes, so that indexing a large import never stalls a search."""

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import lru_cache

from servers.recruiter_search.core.changes import Derived, derive_changes
from servers.recruiter_search.core.document import Deriver, ProfileDocument
from shared.kernel.collector import spare_collector
from shared.taxonomy import Words

WORKERS = 2
SMALL = 16


@lru_cache(maxsize=4)
def _deriver(words: Words) -> Deriver:
    return Deriver(words.widen())


def _derive(lines: list[str], today: date, words: Words) -> tuple[list[str], list[str]]:
    """Return documents as JSON, which crosses between processes more cheaply than models, and the removed."""
    derived = derive_changes(_deriver(words), lines, today)
    return [document.model_dump_json() for document in derived.documents.values()], list(derived.removed)


def _read(parts: list[tuple[list[str], list[str]]]) -> Derived:
    derived = Derived()
    for documents, removed in parts:
        for document in documents:
            derived.put(ProfileDocument.model_validate_json(document))
        for candidate_id in removed:
            derived.remove(candidate_id)
    return derived


class DerivingPool:
    """A few worker processes; small batches are not worth the way and are done in a thread.

    Args:
        words: tells what widens a tenant's taxonomy; None: nothing does.
    """

    def __init__(self, words: Callable[[str], Awaitable[Words]] | None = None) -> None:
        self._words = words
        # Spawned, not forked: the server's threads and connections must not be copied.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(WORKERS, mp_context=context, initializer=spare_collector)

    async def derive(self, tenant: str, changes: Sequence[str], today: date) -> Derived:
        """Return what a tenant's changes, each as JSON, mean for the index. Raises ValidationError."""
        words = await self._words(tenant) if self._words else Words()
        share = -(-len(changes) // WORKERS) if len(changes) > SMALL else SMALL
        executor = self._pool if len(changes) > SMALL else None  # None: a thread of this process
        parts = [list(changes[i : i + share]) for i in range(0, len(changes), share)]
        loop = asyncio.get_running_loop()
        done = await asyncio.gather(
            *(loop.run_in_executor(executor, _derive, p, today, words) for p in parts)
        )
        return await asyncio.to_thread(_read, done)

    async def aclose(self) -> None:
        """End the workers."""
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
