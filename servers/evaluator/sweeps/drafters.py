"""Processes that draft: as many as there are processors, on the time that people leave them."""

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from functools import lru_cache

from servers.evaluator.core.drafting import Draft
from servers.evaluator.core.engine import RulesEngine, draft_each
from servers.evaluator.core.models import Judged
from servers.evaluator.core.versions import JudgeVersion
from shared.kernel.errors import Unavailable
from shared.taxonomy import Taxonomy, Words
from shared.wire.profile import Dossier
from shared.wire.requirements import Requirements

NICE = 15
"""What people wait for goes first: drafters get the processors' time that is left."""


class ProcessDrafters:
    """A pool of processes, started when the first piece comes; close it with ``close``."""

    def __init__(self, processes: int | None = None) -> None:
        self._processes = processes or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    async def draft(
        self,
        words: Words,
        as_of: date,
        requirements: Requirements,
        dossiers: Sequence[Dossier],
        stored: Sequence[Judged],
        judge: JudgeVersion | None = None,
    ) -> tuple[list[Draft], float]:
        """Draft evaluations; what ``stored`` says of the same reading stands. Returns processor seconds too.

        Raises Unavailable when a process ended in the middle; another one is there at the next call.
        """
        key, work = (words.tenant, words.seq), (as_of, judge, requirements, list(dossiers), list(stored))
        pool = self._opened()
        try:
            answer = await self._ask(pool, key, None, work)
            if answer is None:  # a process that was not told these words yet
                answer = await self._ask(pool, key, words, work)
        except BrokenProcessPool:
            if self._pool is pool:
                self._pool = None
            raise Unavailable("a drafting process ended in the middle", retry_after=0.1) from None
        assert answer is not None
        return answer

    async def _ask(
        self, pool: ProcessPoolExecutor, key: tuple[str, int], words: Words | None, work: "_Work"
    ) -> tuple[list[Draft], float] | None:
        return await asyncio.get_running_loop().run_in_executor(pool, _draft, key, words, work)

    def _opened(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Started anew and not forked: this process has threads and open connections.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._processes, context, initializer=_begin)
        return self._pool

    def close(self) -> None:
        """End the processes; what they were drafting is drafted again by whoever takes it up."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


_Work = tuple[date, JudgeVersion | None, Requirements, list[Dossier], list[Judged]]
_told: dict[tuple[str, int], Words] = {}


def _begin() -> None:
    """Step back behind everybody else, and never outlive the process that was worked for."""
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that was worked for
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _draft(key: tuple[str, int], words: Words | None, work: _Work) -> tuple[list[Draft], float] | None:
    """Draft in this process; None where it does not know the organisation's words."""
    if key[1] and key not in _told:
        if words is None:
            return None
        for old in [one for one in _told if one[0] == key[0]]:
            del _told[old]
        _told[key] = words
    begun = time.process_time()
    as_of, judge, requirements, dossiers, stored = work
    drafts = draft_each(RulesEngine(_taxonomy(key), as_of, judge), requirements, dossiers, stored)
    return drafts, time.process_time() - begun


@lru_cache(maxsize=2)
def _taxonomy(key: tuple[str, int]) -> Taxonomy:
    return _told[key].widen() if key[1] else Taxonomy.compact()
