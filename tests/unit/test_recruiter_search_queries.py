"""Answers to queries over a small pool, from the caller's words to dressed hits."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from servers.recruiter_search.core.changes import derive_changes
from servers.recruiter_search.core.document import Deriver, ProfileDocument
from servers.recruiter_search.core.models import Filters, SearchQuery
from servers.recruiter_search.core.search import TalentSearch
from servers.recruiter_search.core.values import LanguageFilter
from servers.recruiter_search.store import TantivyIndex
from shared.following.follower import Follower
from shared.following.model import Derived
from shared.kernel.clock import SystemClock
from shared.kernel.errors import DeadlineExceeded, InvalidInput, NotFound
from shared.taxonomy import Taxonomy
from shared.wire.profile import Work
from tests.support.talent import FakeFeed, person

TENANT = "acme"
DERIVER = Deriver(Taxonomy.compact())
POOL = [
    person(
        "spark",
        title="Senior Data Engineer",
        skills=["Python", "Apache Spark"],
        start="2014-01",
        highlights=["Tuned Spark jobs behind the ledger", "Met the auditors"],
        languages=[("German", "C1")],
    ),
    person(
        "junior",
        title="Junior Data Engineer",
        skills=["Python"],
        start="2025-01",
        languages=[("German", "A2")],
    ),
    person("java", title="Java Developer", skills=["Java", "Kubernetes"], city="Paris", country="FR"),
    person("nurse", title="Registered Nurse", company="Umberfield Clinic", degree=("BSc", "Nursing")),
    person("silent", title="Data Engineer", skills=["Python"], flags=["do_not_contact"]),
    person(
        "mover",
        title="Head of Analytics",
        company="Amber Bank",
        earlier=[Work(name="Kestrel Foods", position="Data Engineer", start_date="2012", end_date="2016")],
        degree=("PhD", "Statistics"),
    ),
]


@dataclass
class Desk:
    search: TalentSearch
    follower: Follower[ProfileDocument]
    feed: FakeFeed
    index: TantivyIndex

    async def ids(self, query: SearchQuery) -> list[str]:
        return [hit.candidate_id for hit in (await self.search.search(TENANT, query)).hits]

    async def by(self, expression: str) -> set[str]:
        return set(await self.ids(SearchQuery(expression=expression)))

    async def having(self, **filters: object) -> set[str]:
        return set(await self.ids(SearchQuery(filters=Filters.model_validate(filters))))


async def _derive(_: str, changes: Sequence[str], today: date) -> Derived[ProfileDocument]:
    return derive_changes(DERIVER, changes, today)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    index, feed = TantivyIndex(tmp_path), FakeFeed()
    feed.put(TENANT, *POOL)
    follower = Follower(index, feed, _derive, SystemClock())
    await follower.catch_up(TENANT)
    yield Desk(TalentSearch(index, follower, Taxonomy.compact()), follower, feed, index)
    await follower.aclose()
    await index.aclose()


async def test_free_text_ranks_a_matching_title_first(desk: Desk) -> None:
    assert (await desk.ids(SearchQuery(text="senior data engineer with spark")))[0] == "spark"


async def test_a_place_in_free_text_ranks_people_there_first(desk: Desk) -> None:
    found = await desk.ids(SearchQuery(text="java developer or data engineer in Paris"))
    assert found[0] == "java"


async def test_a_hit_shows_the_sentence_that_matches_and_no_name(desk: Desk) -> None:
    page = await desk.search.search(TENANT, SearchQuery(filters=Filters(skills_all=["spark"])))
    assert page.hits[0].highlights[0] == "Tuned Spark jobs behind the ledger"
    assert "Voss" not in page.model_dump_json()


async def test_a_name_finds_nobody(desk: Desk) -> None:
    assert await desk.by("Voss") == set()


async def test_boolean_expressions(desk: Desk) -> None:
    assert await desk.by('"data engineer" AND python AND NOT junior') == {"spark"}
    assert await desk.by("nurse OR java") == {"nurse", "java"}
    assert await desk.by('title:"data engineer" AND NOT current_title:head') == {"spark", "junior"}
    assert await desk.by("past_company:kestrel") == {"mover"}
    assert await desk.by("current_company:kestrel") == set()
    assert await desk.by("k8s") == {"java"}
    assert await desk.by("skill:k8s") == {"java"}
    assert await desk.by("location:France") == {"java"}
    assert await desk.by("degree:master") == {"mover"}
    assert await desk.by("engin* AND seniority:senior") == {"spark"}
    assert await desk.by("language:German NOT spark") == {"junior"}
    assert await desk.by("occupation:nurse") == {"nurse"}


async def test_filters(desk: Desk) -> None:
    assert await desk.having(skills_all=["python", "spark"]) == {"spark"}
    assert await desk.having(skills=["spark", "kubernetes"]) == {"spark", "java"}
    assert await desk.having(skill_groups=[["python"], ["spark", "flink"]]) == {"spark"}
    assert await desk.having(min_years=10, skills_all=["python"]) == {"spark"}
    assert await desk.having(max_years=3, skills_all=["python"]) == {"junior"}
    assert await desk.having(countries=["fr"]) == {"java"}
    assert not {"java", "spark"} & await desk.having(countries=["ZZ"])
    assert await desk.having(locations=["Paris"]) == {"java"}
    assert await desk.having(seniority=["senior"]) == {"spark"}
    assert await desk.having(occupations=["data engineer"]) == {"spark", "junior", "mover"}
    assert await desk.having(current_occupations=["data-engineer"]) == {"spark", "junior"}
    assert await desk.having(languages=[{"code": "de", "at_least": "B2"}]) == {"spark"}
    assert await desk.having(degree="bachelor") == {"nurse", "mover"}
    assert await desk.having(candidate_ids=["nurse", "java"], exclude_candidate_ids=["java"]) == {"nurse"}
    unwanted = SearchQuery(
        filters=Filters(titles=["data engineer"]), exclude=Filters(candidate_ids=["spark"])
    )
    assert set(await desk.ids(unwanted)) == {"junior", "mover"}


async def test_people_who_asked_not_to_be_contacted_are_left_out_unless_asked_for(desk: Desk) -> None:
    assert "silent" not in await desk.having(skills_all=["python"])
    assert "silent" in await desk.ids(
        SearchQuery(filters=Filters(skills_all=["python"]), include=["do_not_contact"])
    )


async def test_preferences_rank_without_excluding(desk: Desk) -> None:
    query = SearchQuery(
        filters=Filters(occupations=["data-engineer"]),
        prefer=Filters(skills=["spark"], titles=["senior"]),
    )
    found = await desk.ids(query)
    assert found[0] == "spark"
    assert len(found) == 3


async def test_names_that_nothing_is_known_for_come_back(desk: Desk) -> None:
    filters = Filters(skills_all=["Frobnicating"], locations=["Nowhereville"])
    page = await desk.search.search(TENANT, SearchQuery(filters=filters))
    assert page.unresolved == ["Frobnicating", "Nowhereville"]
    assert page.hits == []


async def test_years_that_contradict_each_other_are_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="min_years"):
        await desk.having(min_years=10, max_years=2)


async def test_pages_follow_each_other_by_cursor(desk: Desk) -> None:
    query = SearchQuery(filters=Filters(skills=["python", "java"]))
    first = await desk.search.search(TENANT, query, limit=2)
    second = await desk.search.search(TENANT, query, limit=2, cursor=first.next_cursor)
    seen = [hit.candidate_id for page in (first, second) for hit in page.hits]
    assert sorted(seen) == ["java", "junior", "spark"]
    assert second.next_cursor is None


async def test_a_cursor_of_another_query_or_tenant_is_refused_and_that_is_said(desk: Desk) -> None:
    query = SearchQuery(expression="engineer OR developer")
    first = await desk.search.search(TENANT, query, limit=1)
    with pytest.raises(InvalidInput, match="another listing"):
        await desk.search.search(TENANT, SearchQuery(text="nurse"), cursor=first.next_cursor)
    with pytest.raises(InvalidInput, match="another listing"):
        await desk.search.search("bolt", query, cursor=first.next_cursor)


@pytest.mark.parametrize("cursor", ["", "garbage!", "eyJxIjoxfQ", "é"])
async def test_a_cursor_that_is_none_is_refused(desk: Desk, cursor: str) -> None:
    with pytest.raises(InvalidInput, match="not a cursor"):
        await desk.search.search(TENANT, SearchQuery(text="nurse"), cursor=cursor)


async def test_facets_count_the_whole_result_with_labels(desk: Desk) -> None:
    counts = await desk.search.facet_counts(
        TENANT, SearchQuery(expression='"data engineer"'), ["skills", "seniority", "countries"], 50
    )
    facets = {facet.name: {v.label: v.count for v in facet.values} for facet in counts.facets}
    assert counts.total == 3
    assert facets["skills"]["Python"] == 2
    assert sum(facets["seniority"].values()) == 3
    assert facets["countries"] == {"Germany": 3}


async def test_a_profile_shows_the_career_and_no_contact_data(desk: Desk) -> None:
    view = await desk.search.profile(TENANT, "mover")
    assert [p.company for p in view.positions] == ["Amber Bank", "Kestrel Foods"]
    assert not hasattr(view, "name")


async def test_an_unknown_profile_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.search.profile(TENANT, "nobody")


async def test_another_tenants_profile_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.search.profile("bolt", "spark")


async def test_similar_people_are_explained_by_what_they_share(desk: Desk) -> None:
    page = await desk.search.similar(TENANT, "junior", Filters(), 2)
    best = page.similar[0]
    assert best.hit.candidate_id == "spark"
    assert "Python" in best.shared_skills
    assert "Data engineer" in best.why
    assert all(one.hit.candidate_id != "junior" for one in page.similar)


async def test_a_change_replaces_and_a_deletion_removes(desk: Desk) -> None:
    desk.feed.put(TENANT, person("java", title="Head Chef"))
    desk.feed.delete(TENANT, "nurse")
    await desk.follower.catch_up(TENANT)
    assert await desk.by("chef") == {"java"}
    assert await desk.by("nurse OR kubernetes") == set()


async def test_a_caller_who_just_imported_waits_until_it_is_searchable(desk: Desk) -> None:
    seq = desk.feed.put(TENANT, person("late", title="Welder"))
    query = SearchQuery(text="welder")
    page = await desk.search.search(TENANT, query, at_least_seq=seq)
    assert [hit.candidate_id for hit in page.hits] == ["late"]
    assert page.indexed_seq == seq


async def test_waiting_for_what_never_comes_is_bounded(desk: Desk) -> None:
    with pytest.raises(DeadlineExceeded, match="changes short"):
        await desk.follower.reach(TENANT, 999, 0.05)


async def test_search_answers_while_the_candidates_unit_is_down(desk: Desk) -> None:
    desk.feed.down = True
    assert await desk.by("nurse") == {"nurse"}
    status = await desk.search.status(TENANT, None)
    assert (status.pending, status.caught_up) == (None, False)
    assert "did not say" in status.note


async def test_following_goes_on_when_the_candidates_unit_is_back(desk: Desk) -> None:
    desk.feed.down = True
    seq = desk.feed.put(TENANT, person("late", title="Welder"))
    desk.follower.wake(TENANT)
    await asyncio.sleep(0)
    desk.feed.down = False
    desk.follower.wake(TENANT)
    await desk.follower.reach(TENANT, seq, 20)
    assert await desk.by("welder") == {"late"}


async def test_a_rebuild_ends_with_the_same_people(desk: Desk) -> None:
    before = await desk.by("engineer OR developer OR nurse")
    await desk.follower.rebuild(TENANT)
    await desk.follower.reach(TENANT, len(POOL), 20)
    assert await desk.by("engineer OR developer OR nurse") == before


async def test_the_status_says_how_far_the_index_is(desk: Desk) -> None:
    status = await desk.search.status(TENANT, None)
    assert (status.indexed_seq, status.candidates, status.caught_up) == (len(POOL), len(POOL), True)


def test_unknown_filters_are_refused() -> None:
    with pytest.raises(ValueError, match="shoe_size"):
        Filters.model_validate({"shoe_size": 44})


def test_a_language_filter_without_a_level_asks_for_any() -> None:
    assert LanguageFilter(code="de").at_least is None


async def test_deriving_anew_replaces_every_document_and_loses_none(tmp_path: Path) -> None:
    derived: list[int] = []

    async def derive(_: str, changes: Sequence[str], today: date) -> Derived[ProfileDocument]:
        derived.append(len(changes))
        return await _derive(TENANT, changes, today)

    index, feed = TantivyIndex(tmp_path), FakeFeed()
    feed.put(TENANT, *POOL)
    follower = Follower(index, feed, derive, SystemClock())
    reached = await follower.catch_up(TENANT)

    await follower.derive_anew(TENANT)

    assert sum(derived) == 2 * len(POOL)
    assert (await index.count(TENANT), await index.seq(TENANT)) == (len(POOL), reached)
    await follower.aclose()
    await index.aclose()
