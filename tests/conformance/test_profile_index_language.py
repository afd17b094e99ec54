"""A typed query and the text that it is written as find the same people, whichever engine is asked."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from servers.recruiter_search.core.compile import Compiler
from servers.recruiter_search.core.document import Deriver
from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.ports import Batch, ProfileIndex
from servers.recruiter_search.core.wording.writing import in_boolean
from shared.kernel.errors import InvalidInput
from shared.taxonomy import Taxonomy
from tests.support.filter_cases import CASES
from tests.support.filter_pool import TODAY, changes
from tests.support.search_engines import ENGINES, opened

TENANT = "acme"
COMPILER = Compiler(Names(Taxonomy.compact()))
parts = st.dictionaries(
    st.sampled_from([name for name, _, _ in CASES]), st.integers(0, 20), min_size=1, max_size=3
).map(lambda drawn: {name: _values(name)[number % len(_values(name))] for name, number in drawn.items()})


def _values(name: str) -> list[Any]:
    return [value for one, value, _ in CASES if one == name]


@pytest.fixture(scope="module", params=ENGINES)
async def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ProfileIndex]:
    deriver = Deriver(Taxonomy.compact())
    people = [deriver.derive(c.dossier, TODAY, c.standing) for c in changes() if c.dossier]
    async with opened(request.param, request, tmp_path_factory.mktemp("index")) as index:
        await index.apply(TENANT, Batch(people, [], len(people)))
        yield index


async def _found(index: ProfileIndex, query: SearchQuery) -> set[str]:
    compiled = COMPILER.compile(query, TODAY)
    return {hit.candidate_id for hit in (await index.search(TENANT, compiled.query, limit=10)).hits}


@pytest.mark.parametrize(
    ("name", "value", "meant"), CASES, ids=[f"{name}={value}" for name, value, _ in CASES]
)
async def test_what_a_filter_is_typed_as_finds_whom_it_means(
    index: ProfileIndex, name: str, value: Any, meant: set[str]
) -> None:
    text, left = in_boolean(SearchQuery.model_validate({"filters": {name: value}}))
    assert (text is None, left) == (False, [])
    assert await _found(index, SearchQuery(expression=text)) == meant


@given(wanted=parts, unwanted=parts)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_query_and_its_text_find_the_same_people(
    index: ProfileIndex, wanted: dict[str, Any], unwanted: dict[str, Any]
) -> None:
    for filters in ({"filters": wanted}, {"exclude": unwanted}, {"filters": wanted, "exclude": unwanted}):
        query = SearchQuery.model_validate(filters)
        try:
            found = await _found(index, query)
        except InvalidInput:  # limits that contradict each other
            assume(False)
        text, left = in_boolean(query)
        assert left == []
        assert await _found(index, SearchQuery(expression=text)) == found


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        ("skill:python>=6y", {"bob"}),
        ("skill:python@2026", {"ann"}),
        ("skill:python@2025", {"ann", "bob"}),
        ('skill:"Python >= 5 years @ 1 year"', {"bob"}),
        ("skill:(python>=5y OR spark@0y)", {"ann", "bob"}),
        ("skill:python NOT skill:python@0y", {"bob"}),
        ('occupation:"data analyst>=4y"', {"ann"}),
        ('occupation:"data analyst@2022"', set[str]()),
        ("function:data>=8y", {"ann"}),
        ("industry:banking>=6y", {"bob"}),
        ("skill:frobnicating>=1y", set[str]()),
        ("warning:hidden_text", {"bob"}),
        ("NOT warning:hidden_text country:Germany", {"ann", "cat"}),
        ("country:(fr OR zz)", {"bob", "dan"}),
        ("candidate_id:(cat OR dan)", {"cat", "dan"}),
        ("position:(years:>=5 held:now)", {"cat"}),
        ("position:(title:tester years:>=6)", {"bob"}),
        ("position:(title:tester years:>=7)", set[str]()),
        ("position:(title:tester years:>6)", set[str]()),
        ("position:(location:Bavaria held:@2021)", {"ann"}),
        ("position:(location:Bavaria held:@4y)", set[str]()),
        ("position:((company:kestrel OR company:umberfield) held:@0y)", {"cat"}),
    ],
)
async def test_a_time_a_country_and_a_record_are_typed(
    index: ProfileIndex, expression: str, meant: set[str]
) -> None:
    assert await _found(index, SearchQuery(expression=expression)) == meant
