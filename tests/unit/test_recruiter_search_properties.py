"""The boolean language against a plain evaluator: the index finds exactly whom the expression means."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servers.recruiter_search.core.compile import Compiler
from servers.recruiter_search.core.document import Deriver
from servers.recruiter_search.core.expression import (
    And,
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
from shared.kernel.errors import InvalidInput
from shared.taxonomy import Taxonomy
from tests.support.search_engines import ENGINES, opened
from tests.support.talent import TODAY, person

WORDS = ["amber", "birch", "cedar", "dune", "ember"]
TENANT = "acme"
TAXONOMY = Taxonomy.compact()
COMPILER = Compiler(Names(TAXONOMY))

leaves = st.one_of(
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


def _means(node: Node, sentence: str) -> bool:
    words = sentence.split()
    match node:
        case Word(text, prefix):
            return any(w.startswith(text) if prefix else w == text for w in words)
        case Phrase(text):
            return f" {text} " in f" {sentence} "
        case Not(inner):
            return not _means(inner, sentence)
        case And(parts):
            return all(_means(p, sentence) for p in parts)
        case Or(parts):
            return any(_means(p, sentence) for p in parts)
        case _:
            raise AssertionError(node)


POOL = [f"{a} {b} {c}" for a in WORDS[:4] for b in WORDS[1:] for c in WORDS[::2]] + WORDS


@pytest.fixture(scope="module", params=ENGINES)
async def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ProfileIndex]:
    deriver = Deriver(TAXONOMY)
    people = [person(str(i), title="Tester", company="Co", highlights=[s]) for i, s in enumerate(POOL)]
    async with opened(request.param, request, tmp_path_factory.mktemp("index")) as index:
        await index.apply(TENANT, Batch([deriver.derive(p, TODAY) for p in people], [], 1))
        yield index


@given(node=nodes)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_index_finds_exactly_whom_an_expression_means(node: Node, index: ProfileIndex) -> None:
    compiled = COMPILER.compile(SearchQuery(expression=written(node)), TODAY)
    page = await index.search(TENANT, compiled.query, limit=len(POOL))
    meant = {str(i) for i, sentence in enumerate(POOL) if _means(node, sentence)}
    assert {hit.candidate_id for hit in page.hits} == meant
    assert page.total == len(meant)


def _refusal(text: str) -> InvalidInput | None:
    try:
        parse_expression(text)
    except InvalidInput as refused:
        return refused
    return None


@given(text=st.text(alphabet='abc "()*:ANDORT', max_size=40))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_either_parses_or_is_refused_with_a_place(text: str) -> None:
    refused = _refusal(text)
    assert refused is None or (refused.field == "expression" and "^" in refused.message)
