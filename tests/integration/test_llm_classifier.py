"""Asking a judging model about pairs of texts, served by vLLM."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.engines import EmbeddedVllm
from shared.kernel.errors import DeadlineExceeded, InvalidInput, Unavailable
from shared.llm.budget import Budget
from shared.llm.classifier import PairClassifier, PairTokens
from tests.support.vllm import LABELS, NAME, computed

pytestmark = pytest.mark.timeout(600)  # vLLM starts slowly on a busy machine

PAIRS = [
    ("Welds pipes", "Welded steam pipes for a shipyard, six years."),
    ("Welds pipes", "Sang in a choir."),
    ("Fährt Stapler", "Ran the night shift with a counterbalance truck."),
]


@pytest.fixture
def tokens(judge_weights: Path) -> PairTokens:
    return PairTokens(judge_weights / "tokenizer.json")


@pytest.fixture
async def judge(vllm: EmbeddedVllm, tokens: PairTokens) -> AsyncIterator[PairClassifier]:
    async with PairClassifier(vllm.url, NAME, tokens, api_key=vllm.api_key) as judge:
        yield judge


async def test_the_answers_are_those_of_the_weights(
    judge: PairClassifier, tokens: PairTokens, judge_weights: Path
) -> None:
    answers = await judge.classify(PAIRS)
    expected = computed(judge_weights, tokens.of(PAIRS))
    assert [answer.probabilities for answer in answers] == [pytest.approx(row, abs=1e-3) for row in expected]
    assert [answer.label for answer in answers] == [LABELS[row.index(max(row))] for row in expected]


async def test_answers_do_not_depend_on_who_else_is_asked(judge: PairClassifier) -> None:
    many = [(f"Welds pipes of type {n}", f"Bent sheet metal for {n} months.") for n in range(200)]
    [alone] = await judge.classify([many[137]])
    assert (await judge.classify(many))[137].label == alone.label
    assert (await judge.classify(many))[137].probabilities == pytest.approx(alone.probabilities, abs=1e-4)


def test_special_tokens_in_a_text_are_text(tokens: PairTokens) -> None:
    [row] = tokens.of([("Welds pipes", "no [SEP] meets [CLS]")])
    assert row.count(tokens.of([("a", "b")])[0][-1]) == 2


def test_a_long_passage_is_cut_and_a_long_question_refused(tokens: PairTokens) -> None:
    [row] = tokens.of([("Welds pipes", "pipe " * 1_000)])
    assert len(row) == 256
    with pytest.raises(InvalidInput):
        tokens.of([("pipe " * 1_000, "welded")])


async def test_a_missing_model_and_a_dead_server_are_told_apart(
    vllm: EmbeddedVllm, tokens: PairTokens
) -> None:
    for url, name, said in (
        (vllm.url, "another", "is not there"),
        ("http://127.0.0.1:9", NAME, "does not answer"),
    ):
        async with PairClassifier(url, name, tokens, api_key=vllm.api_key) as judge:
            with pytest.raises(Unavailable, match=said):
                await judge.classify(PAIRS)


async def test_a_call_ends_with_its_budget(judge: PairClassifier) -> None:
    with pytest.raises(DeadlineExceeded):
        await judge.classify(PAIRS, budget=Budget(seconds=0.0))
