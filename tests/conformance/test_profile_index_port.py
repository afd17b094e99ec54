"""What every profile index must do, whichever engine it stands on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from servers.recruiter_search.core.criteria import (
    AllOf,
    AnyOf,
    Between,
    Criterion,
    InOnePosition,
    NoneOf,
    OneOf,
    Part,
    Weighted,
    Words,
)
from servers.recruiter_search.core.document import Deriver, ProfileDocument
from servers.recruiter_search.core.ports import Batch, IndexQuery, ProfileIndex
from servers.recruiter_search.store import TantivyIndex
from shared.taxonomy import Taxonomy
from shared.wire.profile import Work
from tests.support.search_engines import ENGINES, opened
from tests.support.talent import TODAY, person

TENANT = "acme"


def _document(candidate_id: str, **fields: object) -> ProfileDocument:
    return Deriver(Taxonomy.compact()).derive(person(candidate_id, **fields), TODAY)  # type: ignore[arg-type]


@pytest.fixture(params=ENGINES)
async def index(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ProfileIndex]:
    async with opened(request.param, request, tmp_path) as index:
        yield index


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


async def test_present_employers_are_found_exactly_as_profiles_write_them(filled: ProfileIndex) -> None:
    assert await _ids(filled, OneOf("company_facet", ("Umberfield Clinic", "Cobalt"))) == ["c4"]
    assert await _ids(filled, NoneOf((OneOf("company_facet", ("Cobalt Works",)),))) == ["c4"]


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


async def test_parts_must_hold_of_one_and_the_same_position(index: ProfileIndex) -> None:
    before = Work(name="Kestrel Foods", position="Data Analyst", start_date="2012", end_date="2016")
    await index.apply(TENANT, Batch([_document("c1", earlier=[before]), _document("c2")], [], 1))

    async def held(*parts: Part) -> list[str]:
        return sorted(await _ids(index, InOnePosition(parts)))

    engineer, analyst = Part("title", ("data engineer",)), Part("title", ("analyst", "chef"))
    assert await held(engineer) == ["c1", "c2"]
    assert await held(analyst, Part("company", ("kestrel foods",))) == ["c1"]
    assert await held(engineer, Part("company", ("kestrel foods",))) == []
    assert await held(Part("title", ("data an",), prefix=True), Part("held", ("past",))) == ["c1"]
    assert await held(engineer, Part("occupations", ("",))) == []


@pytest.mark.parametrize("mark", ["do_not_contact", "private"])
async def test_who_is_barred_is_neither_found_nor_counted_unless_admitted(
    index: ProfileIndex, mark: str
) -> None:
    await index.apply(TENANT, Batch([_document("c1"), _document("c2", flags=[mark])], [], 1))
    everybody = IndexQuery()
    admitting = IndexQuery(admits=frozenset({mark}))

    assert await _ids(index) == ["c1"]
    assert await index.totals(TENANT, [everybody, admitting]) == [1, 2]
    assert (await index.facets(TENANT, everybody, ["countries"], 5)).facets["countries"] == [("DE", 1)]
    assert (await index.search(TENANT, admitting, limit=5)).total == 2


async def test_totals_count_each_query(filled: ProfileIndex) -> None:
    python, nobody = OneOf("skills", ("python",)), OneOf("skills", ())
    asked = [IndexQuery(), IndexQuery((python,)), IndexQuery((python, nobody))]
    assert await filled.totals(TENANT, asked) == [4, 2, 0]
    assert await filled.totals("bolt", asked) == [0, 0, 0]


async def test_who_states_no_years_comes_last_in_either_order(filled: ProfileIndex) -> None:
    await filled.apply(TENANT, Batch([_document("c9", start="")], [], 5))
    for sort in ("years_desc", "years_asc"):
        page = await filled.search(TENANT, IndexQuery(sort=sort), limit=10)
        assert page.hits[-1].candidate_id == "c9"


async def test_preferences_rank_and_do_not_exclude(filled: ProfileIndex) -> None:
    liked = (Weighted(OneOf("shown_skills", ("c-plus-plus",)), 1.0),)
    found = await _ids(filled, OneOf("skills", ("python",)), should=liked)
    assert found == ["c3", "c1"]


@pytest.mark.parametrize(
    "must", [(), (OneOf("skills", ("python",)),), (NoneOf((OneOf("skills", ("java",)),)),)]
)
@pytest.mark.parametrize("liked", ["c-plus-plus", "python", "apache-spark", "cobol"])
@pytest.mark.parametrize("limit", [1, 2, 4])
async def test_people_alike_are_the_best_of_all(
    filled: ProfileIndex, must: tuple[Criterion, ...], liked: str, limit: int
) -> None:
    should = (
        Weighted(OneOf("shown_skills", (liked,)), 1.0),
        Weighted(OneOf("seniority", ("senior",)), 1.5, flat=True),
    )
    alike = await filled.search(TENANT, IndexQuery(must, should, alike=True), limit=limit)
    best = await filled.search(TENANT, IndexQuery(must, should), limit=limit)
    assert [(hit.candidate_id, hit.score) for hit in alike.hits] == [
        (hit.candidate_id, hit.score) for hit in best.hits
    ]


async def test_everybody_is_counted_after_changes_and_without_who_is_barred(filled: ProfileIndex) -> None:
    everybody = [IndexQuery(), IndexQuery(admits=frozenset({"do_not_contact"}))]
    barred = _document("c8", flags=["do_not_contact"])
    await filled.apply(TENANT, Batch([_document("c1"), barred], ["c2"], 9))
    assert await filled.totals(TENANT, everybody) == [3, 4]


async def test_years_sort_both_ways(filled: ProfileIndex) -> None:
    falling = await filled.search(TENANT, IndexQuery(sort="years_desc"), limit=10)
    rising = await filled.search(TENANT, IndexQuery(sort="years_asc"), limit=10)
    assert falling.hits[0].candidate_id == "c1"
    assert rising.hits[0].candidate_id == "c2"


async def test_pages_do_not_overlap_and_cover_everybody(filled: ProfileIndex) -> None:
    first = await filled.search(TENANT, IndexQuery(), limit=2)
    second = await filled.search(TENANT, IndexQuery(), limit=2, after=first.mark)
    seen = [hit.candidate_id for page in (first, second) for hit in page.hits]
    assert sorted(seen) == ["c1", "c2", "c3", "c4"]
    assert (first.total, second.total, second.mark) == (4, 4, None)


async def test_the_order_of_equals_depends_neither_on_the_order_of_writing_nor_on_the_engine(
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
    answer = await filled.facets(TENANT, query, ["countries", "skills", "years"], 50)
    counted = answer.facets
    assert answer.total == 2
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
