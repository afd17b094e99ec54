"""Looking into a recruiter's agent: its mailbox, what it works on, what it waits for, what went wrong."""

from datetime import datetime

from pydantic import BaseModel

from shared.kernel.cursors import read_cursor, write_cursor
from shared.kernel.errors import NotFound
from shared.mailbox import Mailboxes
from shared.storage import Database
from supervisor.agents.lifecycle import of_environment
from supervisor.agents.records import Agent, AgentCounts, AgentLine, AgentState, AgentStore, state_of
from supervisor.agents.working import Work, work_of
from supervisor.environment.composing import Standing, describe
from supervisor.environment.rules import Hours
from supervisor.environment.store import EnvironmentStore
from supervisor.mailboxes import agent_mailbox, run_mailbox
from supervisor.memory import Memory
from supervisor.store import RunStore

LAST_ERRORS = 5


class LastError(BaseModel):
    """Something that went wrong, and where: in a step, or with a message that was set aside."""

    where: str
    error: str
    at: datetime


class MailboxView(BaseModel):
    """``messages`` counts both sides'; ``handling``: one is in hand now. ``oldest_at``: when what waits began to."""

    name: str
    messages: int = 0
    waiting: int = 0
    handling: bool = False
    attempts: int = 0
    oldest_at: datetime | None = None
    next_at: datetime | None = None
    reason: str | None = None
    last_error: LastError | None = None


class AgentView(BaseModel):
    """All that there is to see of an agent; ``id`` stays its own when another one takes over its name.

    ``background`` are its other mailboxes with something in them, its runs' too; ``memory`` is what its recruiter
    wants for every role, ``rules`` how they want to be told what happens, ``untold`` how much waits to be told.
    """

    agent: str
    id: str
    state: AgentState
    created_at: datetime
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    retired_at: datetime | None = None
    mailbox: MailboxView
    background: list[MailboxView]
    work: list[Work]
    memory: list[str]
    rules: list[str]
    untold: int
    errors: list[LastError]


class AgentPage(BaseModel):
    """Agents in the order of their names; the first page also counts them all."""

    agents: list[AgentLine]
    counts: AgentCounts | None = None
    next_cursor: str | None = None


class Inspector:
    """Looks, and changes nothing.

    Args:
        zone: the time zone of recruiters who named none.
    """

    def __init__(self, database: Database, mailboxes: Mailboxes, memory: Memory, zone: str = "UTC") -> None:
        self._zone = zone
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
            work = [work_of(run, await runs.steps(run.id)) for run in await runs.open_runs(agent)]
            told = EnvironmentStore(tx, tenant)
            hours = Hours(await told.rules(agent), self._zone)
            standing = Standing(
                watches=await told.watches(agent),
                refreshes=[(one.title, one.at) for one in await told.refreshes(agent)],
            )
            rules = describe(hours, standing).splitlines()
            untold = sum(one.number for one in await told.untold(agent))
        mailbox = await self._mailbox(tenant, agent_mailbox(agent))
        others = [*of_environment(agent), *(run_mailbox(one.run) for one in work)]
        background = [await self._mailbox(tenant, name) for name in others]
        return AgentView(
            agent=found.name,
            id=found.id,
            state=_state(found, mailbox, work),
            created_at=found.created_at,
            paused_at=found.paused_at,
            paused_until=found.paused_until,
            retired_at=found.retired_at,
            mailbox=mailbox,
            background=[one for one in background if one.waiting or one.last_error],
            work=work,
            memory=await self._memory.wishes(tenant, agent),
            rules=rules,
            untold=untold,
            errors=await self._errors(tenant, agent, [LastError(**one.model_dump()) for one in failed]),
        )

    async def _mailbox(self, tenant: str, name: str) -> MailboxView:
        try:
            state = await self._mailboxes.state(tenant, name)
        except NotFound:  # nothing was ever sent there, or its first message was refused
            return MailboxView(name=name)
        waits = (
            await self._mailboxes.history(tenant, name, after=state.head - 1, limit=1)
            if state.pending
            else []
        )
        error = state.last_error
        return MailboxView(
            name=name,
            messages=state.tail,
            waiting=state.pending,
            handling=state.running,
            attempts=state.attempts,
            oldest_at=waits[0].sent_at if waits else None,
            next_at=state.ready_at if state.pending and not state.running else None,
            reason=state.mode_reason,
            last_error=LastError(where=f"message {error['seq']}", error=error["error"], at=error["at"])
            if error
            else None,
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
