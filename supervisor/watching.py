"""Calling a skill for a run, and giving the call up as soon as the run is to do something else."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

from shared.edge.progress import Progress
from shared.edge.units import UnitCalls
from shared.kernel.clock import Clock
from shared.kernel.errors import DeadlineExceeded
from shared.kernel.principal import Principal
from shared.storage import Database
from shared.telemetry import names, tracer
from shared.wire.planning import Skill
from supervisor.core.limits import limits_in, mark
from supervisor.core.models import PlanStep, Question
from supervisor.core.planner import is_fresh
from supervisor.execution import call_skill
from supervisor.stage import Stage
from supervisor.store import Run, RunStore

INTERACTIVE_SECONDS = 120.0
BACKGROUND_SECONDS = 1800.0
LOOK_SECONDS = 1.0


class Superseded(Exception):
    """A step works on what is no longer so; ``reached`` says how far it was."""

    def __init__(self, reached: str) -> None:
        super().__init__("superseded")
        self.reached = reached


class PutOff(Exception):
    """A step goes on later, with what is done kept: ``why``, and when, or at once under what holds by now."""

    def __init__(self, why: str, at: datetime | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.at = at


class Watching:
    """Calls skills, and looks meanwhile whether the call is still wanted."""

    def __init__(self, database: Database, units: UnitCalls, clock: Clock) -> None:
        self._database = database
        self._units = units
        self._clock = clock

    async def call(
        self,
        run: Run,
        skill: Skill,
        step: PlanStep,
        arguments: dict[str, Any],
        principal: Principal,
        stage: Stage,
        question: Question | None,
        bounds: str,
    ) -> dict[str, Any]:
        """Return the result of a step; ``bounds`` marks the limits under which it is called.

        Raises Superseded and PutOff where it is given up, and what the unit raises.
        """
        reached: list[str] = []
        waits: asyncio.Future[datetime] = asyncio.get_running_loop().create_future()
        async with self._database.transaction(run.tenant) as tx:
            limits = limits_in(await RunStore(tx, run.tenant).facts(run.id))

        async def on_progress(progress: Progress) -> None:
            if progress.partial:
                return
            reached[:] = [progress.text]
            until = _until(progress)
            if until and not waits.done():
                waits.set_result(until)
            words = limits.words(self._clock.now()) if skill.planning.mode == "background" else ""
            text = f"{progress.text}; {words}" if words else progress.text
            await stage.progress(step, text, progress.done, progress.total)

        background = skill.planning.mode == "background"
        work = call_skill(
            self._units,
            skill,
            arguments,
            on_behalf_of=principal,
            key=f"{run.id}/{step.id}" + (f"/{bounds}" if bounds and background else ""),
            on_progress=on_progress,
            seconds=BACKGROUND_SECONDS if background else INTERACTIVE_SECONDS,
            answered=question,
        )
        attributes = {names.RUN_ID: run.id, names.STEP_ID: step.id or "", names.SKILL: skill.id}
        with tracer().start_as_current_span(f"step {skill.id}", attributes=attributes):
            return await self._while_wanted(run, skill, work, reached, waits, bounds)

    async def _while_wanted(
        self,
        run: Run,
        skill: Skill,
        work: Awaitable[dict[str, Any]],
        reached: list[str],
        waits: "asyncio.Future[datetime]",
        bounds: str,
    ) -> dict[str, Any]:
        """Await ``work``, but give it up as soon as a person stops or pauses the run.

        Long work is also given up while it only waits for its hour, when another run goes first, when its
        limits were changed, and when what it works on is no longer what it was.
        """
        task = asyncio.ensure_future(work)
        try:
            while True:
                await asyncio.wait({task, waits}, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if task.done():
                    return task.result()
                if waits.done():
                    raise PutOff("waits for its hours", waits.result())
                async with self._database.transaction(run.tenant) as tx:
                    store = RunStore(tx, run.tenant)
                    status = (await store.run(run.id)).status
                    facts, steps = await store.facts(run.id), await store.steps(run.id)
                    first = await store.goes_first(run.id)
                if status in {"cancelled", "paused"}:
                    raise DeadlineExceeded(f"the run was {status}")
                if skill.planning.mode != "background":
                    continue
                past = {step.id: step for step in steps}
                if not all(is_fresh(fact, facts, past) for fact in skill.planning.requires.values()):
                    raise Superseded(reached[-1] if reached else "")
                if first:
                    raise PutOff(f"waits for “{first}”, which goes first")
                if mark(facts) != bounds:
                    raise PutOff("goes on within its new limits")
        finally:
            task.cancel()


def _until(progress: Progress) -> datetime | None:
    """Return until when a unit says that it only waits for its hours."""
    data = progress.data or {}
    if data.get("state") != "waiting" or not isinstance(data.get("until"), str):
        return None
    return datetime.fromisoformat(data["until"]).astimezone(UTC)
