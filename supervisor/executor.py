"""The effects behind the graph: planning over what is discovered, asking, running steps, recording."""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from shared.edge.progress import Progress
from shared.edge.units import UnitCalls
from shared.kernel.clock import Clock
from shared.kernel.errors import DeadlineExceeded, HiremeshError
from shared.kernel.principal import Principal, acting_as
from shared.storage import Database
from shared.telemetry import names, tracer
from shared.wire.planning import Skill
from supervisor.approvals import Approvals
from supervisor.core.autonomy import needs_approval
from supervisor.core.models import Fact, Plan, PlanStep, StepStatus
from supervisor.core.planner import Planner
from supervisor.discovery import Discovery
from supervisor.execution import arguments_of, call_skill, facts_of, takes_approval
from supervisor.stage import Stage, UiLog
from supervisor.store import Run, RunStore, Step
from supervisor.views import View

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 20
LONGEST_WAIT_SECONDS = 60.0
INTERACTIVE_SECONDS = 120.0
BACKGROUND_SECONDS = 1800.0
MAX_STEPS = 80
"""Executed steps after which a run is stopped: a catalogue that promises and never delivers ends here."""


class Executor:
    """Plans and executes runs; one instance serves all of them.

    Args:
        database: the supervisor's own.
        units: how skills are called.
        discovery: which skills there are.
        views: how to show a fact when it becomes known, by fact name.
    """

    def __init__(
        self,
        database: Database,
        units: UnitCalls,
        discovery: Discovery,
        approvals: Approvals,
        log: UiLog,
        clock: Clock,
        views: dict[str, View],
    ) -> None:
        self._database = database
        self._units = units
        self._discovery = discovery
        self._approvals = approvals
        self._log = log
        self._clock = clock
        self._views = views

    async def plan(self, tenant: str, run: str) -> tuple[list[str], list[str]]:
        """Make the plan anew from what is known now; return the steps to run and the approvals to await."""
        async with self._store(tenant) as store:
            current = await store.run(run)
            principal = await store.delegation(current.agent)
        if current.status in {"cancelled", "paused"}:
            return [], []
        with acting_as(principal):
            skills = await self._discovery.skills()
            plan, steps = await self._settled_plan(current, skills)
        for step in plan.steps:
            if step.status is StepStatus.RUNNING:
                step.status = StepStatus.READY  # a crash left it behind: nothing of this run is running now
            elif step.status is StepStatus.RETRYING and self._is_due(steps.get(step.id or "")):
                step.status = StepStatus.READY
        await self._keep(current, plan)
        asks = [
            steps[step.id].approval or ""
            for step in plan.steps
            if step.status is StepStatus.AWAITING_APPROVAL and step.id in steps
        ]
        return [step.key for step in plan.ready()], asks

    async def execute(self, tenant: str, run: str, step: str) -> None:
        """Run one step of the kept plan. Its outcome, good or bad, is recorded; nothing is raised for it."""
        async with self._store(tenant) as store:
            current = await store.run(run)
            principal = await store.delegation(current.agent)
            facts = await store.facts(run)
            planned = next(one for one in current.plan.steps if one.key == step) if current.plan else None
            record = await store.step(run, planned.id) if planned and planned.id else None
            if planned is None or planned.id is None or (record and record.status is StepStatus.DONE):
                return
            with acting_as(principal):
                skill = await self._discovery.skill(planned.skill)
            await store.begin_step(run, planned, *_versions(skill, facts))
        arguments = arguments_of(skill, facts)
        if record and record.approval and takes_approval(skill):
            arguments["approval_id"] = record.approval
        stage = self.stage(current)
        await stage.step_started(planned)
        try:
            result = await self._call(current, skill, planned, arguments, principal, stage)
        except HiremeshError as error:
            await self._failed(current, planned, record, error, stage)
        else:
            await self._succeeded(current, skill, planned, result, principal, stage)
        await stage.step_finished(planned)

    def stage(self, run: Run) -> Stage:
        """Return where a run shows what it does."""
        return Stage(self._log, tenant=run.tenant, agent=run.agent, thread=run.thread, turn=run.turn)

    async def _settled_plan(self, run: Run, skills: list[Skill]) -> tuple[Plan, dict[str, Step]]:
        """Plan, put decided approvals to use, and plan again until no decision is left to take in."""
        by_id = {skill.id: skill for skill in skills}
        while True:
            async with self._store(run.tenant) as store:
                facts, steps = await store.facts(run.id), await store.steps(run.id)
            known = {step.id: step for step in steps}
            plan = Planner(skills).plan(run.goal, facts, steps)
            if len(steps) > MAX_STEPS and plan.steps:
                return plan.model_copy(
                    update={"steps": [], "impossible": f"{MAX_STEPS} steps were not enough"}
                ), known
            if not await self._take_in_decisions(run, plan, by_id, facts, known):
                return plan, known

    async def _take_in_decisions(
        self, run: Run, plan: Plan, skills: dict[str, Skill], facts: dict[str, Fact], known: dict[str, Step]
    ) -> bool:
        """Ask for what needs a person and read what was decided; return whether to plan again."""
        for step in plan.steps:
            if step.id is None or not needs_approval(step.risk):
                continue
            record = known.get(step.id)
            if step.status is StepStatus.READY:
                await self._ask(run, step, skills[step.skill], facts)
                return True
            if step.status is StepStatus.AWAITING_APPROVAL and record and record.approval:
                approval = await self._approvals.get(record.approval)
                if approval.status in {"approved", "used"}:
                    step.status = StepStatus.READY
                elif approval.status != "pending":
                    reason = approval.reason or f"the approval is {approval.status}"
                    async with self._store(run.tenant) as store:
                        await store.end_step(run.id, step.id, StepStatus.DENIED, error=reason)
                    return True
        return False

    async def _ask(self, run: Run, step: PlanStep, skill: Skill, facts: dict[str, Fact]) -> None:
        arguments = arguments_of(skill, facts)
        views = [self._views[fact] for fact in step.needs if fact in self._views]
        details = [await view.text(facts) for view in views]
        summary = "\n\n".join([f"{skill.title}?", *details])[:2000]
        approval = await self._approvals.request(skill.id, arguments, summary, key=f"{run.id}/{step.id}")
        async with self._store(run.tenant) as store:
            required, optional = _versions(skill, facts)
            await store.begin_step(run.id, step, required, optional, StepStatus.AWAITING_APPROVAL)
            await store.set_step_approval(run.id, step.id or "", approval.approval_id)

    async def _call(
        self,
        run: Run,
        skill: Skill,
        step: PlanStep,
        arguments: dict[str, Any],
        principal: Principal,
        stage: Stage,
    ) -> dict[str, Any]:
        async def on_progress(progress: Progress) -> None:
            if not progress.partial:
                await stage.progress(step, progress.text, progress.done, progress.total)

        seconds = BACKGROUND_SECONDS if skill.planning.mode == "background" else INTERACTIVE_SECONDS
        work = call_skill(
            self._units,
            skill,
            arguments,
            on_behalf_of=principal,
            key=f"{run.id}/{step.id}",
            on_progress=on_progress,
            seconds=seconds,
        )
        attributes = {names.RUN_ID: run.id, names.STEP_ID: step.id or "", names.SKILL: skill.id}
        with tracer().start_as_current_span(f"step {skill.id}", attributes=attributes):
            return await self._while_wanted(run, work)

    async def _while_wanted(self, run: Run, work: Awaitable[dict[str, Any]]) -> dict[str, Any]:
        """Await ``work``, but give it up as soon as a person stops or pauses the run."""
        task = asyncio.ensure_future(work)
        try:
            while True:
                done, _ = await asyncio.wait({task}, timeout=1.0)
                if done:
                    return task.result()
                async with self._store(run.tenant) as store:
                    status = (await store.run(run.id)).status
                if status in {"cancelled", "paused"}:
                    raise DeadlineExceeded(f"the run was {status}")
        finally:
            task.cancel()

    async def _succeeded(
        self,
        run: Run,
        skill: Skill,
        step: PlanStep,
        result: dict[str, Any],
        principal: Principal,
        stage: Stage,
    ) -> None:
        facts = facts_of(skill, result, step.id or "")
        summary = result.get("summary")
        async with self._store(run.tenant) as store:
            for fact in facts:
                await store.put_fact(run.id, fact)
            for fact in set(skill.planning.produces.values()) - {fact.name for fact in facts}:
                await store.drop_fact(run.id, fact)
            await store.end_step(
                run.id, step.id or "", StepStatus.DONE, summary=summary if isinstance(summary, str) else None
            )
            known = await store.facts(run.id)
        with acting_as(principal):
            for fact in facts:
                if view := self._views.get(fact.name):
                    await view.show(known, stage)

    async def _failed(
        self, run: Run, step: PlanStep, record: Step | None, error: HiremeshError, stage: Stage
    ) -> None:
        attempts = (record.attempts if record else 0) + 1
        again = error.retryable and attempts < MAX_ATTEMPTS
        wait = min(2.0 ** (attempts - 1), LONGEST_WAIT_SECONDS) * random.uniform(0.75, 1.25)  # noqa: S311
        wait = max(wait, error.retry_after or 0.0)
        async with self._store(run.tenant) as store:
            stopped = (await store.run(run.id)).status in {"cancelled", "paused"}
            await store.end_step(
                run.id,
                step.id or "",
                StepStatus.RETRYING if again else StepStatus.FAILED,
                error=str(error),
                retry_at=self._clock.now() + timedelta(seconds=0 if stopped else wait) if again else None,
            )
        log.warning("step %s of run %s failed: %s", step.id, run.id, error.code)
        if again and attempts > 1 and not stopped:
            await stage.progress(step, f"still not: {error}, attempt {attempts}", None, None)
        elif not stopped:
            then = f"I will try again, next in {wait:.0f} s" if again else "I will look for another way"
            await stage.say(f"{step.title} did not work: {str(error).rstrip('.')}. {then}.")

    async def _keep(self, run: Run, plan: Plan) -> None:
        """Store the plan, and show it where it changed."""
        if run.plan != plan:
            async with self._store(run.tenant) as store:
                await store.set_plan(run.id, plan)
            await self.stage(run).plan(run.id, plan, run.status)

    def _is_due(self, record: Step | None) -> bool:
        return record is None or record.retry_at is None or record.retry_at <= self._clock.now()

    @asynccontextmanager
    async def _store(self, tenant: str) -> AsyncGenerator[RunStore]:
        async with self._database.transaction(tenant) as connection:
            yield RunStore(connection, tenant)


def _versions(skill: Skill, facts: dict[str, Fact]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the versions of the facts that go in: required and optional."""
    planning = skill.planning
    required = {fact: facts[fact].version for fact in planning.requires.values()}
    optional = {fact: facts[fact].version for fact in planning.optional.values() if fact in facts}
    return required, optional
