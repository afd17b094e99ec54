"""The effects behind the graph: planning over what is discovered, asking, running steps, recording."""

import logging
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from langgraph.store.base import BaseStore

from shared.edge.errors import InputRequired
from shared.edge.units import UnitCalls
from shared.kernel.clock import Clock
from shared.kernel.errors import HiremeshError
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, acting_as
from shared.storage import Database
from shared.wire.planning import Skill
from supervisor.approvals import Approvals
from supervisor.core.limits import BATCH, FOUND, LOOKED, bounded, limits_in, looked_after, mark, over
from supervisor.core.models import BRIEF, CHANGES, Fact, Plan, PlanStep, Question, StepStatus
from supervisor.core.planner import Planner, is_fresh
from supervisor.decisions import Decisions
from supervisor.discovery import Discovery
from supervisor.execution import arguments_of, facts_of, takes_approval, versions_of
from supervisor.memory import Memory
from supervisor.stage import Stage, UiLog
from supervisor.store import Run, RunStore, Step
from supervisor.views import View
from supervisor.watching import PutOff, Superseded, Watching

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 20
LONGEST_WAIT_SECONDS = 60.0
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
        self._watching = Watching(database, units, clock)
        self._discovery = discovery
        self._decisions = Decisions(database, approvals, views)
        self._log = log
        self._clock = clock
        self._views = views

    async def recall(self, tenant: str, run: str, store: BaseStore) -> None:
        """Give a run that has not begun what its recruiter wants for every role, and say so."""
        async with self._store(tenant) as runs:
            current, begun, facts = await runs.run(run), await runs.steps(run), await runs.facts(run)
        if begun or CHANGES in facts or BRIEF not in facts:
            return
        wishes = await Memory(store).for_role(tenant, current.agent, str(facts[BRIEF].value))
        if wishes:
            async with self._store(tenant) as runs:
                await runs.put_fact(run, Fact.of(CHANGES, wishes))
            told = "; ".join(f"“{wish}”" for wish in wishes)
            await self.stage(current).say(
                f"I keep in mind what you want for every role: {told}.", f"{run}:recalled"
            )

    async def plan(self, tenant: str, run: str) -> tuple[list[str], list[str]]:
        """Make the plan anew from what is known now; return the steps to run and what a person must answer."""
        async with self._store(tenant) as store:
            current = await store.run(run)
            principal = await store.delegation(current.agent)
            first = await store.goes_first(run)
        if current.status in {"cancelled", "paused"}:
            return [], []
        if first:
            await self._hold(current, first)
            return [], []
        await self._settle_for_enough(current)
        with acting_as(principal):
            skills = await self._discovery.skills()
            plan, steps = await self._settled_plan(current, skills)
        for step in plan.steps:
            if self._can_go_on(step, steps.get(step.id or "")):
                step.status = StepStatus.READY
        await self._keep(current, plan)
        records = [steps[step.id] for step in plan.steps if step.id in steps]
        asks = [record.asks for record in records if record.asks]
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
            await store.begin_step(run, planned, *versions_of(skill, facts))
        arguments = arguments_of(skill, bounded(facts, _default(skill, BATCH)))
        if record and record.approval and takes_approval(skill):
            arguments["approval_id"] = record.approval
        stage = self.stage(current)
        await stage.step_started(planned)
        question = record.question if record else None
        try:
            result = await self._watching.call(
                current, skill, planned, arguments, principal, stage, question, mark(facts)
            )
        except InputRequired as asked:
            await self._asked(current, planned, asked, stage)
        except Superseded as superseded:
            await self._superseded(current, planned, superseded.reached)
        except PutOff as put_off:
            await self._put_off(current, planned, put_off)
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
            if not await self._decisions.take_in(run, plan, by_id, facts, known):
                return plan, known

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
            before = await store.facts(run.id)
            for fact in facts:
                await store.put_fact(run.id, fact)
            for fact in set(skill.planning.produces.values()) - {fact.name for fact in facts}:
                await store.drop_fact(run.id, fact)
            await store.end_step(
                run.id, step.id or "", StepStatus.DONE, summary=summary if isinstance(summary, str) else None
            )
            known = await store.facts(run.id)
            if any(fact.name == FOUND for fact in facts):
                await store.put_fact(run.id, Fact.of(LOOKED, looked_after(before, known[FOUND])))
        if isinstance(remark := result.get("remark"), str):
            await stage.say(remark, key=f"{run.id}:{step.id}:remark")
        with acting_as(principal):
            for fact in facts:
                if view := self._views.get(fact.name):
                    await view.show(known, stage)

    async def _asked(self, run: Run, step: PlanStep, asked: InputRequired, stage: Stage) -> None:
        """Keep what the unit asked, and ask the person. The same question of a task is asked once."""
        question = Question(
            id=new_id("ask"),
            text=asked.message,
            data=asked.data,
            task_id=asked.task_id,
            context_id=asked.context_id,
        )
        async with self._store(run.tenant) as store:
            await store.ask_in_step(run.id, step.id or "", question)
        await stage.say(question.text, key=f"{question.id}:asked")

    async def _superseded(self, run: Run, step: PlanStep, reached: str) -> None:
        """Put a step aside that works on what was changed meanwhile; should that change back, it goes on."""
        async with self._store(run.tenant) as store:
            run = await store.run(run.id)  # the change began another turn
            await store.end_step(
                run.id,
                step.id or "",
                StepStatus.RETRYING,
                error="what it works on was changed",
                retry_at=self._clock.now(),
            )
        so_far = f" ({reached})" if reached else ""
        await self.stage(run).say(
            f"I stop “{step.title}”{so_far}, because what it works on was changed. What is done is kept, and "
            "I redo only what the change touches."
        )

    async def _put_off(self, run: Run, step: PlanStep, put_off: PutOff) -> None:
        """Put a step aside that goes on where it was, at its time or under what holds by now."""
        async with self._store(run.tenant) as store:
            limits, now = limits_in(await store.facts(run.id)), self._clock.now()
            why = f"waits until {limits.clock(put_off.at, now)}" if put_off.at else put_off.why
            at = min(put_off.at, limits.deadline or put_off.at) if put_off.at else now
            await store.end_step(run.id, step.id or "", StepStatus.RETRYING, summary=why, retry_at=at)
            stage = self.stage(await store.run(run.id))
        if put_off.at:
            await stage.say(
                f"“{step.title}” {why}, as you asked. What is done is kept.",
                key=f"{step.id}:until:{put_off.at}",
            )

    async def _hold(self, run: Run, first: str) -> None:
        """Keep a run back while another goes first, and say so once."""
        plan = run.plan or Plan(goal=run.goal.title, wants=run.goal.wants)
        await self._keep(run, plan.model_copy(update={"held": first}))
        if run.plan is None or run.plan.held != first:
            await self.stage(run).say(
                f"I hold “{run.goal.title}” until “{first}” is done or waits for you, since that goes first."
            )

    async def _settle_for_enough(self, run: Run) -> None:
        """Let what there is do for what was asked, once a limit is reached."""
        async with self._store(run.tenant) as store:
            facts, steps = await store.facts(run.id), await store.steps(run.id)
            principal = await store.delegation(run.agent)
        why = over(facts, self._clock.now())
        past = {step.id: step for step in steps}
        settled = {
            wanted: facts[enough]
            for wanted, enough in run.goal.enough.items()
            if why and not is_fresh(wanted, facts, past) and is_fresh(enough, facts, past)
        }
        if not settled:
            return
        async with self._store(run.tenant) as store:
            for wanted, there in settled.items():
                await store.put_fact(run.id, Fact.of(wanted, True, there.step))
            known = await store.facts(run.id)
        stage = self.stage(run)
        await stage.say(f"I stop here: {why}.", key=f"{run.id}:enough")
        with acting_as(principal):
            for wanted in settled:
                if view := self._views.get(wanted):
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

    def _can_go_on(self, step: PlanStep, record: Step | None) -> bool:
        """Return whether a step that had to stop can be run now."""
        match step.status:
            case StepStatus.RUNNING:
                return True  # a crash left it behind: nothing of this run is running now
            case StepStatus.RETRYING:
                return record is None or record.retry_at is None or record.retry_at <= self._clock.now()
            case StepStatus.AWAITING_ANSWER:
                return record is None or record.asks is None
            case _:
                return False

    @asynccontextmanager
    async def _store(self, tenant: str) -> AsyncGenerator[RunStore]:
        async with self._database.transaction(tenant) as connection:
            yield RunStore(connection, tenant)


def _default(skill: Skill, fact: str) -> int | None:
    """Return what a skill takes for an optional fact that is not given."""
    field = next((field for field, name in skill.planning.optional.items() if name == fact), "")
    default = skill.input_schema.get("properties", {}).get(field, {}).get("default")
    return default if isinstance(default, int) else None
