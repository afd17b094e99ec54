"""Looking into a recruiter's agent: its mailbox, what it works on, what it waits for, what went wrong."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from shared.kernel.cursors import read_cursor, write_cursor
from shared.kernel.errors import NotFound
from shared.mailbox import Mailboxes
from shared.storage import Database
from supervisor.agents.records import Agent, AgentCounts, AgentLine, AgentState, AgentStore, state_of
from supervisor.core.models import RunStatus, StepStatus
from supervisor.core.narration import in_order
from supervisor.mailboxes import agent_mailbox
from supervisor.memory import Memory
from supervisor.store import Run, RunStore, Step

LAST_ERRORS = 5


class MailboxView(BaseModel):
    """``messages`` counts both sides'; ``handling``: one is in hand now."""

    name: str
    messages: int = 0
    waiting: int = 0
    handling: bool = False
    next_at: datetime | None = None
    reason: str | None = None


class PlannedStep(BaseModel):
    """A step of the current plan, in order; ``since``: when it began."""

    title: str
    unit: str
    status: StepStatus
    why: str
    since: datetime | None = None


class Waiting(BaseModel):
    """What a person must say before a step goes on."""

    id: str
    kind: Literal["approval", "question"]
    step: str
    text: str | None = None
    since: datetime


class Work(BaseModel):
    """A run that has not ended."""

    run: str
    thread: str
    goal: str
    status: RunStatus
    reason: str | None = None
    plan: list[PlannedStep]
    running: list[PlannedStep]
    waiting: list[Waiting]


class LastError(BaseModel):
    """Something that went wrong, and where: in a step, or with a message that was set aside."""

    where: str
    error: str
    at: datetime


class AgentView(BaseModel):
    """All that there is to see of an agent; ``id`` stays its own when another one takes over its name."""

    agent: str
    id: str
    state: AgentState
    created_at: datetime
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    retired_at: datetime | None = None
    mailbox: MailboxView
    work: list[Work]
    memory: list[str]
    errors: list[LastError]


class AgentPage(BaseModel):
    """Agents in the order of their names; the first page also counts them all."""

    agents: list[AgentLine]
    counts: AgentCounts | None = None
    next_cursor: str | None = None


class Inspector:
    """Looks, and changes nothing."""

    def __init__(self, database: Database, mailboxes: Mailboxes, memory: Memory) -> None:
        self._database = database
        self._mailboxes = mailboxes
        self._memory = memory

    async def page(self, tenant: str, cursor: str | None, limit: int) -> AgentPage:
        """Return a page of a tenant's agents. Raises InvalidInput for a cursor from elsewhere."""
        after = read_cursor(cursor, "agents", tenant)
        async with self._database.transaction(tenant) as tx:
            agents = AgentStore(tx, tenant)
            shown, last = await agents.page(after or "", limit)
            counts = None if after else await agents.counts()
        more = write_cursor(last, "agents", tenant) if last else None
        return AgentPage(agents=shown, counts=counts, next_cursor=more)

    async def find(self, tenant: str, name: str) -> Agent:
        """Return the agent that people call so. Raises NotFound."""
        async with self._database.transaction(tenant) as tx:
            return await AgentStore(tx, tenant).find(name)

    async def agent(self, tenant: str, agent: str) -> AgentView:
        """Return what there is to see of an agent. Raises NotFound."""
        async with self._database.transaction(tenant) as tx:
            agents, runs = AgentStore(tx, tenant), RunStore(tx, tenant)
            found = await agents.agent(agent)
            failed = await agents.errors(agent, LAST_ERRORS)
            work = [_work(run, await runs.steps(run.id)) for run in await runs.open_runs(agent)]
        mailbox = await self._mailbox(tenant, agent)
        return AgentView(
            agent=found.name,
            id=found.id,
            state=_state(found, mailbox, work),
            created_at=found.created_at,
            paused_at=found.paused_at,
            paused_until=found.paused_until,
            retired_at=found.retired_at,
            mailbox=mailbox,
            work=work,
            memory=await self._memory.wishes(tenant, agent),
            errors=await self._errors(tenant, agent, [LastError(**one.model_dump()) for one in failed]),
        )

    async def _mailbox(self, tenant: str, agent: str) -> MailboxView:
        name = agent_mailbox(agent)
        try:
            state = await self._mailboxes.state(tenant, name)
        except NotFound:  # its first message was refused
            return MailboxView(name=name)
        return MailboxView(
            name=name,
            messages=state.tail,
            waiting=state.pending,
            handling=state.running,
            next_at=state.ready_at if state.pending and not state.running else None,
            reason=state.mode_reason,
        )

    async def _errors(self, tenant: str, agent: str, of_steps: list[LastError]) -> list[LastError]:
        letters = await self._mailboxes.dead_letters(
            tenant, mailbox=agent_mailbox(agent), resolved=True, limit=LAST_ERRORS
        )
        of_messages = [
            LastError(where=f"message {one.seq}", error=one.error, at=one.failed_at) for one in letters
        ]
        return sorted([*of_steps, *of_messages], key=lambda one: one.at, reverse=True)[:LAST_ERRORS]


def _state(agent: Agent, mailbox: MailboxView, work: list[Work]) -> AgentState:
    return state_of(agent.paused_at, agent.closed_at, agent.retired_at, busy=bool(mailbox.waiting or work))


def _work(run: Run, steps: list[Step]) -> Work:
    records = {step.id: step for step in steps}
    planned: list[PlannedStep] = []
    waiting: list[Waiting] = []
    for step in in_order(run.plan) if run.plan else []:
        record = records.get(step.id or "")
        planned.append(
            PlannedStep(
                title=step.title,
                unit=step.unit,
                # The plan says what is to run, the record what does.
                status=record.status if record and step.status is StepStatus.READY else step.status,
                why=step.why,
                since=record.started_at if record else None,
            )
        )
        if record and (asked := record.asks):
            waiting.append(_waiting(asked, record))
    return Work(
        run=run.id,
        thread=run.thread,
        goal=run.goal.title,
        status=run.status,
        reason=run.reason,
        plan=planned,
        running=[step for step in planned if step.status is StepStatus.RUNNING],
        waiting=waiting,
    )


def _waiting(asked: str, step: Step) -> Waiting:
    question = step.question if asked != step.approval else None
    return Waiting(
        id=asked,
        kind="question" if question else "approval",
        step=step.title,
        text=question.text if question else None,
        since=step.started_at,
    )
