"""Agents, runs, facts and steps in Postgres. Every method runs in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb
from pydantic import BaseModel

from shared.kernel.errors import Conflict, NotFound
from shared.kernel.principal import Principal
from shared.storage import TenantRecords, load_queries
from supervisor.core.models import Fact, Goal, Plan, PlanStep, Question, RunStatus, StepRecord, StepStatus

queries = load_queries(__package__)

Row = dict[str, Any]


class Run(BaseModel):
    """One goal being worked on. ``turn`` is the exchange with the person that it reports to now."""

    tenant: str
    id: str
    agent: str
    thread: str
    turn: str
    goal: Goal
    plan: Plan | None = None
    status: RunStatus
    reason: str | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen by itself or by an answer."""
        return self.status in {"done", "failed", "cancelled"}


class Rest(NamedTuple):
    """An agent's pause; without ``paused_until`` it lasts until somebody resumes it."""

    paused_at: datetime
    paused_until: datetime | None


class Step(StepRecord):
    """A step record with what only people and retries look at."""

    approval: str | None = None
    question: Question | None = None
    retry_at: datetime | None = None
    started_at: datetime
    ended_at: datetime | None = None

    @property
    def unit(self) -> str:
        """The unit whose skill it is."""
        return self.skill.partition(".")[0]

    @property
    def asks(self) -> str | None:
        """The id of what a person must say before the step can go on: an approval's or a question's."""
        if self.status is StepStatus.AWAITING_APPROVAL:
            return self.approval
        if self.status is StepStatus.AWAITING_ANSWER and self.question and self.question.answer is None:
            return self.question.id
        return None


