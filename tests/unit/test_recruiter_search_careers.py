"""Fields and positions of the boolean language against a plain evaluator over careers."""

from collections.abc import AsyncIterator
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servers.recruiter_search.core.compile import Compiler
from servers.recruiter_search.core.document import Deriver
from servers.recruiter_search.core.expression import And, InField, Node, Not, Or, Phrase, Word, written
from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.ports import Batch, ProfileIndex
from shared.taxonomy import Taxonomy
from shared.wire.profile import Basics, Dossier, Profile, Work
from tests.support.search_engines import ENGINES, opened
from tests.support.talent import TODAY

TENANT = "acme"
TITLES = ["amber birch", "birch amber", "amber", "birch cedar amber"]
COMPANIES = ["dune ember", "ember", "fern dune"]
COMPILER = Compiler(Names(Taxonomy.compact()))

_JOBS = [Work(position=title, name=company) for title, company in product(TITLES, COMPANIES)]
CAREERS = [
    [_JOBS[i].model_copy(update={"current": True}), *(_JOBS[j] for j in past)]
    for i in range(len(_JOBS))
    for past in ([], [(i + 1) % 12], [(i + 5) % 12], [(i + 3) % 12, (i + 8) % 12])
]

words = st.sampled_from(["amber", "birch", "cedar", "dune", "ember", "fern"])
leaves = st.one_of(
    words.map(Word),
    words.map(lambda word: Word(word[:3], prefix=True)),
    st.lists(words, min_size=2, max_size=3).map(lambda several: Phrase(" ".join(several))),
)


def _joined(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(several.map(And), several.map(Or))


of_position = st.builds(InField, st.sampled_from(["title", "company"]), leaves)
held = st.sampled_from(["now", "past"]).map(lambda when: InField("held", Word(when)))
positions = st.recursive(st.one_of(of_position, held, leaves), _joined, max_leaves=4)
fields = ["title", "company", "current_title", "past_title", "current_company", "past_company"]
clauses = st.one_of(
    st.builds(InField, st.sampled_from(fields), leaves),
    positions.map(lambda node: InField("position", node)),
)
nodes = st.recursive(clauses, lambda inner: st.one_of(inner.map(Not), _joined(inner)), max_leaves=5)


def _says(leaf: Node, text: str | None) -> bool:
    said = f" {text or ''} "
    match leaf:
        case Word(word, prefix):
            return f" {word}" in said if prefix else f" {word} " in said
        case Phrase(several):
            return f" {several} " in said
        case _:
            raise AssertionError(leaf)


def _position_means(node: Node, job: Work, field: str = "") -> bool:
    match node:
        case And(parts):
            return all(_position_means(part, job, field) for part in parts)
        case Or(parts):
            return any(_position_means(part, job, field) for part in parts)
        case InField("held", Word(when)):
            return job.current == (when == "now")
        case InField(name, inner):
            return _position_means(inner, job, name)
        case _:
            texts = {"title": [job.position], "company": [job.name]}.get(field, [job.position, job.name])
            return any(_says(node, text) for text in texts)


def _means(node: Node, career: list[Work]) -> bool:
    match node:
        case And(parts):
            return all(_means(part, career) for part in parts)
        case Or(parts):
            return any(_means(part, career) for part in parts)
        case Not(inner):
            return not _means(inner, career)
        case InField("position", inner):
            return any(_position_means(inner, job) for job in career)
        case InField(name, inner):
            when, _, what = name.rpartition("_")
            jobs = {"current": career[:1], "past": career[1:]}.get(when, career)
            return any(_says(inner, job.position if what == "title" else job.name) for job in jobs)
        case _:
            raise AssertionError(node)


@pytest.fixture(scope="module", params=ENGINES)
async def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ProfileIndex]:
    deriver = Deriver(Taxonomy.compact())
    people = [
        Dossier(
            candidate_id=str(number),
            profile=Profile(basics=Basics(label=career[0].position), work=career),
            sources=[],
        )
        for number, career in enumerate(CAREERS)
    ]
    async with opened(request.param, request, tmp_path_factory.mktemp("index")) as index:
        await index.apply(TENANT, Batch([deriver.derive(one, TODAY) for one in people], [], 1))
        yield index


@given(node=nodes)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_index_finds_exactly_whose_careers_an_expression_means(
    node: Node, index: ProfileIndex
) -> None:
    compiled = COMPILER.compile(SearchQuery(expression=written(node)), TODAY)
    page = await index.search(TENANT, compiled.query, limit=len(CAREERS))
    meant = {str(number) for number, career in enumerate(CAREERS) if _means(node, career)}
    assert {hit.candidate_id for hit in page.hits} == meant
    assert page.total == len(meant)
