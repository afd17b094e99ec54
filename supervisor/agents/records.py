"""Recruiters' agents as rows: who there is, and what each has been through. All in the caller's transaction."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from shared.kernel.errors import NotFound
from shared.storage import TenantRecords
from supervisor.mailboxes import AGENT
from supervisor.store import Run, queries

AgentState = Literal["idle", "working", "paused", "retiring", "retired"]


GENERATION = "~"
"""In an agent's name, before its number among those of one person."""


class Agent(BaseModel):
    """One recruiter's agent, or one they had: ``generation`` counts them from 1.

    ``closed_at`` is when it began to take no more messages; ``exported_at`` counts since then.
    """

    id: str
    subject: str
    generation: int
    created_at: datetime
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    exported_at: datetime | None = None
    closed_at: datetime | None = None
    retired_at: datetime | None = None

    @property
    def name(self) -> str:
        """What people call it: by whom it works for, and once it is retired with its generation."""
        return name_of(self.subject, self.generation, self.retired_at)


class AgentLine(BaseModel):
    """An agent in a list; ``messages`` counts both sides', ``waiting`` those it has not come to."""

    agent: str
    state: AgentState
    created_at: datetime
    last_message_at: datetime | None
    messages: int
    waiting: int
    open_runs: int


class StepError(BaseModel):
    """What a step of an agent's runs last failed with."""

    where: str
    error: str
    at: datetime


class AgentCounts(BaseModel):
    """How many agents there are in each state."""

    idle: int
    working: int
    paused: int
    retiring: int
    retired: int


def state_of(
    paused_at: datetime | None, closed_at: datetime | None, retired_at: datetime | None, *, busy: bool
) -> AgentState:
    """Return what an agent is doing, in a word."""
    if retired_at:
        return "retired"
    if closed_at:
        return "retiring"
    if paused_at:
        return "paused"
    return "working" if busy else "idle"


def name_of(subject: str, generation: int, retired_at: datetime | None) -> str:
    """Return what people call an agent; ``AgentStore.find`` finds it by that."""
    return f"{subject}{GENERATION}{generation}" if retired_at else subject


class AgentStore(TenantRecords):
    """The agents of one tenant, within one transaction."""

    async def agent(self, id: str) -> Agent:
        """Return an agent. Raises NotFound."""
        row = await self._one(queries.get_agent, id=id)
        if row is None:
            raise NotFound("there is no such agent", field="agent")
        return Agent(**row)

    async def find(self, name: str) -> Agent:
        """Return the agent that people call so. Raises NotFound."""
        base, mark, number = name.rpartition(GENERATION)
        generation = int(number) if mark and number.isdecimal() and len(number) < 10 else None
        row = await self._one(queries.find_agent, name=name, base=base, generation=generation)
        if row is None:
            raise NotFound("there is no such agent", field="agent")
        return Agent(**row)

    async def counts(self) -> AgentCounts:
        """Return how many agents there are in each state."""
        row = await self._one(queries.count_agents, prefix=f"{AGENT}:", kind=AGENT)
        assert row is not None, "it counts, so it has a row"
        return AgentCounts(idle=row.pop("open") - row["working"], **row)

    async def alone(self, id: str) -> None:
        """Hold, until the transaction ends, what pausing, resuming and ending an agent take turns by."""
        await self._run(queries.hold_life, id=id)

    async def page(self, after: str, limit: int) -> tuple[list[AgentLine], str | None]:
        """Return agents in the order of their ids, those that come ``after`` one, and after which more do."""
        rows = await self._all(queries.list_agents, prefix=f"{AGENT}:", after=after, limit=limit + 1)
        return [_line(row) for row in rows[:limit]], rows[limit - 1]["id"] if len(rows) > limit else None

    async def paused(self, id: str, until: datetime | None) -> None:
        """Mark an agent as paused, for good or until a time."""
        await self._run(queries.pause_agent, id=id, until=until)

    async def resumed(self, id: str) -> None:
        """Mark an agent as open again."""
        await self._run(queries.resume_agent, id=id)

    async def closed(self, id: str) -> None:
        """Mark an agent as taking no more messages; an export made before no longer counts."""
        await self._run(queries.close_agent, id=id)

    async def exported(self, id: str) -> None:
        """Mark an agent that takes no more messages as exported."""
        await self._run(queries.exported_agent, id=id)

    async def retired(self, id: str) -> None:
        """Mark an agent as gone, and forget the sign-in it acted under."""
        await self._run(queries.retire_agent, id=id)

    async def unanswered(self, id: str) -> int:
        """Return how many messages an agent was sent that it will not answer."""
        row = await self._one(queries.unanswered, mailbox=f"{AGENT}:{id}")
        return row["number"] if row else 0

    async def runs_after(self, agent: str, last: Run | None, limit: int) -> list[Run]:
        """Return a page of all runs of an agent, oldest first."""
        place = {"at": last.created_at if last else None, "id": last.id if last else None}
        rows = await self._all(queries.runs_after, agent=agent, limit=limit, **place)
        return self._runs(rows)

    async def errors(self, agent: str, limit: int) -> list[StepError]:
        """Return the newest errors of an agent's steps."""
        rows = await self._all(queries.errors_of_steps, agent=agent, limit=limit)
        return [StepError(**row) for row in rows]

    async def conversation_about(self, agent: str, project: str) -> str:
        """Return the conversation that a project's, a run's or its own name stands for."""
        row = await self._one(queries.conversation_about, agent=agent, project=project)
        return row["thread"] if row else project

    def _runs(self, rows: list[dict[str, Any]]) -> list[Run]:
        return [Run(tenant=self._tenant, **row) for row in rows]


def _line(row: dict[str, Any]) -> AgentLine:
    busy = bool(row["open_runs"] or row["waiting"])
    return AgentLine(
        agent=name_of(row["subject"], row["generation"], row["retired_at"]),
        state=state_of(row["paused_at"], row["closed_at"], row["retired_at"], busy=busy),
        created_at=row["created_at"],
        last_message_at=row["last_message_at"],
        messages=row["messages"],
        waiting=row["waiting"],
        open_runs=row["open_runs"],
    )