class RunStore(TenantRecords):
    """The supervisor's state of one tenant, within one transaction."""

    async def remember_agent(self, principal: Principal) -> str:
        """Renew the sign-in under which somebody's agent acts, and return the agent; make one where there is none.

        After one that was retired it is another: with a name, a history and a memory of its own. Raises
        Conflict while one is being retired.
        """
        given = {"subject": principal.subject, "delegation": Jsonb(principal.model_dump(mode="json"))}
        for _ in range(2):  # the second time for whom another message made the agent meanwhile
            if row := await self._one(queries.renew_agent, **given):
                return row["id"]
            agent = await self._one(queries.agent_of, subject=principal.subject)
            if agent is None or agent["known"]:
                break
            row = await self._one(
                queries.insert_agent, **given, id=agent["id"], generation=agent["generation"]
            )
            if row:
                return row["id"]
        raise Conflict("your agent is being retired and takes no messages.", fix="Write again when it is.")

    async def agent_of(self, subject: str) -> str:
        """Return the agent that somebody has, or the one that their next message will make."""
        row = await self._one(queries.agent_of, subject=subject)
        assert row is not None, "it counts, so it has a row"
        return row["id"]

    async def delegation(self, agent: str) -> Principal:
        """Return the newest sign-in of the agent's recruiter. Raises NotFound."""
        row = await self._one(queries.delegation, id=agent)
        if row is None or row["delegation"] is None:
            raise NotFound("there is no such agent, or it is retired", field="agent")
        return Principal.model_validate(row["delegation"])

    async def create_run(self, id: str, agent: str, thread: str, turn: str, goal: Goal) -> None:
        """Store a new run with the facts its goal was given; a run that exists stays as it is."""
        await self._run(
            queries.insert_run,
            id=id,
            agent=agent,
            thread=thread,
            turn=turn,
            goal=Jsonb(goal.model_dump(mode="json", exclude={"given"})),
        )
        for name, value in goal.given.items():
            await self.put_fact(id, Fact.of(name, value))

    async def run(self, id: str) -> Run:
        """Return a run. Raises NotFound."""
        row = await self._one(queries.get_run, id=id)
        if row is None:
            raise NotFound("there is no such run", field="run")
        return self._as_run(row)

    async def latest_run(self, agent: str, thread: str) -> Run | None:
        """Return the newest run of a conversation."""
        row = await self._one(queries.latest_run, agent=agent, thread=thread)
        return self._as_run(row) if row else None

    async def runs(self, agent: str, limit: int = 20) -> list[Run]:
        """Return the newest runs of an agent, newest first."""
        return [self._as_run(row) for row in await self._all(queries.list_runs, agent=agent, limit=limit)]

    async def open_runs(self, agent: str) -> list[Run]:
        """Return the runs of an agent that have not ended, oldest first."""
        return [self._as_run(row) for row in await self._all(queries.open_runs, agent=agent)]

    async def goes_first(self, run: str) -> str | None:
        """Return the title of what another run works on that goes before this one, or None."""
        row = await self._one(queries.goes_first, id=run)
        return row["title"] if row else None

    async def put_first(self, agent: str, run: str | None) -> None:
        """Let a run go before an agent's others, or none."""
        await self._run(queries.put_first, agent=agent, id=run)

    async def held_runs(self, agent: str) -> list[str]:
        """Return the runs of an agent that were held for another."""
        return [row["id"] for row in await self._all(queries.held_runs, agent=agent)]

    async def rest(self, agent: str) -> Rest | None:
        """Return since when an agent is paused and until when, or None where it is not."""
        row = await self._one(queries.rest, id=agent)
        return Rest(**row) if row else None

    async def set_status(self, run: str, status: RunStatus, reason: str | None = None) -> None:
        """Say where a run stands, and why. A run that has ended stays ended."""
        await self._run(queries.set_run_status, id=run, status=status, reason=reason)

    async def settle(self, run: str, turn: str, status: RunStatus, reason: str | None) -> bool:
        """Say where a run stands that stood still in a turn; return False, and change nothing, where it moved on."""
        settled = {"id": run, "turn": turn, "status": status, "reason": reason}
        return await self._one(queries.settle_run, **settled) is not None

    async def set_running(self, run: str) -> None:
        """Let a run that waited go on; one that a person paused or ended in the meantime stays so."""
        await self._run(queries.set_run_running, id=run)

    async def set_turn(self, run: str, turn: str) -> None:
        """Let the run report to another exchange from now on."""
        await self._run(queries.set_run_turn, id=run, turn=turn)

    async def set_plan(self, run: str, plan: Plan) -> None:
        """Keep the plan for explanations and for whoever attaches."""
        await self._run(queries.set_run_plan, id=run, plan=Jsonb(plan.model_dump(mode="json")))

    async def facts(self, run: str) -> dict[str, Fact]:
        """Return what is known in a run, by fact name."""
        return {row["name"]: Fact(**row) for row in await self._all(queries.facts, run=run)}

    async def put_fact(self, run: str, fact: Fact) -> None:
        """Write a fact over an older one of its name."""
        await self._run(
            queries.put_fact,
            run=run,
            name=fact.name,
            value=Jsonb(fact.value),
            version=fact.version,
            step=fact.step,
        )

    async def drop_fact(self, run: str, name: str) -> None:
        """Forget a fact, so that it has to be made again."""
        await self._run(queries.drop_fact, run=run, name=name)

    async def steps(self, run: str) -> list[Step]:
        """Return what was executed in a run, oldest first."""
        return [Step(**row) for row in await self._all(queries.steps, run=run)]

    async def step(self, run: str, id: str) -> Step | None:
        """Return one step's record."""
        row = await self._one(queries.get_step, run=run, id=id)
        return Step(**row) if row else None

    async def begin_step(
        self,
        run: str,
        step: PlanStep,
        required: Mapping[str, str],
        optional: Mapping[str, str],
        status: StepStatus = StepStatus.RUNNING,
    ) -> None:
        """Record that a step runs, or waits for approval."""
        await self._run(
            queries.begin_step,
            run=run,
            id=step.id,
            skill=step.skill,
            title=step.title,
            required=Jsonb(dict(required)),
            optional=Jsonb(dict(optional)),
            status=status,
        )

    async def set_step_approval(self, run: str, id: str, approval: str) -> None:
        """Tie a step to the approval it waits for."""
        await self._run(queries.set_step_approval, run=run, id=id, approval=approval)

    async def ask_in_step(self, run: str, id: str, question: Question) -> None:
        """Let a step wait for a person's answer to what its unit asked."""
        await self._run(queries.ask_in_step, run=run, id=id, question=Jsonb(question.model_dump(mode="json")))

    async def answer_in_step(self, run: str, id: str, question: str, answer: Mapping[str, Any]) -> None:
        """Keep the answer to the question a step waits with; the first of a second answer stays."""
        await self._run(queries.answer_in_step, run=run, id=id, question=question, answer=Jsonb(dict(answer)))

    async def hasten(self, run: str, unit: str) -> None:
        """Let the steps that wait for a unit be tried again at once."""
        await self._run(queries.hasten_steps, run=run, unit=unit)

    async def end_step(
        self,
        run: str,
        id: str,
        status: StepStatus,
        *,
        summary: str | None = None,
        error: str | None = None,
        retry_at: datetime | None = None,
    ) -> None:
        """Record how a step ended; a step that is done stays done."""
        await self._run(
            queries.end_step, run=run, id=id, status=status, summary=summary, error=error, retry_at=retry_at
        )

    async def waiting_steps(self, run: Run) -> list[Step]:
        """Return the steps of the run's current plan that wait for a person, oldest first."""
        wanted = {step.id for step in run.plan.steps} if run.plan and not run.ended else set[str | None]()
        return [step for step in await self.steps(run.id) if step.id in wanted and step.asks]

    def _as_run(self, row: Row) -> Run:
        return Run(tenant=self._tenant, **row)
