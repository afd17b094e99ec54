"""A search over described people in a process of its own, which is killed, or for which the disk is full.

``python -m tests.support.breaking_pool FOLDER WHAT`` tells in lines of JSON how far it is; ``FOLDER dying N`` is killed
before call N of the index's writer.
"""

import asyncio
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from tantivy import IndexWriter

from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.store.tantivy import index as tantivy
from servers.recruiter_search.store.vectors import keys_of
from shared.kernel.errors import Unavailable
from tests.support.described_pool import TENANT, DescribedPool, Topics
from tests.support.talent import person

NAMES = [f"c{number:02}" for number in range(40)]
TITLES = ("Data Engineer", "Ward Nurse", "Head Chef")
FEW = 5
INDEX_FULL = 3000
"""Bytes that a file may have while the disk counts as full: fewer than an index of everybody needs."""
ROW = 64
ROWS_FULL = 10 * ROW + 20
"""So that somebody's row of vectors is torn."""

Pool = DescribedPool[Topics]


def opened(folder: Path, upto: int = len(NAMES)) -> Pool:
    """Return a pool whose feed tells of the first so many people."""
    pool = DescribedPool(folder, Topics())
    for number in range(upto):
        tell(pool, number)
    return pool


def tell(pool: Pool, number: int) -> None:
    """Tell of one more."""
    pool.feed.put(TENANT, person(NAMES[number], title=TITLES[number % 3]))


async def told(pool: Pool) -> dict[str, object]:
    """Return how many are found and described."""
    return {
        "found": len(await pool.found(SearchQuery())),
        "coverage": await pool.index.coverage(TENANT),
    }


def vectors(pool: Pool) -> tuple[NDArray[np.float32], list[bool]]:
    """Return everybody's vector, and who has one."""
    kept = pool.meanings.people(TENANT).vectors
    assert kept is not None
    found, there = kept.get(keys_of(NAMES))
    return found, there.tolist()


async def expected() -> NDArray[np.float32]:
    """Return the vectors that everybody is to have."""
    texts = [TITLES[number % 3].lower() for number in range(len(NAMES))]
    return await Topics().encode(texts, seconds=1)


async def _one_by_one(folder: Path) -> None:
    pool = opened(folder, 0)
    for number in range(len(NAMES)):
        tell(pool, number)
        await pool.settle()
        print(number, flush=True)
    sys.stdin.read()


class _Dying:
    """An index's writer whose process is killed before its call number ``last``."""

    def __init__(self, writer: object, last: int) -> None:
        self._writer = writer
        self._left = last

    def __getattr__(self, name: str) -> Callable[..., object]:
        call = getattr(self._writer, name)

        def counted(*given: object) -> object:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*given)

        return counted


async def _dying(folder: Path) -> None:
    opening = tantivy.open_tenant

    def to_die(home: Path) -> tantivy.TenantIndex:
        opened = opening(home)
        opened.writer = cast(IndexWriter, _Dying(opened.writer, int(sys.argv[3])))
        return opened

    tantivy.open_tenant = to_die
    await _one_by_one(folder)


async def _full_disk(folder: Path) -> None:
    pool = opened(folder, FEW)
    await pool.settle()
    print(json.dumps(await told(pool)), flush=True)
    for number in range(FEW, len(NAMES)):
        tell(pool, number)
    _allow(INDEX_FULL)
    try:
        await pool.follower.catch_up(TENANT)
    except Unavailable as error:
        print(json.dumps({"failed": error.message, **await told(pool)}), flush=True)
    _allow(resource.RLIM_INFINITY)
    await pool.follower.catch_up(TENANT)
    _allow(ROWS_FULL)
    try:
        await pool.describing.catch_up(TENANT)
    except OSError as error:
        print(json.dumps({"failed": error.strerror, **await told(pool)}), flush=True)
    _allow(resource.RLIM_INFINITY)
    await pool.settle()
    print(json.dumps(await told(pool)), flush=True)
    os._exit(0)  # as a kill would: nothing is closed


def _allow(most: int) -> None:
    """Let every further write beyond so many bytes of a file fail."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


if __name__ == "__main__":
    modes = {"one-by-one": _one_by_one, "full-disk": _full_disk, "dying": _dying}
    asyncio.run(modes[sys.argv[2]](Path(sys.argv[1])))
