"""The boolean language against a plain evaluator: the index finds exactly whom the expression means."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from operator import ge, gt, le, lt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servers.recruiter_search.core.answers import Answers, question
from servers.recruiter_search.core.compile import Compiler
from servers.recruiter_search.core.document import Deriver, ProfileDocument
from servers.recruiter_search.core.elsewhere import asked_elsewhere
from servers.recruiter_search.core.expression import (
    And,
    InField,
    Node,
    Not,
    Or,
    Phrase,
    Word,
    parse_expression,
    written,
)
from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.ports import Batch, ProfileIndex
from servers.recruiter_search.core.rules.elsewhere import STAGES
from servers.recruiter_search.core.values import InStage, KnownGrowth, KnownHeadcount
from shared.kernel.errors import InvalidInput
from shared.taxonomy import Taxonomy
from tests.support.search_engines import ENGINES, opened
from tests.support.talent import TODAY, person

WORDS = ["amber", "birch", "cedar", "dune", "ember"]
TENANT, OTHER = "acme", "acme.two"
TAXONOMY = Taxonomy.compact()
COMPILER = Compiler(Names(TAXONOMY))

FIELDS = ("years", "known_headcount", "stage")
limits = st.one_of(
    st.tuples(st.sampled_from([">=", ">", "<=", "<"]), st.integers(2, 9)).map(
        lambda said: f"{said[0]}{said[1]}"
    ),
    st.tuples(st.integers(2, 9), st.integers(0, 4)).map(lambda said: f"{said[0]}..{sum(said)}"),
)
stages = st.lists(st.sampled_from(STAGES[:4]), min_size=1, max_size=2, unique=True).map(
    lambda at: f"proj_1/{','.join(at)}"
)
numbered = st.one_of(
    st.tuples(st.sampled_from(FIELDS[:2]), limits), st.tuples(st.just(FIELDS[2]), stages)
).map(lambda said: InField(said[0], Word(said[1])))
leaves = st.one_of(
    numbered,
    st.sampled_from(WORDS).map(Word),
    st.sampled_from([w[:3] for w in WORDS]).map(lambda w: Word(w, prefix=True)),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=2).map(lambda w: Phrase(" ".join(w))),
)
nodes = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=8,
)
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)


def _years(number: int) -> int:
    return number % 9 + 1


def _company(number: int) -> str:
    return f"Co {number % 6}"


def _size(company: str) -> int:
    return int(company[-1]) + 2


def _range(years: int) -> str:
    return "0-2" if years < 2 else "2-5" if years < 5 else "5-10"


def _stage(number: int) -> str:
    return STAGES[number % 5]


def _within(number: int, said: str) -> bool:
    sides = [int(side) for side in re.findall(r"\d+", said)]
    if ".." in said:
        return sides[0] <= number <= sides[1]
    compare = {">=": ge, ">": gt, "<=": le, "<": lt}[said.rstrip("0123456789")]
    return compare(number, sides[0])


def _told(query: SearchQuery) -> Answers:
    """Return what other units say of the pool."""
    named: dict[str, tuple[str, ...]] = {}
    for asked in asked_elsewhere(query):
        match asked:
            case KnownHeadcount(at_least=least, at_most=most):
                found = [one for one in COMPANIES if (least or 0) <= _size(one) <= (most or 99)]
            case InStage(at=at):
                found = [str(number) for number in range(len(POOL)) if _stage(number) in at]
            case KnownGrowth():
                found = []
        named[question(asked)] = tuple(found)
    return Answers(named)


def _means(node: Node, number: int) -> bool:
    sentence = POOL[number]
    words = sentence.split()
    match node:
        case InField("years", Word(said)):
            return _within(_years(number), said)
        case InField("known_headcount", Word(said)):
            return _within(_size(_company(number)), said)
        case InField("stage", Word(said)):
            return _stage(number) in said.partition("/")[2].split(",")
        case Word(text, prefix):
            return any(w.startswith(text) if prefix else w == text for w in words)
        case Phrase(text):
            return f" {text} " in f" {sentence} "
        case Not(inner):
            return not _means(inner, number)
        case And(parts):
            return all(_means(p, number) for p in parts)
        case Or(parts):
            return any(_means(p, number) for p in parts)
        case _:
            raise AssertionError(node)


POOL = [f"{a} {b} {c}" for a in WORDS[:4] for b in WORDS[1:] for c in WORDS[::2]] + WORDS
COMPANIES = sorted({_company(number) for number in range(len(POOL))})


@pytest.fixture(scope="module", params=ENGINES)
async def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ProfileIndex]:
    async with opened(request.param, request, tmp_path_factory.mktemp("index")) as index:
        await index.apply(TENANT, Batch(_people(POOL), [], 1))
        # The same ids say something else in another organisation, which has more of them.
        await index.apply(OTHER, Batch(_people([*POOL[::-1], *POOL[1:]]), [], 1))
        yield index


def _people(pool: list[str]) -> list[ProfileDocument]:
    deriver = Deriver(TAXONOMY)
    people = (
        person(
            str(number),
            title="Tester",
            company=_company(number),
            highlights=[sentence],
            start=f"{TODAY.year - _years(number)}-{TODAY.month + 1:02}",
        )
        for number, sentence in enumerate(pool)
    )
    return [deriver.derive(one, TODAY) for one in people]


@given(node=nodes)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_index_finds_exactly_whom_an_expression_means(node: Node, index: ProfileIndex) -> None:
    query = SearchQuery(expression=written(node))
    compiled = COMPILER.compile(query, TODAY, _told(query))
    page = await index.search(TENANT, compiled.query, limit=len(POOL))
    meant = {str(number) for number in range(len(POOL)) if _means(node, number)}
    assert {hit.candidate_id for hit in page.hits} == meant
    assert page.total == len(meant)
    assert await index.totals(TENANT, [compiled.query]) == [len(meant)]


@given(node=nodes)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_facets_count_whom_an_expression_means_and_sum_to_their_number(
    node: Node, index: ProfileIndex
) -> None:
    query = SearchQuery(expression=written(node))
    compiled = COMPILER.compile(query, TODAY, _told(query))
    counted = await index.facets(TENANT, compiled.query, ["current_company", "countries", "years"], 50)
    meant = [number for number in range(len(POOL)) if _means(node, number)]
    assert counted.total == len(meant)
    assert dict(counted.facets["current_company"]) == Counter(_company(number) for number in meant)
    assert dict(counted.facets["countries"]) == Counter("DE" for _ in meant)
    assert dict(counted.facets["years"]) == Counter(_range(_years(number)) for number in meant)


async def test_nothing_read_by_id_is_another_organisations(index: ProfileIndex) -> None:
    ids = [str(number) for number in range(2 * len(POOL))]
    own = {str(number): sentence for number, sentence in enumerate(POOL)}
    found = await index.get(TENANT, ids)
    assert {name: one.view.positions[0].highlights for name, one in found.items()} == {
        name: [sentence] for name, sentence in own.items()
    }
    assert await index.count(TENANT) == len(POOL)


async def test_clearing_one_organisation_leaves_the_other(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for engine in ENGINES:
        async with opened(engine, request, tmp_path_factory.mktemp("both")) as both:
            for tenant in (TENANT, OTHER):
                await both.apply(tenant, Batch(_people(POOL[:3]), [], 1))
            await both.clear(OTHER)
            assert (await both.count(TENANT), await both.count(OTHER)) == (3, 0)


def _refusal(text: str) -> InvalidInput | None:
    try:
        parse_expression(text)
    except InvalidInput as refused:
        return refused
    return None


LIMITED = ["years", "months_in_role", "months_per_company", "known_headcount", "known_growth", "stage"]


@given(name=st.sampled_from(LIMITED), text=st.text(alphabet="<>=.%+-5 90/,b", min_size=1, max_size=9))
@settings(max_examples=300, deadline=None)
def test_what_is_no_limit_and_no_stage_is_refused_with_what_to_write(name: str, text: str) -> None:
    query = SearchQuery(expression=f'{name}:"{text}b"')
    with pytest.raises(InvalidInput, match=r"\^") as refused:
        COMPILER.compile(query, TODAY, _told(query))
    assert refused.value.fix


@given(text=st.text(alphabet='abc "()*:ANDORT<>=.59%/', max_size=40))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_either_parses_or_is_refused_with_a_place(text: str) -> None:
    refused = _refusal(text)
    assert refused is None or (refused.field == "expression" and "^" in refused.message)
