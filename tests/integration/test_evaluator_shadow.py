"""A version in shadow judges single people too: after they were answered, without being heard."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import pytest

from servers.evaluator.core.asking import Ask
from servers.evaluator.core.concluding import Probabilities
from servers.evaluator.core.judging import Judging
from servers.evaluator.core.models import Comparison, EvaluateCandidateRequest
from servers.evaluator.core.ports import Lane
from servers.evaluator.core.versions import ENGINE
from servers.evaluator.store import PostgresEvaluations
from servers.evaluator.versions.engine_versions import EngineVersions
from shared.storage import Database
from tests.support.benches import Bench, Readers, judging_over
from tests.support.sweeps import HeldDrafters, talent
from tests.support.units import ADA, FakeUnits

NOTHING, EVERYTHING = Probabilities(0.9, 0.0, 0.1, 0.0), Probabilities(0.0, 0.0, 0.1, 0.9)
DEMANDS = ["Kubernetes", "Keeping a newsroom's servers alive"]


class Noted(PostgresEvaluations):
    """Evaluations that tell when a comparison is kept."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.kept = asyncio.Event()

    async def compared(self, tenant: str, run_id: str | None, comparison: Comparison) -> None:
        await super().compared(tenant, run_id, comparison)
        self.kept.set()


@pytest.fixture
async def database(unit_database: Callable[[str], Awaitable[Database]]) -> Database:
    return await unit_database("evaluator")


@asynccontextmanager
async def watched(store: Noted, shadow: Any, free: int = 9) -> AsyncGenerator[tuple[Judging, HeldDrafters]]:
    """Lend a judging by one that sees nothing, watched by another; ``free`` as of ``HeldDrafters``."""
    drafters = HeldDrafters(free)
    bench = Bench(judge=Readers("judge-one", NOTHING), shadow=shadow)
    with ThreadPoolExecutor(1) as executor:
        yield judging_over(FakeUnits(talent()), store, drafters, executor, bench), drafters


async def test_what_it_says_otherwise_of_a_stored_person_is_kept_with_the_evaluation(
    database: Database,
) -> None:
    store, shadow = Noted(database), Readers("judge-two", EVERYTHING)
    request = EvaluateCandidateRequest(qualifications=DEMANDS, candidate_id="cand_a")
    async with watched(store, shadow) as (judging, _):
        answer = await judging.evaluate_candidate(ADA, request)
        await store.kept.wait()
    counted, found = await EngineVersions(database).differences(ADA.tenant, "judge-two")
    assert answer.evaluation.engine == f"judge-one+{ENGINE}"
    assert [(one.serving, one.judgements, one.differing) for one in counted] == [
        (f"judge-one+{ENGINE}", 2, 2)
    ]
    assert [(one.candidate_id, one.statement, one.shadow) for one in found] == [
        ("cand_a", statement, "meets") for statement in DEMANDS
    ]
    assert set(shadow.lanes) == {"background"}


async def test_of_a_person_who_was_sent_along_only_counts_are_kept(database: Database) -> None:
    store = Noted(database)
    request = EvaluateCandidateRequest(qualifications=DEMANDS, resume="Ran Kubernetes clusters at night.")
    async with watched(store, Readers("judge-two", EVERYTHING)) as (judging, _):
        await judging.evaluate_candidate(ADA, request)
        await store.kept.wait()
    counted, found = await EngineVersions(database).differences(ADA.tenant, "judge-two")
    assert ([one.differing for one in counted], found) == ([2], [])


async def test_nobody_waits_for_it(database: Database) -> None:
    store = Noted(database)
    request = EvaluateCandidateRequest(qualifications=DEMANDS, candidate_id="cand_a")
    async with watched(store, Readers("judge-two", EVERYTHING), free=0) as (judging, drafters):
        answers = [await judging.evaluate_candidate(ADA, request) for _ in range(2)]
        await drafters.holding(1)  # both have their answers, and the first is only being drafted
        assert not store.kept.is_set()
        drafters.go.set()
        await store.kept.wait()
    assert {one.evaluation.engine for one in answers} == {f"judge-one+{ENGINE}"}


class BrokenOnce(Readers):
    """A model that breaks over the first person."""

    async def answers(self, asks: Sequence[Ask], lane: Lane = "people") -> list[list[Probabilities]]:
        found = await super().answers(asks, lane)
        if len(self.lanes) == 1:
            raise ValueError(asks[0].passages[0].text)
        return found


async def test_where_it_breaks_that_is_logged_without_the_persons_words_and_the_next_one_is_looked_at(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    store = Noted(database)
    request = EvaluateCandidateRequest(qualifications=DEMANDS, resume="Ran Kubernetes clusters at night.")
    async with watched(store, BrokenOnce("judge-two", EVERYTHING)) as (judging, _):
        for _ in range(2):
            await judging.evaluate_candidate(ADA, request)
        await store.kept.wait()
    assert "could not be judged in shadow: ValueError" in caplog.text
    assert "at night" not in caplog.text
