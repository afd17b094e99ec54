"""Sweeps of the evaluator against PostgreSQL and NATS: killed, cancelled, limited, taken up again."""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import pytest

from servers.evaluator.core.models import Budget, EvaluateCandidateRequest
from servers.evaluator.core.sweeping import PIECE
from servers.evaluator.store import PostgresEvaluations
from servers.evaluator.sweeps.drafters import ProcessDrafters
from servers.evaluator.sweeps.shelf import SHARDS, mailbox_of
from shared.engines import EmbeddedNats
from shared.events import EventBus
from shared.kernel.errors import Denied, HiremeshError
from shared.mailbox import Mailboxes
from shared.storage import Database
from tests.support.benches import judging_over
from tests.support.sweeps import Follower, HeldDrafters, evaluation_of, sweeping_over, swept, talent
from tests.support.units import ADA, FakeUnits

PEOPLE = [f"cand_{number:03}" for number in range(5 * PIECE)]


@pytest.fixture
async def database(unit_database: Callable[[str], Awaitable[Database]]) -> Database:
    return await unit_database("evaluator")


@asynccontextmanager
async def working(
    database: Database, nats: EmbeddedNats, *held: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker in a process of its own, which is killed at the end if it is not yet."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.sweep_worker", database.url, nats.url, *held),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert await line_of(process) == "ready"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line_of(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


async def until_idle(mailboxes: Mailboxes, mailbox: str) -> None:
    """Wait until all that was sent to a mailbox is handled."""
    while (await mailboxes.state(ADA.tenant, mailbox)).pending:
        pass


async def rows_of(database: Database, table: str) -> int:
    async with database.transaction(ADA.tenant) as tx:
        [found] = await (await tx.execute(f"select count(*) as n from {table}".encode())).fetchall()
    return found["n"]


class AskedDrafters(ProcessDrafters):
    """Tells when it was asked to judge."""

    def __init__(self, processes: int) -> None:
        super().__init__(processes)
        self.asked = asyncio.Event()

    async def draft(self, *work: Any) -> Any:
        self.asked.set()
        return await super().draft(*work)


async def test_a_worker_killed_in_the_middle_loses_no_judgement_and_stores_none_twice(
    database: Database, nats: EmbeddedNats
) -> None:
    async with await EventBus.open(nats.url) as bus:
        sweeping, _ = sweeping_over(database, FakeUnits(talent()), HeldDrafters(), bus=bus)
        async with working(database, nats) as first:
            sweep = await sweeping.open(ADA, evaluation_of(*PEOPLE), "run/step")
            for _ in range(3):
                assert await line_of(first) == "judged"
            first.kill()
            await first.wait()
        async with working(database, nats):
            result = await sweeping.follow(ADA.tenant, sweep, Follower())

    assert result.evaluated.total == len(PEOPLE)
    assert (result.redone, result.kept, result.left) == (2 * len(PEOPLE), 0, 0)
    outcomes = await PostgresEvaluations(database).outcomes(ADA.tenant, sweep, 0, 1_000)
    assert [one.candidate_id for one in outcomes or []] == PEOPLE
    assert await rows_of(database, "evaluation") == len(PEOPLE)
    async with database.transaction(ADA.tenant) as tx:
        [counted] = await (await tx.execute("select judged, open_pieces, principal from sweep")).fetchall()
    assert counted == {"judged": len(PEOPLE), "open_pieces": 0, "principal": None}


async def test_a_worker_that_was_frozen_stores_nothing_of_a_sweep_cancelled_meanwhile(
    database: Database, nats: EmbeddedNats
) -> None:
    async with await EventBus.open(nats.url) as bus, working(database, nats, "held") as worker:
        sweeping, mailboxes = sweeping_over(database, FakeUnits(talent()), HeldDrafters(), bus=bus)
        sweep = await sweeping.open(ADA, evaluation_of(*PEOPLE), "run/step")
        assert await line_of(worker) == "judged"
        worker.send_signal(signal.SIGSTOP)
        await sweeping.cancel(ADA.tenant, sweep)
        worker.send_signal(signal.SIGCONT)
        assert worker.stdin is not None
        worker.stdin.write(b"go\n" * len(PEOPLE))
        for number in range(SHARDS):
            await until_idle(mailboxes, mailbox_of(sweep, number))
        result = await sweeping.follow(ADA.tenant, sweep, Follower())
        stored = await rows_of(database, "evaluation")
        again = await sweeping.open(ADA, evaluation_of(*PEOPLE), "run/step")
        finished = await sweeping.follow(ADA.tenant, again, Follower())

    assert (result.state, result.evaluated.total, result.redone, stored) == ("cancelled", 0, 0, 0)
    assert (finished.state, finished.redone, finished.kept) == ("done", 2 * len(PEOPLE), 0)
    assert await rows_of(database, "evaluation") == len(PEOPLE)


async def test_a_judging_process_killed_alone_loses_no_judgement_and_stores_none_twice(
    database: Database,
) -> None:
    drafters, people = AskedDrafters(1), PEOPLE[: 2 * PIECE]
    try:
        async with swept(database, FakeUnits(talent()), drafters) as sweeping:
            await sweeping.follow(
                ADA.tenant, await sweeping.open(ADA, evaluation_of("cand_first")), Follower()
            )
            [child] = multiprocessing.active_children()
            assert child.pid is not None
            os.kill(child.pid, signal.SIGSTOP)  # so that it surely dies in the middle
            drafters.asked.clear()
            sweep = await sweeping.open(ADA, evaluation_of(*people))
            await drafters.asked.wait()
            os.kill(child.pid, signal.SIGKILL)
            result = await sweeping.follow(ADA.tenant, sweep, Follower())
    finally:
        drafters.close()

    assert (result.state, result.redone, result.kept, result.left) == ("done", 2 * len(people), 0, 0)
    outcomes = await PostgresEvaluations(database).outcomes(ADA.tenant, sweep, 0, 1_000)
    assert [one.candidate_id for one in outcomes or []] == people
    assert await rows_of(database, "evaluation") == len(people) + 1


async def test_a_cancelled_sweep_keeps_what_it_judged_and_the_same_call_goes_on_with_the_rest(
    database: Database,
) -> None:
    drafters, follower = HeldDrafters(), Follower()
    people = PEOPLE[: 3 * PIECE]
    async with swept(database, FakeUnits(talent()), drafters) as sweeping:
        sweep = await sweeping.open(ADA, evaluation_of(*people), "run/step")
        following = asyncio.create_task(sweeping.follow(ADA.tenant, sweep, follower))
        await follower.progress.wait()
        await sweeping.cancel(ADA.tenant, sweep)
        stopped = await following
        drafters.go.set()
        again = await sweeping.open(ADA, evaluation_of(*people), "run/step")
        result = await sweeping.follow(ADA.tenant, again, Follower())

    assert (stopped.redone, stopped.left) == (2 * PIECE, 2 * PIECE)
    assert again == sweep
    assert (result.redone, result.kept, result.left) == (2 * len(people), 0, 0)


async def test_a_sweep_stops_at_its_budget_of_seconds_and_hands_over_what_there_is(
    database: Database,
) -> None:
    drafters = HeldDrafters()
    drafters.go.set()
    request = evaluation_of(*PEOPLE, budget=Budget(seconds=0.5))
    async with swept(database, FakeUnits(talent()), drafters) as sweeping:
        sweep = await sweeping.open(ADA, request)
        result = await sweeping.follow(ADA.tenant, sweep, Follower())

    assert 0 < len(result.evaluated.results) < len(PEOPLE)
    assert result.left == len(PEOPLE) - len(result.evaluated.results)
    assert "the budget of 0.5 seconds is used up" in result.summary


async def test_one_candidate_is_judged_at_once_while_a_sweep_has_all_processes(database: Database) -> None:
    drafters, units = HeldDrafters(), FakeUnits(talent())
    async with swept(database, units, drafters) as sweeping:
        await sweeping.open(ADA, evaluation_of(*PEOPLE))
        await drafters.holding(2)
        with ThreadPoolExecutor(1) as executor:
            judging = judging_over(units, PostgresEvaluations(database), drafters, executor)
            request = EvaluateCandidateRequest(qualifications=["Kubernetes"], resume="Ran Kubernetes.")
            answer = await judging.evaluate_candidate(ADA, request)

    assert answer.evaluation.judgements[0].verdict == "meets"


async def test_a_neighbour_that_refuses_fails_the_sweep_and_the_next_try_of_the_call_finishes_it(
    database: Database,
) -> None:
    units, drafters = FakeUnits(talent()), HeldDrafters()
    known = units.replies["candidates.get_dossiers"]
    units.replies["candidates.get_dossiers"] = Denied("not for you")
    async with swept(database, units, drafters) as sweeping:
        sweep = await sweeping.open(ADA, evaluation_of("cand_a"), "run/step")
        with pytest.raises(HiremeshError, match="not for you"):
            await sweeping.follow(ADA.tenant, sweep, Follower())
        units.replies["candidates.get_dossiers"] = known
        await sweeping.open(ADA, evaluation_of("cand_a"), "run/step")
        result = await sweeping.follow(ADA.tenant, sweep, Follower())

    assert [one.candidate_id for one in result.evaluated.results] == ["cand_a"]
