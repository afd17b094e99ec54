"""What every profile index must do, whichever engine it stands on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from servers.recruiter_search.core.criteria import (
    AllOf,
    AnyOf,
    Between,
    Criterion,
    NoneOf,
    OneOf,
    Weighted,
    Words,
)
from servers.recruiter_search.core.document import Deriver, ProfileDocument
from servers.recruiter_search.core.ports import Batch, IndexQuery, ProfileIndex
from servers.recruiter_search.store import TantivyIndex
from shared.taxonomy import Taxonomy
from tests.support.talent import TODAY, person

TENANT = "acme"


def _document(candidate_id: str, **fields: object) -> ProfileDocument:
    return Deriver(Taxonomy.compact()).derive(person(candidate_id, **fields), TODAY)  # type: ignore[arg-type]


@pytest.fixture(params=["tantivy"])
async def index(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ProfileIndex]:
    opened = {"tantivy": TantivyIndex}[request.param](tmp_path)
    yield opened
    await opened.aclose()


@pytest.fixture
async def filled(index: ProfileIndex) -> ProfileIndex:
    people = [
        _document("c1", skills=["Python", "Apache Spark"], city="Berlin", start="2012-01"),
        _document("c2", title="Java Developer", skills=["Java"], city="Munich", start="2022-01"),
        _document("c3", title="Senior Data Engineer", skills=["Python", "C++"], city="Paris", country="FR"),
        _document("c4", title="Registered Nurse", company="Umberfield Clinic", highlights=["Wound care"]),
    ]
    await index.apply(TENANT, Batch(people, [], 4))
    return index


async def _ids(index: ProfileIndex, *must: Criterion, should: tuple[Weighted, ...] = ()) -> list[str]:
    page = await index.search(TENANT, IndexQuery(tuple(must), should), limit=50)
    return [hit.candidate_id for hit in page.hits]


async def test_an_empty_index_has_nobody_and_the_sequence_zero(index: ProfileIndex) -> None:
    assert await index.seq(TENANT) == 0
    assert await index.count(TENANT) == 0
    assert await _ids(index) == []


async def test_a_query_without_conditions_finds_everybody_and_nothing_else(filled: ProfileIndex) -> None:
    assert sorted(await _ids(filled)) == ["c1", "c2", "c3", "c4"]


async def test_one_of_matches_any_of_the_values(filled: ProfileIndex) -> None:
    assert sorted(await _ids(filled, OneOf("skills", ("java", "apache-spark")))) == ["c1", "c2"]


async def test_one_of_nothing_matches_nobody(filled: ProfileIndex) -> None:
    assert await _ids(filled, OneOf("skills", ())) == []


async def test_between_is_inclusive_and_open_at_a_missing_side(filled: ProfileIndex) -> None:
    assert await _ids(filled, Between("years", 14.5)) == ["c1"]
    assert await _ids(filled, Between("years", None, 4.5)) == ["c2"]


async def test_words_must_stand_side_by_side(filled: ProfileIndex) -> None:
    assert sorted(await _ids(filled, Words("title", "data engineer"))) == ["c1", "c3"]
    assert await _ids(filled, Words("title", "engineer data")) == []


async def test_a_prefix_completes_the_last_word(filled: ProfileIndex) -> None:
    assert sorted(await _ids(filled, Words("title", "data eng", prefix=True))) == ["c1", "c3"]
    assert await _ids(filled, Words("title", "nur", prefix=True)) == ["c4"]


async def test_signs_make_other_words(filled: ProfileIndex) -> None:
    assert await _ids(filled, Words("everything", "c++")) == ["c3"]
    assert await _ids(filled, Words("everything", "c")) == []


async def test_a_word_and_not_another(filled: ProfileIndex) -> None:
    both = AllOf((Words("everything", "python"), NoneOf((Words("everything", "spark"),))))
    assert await _ids(filled, both) == ["c3"]


async def test_none_of_alone_matches_the_others(filled: ProfileIndex) -> None:
    assert sorted(await _ids(filled, NoneOf((OneOf("skills", ("python",)),)))) == ["c2", "c4"]


async def test_any_of_may_ask_for_several_parts(filled: ProfileIndex) -> None:
    parts = (Words("everything", "python"), Words("everything", "spark"), Words("everything", "wound"))
    assert await _ids(filled, AnyOf(parts, least=2)) == ["c1"]


async def test_preferences_rank_and_do_not_exclude(filled: ProfileIndex) -> None:
    liked = (Weighted(OneOf("shown_skills", ("c-plus-plus",)), 1.0),)
    found = await _ids(filled, OneOf("skills", ("python",)), should=liked)
    assert found == ["c3", "c1"]


async def test_years_sort_both_ways(filled: ProfileIndex) -> None:
    falling = await filled.search(TENANT, IndexQuery(sort="years_desc"), limit=10)
    rising = await filled.search(TENANT, IndexQuery(sort="years_asc"), limit=10)
    assert falling.hits[0].candidate_id == "c1"
    assert rising.hits[0].candidate_id == "c2"


async def test_pages_do_not_overlap_and_cover_everybody(filled: ProfileIndex) -> None:
    pages = [await filled.search(TENANT, IndexQuery(), limit=2, offset=o) for o in (0, 2, 4)]
    seen = [hit.candidate_id for page in pages for hit in page.hits]
    assert sorted(seen) == ["c1", "c2", "c3", "c4"]
    assert {page.total for page in pages} == {4}


async def test_the_order_of_equals_does_not_depend_on_the_order_of_writing(
    index: ProfileIndex, tmp_path: Path
) -> None:
    people = [_document(f"c{i}") for i in range(12)]
    await index.apply(TENANT, Batch(people, [], 1))
    other = TantivyIndex(tmp_path / "other")
    for seq, one in enumerate(reversed(people), 1):
        await other.apply(TENANT, Batch([one], [], seq))
    assert await _ids(index) == await _ids(other)
    await other.aclose()


async def test_putting_again_replaces(filled: ProfileIndex) -> None:
    await filled.apply(TENANT, Batch([_document("c1", title="Head Chef")], [], 5))
    assert await filled.count(TENANT) == 4
    assert await _ids(filled, Words("title", "head chef")) == ["c1"]
    assert await _ids(filled, OneOf("skills", ("apache-spark",))) == []


async def test_removing_removes(filled: ProfileIndex) -> None:
    await filled.apply(TENANT, Batch([], ["c1", "unknown"], 5))
    assert sorted(await _ids(filled)) == ["c2", "c3", "c4"]


async def test_a_batch_applied_twice_changes_nothing_more(filled: ProfileIndex) -> None:
    batch = Batch([_document("c9")], ["c1"], 7)
    await filled.apply(TENANT, batch)
    await filled.apply(TENANT, batch)
    assert await filled.count(TENANT) == 4
    assert await filled.seq(TENANT) == 7


async def test_an_older_batch_does_not_undo_a_newer_one(filled: ProfileIndex) -> None:
    await filled.apply(TENANT, Batch([_document("c1", title="Old Title")], [], 2))
    assert await _ids(filled, Words("title", "old title")) == []
    assert await filled.seq(TENANT) == 4


async def test_facets_count_over_the_whole_result(filled: ProfileIndex) -> None:
    query = IndexQuery((OneOf("skills", ("python",)),))
    counted = await filled.facets(TENANT, query, ["countries", "skills", "years"], 50)
    assert sorted(counted["countries"]) == [("DE", 1), ("FR", 1)]
    assert dict(counted["skills"])["python"] == 2
    assert sum(count for _, count in counted["years"]) == 2


async def test_getting_returns_who_is_there(filled: ProfileIndex) -> None:
    found = await filled.get(TENANT, ["c1", "nobody"])
    assert list(found) == ["c1"]
    assert found["c1"].shown_skills["python"] >= 1


async def test_tenants_see_only_their_own(filled: ProfileIndex) -> None:
    await filled.apply("Other/../Org", Batch([_document("x1")], [], 1))
    assert sorted(await _ids(filled)) == ["c1", "c2", "c3", "c4"]
    assert await filled.get(TENANT, ["x1"]) == {}
    assert sorted(await filled.tenants()) == ["Other/../Org", TENANT]


async def test_clearing_forgets_people_and_sequence(filled: ProfileIndex) -> None:
    await filled.clear(TENANT)
    assert await filled.count(TENANT) == 0
    assert await filled.seq(TENANT) == 0
