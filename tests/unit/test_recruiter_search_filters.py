"""Every filter of the table, each as a condition, as an exclusion and as a preference."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from servers.recruiter_search.core.compile import Compiler
from servers.recruiter_search.core.document import Deriver
from servers.recruiter_search.core.models import Filters, SearchQuery, language_fields, rules
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.ports import Batch, ProfileIndex
from servers.recruiter_search.core.rules.elsewhere import KnownElsewhere
from shared.kernel.errors import InvalidInput
from shared.taxonomy import Taxonomy
from tests.support.filter_cases import CASES
from tests.support.filter_pool import PROFILES, TODAY, changes
from tests.support.search_engines import ENGINES, opened

TENANT = "acme"
EVERYBODY = set(PROFILES)
COMPILER = Compiler(Names(Taxonomy.compact()))
WITHOUT_TEXTS = {
    "countries",
    "work_modes",
    "open_to_work",
    "sources",
    "warnings",
    "changed_within_days",
    "contacted",
    "contacted_within_days",
    "engagement",
    "engaged_in_projects",
    "candidate_ids",
    "certificate_issuers",
    "min_months_per_company",
}
"""Filters of what no text of a profile says."""
IDS = [f"{name}={value}" for name, value, _ in CASES]


@asynccontextmanager
async def _filled(
    engine: str, request: pytest.FixtureRequest, folders: pytest.TempPathFactory
) -> AsyncGenerator[ProfileIndex]:
    deriver = Deriver(Taxonomy.compact())
    people = [deriver.derive(c.dossier, TODAY, c.standing) for c in changes() if c.dossier]
    async with opened(engine, request, folders.mktemp("index")) as index:
        await index.apply(TENANT, Batch(people, [], len(people)))
        yield index


@pytest.fixture(scope="module", params=ENGINES)
async def either(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ProfileIndex]:
    async with _filled(request.param, request, tmp_path_factory) as index:
        yield index


@pytest.fixture(scope="module")
async def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ProfileIndex]:
    async with _filled("tantivy", request, tmp_path_factory) as index:
        yield index


async def _found(index: ProfileIndex, **query: Any) -> list[str]:
    compiled = COMPILER.compile(SearchQuery.model_validate(query), TODAY)
    return [hit.candidate_id for hit in (await index.search(TENANT, compiled.query, limit=10)).hits]


def test_every_filter_has_a_case_that_finds_some_and_not_all() -> None:
    telling = {name for name, _, meant in CASES if meant and meant != EVERYBODY}
    # What other units are asked for has its cases where they are asked: edge/test_recruiter_search_elsewhere.py.
    asked = {name for name, rule in rules().items() if isinstance(rule, KnownElsewhere)}
    assert telling == set(rules()) - asked
    assert len(telling) > 40


@pytest.mark.parametrize(("name", "value", "meant"), CASES, ids=IDS)
async def test_a_filter_finds_whom_it_means(
    either: ProfileIndex, name: str, value: Any, meant: set[str]
) -> None:
    assert set(await _found(either, filters={name: value})) == meant


@pytest.mark.parametrize(("name", "value", "meant"), [case for case in CASES if case[2]])
async def test_whoever_is_found_shows_texts_of_their_profile_for_it(
    index: ProfileIndex, name: str, value: Any, meant: set[str]
) -> None:
    query = SearchQuery.model_validate({"filters": {name: value}})
    compiled = COMPILER.compile(query, TODAY)
    page = await index.search(TENANT, compiled.query, limit=10)
    shown = [clause.shows(hit.view) for hit in page.hits for clause in compiled.clauses]
    assert all(isinstance(text, str) for texts in shown for text in texts)
    assert all(shown) or name in WITHOUT_TEXTS


ENTRIES = [
    (name, value, meant)
    for name, value, meant in CASES
    if len(rules()[name].each(getattr(Filters.model_validate({name: value}), name))) == 1
]


@pytest.mark.parametrize(("name", "value", "meant"), ENTRIES)
async def test_an_exclusion_leaves_the_others(
    index: ProfileIndex, name: str, value: Any, meant: set[str]
) -> None:
    assert set(await _found(index, exclude={name: value})) == EVERYBODY - meant


@pytest.mark.parametrize(("name", "value", "meant"), [case for case in ENTRIES if case[2]])
async def test_a_preference_ranks_first_and_loses_nobody(
    index: ProfileIndex, name: str, value: Any, meant: set[str]
) -> None:
    found = await _found(index, prefer={name: value})
    assert set(found) == EVERYBODY
    assert set(found[: len(meant)]) == meant


async def test_each_entry_of_an_exclusion_excludes(index: ProfileIndex) -> None:
    assert set(await _found(index, exclude={"skills_all": ["spark", "java"]})) == {"cat", "dan"}


async def test_the_language_has_a_field_for_the_filters_that_take_words(index: ProfileIndex) -> None:
    for name, text, meant in (
        ("past_title", '"data analyst"', {"ann"}),
        ("function", "healthcare", {"cat"}),
        ("work_mode", "rem*", {"bob"}),
        ("worked_in", "Munich", {"ann"}),
        ("headline", '"head of"', {"dan"}),
        ("field_of_study", "nursing", {"cat"}),
        ("degree", "MSc", {"ann"}),
        ("years", ">=8", {"ann", "cat"}),
        ("years", "<8.4", {"bob"}),
        ("years", "0..60", {"ann", "bob", "cat"}),
        ("months_in_role", ">=55", {"cat"}),
        ("months_in_role", "<=6", {"bob"}),
        ("months_in_company", "78..78", {"bob"}),
        ("months_per_company", ">=60", {"bob", "cat"}),
        ("current_occupation", '"data engineer"', {"ann"}),
        ("current_occupation", '"data analyst"', set()),
        ("past_occupation", '"data analyst"', {"ann"}),
        ("current_function", "healthcare", {"cat"}),
        ("current_industry", "fintech", {"ann"}),
        ("near", '"Berlin 5 km"', {"ann"}),
        ("near", "Berlin", {"ann", "cat"}),
        ("language", '"German B2"', {"ann"}),
        ("language", "German", {"ann", "bob"}),
        ("open_to_work", "yes", {"ann"}),
        ("contacted", "no", {"cat", "dan"}),
        ("contacted_within_days", "12", {"ann"}),
        ("changed_within_days", "1", set()),
        ("source", "(greenhouse OR csv)", {"ann", "bob"}),
        ("engagement", "rep*", {"ann"}),
        ("engaged_in_project", "proj_1", {"ann"}),
    ):
        assert name in language_fields()
        assert set(await _found(index, expression=f"{name}:{text}")) == meant


async def test_a_position_in_the_language_is_one_and_the_same(index: ProfileIndex) -> None:
    async def by(expression: str) -> set[str]:
        return set(await _found(index, expression=expression))

    assert await by("position:(title:engineer company:cobalt)") == {"ann"}
    assert await by("position:(title:analyst company:cobalt)") == set()
    assert await by('title:analyst company:cobalt AND NOT position:(title:"senior data" kestrel)') == {"ann"}
    assert await by("position:(title:(engineer OR test*) (company:cobalt OR company:umber))") == {
        "ann",
        "bob",
    }
    assert await by("position:(held:past skill:python)") == {"bob"}
    assert await by("position:(seniority:senior location:Germany work_mode:hybrid)") == {"ann"}
    assert await by("position:cobalt") == {"ann"}


@pytest.mark.parametrize(
    ("expression", "at", "fix"),
    [
        ("position:(title:a1 NOT title:b1)", 29, "NOT position:"),
        ("position:(school:ashford)", 10, "There are"),
        ("position:(held:nov)", 15, "now"),
        ("held:now", 0, "position:"),
        ("seniority:seenior", 10, "senior"),
        ("python work_mode:remotely", 17, "remote"),
        ("python years:5+", 13, "Write years:>=5."),
        ("years:3-8", 6, "Write years:3..8."),
        ("years:5", 6, "years:>=5 for at least, years:<=5 for at most"),
        ("years:9..3", 6, "years:>="),
        ("years:>=5*", 6, "years:>="),
        ("months_in_role:long", 15, "months_in_role:>=5"),
        ("known_headcount:500", 16, "known_headcount:>=500"),
        ("known_headcount:<=0", 16, "known_headcount:"),
        ("NOT known_growth:20%+", 17, "Write known_growth:>=20%."),
        ("stage:proj_1", 6, "Write stage:proj_1/interview"),
        ("stage:proj_1/interwiev", 6, "Did you mean interview?"),
        ("stage:interview", 6, "stage:proj_0197…/interview"),
        ("contacted_within_days:soon", 22, "contacted_within_days:30"),
        ("open_to_work:maybe", 13, "yes, no"),
    ],
)
def test_a_value_that_cannot_be_is_pointed_at(expression: str, at: int, fix: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        COMPILER.compile(SearchQuery(expression=expression), TODAY)
    assert f"(character {at + 1})" in refused.value.message
    assert fix in (refused.value.fix or "")


@pytest.mark.parametrize("part", ["filters", "exclude", "prefer"])
@pytest.mark.parametrize("name", ["age", "gender", "nationality", "graduation_year", "photo", "name"])
def test_protected_attributes_are_no_filters_and_the_reason_is_said(part: str, name: str) -> None:
    with pytest.raises(InvalidInput, match="no ground for selection") as refused:
        SearchQuery.model_validate({part: {name: "any"}})
    assert refused.value.field == name


@pytest.mark.parametrize(
    ("name", "meant"),
    [("company_size", "known_headcount"), ("company_growth", "known_growth"), ("pipeline_stage", "stage")],
)
def test_what_is_known_otherwise_is_refused_with_the_filter_that_is_meant(name: str, meant: str) -> None:
    with pytest.raises(InvalidInput) as filtered:
        SearchQuery.model_validate({"filters": {name: "any"}})
    with pytest.raises(InvalidInput) as typed:
        COMPILER.compile(SearchQuery(expression=f"nurse {name}:any"), TODAY)
    for refused in (filtered.value, typed.value):
        assert f"Use {meant}" in (refused.fix or "")


def test_a_protected_attribute_of_a_position_is_refused_too() -> None:
    with pytest.raises(InvalidInput, match="no ground for selection"):
        Filters.model_validate({"positions": [{"age": 30}]})


def test_a_radius_around_a_country_is_refused_with_what_to_use() -> None:
    with pytest.raises(InvalidInput, match="no single city") as refused:
        COMPILER.compile(SearchQuery.model_validate({"filters": {"near": {"place": "Germany"}}}), TODAY)
    assert "locations" in (refused.value.fix or "")


def test_a_position_without_anything_asked_is_refused() -> None:
    with pytest.raises(InvalidInput, match="nothing is asked"):
        COMPILER.compile(SearchQuery.model_validate({"filters": {"positions": [{}]}}), TODAY)


async def test_a_position_of_a_name_that_nothing_is_known_for_finds_nobody(index: ProfileIndex) -> None:
    filters = {"positions": [{"skills": ["Frobnicating"], "titles": ["engineer"]}]}
    assert await _found(index, filters=filters) == []
    compiled = COMPILER.compile(SearchQuery.model_validate({"filters": filters}), TODAY)
    assert compiled.unresolved == ["Frobnicating"]
