"""Several people judged for a partner's agent: real HTTP, tokens, policy, audit and tasks in Postgres."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from a2a.client import A2ACardResolver
from a2a.helpers.proto_helpers import get_data_parts
from a2a.types.a2a_pb2 import TaskState

from servers.evaluator.agent import build_agent
from servers.evaluator.core.ports import Judge
from servers.evaluator.store import PostgresEvaluations
from servers.evaluator.versions.engine_versions import EngineVersions
from shared.audit.log import AuditLog
from shared.edge.door import Door
from shared.edge.policy import PolicyEngine
from shared.edge.tasks import PostgresTasks
from shared.storage import Database
from tests.support.benches import Bench, judging_over
from tests.support.identity import TestIssuer
from tests.support.partner import CalledAgent, JsonObject, partials, progress
from tests.support.sweeps import HeldDrafters, sweeping_over
from tests.support.units import FakeUnits, hosted

UNIT = "evaluator"
PEOPLE = [
    {
        "key": f"applicant {number}",
        "resume": f"Welder, Copperkettle Yard {number}\nMarch 2019 - present\n- Weld pipes under water\n",
    }
    for number in range(10)
]
ASKED: JsonObject = {"qualifications": ["Experience as a welder", "Speaks Welsh"], "people": PEOPLE}


class HeldBench(Bench):
    """Lets ``free`` people be judged; the next one waits for ever."""

    def __init__(self, free: int) -> None:
        super().__init__()
        self.asked = 0
        self.holding = asyncio.Event()
        self._free = free

    async def serving(self) -> Judge:
        self.asked += 1
        if self.asked > self._free:
            self.holding.set()
            await asyncio.Event().wait()
        return await super().serving()


@dataclass
class Scene:
    """The evaluator as the partner's agent sees it, and what holds it up."""

    agent: CalledAgent
    bench: HeldBench


@pytest.fixture
async def scene(unit_database: Callable[[str], Awaitable[Database]], tmp_path: Path) -> AsyncIterator[Scene]:
    database, bench, nobody = await unit_database(UNIT), HeldBench(3), FakeUnits()
    issuer, tasks = TestIssuer(tmp_path), PostgresTasks(database, UNIT)
    door = Door(
        UNIT, issuer.verifier(UNIT), PolicyEngine(), AuditLog(database), public_url="http://127.0.0.1"
    )
    async with AsyncExitStack() as closing:
        executor = closing.enter_context(ThreadPoolExecutor(1))
        judging = judging_over(nobody, PostgresEvaluations(database), HeldDrafters(), executor, bench)
        sweeping, _ = sweeping_over(database, nobody, HeldDrafters())
        edge = build_agent(judging, sweeping, EngineVersions(database))
        await closing.enter_async_context(tasks.kept())
        unit = await closing.enter_async_context(hosted(edge, name=UNIT, gate=door, tasks=tasks))
        http = await closing.enter_async_context(httpx.AsyncClient(trust_env=False))
        card = await A2ACardResolver(http, unit.url).get_agent_card()
        token = await issuer.mint("partner:fairweather", scopes=["evaluator.write"], audience=UNIT)
        yield Scene(CalledAgent(http, card, token), bench)


async def test_cancelled_in_the_middle_what_was_judged_stays_and_nobody_else_is_judged_or_told(
    scene: Scene,
) -> None:
    stream = scene.agent.stream("evaluate_people", ASKED)
    # The task, its beginning, and of each person the verdicts and how many are done.
    before = [await anext(stream) for _ in range(2 + 2 * 3)]
    await scene.bench.holding.wait()
    cancelled = await scene.agent.cancel(before[0].task.id)
    after = [event async for event in stream]
    kept = await scene.agent.task(before[0].task.id)

    keys = ["applicant 0", "applicant 1", "applicant 2"]
    assert [one["key"] for one in partials(before)] == keys
    assert progress(before) == [(1, 10), (2, 10), (3, 10)]
    assert cancelled.status.state == kept.status.state == TaskState.TASK_STATE_CANCELED
    assert [event.status_update.status.state for event in after] == [TaskState.TASK_STATE_CANCELED]
    [artifact] = kept.artifacts
    assert [part["key"] for part in get_data_parts(artifact.parts)] == keys
    assert scene.bench.asked == len(keys) + 1
