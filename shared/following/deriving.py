"""Deriving in other processes, so that following a large import never stalls an answer."""

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import lru_cache, partial
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from pydantic_core import from_json

from shared.following.model import Derived
from shared.kernel.collector import spare_collector
from shared.taxonomy import Words
from shared.taxonomy.holding import Holding

WORKERS = 2
SMALL = 16

P = TypeVar("P")
R = TypeVar("R")
T = TypeVar("T")
More = ParamSpec("More")


class DerivingPool(Generic[P, T]):
    """A few worker processes; small batches are not worth the way and are done in a thread.

    Args:
        derive: makes something that crosses cheaply between processes of changes, each as JSON; a
            function of a module, since the workers import it.
        joined: reads it, part after part.
        words: tells what widens a tenant's taxonomy; None: nothing does.
        niceness: how far the workers stand back from others on this machine, as ``os.nice`` counts it.
    """

    def __init__(
        self,
        derive: Callable[[list[str], date, Words], P],
        joined: Callable[[list[P]], Derived[T]],
        words: Callable[[str], Awaitable[Words]] | None = None,
        *,
        niceness: int = 0,
    ) -> None:
        self._derive = derive
        self._joined = joined
        self._words = words
        # Spawned, not forked: the server's threads and connections must not be copied.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(
            WORKERS, mp_context=context, initializer=_begin, initargs=(niceness,)
        )

    async def derive(self, tenant: str, changes: Sequence[str], today: date) -> Derived[T]:
        """Return what a tenant's changes, each as JSON, mean for what is kept. Raises ValidationError."""
        words = await self._words(tenant) if self._words else Words()
        done = await self._shared(changes, self._derive, today, words)
        return await asyncio.to_thread(self._joined, done)

    async def among(self, changes: Sequence[str], spellings: frozenset[str]) -> list[str]:
        """Return those changes, each as JSON, whose text may hold one of ``spellings``."""
        return [change for part in await self._shared(changes, among, spellings) for change in part]

    async def _shared(
        self,
        changes: Sequence[str],
        work: Callable[Concatenate[list[str], More], R],
        *more: More.args,
        **named: More.kwargs,
    ) -> list[R]:
        """Return what ``work`` makes of each worker's share of the changes, in order."""
        share = -(-len(changes) // WORKERS) if len(changes) > SMALL else SMALL
        executor = self._pool if len(changes) > SMALL else None  # None: a thread of this process
        parts = [list(changes[i : i + share]) for i in range(0, len(changes), share)]
        loop = asyncio.get_running_loop()
        calls = (partial(work, part, *more, **named) for part in parts)
        return await asyncio.gather(*(loop.run_in_executor(executor, call) for call in calls))

    async def aclose(self) -> None:
        """End the workers."""
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)


def among(lines: list[str], spellings: frozenset[str]) -> list[str]:
    """Return the lines, each a JSON object, whose text may hold one of ``spellings``."""
    holding = _holding(spellings)
    return [line for line in lines if holding.any_in(line, partial(_texts_of, line))]


@lru_cache(maxsize=4)
def _holding(spellings: frozenset[str]) -> Holding:
    return Holding(spellings)


def _texts_of(line: str) -> Iterator[str]:
    return _texts(from_json(line))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        inner: Iterable[Any] = value.values() if isinstance(value, dict) else value
        for one in inner:
            yield from _texts(one)


def _begin(niceness: int) -> None:
    os.nice(niceness)
    spare_collector()
    # A worker waits on a pipe that it holds open itself, and would outlive a unit that is killed.
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
