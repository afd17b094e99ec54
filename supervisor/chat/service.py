"""What every way of chatting does: hand a message to the recruiter's agent, and follow what it shows."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel, Field

from shared.events import EventBus
from shared.kernel.errors import NotFound
from shared.kernel.principal import Principal
from shared.mailbox import Worker
from shared.storage import Database
from supervisor.agents.history import History, HistoryQuery
from supervisor.agents.journal import key_of
from supervisor.agents.lifecycle import Lifecycle
from supervisor.agents.working import WorkStep, steps_of
from supervisor.approvals import Approvals
from supervisor.chat.restoring import RestoredPage, events_of
from supervisor.conversation import AgentMessage
from supervisor.core.aims import Aim, aim_in
from supervisor.core.models import Plan, RunStatus
from supervisor.interrupts import interrupts_of
from supervisor.mailboxes import agent_mailbox, body_of
from supervisor.store import RunStore
from supervisor.talent import TalentSearches

SEARCH = "search"
"""The kind of a conversation in which no work was begun."""
CLOSING = {"RUN_FINISHED", "RUN_ERROR"}


class Delegation(Protocol):
    """Makes sign-ins that can be kept; ``shared.edge.tokens.TokenSource`` is the real one."""

    async def delegate(self, principal: Principal) -> Principal:
        """Return the principal with a token that only this service can use, for days."""
        ...


class Shown(NamedTuple):
    """An AG-UI event and its place in the log, which is its SSE id."""

    seq: int
    event: dict[str, Any]


class ThreadState(BaseModel):
    """Where a conversation stands, for whoever comes to it anew."""

    thread: str
    run: str | None = None
    turn: str | None = None
    goal: str | None = None
    kind: str | None = None
    status: RunStatus | None = None
    reason: str | None = None
    aim: Aim | None = None
    plan: Plan | None = None
    steps: list[WorkStep] = Field(default_factory=list[WorkStep])
    interrupts: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])


class Chat:
    """Talks with recruiters' agents: each person with the one they have now."""

    def __init__(
        self,
        database: Database,
        agents: Worker,
        events: EventBus,
        approvals: Approvals,
        tokens: Delegation,
        lifecycle: Lifecycle,
        history: History,
    ) -> None:
        self._lifecycle = lifecycle
        self._history = history
        self._approvals = approvals
        self._tokens = tokens
        self._database = database
        self._agents = agents
        self._events = events

    async def post(self, principal: Principal, message: AgentMessage) -> int:
        """Hand a message to the agent; return the place in the log to attach after.

        The same ``turn`` is the same message: sent again, it is neither handled nor shown twice. A paused
        agent keeps it and says so; one that is being retired refuses it with Conflict.
        """
        # The work may outlive the sign-in, and what is stored must be of no use to whoever reads it.
        delegated = await self._tokens.delegate(principal)
        async with self._database.transaction(principal.tenant) as tx:
            agent = await RunStore(tx, principal.tenant).remember_agent(delegated)
        before = await self._events.position()
        sent, _ = await self._agents.handle_now(
            principal.tenant,
            agent_mailbox(agent),
            body_of(message),
            key=key_of(message.thread, message.turn),
            correlation_id=message.thread,
        )
        if sent.paused:
            await self._lifecycle.acknowledge(principal.tenant, agent, message)
        return 0 if sent.duplicate else before

    async def turn(self, principal: Principal, message: AgentMessage, after: int) -> AsyncIterator[Shown]:
        """Yield the events of the turn that a message opened, to its end."""
        agent = await self._agent(principal)
        async with aclosing(self._events.attach(principal.tenant, agent, after)) as log:
            async for seq, wrapped in log:
                if wrapped["turn"] == message.turn and wrapped["thread"] == message.thread:
                    yield Shown(seq, wrapped["event"])
                    if wrapped["event"]["type"] in CLOSING:
                        return

    async def thread(
        self, principal: Principal, thread: str, after: int, *, follow: bool = True
    ) -> AsyncIterator[Shown]:
        """Yield what a conversation showed after ``after`` and, with ``follow``, what it shows from then on."""
        read = self._events.attach if follow else self._events.replay
        agent = await self._agent(principal)
        async with aclosing(read(principal.tenant, agent, after)) as log:
            async for seq, wrapped in log:
                if wrapped["thread"] == thread:
                    yield Shown(seq, wrapped["event"])

    async def restored(
        self, principal: Principal, thread: str, cursor: str | None = None, limit: int = 30
    ) -> RestoredPage:
        """Return a page of what a conversation showed, the newest first, from what is kept for good.

        Raises InvalidInput for a cursor from elsewhere.
        """
        position = None if cursor else await self._events.position()
        agent = await self._agent(principal)
        query = HistoryQuery.model_construct(project=thread)  # a client names its threads as it likes
        try:
            page = await self._history.page(principal.tenant, agent, query, cursor, limit)
        except NotFound:  # who never wrote has no agent yet
            return RestoredPage(events=[], position=position)
        events = [event for kept in page.messages for event in events_of(kept)]
        return RestoredPage(events=events, older=page.older, position=position)

    async def state(self, principal: Principal, thread: str) -> ThreadState:
        """Return where a conversation stands. Raises NotFound for one that never began a run or a search."""
        async with self._database.transaction(principal.tenant) as tx:
            store = RunStore(tx, principal.tenant)
            agent = await store.agent_of(principal.subject)
            run = await store.latest_run(agent, thread)
            if run is None:
                search = await TalentSearches(tx, principal.tenant).search(agent, thread)
                if search is None:
                    raise NotFound("there is no such conversation", field="thread")
                return ThreadState(thread=thread, goal=search.title, kind=SEARCH)
            waiting, steps = await store.waiting_steps(run), await store.steps(run.id)
            aim = aim_in(await store.facts(run.id))
        interrupts = await interrupts_of(waiting, self._approvals, run.id)
        return ThreadState(
            thread=thread,
            run=run.id,
            turn=run.turn,
            goal=run.goal.title,
            kind=run.goal.kind,
            status=run.status,
            reason=run.reason,
            aim=aim,
            plan=run.plan,
            steps=steps_of(run, steps),
            interrupts=[one.model_dump(mode="json", by_alias=True) for one in interrupts],
        )

    async def threads(self, principal: Principal) -> list[ThreadState]:
        """Return the conversations of the caller with their newest runs, newest first, then those that only search."""
        async with self._database.transaction(principal.tenant) as tx:
            store = RunStore(tx, principal.tenant)
            agent = await store.agent_of(principal.subject)
            runs = await store.runs(agent)
            searches = await TalentSearches(tx, principal.tenant).conversations(agent)
        begun = [
            ThreadState(
                thread=run.thread,
                run=run.id,
                turn=run.turn,
                goal=run.goal.title,
                kind=run.goal.kind,
                status=run.status,
                reason=run.reason,
            )
            for run in runs
        ]
        return [*begun, *(ThreadState(thread=thread, goal=title, kind=SEARCH) for thread, title in searches)]

    async def _agent(self, principal: Principal) -> str:
        async with self._database.transaction(principal.tenant) as tx:
            return await RunStore(tx, principal.tenant).agent_of(principal.subject)
