"""Several replicas of recruiter_search, each with an index of its own, on real events."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from servers.recruiter_search.core.changes import derive_changes
from servers.recruiter_search.core.document import Deriver, ProfileDocument
from servers.recruiter_search.store import TantivyIndex
from shared.edge.taxonomies import Taxonomies
from shared.engines import EmbeddedNats
from shared.events.bus import EventBus
from shared.following.follower import Follower
from shared.following.hearing import Widening, hear, waking
from shared.following.model import Derived
from shared.kernel.clock import SystemClock
from shared.kernel.ids import new_id
from shared.taxonomy import Taxonomy
from tests.support.talent import FakeFeed, person


class Jobs:
    """A jobs unit whose words are at sequence 1."""

    async def call_tool(
        self, unit: str, tool: str, arguments: dict[str, Any], returns: type[Any], *, timeout: float = 30
    ) -> Any:
        return returns(next=1)

    async def send(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError


class Replica:
    """One replica's index and follower; ``rounds`` gets the number of changes it derives at a time."""

    def __init__(self, folder: Path, feed: FakeFeed) -> None:
        self.rounds: asyncio.Queue[int] = asyncio.Queue()
        self.index = TantivyIndex(folder)
        self.follower = Follower(self.index, feed, self._derive, SystemClock())
        self._deriver = Deriver(Taxonomy.compact())

    async def _derive(self, _: str, changes: Sequence[str], today: date) -> Derived[ProfileDocument]:
        self.rounds.put_nowait(len(changes))
        return derive_changes(self._deriver, changes, today)


@pytest.fixture
async def bus(nats: EmbeddedNats) -> AsyncIterator[EventBus]:
    async with await EventBus.open(nats.url) as opened:
        yield opened


async def test_every_replica_hears_of_new_people_and_of_a_widened_taxonomy(
    bus: EventBus, tmp_path: Path
) -> None:
    tenant, feed = new_id("tenant"), FakeFeed()
    feed.put(tenant, person("c1"), person("c2"))
    replicas = [Replica(tmp_path / name, feed) for name in ("one", "other")]
    async with AsyncExitStack() as closing, asyncio.timeout(30):
        for replica in replicas:
            closing.push_async_callback(replica.index.aclose)
            closing.push_async_callback(replica.follower.aclose)
            named = replica.index.replica()
            heard = {
                "candidates.changed": waking(replica.follower),
                "jobs.taxonomy_widened": Widening([replica.follower], Taxonomies(Jobs(), "test")).heard,
            }
            await hear(bus, f"test_{named}", heard, closing)

        await bus.publish_unit(tenant, "candidates", "changed", {"seq": 2})
        assert [await replica.rounds.get() for replica in replicas] == [2, 2]

        await bus.publish_unit(tenant, "jobs", "taxonomy_widened", {"seq": 1})
        assert [await replica.rounds.get() for replica in replicas] == [2, 2]


async def test_a_replica_keeps_its_name_as_long_as_its_folder(tmp_path: Path) -> None:
    first = TantivyIndex(tmp_path / "one").replica()
    assert TantivyIndex(tmp_path / "one").replica() == first
    assert TantivyIndex(tmp_path / "other").replica() != first
    assert await TantivyIndex(tmp_path / "one").tenants() == []
