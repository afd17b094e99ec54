"""A follower that has far to go: one batch is written while the next is derived, and nothing is lost or kept twice."""

import asyncio
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import pytest

from shared.following.follower import COMMIT, PAGE, Follower
from shared.following.model import Batch, Changes, Derived
from shared.kernel.clock import SystemClock
from shared.kernel.errors import InvalidInput, Unavailable

TENANT = "acme"


class Numbers:
    """A feed of numbers up to ``last``, which it tells or not."""

    def __init__(self, last: int, *, tells: bool = True) -> None:
        self.asked = 0
        self._last = last
        self._tells = tells

    async def after(self, tenant: str, seq: int, limit: int) -> Changes:
        self.asked += 1
        reached = min(self._last, seq + limit)
        lines = [str(number) for number in range(seq + 1, reached + 1)]
        return Changes(lines, max(seq, reached), self._last if self._tells else None)


class Kept:
    """Keeps batches; ``begun`` is set by the first that is kept, and none is done before ``free`` is."""

    def __init__(self) -> None:
        self.batches: list[Batch[str]] = []
        self.begun, self.free = asyncio.Event(), asyncio.Event()
        self.free.set()
        self.at_work = 0

    async def apply(self, tenant: str, batch: Batch[str]) -> None:
        assert not self.at_work
        self.at_work += 1
        self.begun.set()
        await self.free.wait()
        self.at_work -= 1
        self.batches.append(batch)

    async def seq(self, tenant: str) -> int:
        return self.batches[-1].seq if self.batches else 0

    async def clear(self, tenant: str) -> None:
        self.batches.clear()

    async def tenants(self) -> list[str]:
        return []


async def _derive(_: str, lines: Sequence[str], today: date) -> Derived[str]:
    return Derived({line: line for line in lines})


async def test_the_next_page_is_derived_while_one_is_written() -> None:
    kept, feed = Kept(), Numbers(2 * PAGE)
    kept.free.clear()

    async def derive(tenant: str, lines: Sequence[str], today: date) -> Derived[str]:
        if lines[0] != "1":
            await kept.begun.wait()
            kept.free.set()  # the first page cannot be written before the second is derived
        return await _derive(tenant, lines, today)

    follower = Follower(kept, feed, derive, SystemClock())
    async with asyncio.timeout(20):
        assert await follower.catch_up(TENANT) == 2 * PAGE
    assert [batch.seq for batch in kept.batches] == [PAGE, 2 * PAGE]


@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize("last", [0, 1, PAGE, PAGE + 1, COMMIT, 3 * COMMIT + 7])
async def test_every_change_is_written_once_and_in_order(last: int, tells: bool) -> None:
    kept, feed = Kept(), Numbers(last, tells=tells)
    assert await Follower(kept, feed, _derive, SystemClock()).catch_up(TENANT) == last
    written = [number for batch in kept.batches for number in batch.documents]
    assert written == [str(number) for number in range(1, last + 1)]
    assert all(before.seq == batch.after for before, batch in pairwise(kept.batches))
    assert max((len(batch.documents) for batch in kept.batches), default=0) <= COMMIT


async def test_a_feed_that_tells_its_end_is_not_asked_once_more() -> None:
    feed = Numbers(3)
    await Follower(Kept(), feed, _derive, SystemClock()).catch_up(TENANT)
    assert feed.asked == 1


async def test_a_page_that_cannot_be_derived_costs_nothing_of_what_is_being_written() -> None:
    kept = Kept()
    kept.free.clear()

    async def derive(tenant: str, lines: Sequence[str], today: date) -> Derived[str]:
        if lines[0] == "1":
            return await _derive(tenant, lines, today)
        await kept.begun.wait()
        asyncio.get_running_loop().call_soon(kept.free.set)
        raise InvalidInput("no page")

    with pytest.raises(InvalidInput):
        await Follower(kept, Numbers(2 * PAGE), derive, SystemClock()).catch_up(TENANT)
    assert [batch.seq for batch in kept.batches] == [PAGE]


async def test_what_cannot_be_written_is_told_and_nothing_after_it_is_written() -> None:
    class Full(Kept):
        async def apply(self, tenant: str, batch: Batch[str]) -> None:
            self.begun.set()
            raise Unavailable("the disk is full")

    kept = Full()
    with pytest.raises(Unavailable):
        await Follower(kept, Numbers(2 * PAGE), _derive, SystemClock()).catch_up(TENANT)
    assert kept.begun.is_set()
    assert await kept.seq(TENANT) == 0


async def test_a_follower_that_is_stopped_leaves_no_write_behind() -> None:
    kept = Kept()
    kept.free.clear()
    follower = Follower(kept, Numbers(PAGE), _derive, SystemClock())
    follower.wake(TENANT)
    await kept.begun.wait()
    async with asyncio.timeout(20):
        await follower.aclose()
    assert not kept.batches
