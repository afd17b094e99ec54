"""A follower that stands back, or takes several changes at once, while much is written."""

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from servers.recruiter_search.core.changes import derive_changes
from servers.recruiter_search.core.document import Deriver, ProfileDocument
from servers.recruiter_search.store import TantivyIndex
from shared.following.follower import Follower
from shared.following.model import Derived
from shared.kernel.clock import SystemClock
from shared.taxonomy import Taxonomy
from tests.support.talent import FakeFeed, person

TENANT = "acme"
POOL = (person("ada"), person("bo"))


async def _derive(_: str, changes: Sequence[str], today: date) -> Derived[ProfileDocument]:
    return derive_changes(Deriver(Taxonomy.compact()), changes, today)


async def test_a_follower_that_waits_for_quiet_is_hurried_by_who_waits_for_it(tmp_path: Path) -> None:
    index, feed = TantivyIndex(tmp_path), FakeFeed()
    follower = Follower(index, feed, _derive, SystemClock(), quiet=3600)
    feed.put(TENANT, *POOL)
    follower.wake(TENANT)
    await asyncio.sleep(0)
    assert await index.seq(TENANT) == 0
    await follower.reach(TENANT, len(POOL), 20)
    assert await index.count(TENANT) == len(POOL)
    await follower.aclose()
    await index.aclose()


async def test_changes_that_keep_coming_are_kept_together_and_sooner_where_somebody_waits(
    tmp_path: Path,
) -> None:
    index, feed, asked = TantivyIndex(tmp_path), FakeFeed(), list[int]()

    async def derive(_: str, changes: Sequence[str], today: date) -> Derived[ProfileDocument]:
        asked.append(len(changes))
        return await _derive(TENANT, changes, today)

    follower = Follower(index, feed, derive, SystemClock(), apart=3600)
    feed.put(TENANT, POOL[0])
    await follower.reach(TENANT, 1, 20)
    for one in (*POOL, *POOL):
        feed.put(TENANT, one)
        follower.wake(TENANT)
        for _ in range(100):  # the follower's turn, often enough to have begun with this one alone
            await asyncio.sleep(0)
    await follower.reach(TENANT, 5, 20)
    assert asked == [1, 4]
    await follower.aclose()
    await index.aclose()


async def test_waking_that_never_ends_delays_a_follower_and_does_not_starve_it(tmp_path: Path) -> None:
    kept = asyncio.Event()

    async def derive(_: str, changes: Sequence[str], today: date) -> Derived[ProfileDocument]:
        kept.set()
        return await _derive(TENANT, changes, today)

    index, feed = TantivyIndex(tmp_path), FakeFeed()
    follower = Follower(index, feed, derive, SystemClock(), quiet=0.01)
    feed.put(TENANT, *POOL)
    async with asyncio.timeout(20):
        while not kept.is_set():
            follower.wake(TENANT)
            await asyncio.sleep(0)
    assert kept.is_set()
    await follower.aclose()
    await index.aclose()


@pytest.mark.parametrize("turns", range(6))
async def test_a_follower_stops_though_it_is_woken_at_the_same_moment(tmp_path: Path, turns: int) -> None:
    index, feed = TantivyIndex(tmp_path), FakeFeed()
    follower = Follower(index, feed, _derive, SystemClock())
    feed.put(TENANT, *POOL)
    await follower.reach(TENANT, len(POOL), 20)
    for _ in range(100):  # until it waits for the next change
        await asyncio.sleep(0.001)
    follower.wake(TENANT)
    for _ in range(turns):
        await asyncio.sleep(0)
    async with asyncio.timeout(20):
        await follower.aclose()
    feed.put(TENANT, person("cy"))
    follower.wake(TENANT)
    for _ in range(100):
        await asyncio.sleep(0.001)
    assert await index.seq(TENANT) == len(POOL), "it follows though it was stopped"
    await index.aclose()
