"""Meaning beside words on every engine: vectors of people, an order fused of several parts, and what answers say of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from servers.recruiter_search.core.models import Filters, SearchQuery
from servers.recruiter_search.core.ranking import Ranking
from servers.recruiter_search.core.search import TalentSearch
from servers.recruiter_search.core.understanding import OFF
from servers.recruiter_search.store.vectors.meanings import Meanings
from shared.kernel.errors import Unavailable
from shared.taxonomy import Taxonomy
from shared.wire.changes import CandidateChange
from shared.wire.standing import Standing
from tests.support.described_pool import TENANT, DescribedPool, Topics
from tests.support.fixed_clock import FixedClock
from tests.support.search_engines import ENGINES, OPENSEARCH, opened
from tests.support.talent import TODAY, person

Pool = DescribedPool[Topics]


@pytest.fixture(params=ENGINES)
async def pool(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pool]:
    meanings = Meanings(tmp_path / "unused", Topics.model)
    async with opened(request.param, request, tmp_path / "unused_index", meanings) as index:
        pool = Pool(tmp_path, Topics(), index if request.param == OPENSEARCH else None)
        pool.feed.put(
            TENANT,
            person(
                "words", title="Analytics Lead", skills=["Apache Spark"], highlights=["Warehouse pipelines"]
            ),
            person("meant", title="ETL Developer", skills=["Data warehousing"], city="Paris", country="FR"),
            person("nurse", title="Registered Nurse", skills=["Wound care"]),
            person("chef", title="Head Chef", skills=["Cooking"]),
            person("barred", title="ETL Developer", skills=["Data warehousing"], flags=["do_not_contact"]),
        )
        await pool.settle()
        yield pool
        await pool.aclose()


LIKED = SearchQuery(text="spark pipelines analytics")


async def test_people_near_in_meaning_are_found_without_the_words_and_told_apart(pool: Pool) -> None:
    page = await pool.search.search(TENANT, LIKED)
    assert [hit.candidate_id for hit in page.hits] == ["words", "meant"]
    assert (page.total, page.beside, page.meaning) == (1, 1, "on")
    first, second = page.hits
    assert [match.clause for match in first.matched] == ["text"]
    assert [match.clause for match in second.matched] == ["meaning"]
    for hit in page.hits:
        assert sum(hit.score_parts.values()) == pytest.approx(hit.score, abs=1e-3)
    assert first.score_parts["words"] > 0 == second.score_parts["words"]


async def test_conditions_hold_of_people_near_in_meaning_too(pool: Pool) -> None:
    asked = LIKED.model_copy(update={"filters": Filters(countries=["FR"])})
    assert await pool.found(asked) == ["meant"]
    admitting = LIKED.model_copy(update={"include": ["do_not_contact"]})
    assert set(await pool.found(admitting)) == {"words", "meant", "barred"}


async def test_filters_alone_rank_by_what_they_mean(pool: Pool) -> None:
    page = await pool.search.search(TENANT, SearchQuery(prefer=Filters(titles=["ward nurse"])), limit=1)
    assert [hit.candidate_id for hit in page.hits] == ["nurse"]


async def test_weights_given_with_a_query_decide_what_counts(pool: Pool) -> None:
    text = "analytics patients ward clinic nurse"
    by_words = Ranking(meaning=0, taxonomy=0, recency=0)
    by_meaning = Ranking(words=0, taxonomy=0, recency=0)
    found = {
        weights: (await pool.found(SearchQuery(text=text, ranking=weights)))[:1]
        for weights in (by_words, by_meaning)
    }
    assert found == {by_words: [], by_meaning: ["nurse"]}


async def test_without_a_model_search_works_by_words_and_says_how_to_switch_meaning_on(pool: Pool) -> None:
    plain = TalentSearch(pool.index, pool.follower, Taxonomy.compact(), FixedClock(TODAY))
    page = await plain.search(TENANT, LIKED)
    assert [hit.candidate_id for hit in page.hits] == ["words"]
    assert (page.meaning, page.beside) == (OFF, 0)


async def test_while_the_model_is_down_search_goes_on_by_words_and_says_so(pool: Pool) -> None:
    pool.encoder.down = True
    page = await pool.search.search(TENANT, LIKED)
    assert [hit.candidate_id for hit in page.hits] == ["words"]
    assert page.meaning == "off for now: the server of embeddings does not answer."
    pool.encoder.down = False
    assert len(await pool.found(LIKED)) == 2


async def test_pages_of_a_fused_result_neither_repeat_nor_skip_while_everything_changes(pool: Pool) -> None:
    pool.feed.put(TENANT, *(person(f"n{i:02}", title="Nurse", skills=["Wound care"]) for i in range(20)))
    pool.feed.put(
        TENANT, *(person(f"p{i:02}", title="Ward Assistant", skills=["Bedside care"]) for i in range(20))
    )
    await pool.settle()
    asked = SearchQuery(text="nurse wound")
    whole = await pool.search.search(TENANT, asked, limit=100)
    page = await pool.search.search(TENANT, asked, limit=7)
    seen = [hit.candidate_id for hit in page.hits]
    pool.encoder.down = True
    while page.next_cursor:
        pool.feed.put(TENANT, person(f"new{len(seen)}", title="Nurse", skills=["Wound care"]))
        await pool.follower.catch_up(TENANT)
        page = await pool.search.search(TENANT, asked, limit=7, cursor=page.next_cursor)
        seen += [hit.candidate_id for hit in page.hits]
    assert seen == [hit.candidate_id for hit in whole.hits]
    assert len(set(seen)) == len(seen) == whole.total + whole.beside
    assert whole.total >= 21
    assert whole.beside >= 20


async def test_a_person_who_changes_is_described_anew_and_one_who_goes_is_forgotten(pool: Pool) -> None:
    pool.feed.put(TENANT, person("meant", title="Head Chef", skills=["Cooking"]))
    pool.feed.delete(TENANT, "chef")
    await pool.settle()
    assert await pool.index.coverage(TENANT) == 1.0
    assert await pool.found(LIKED) == ["words"]
    assert (await pool.found(SearchQuery(text="kitchen menu")))[:1] == ["meant"]


async def test_people_who_came_while_the_model_was_down_are_described_when_it_is_back(pool: Pool) -> None:
    pool.encoder.down = True
    pool.feed.put(TENANT, person("late", title="Clinic Nurse", skills=["Bedside care"]))
    await pool.follower.catch_up(TENANT)
    with pytest.raises(Unavailable):
        await pool.describing.catch_up(TENANT)
    pool.encoder.down = False
    await pool.describing.catch_up(TENANT)
    assert "late" in await pool.found(SearchQuery(text="patients ward"))


async def test_who_changes_keeps_a_vector_that_still_fits_and_counts_as_without_one_otherwise(
    pool: Pool,
) -> None:
    pool.encoder.down = True
    moved = person("meant", title="ETL Developer", skills=["Data warehousing"], city="Lyon", country="FR")
    pool.feed.put(TENANT, moved, person("nurse", title="Data Analyst", skills=["Wound care"]))
    await pool.follower.catch_up(TENANT)
    assert await pool.index.coverage(TENANT) == 0.8
    pool.encoder.down = False
    page = await pool.search.search(TENANT, LIKED)
    assert [hit.candidate_id for hit in page.hits] == ["words", "meant"]
    assert "Lyon" in (page.hits[1].place or "")
    assert page.meaning == "on for 80 % of the people: it is being worked out for the others"
    await pool.describing.catch_up(TENANT)
    assert await pool.index.coverage(TENANT) == 1.0


async def test_nobody_of_another_organisation_is_near(pool: Pool) -> None:
    pool.feed.put("bolt", person("theirs", title="ETL Developer", skills=["Data warehousing"]))
    await pool.follower.catch_up("bolt")
    await pool.describing.catch_up("bolt")
    assert await pool.found(LIKED) == ["words", "meant"]
    page = await pool.search.search("bolt", LIKED)
    assert [hit.candidate_id for hit in page.hits] == ["theirs"]


async def test_how_lately_a_record_changed_decides_between_equals(pool: Pool) -> None:
    changed = {
        "old": datetime(2020, 1, 1, tzinfo=UTC),
        "unknown": None,
        "new": datetime(2026, 5, 1, tzinfo=UTC),
    }
    told = [
        CandidateChange(seq=seq, candidate_id=name, dossier=person(name), standing=Standing(changed_at=at))
        for seq, (name, at) in enumerate(changed.items(), 1)
    ]
    pool.feed.tell("bolt", *told)
    await pool.follower.catch_up("bolt")
    page = await pool.search.search("bolt", SearchQuery(text="data engineer", ranking=Ranking(recency=1)))
    assert [hit.candidate_id for hit in page.hits] == ["new", "old", "unknown"]
    assert [hit.score_parts["recency"] > 0 for hit in page.hits] == [True, True, False]
