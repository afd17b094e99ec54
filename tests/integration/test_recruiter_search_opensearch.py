"""What only the profile index on OpenSearch has to prove: replicas, lost indices, another format, failures."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date

import pytest

from servers.recruiter_search.core.changes import derive_changes
from servers.recruiter_search.core.criteria import Words
from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.models import Filters, SearchQuery
from servers.recruiter_search.core.ports import Batch, IndexQuery
from servers.recruiter_search.core.search import TalentSearch
from servers.recruiter_search.store.opensearch import OpenSearchIndex
from shared.following.follower import Follower
from shared.following.model import Derived
from shared.kernel.errors import InvalidInput, Unavailable
from shared.taxonomy import Taxonomy
from tests.support.fixed_clock import FixedClock
from tests.support.opensearch_cluster import DERIVER, Cluster, cluster_of, document
from tests.support.search_engines import OPENSEARCH
from tests.support.talent import TODAY, FakeFeed, person

TENANT = "acme"


@pytest.fixture(params=[OPENSEARCH])
async def cluster(request: pytest.FixtureRequest) -> AsyncIterator[Cluster]:
    async with cluster_of(request) as made:
        yield made


async def _found(index: OpenSearchIndex, query: IndexQuery | None = None) -> list[str]:
    page = await index.search(TENANT, query or IndexQuery(), limit=50)
    return sorted(hit.candidate_id for hit in page.hits)


async def test_replicas_share_what_each_of_them_writes_and_go_on_where_another_one_stopped(
    cluster: Cluster,
) -> None:
    one, other = await cluster.replica(), await cluster.replica()
    await one.apply(TENANT, Batch([document("c1")], [], 1))
    assert await _found(other) == ["c1"]
    await other.apply(TENANT, Batch([document("c2")], [], 2, after=1))
    same = Batch([document("c3", seq=3)], ["c1"], 3, after=2)
    await asyncio.gather(one.apply(TENANT, same), other.apply(TENANT, same))
    assert await _found(one) == ["c2", "c3"]
    assert (await one.seq(TENANT), await other.count(TENANT)) == (3, 2)
    assert one.replica() == other.replica()


async def _derive(_: str, lines: Sequence[str], today: date) -> Derived[ProfileDocument]:
    return derive_changes(DERIVER, lines, today)


async def test_replicas_that_follow_at_once_bring_each_other_to_the_end_and_answer_alike(
    cluster: Cluster,
) -> None:
    feed = FakeFeed()
    last = feed.put(TENANT, *(person(f"c{i}", skills=["Python"]) for i in range(40)))
    desks: list[TalentSearch] = []
    async with AsyncExitStack() as closing:
        for _ in range(2):
            index = await cluster.replica()
            follower = Follower(index, feed, _derive, FixedClock(TODAY))
            closing.push_async_callback(follower.aclose)
            desks.append(TalentSearch(index, follower, Taxonomy.compact(), FixedClock(TODAY)))
        told = await asyncio.gather(*(desk.status(TENANT, last) for desk in desks))
        assert [(one.indexed_seq, one.candidates, one.caught_up) for one in told] == [(last, 40, True)] * 2

        query = SearchQuery(text="python engineer", filters=Filters(countries=["DE"]))
        pages = [await desk.search(TENANT, query, limit=30, facets=["countries", "years"]) for desk in desks]
        rest = await desks[1].search(TENANT, query, limit=30, cursor=pages[0].next_cursor)
        assert pages[0].hits == pages[1].hits
        assert len({hit.candidate_id for page in (pages[0], rest) for hit in page.hits}) == 40
        assert [sum(value.count for value in facet.values) for facet in pages[0].facets] == [40, 40]
        assert (await desks[0].clause_counts(TENANT, query)).total == 40
        assert (await desks[1].similar(TENANT, "c1", Filters(), 5)).similar[0].shared_skills[0] == "Python"


async def test_what_one_replica_derives_anew_never_replaces_what_another_has_written_since(
    cluster: Cluster,
) -> None:
    deriving, following = await cluster.replica(), await cluster.replica()
    await deriving.apply(TENANT, Batch([document("c1", seq=1), document("c2", seq=2)], [], 2))
    await following.apply(TENANT, Batch([document("c1", "Head Chef", seq=3)], [], 3, after=2))
    again = [document("c1", seq=1), document("c2", "Nurse", seq=2)]
    await deriving.apply(TENANT, Batch(again, [], 3))
    assert await _found(deriving, IndexQuery((Words("title", "chef"),))) == ["c1"]
    assert await _found(deriving, IndexQuery((Words("title", "nurse"),))) == ["c2"]


async def test_a_lost_index_is_filled_from_the_beginning_and_never_from_the_middle(cluster: Cluster) -> None:
    index = await cluster.replica()
    await index.apply(TENANT, Batch([document("c1"), document("c2")], [], 2))
    await cluster.client.indices.delete(index=cluster.layout.index)
    with pytest.raises(Unavailable, match="missing"):
        await index.apply(TENANT, Batch([document("c3")], [], 3, after=2))
    assert (await index.seq(TENANT), await _found(index)) == (0, [])
    await index.apply(TENANT, Batch([document(f"c{i}") for i in range(1, 4)], [], 3))
    assert await _found(index) == ["c1", "c2", "c3"]


async def test_people_can_be_put_again_right_after_everybody_was_forgotten(cluster: Cluster) -> None:
    index = await cluster.replica()
    await index.apply(TENANT, Batch([document("c1", seq=7)], [], 9))
    await index.clear(TENANT)
    assert await _found(index) == []
    await index.apply(TENANT, Batch([document("c1", seq=7)], [], 7))
    assert (await _found(index), await index.seq(TENANT)) == (["c1"], 7)


async def test_another_format_is_filled_beside_the_one_that_is_searched_until_it_is_as_far(
    cluster: Cluster,
) -> None:
    before = await cluster.replica("1.1")
    await before.apply(TENANT, Batch([document("c1"), document("c2")], [], 2))
    after = await cluster.replica()
    assert await after.tenants() == [TENANT]
    first = await after.search(TENANT, IndexQuery(), limit=1)

    await after.apply(TENANT, Batch([document("c1", "Head Chef")], [], 1))
    assert (await _found(after), await after.seq(TENANT)) == (["c1", "c2"], 1)
    assert await _found(after, IndexQuery((Words("title", "chef"),))) == []
    await after.apply(TENANT, Batch([document("c2")], [], 2, after=1))
    assert await _found(before, IndexQuery((Words("title", "chef"),))) == ["c1"]

    second = await after.search(TENANT, IndexQuery(), limit=1, after=first.mark)
    assert {hit.candidate_id for page in (first, second) for hit in page.hits} == {"c1", "c2"}


async def test_releases_side_by_side_search_what_is_furthest_and_the_last_one_tidies_up(
    cluster: Cluster,
) -> None:
    before, after = await cluster.replica("1.1"), await cluster.replica()
    for index in (before, after):
        await index.apply(TENANT, Batch([document("c1")], [], 1))
    await before.apply(TENANT, Batch([document("c2")], [], 2, after=1))
    assert await _found(after) == ["c1", "c2"]
    await after.apply(TENANT, Batch([document("c2")], [], 2, after=1))
    await before.apply(TENANT, Batch([document("c2")], [], 2, after=1))
    assert await cluster.indices() == [cluster.numbered("1.1").index, cluster.layout.index]
    await cluster.replica()
    assert await cluster.indices() == [cluster.layout.index]


async def test_a_page_whose_state_was_let_go_goes_on_after_the_last_hit(cluster: Cluster) -> None:
    index = await cluster.replica()
    await index.apply(TENANT, Batch([document(f"c{i}") for i in range(9)], [], 1))
    pages = [await index.search(TENANT, IndexQuery(), limit=3)]
    for _ in range(2):
        await cluster.client.delete_all_pits()
        pages.append(await index.search(TENANT, IndexQuery(), limit=3, after=pages[-1].mark))
    assert sorted(hit.candidate_id for page in pages for hit in page.hits) == [f"c{i}" for i in range(9)]


async def test_where_no_state_can_be_held_pages_go_on_after_the_last_hit(cluster: Cluster) -> None:
    cluster.door.refused["point_in_time"] = deque([405] * 5)
    index = await cluster.replica()
    await index.apply(TENANT, Batch([document(f"c{i}") for i in range(4)], [], 1))
    first = await index.search(TENANT, IndexQuery(), limit=3)
    second = await index.search(TENANT, IndexQuery(), limit=3, after=first.mark)
    assert [len(first.hits), len(second.hits)] == [3, 1]
    assert not {hit.candidate_id for hit in first.hits} & {hit.candidate_id for hit in second.hits}
    assert await index.totals(TENANT, [IndexQuery()]) == [4]


async def test_another_tenants_cursor_shows_nobody_of_that_tenant(cluster: Cluster) -> None:
    index = await cluster.replica()
    await index.apply("bolt", Batch([document(f"b{i}") for i in range(5)], [], 1))
    await index.apply(TENANT, Batch([document("c1")], [], 1))
    stolen = (await index.search("bolt", IndexQuery(), limit=2)).mark
    page = await index.search(TENANT, IndexQuery(), limit=5, after=stolen)
    assert {hit.candidate_id for hit in page.hits} <= {"c1"}
    assert page.total <= 1  # not even how many there are
    assert (await index.get(TENANT, ["b1"]), await index.totals(TENANT, [IndexQuery()])) == ({}, [1])


async def test_what_is_rejected_for_the_load_is_sent_again_and_nothing_is_skipped(cluster: Cluster) -> None:
    index = await cluster.replica()
    cluster.door.refused["_bulk"] = deque([429])
    cluster.door.rejected = 1
    await index.apply(TENANT, Batch([document("c1"), document("c2")], [], 2))
    assert (await _found(index), await index.seq(TENANT)) == (["c1", "c2"], 2)


async def test_a_batch_that_is_not_taken_as_a_whole_brings_us_no_further(cluster: Cluster) -> None:
    index = await cluster.replica()
    await index.apply(TENANT, Batch([document("c1")], [], 1))
    unfit = replace(document("c2"), texts={"nowhere": ["to be found"]})
    with pytest.raises(Unavailable, match="did not take 1 of 2"):
        await index.apply(TENANT, Batch([unfit, document("c3")], [], 3, after=1))
    assert await index.seq(TENANT) == 1


async def test_an_engine_that_is_away_is_named_without_what_one_signs_in_with_and_found_again(
    cluster: Cluster,
) -> None:
    index = await cluster.replica()
    await index.apply(TENANT, Batch([document("c1")], [], 1))
    await cluster.door.shut()
    with pytest.raises(Unavailable, match=cluster.door.url):
        await _found(index)
    with_secrets = cluster.door.url.replace("//", "//user:secret@")
    with pytest.raises(Unavailable) as refused:
        await OpenSearchIndex.open(with_secrets, cluster.layout)
    assert cluster.door.url in str(refused.value)
    assert "secret" not in str(refused.value)
    await cluster.door.open()
    assert await _found(index) == ["c1"]


@pytest.mark.parametrize("url", ["opensearch", "ftp://host:9200", "http://"])
async def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="no http"):
        await OpenSearchIndex.open(url)
