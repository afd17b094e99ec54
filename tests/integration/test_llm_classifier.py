"""Asking a judging model about pairs of texts, served by vLLM."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from shared.engines import EmbeddedVllm
from shared.kernel.errors import DeadlineExceeded, InvalidInput, RateLimited, Unavailable
from shared.llm.budget import Budget
from shared.llm.classifier import AT_ONCE, BACKGROUND, PairClassifier
from shared.llm.pairs import PairTokens
from tests.support.otlp import Collector, calling_trace
from tests.support.vllm import LABELS, NAME, computed

pytestmark = pytest.mark.timeout(600)  # vLLM starts slowly on a busy machine

PAIRS = [
    ("Welds pipes", "Welded steam pipes for a shipyard, six years."),
    ("Welds pipes", "Sang in a choir."),
    ("Fährt Stapler", "Ran the night shift with a counterbalance truck."),
]


WAITING = "vllm:num_requests_waiting{"
FLOOD = 24
"""Requests of the background, more than the server takes on at once."""


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


async def test_a_person_does_not_wait_behind_the_background_of_the_same_process(
    judge: PairClassifier,
) -> None:
    assert await background_done_when_a_person_is_answered(judge, judge) < FLOOD / 2


async def test_a_person_does_not_wait_behind_the_background_of_another_process(
    vllm: EmbeddedVllm, judge: PairClassifier, tokens: PairTokens
) -> None:
    long, answered, done = [("Welds pipes", "pipe " * 300)] * AT_ONCE, asyncio.Event(), 0
    async with (
        PairClassifier(vllm.url, NAME, tokens, concurrent=FLOOD + 1) as other,
        httpx.AsyncClient(base_url=vllm.url, trust_env=False) as server,
    ):

        async def flooding() -> None:
            nonlocal done
            while not answered.is_set():
                await other.classify(long, priority=BACKGROUND)
                done += 1

        flood = [asyncio.create_task(flooding()) for _ in range(FLOOD)]
        while await waiting(server) < AT_ONCE:
            pass
        before = done
        await judge.classify(PAIRS)
        meanwhile = done - before
        answered.set()
        await asyncio.gather(*flood)
    assert meanwhile < FLOOD / 2


async def waiting(server: httpx.AsyncClient) -> float:
    """Return how many pairs the server has not begun with."""
    metrics = (await server.get("/metrics")).text
    return float(next(line.rsplit(" ", 1)[1] for line in metrics.splitlines() if line.startswith(WAITING)))


async def test_of_a_flood_of_the_background_what_is_too_much_is_told_to_come_back(
    vllm: EmbeddedVllm, tokens: PairTokens
) -> None:
    async with PairClassifier(vllm.url, NAME, tokens, most=8) as judge:
        calls = (judge.classify(PAIRS, priority=BACKGROUND) for _ in range(FLOOD))
        flood = asyncio.gather(*calls, return_exceptions=True)
        await judge.classify(PAIRS)
        refused = [answer for answer in await flood if isinstance(answer, RateLimited)]
    assert len(refused) == FLOOD - 8
    assert all(each.retry_after for each in refused)


async def background_done_when_a_person_is_answered(theirs: PairClassifier, ours: PairClassifier) -> int:
    """Return how many requests of a flood of the background were answered before the one of a person."""
    flood = [
        asyncio.create_task(theirs.classify([PAIRS[at % 3]] * AT_ONCE, priority=BACKGROUND))
        for at in range(FLOOD)
    ]
    await asyncio.wait(flood, return_when=asyncio.FIRST_COMPLETED)
    await ours.classify(PAIRS)
    done = sum(one.done() for one in flood)
    await asyncio.gather(*flood)
    return done


async def test_our_call_and_what_vllm_does_for_it_are_one_trace(
    judge: PairClassifier, vllm_spans: Collector
) -> None:
    with calling_trace(0x5EED) as trace:
        await judge.classify(PAIRS)
    span = await asyncio.to_thread(vllm_spans.awaited, lambda span: span.trace == trace)
    assert (span.service, span.name) == (NAME, "llm_request")
