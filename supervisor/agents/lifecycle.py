"""The life of a recruiter's agent.

It is made by its first message and works whenever there is one: nothing of it is kept in memory between
two messages, so an idle agent costs its rows and nothing else. Somebody may pause it (messages are kept and
acknowledged, nothing runs), resume it, and end it in three steps: closed, it takes no more messages; then it is
exported; then it is retired, and who writes again gets another agent.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Protocol

from ag_ui.core import RunAgentInput

from shared.kernel.errors import Conflict, InvalidInput, NotFound
from shared.kernel.ids import new_id
from shared.mailbox import Mailboxes
from shared.storage import Database
from supervisor.agents.journal import LATER, ended_by_pause
from supervisor.agents.orders import Orders
from supervisor.agents.records import AgentStore
from supervisor.conversation import AgentMessage, input_of
from supervisor.environment.digests import DIGEST
from supervisor.environment.following import ENVIRONMENT
from supervisor.environment.refreshing import MAILBOX as REFRESH
from supervisor.environment.rules import Hours
from supervisor.environment.store import EnvironmentStore
from supervisor.mailboxes import agent_mailbox, message_in, run_mailbox
from supervisor.memory import Memory
from supervisor.stage import Stage, UiLog, paused
from supervisor.store import Run, RunStore

AT_ONCE = 100


class Checkpoints(Protocol):
    """Where runs keep their place; LangGraph's saver is the real one."""

    async def forget(self, tenant: str, run: str, /) -> None:
        """Delete what is kept of a run."""
        ...


class Lifecycle:
    """Pauses, resumes and retires agents. Each may be called again after a crash in the middle of it.

    Args:
        zone: the time zone of recruiters who named none.
    """

    def __init__(
        self,
        database: Database,
        mailboxes: Mailboxes,
        log: UiLog,
        memory: Memory,
        checkpoints: Checkpoints,
        zone: str = "UTC",
    ) -> None:
        self._zone = zone
        self._orders = Orders(mailboxes)
        self._database = database
        self._mailboxes = mailboxes
        self._log = log
        self._memory = memory
        self._checkpoints = checkpoints

    async def pause(
        self,
        tenant: str,
        agent: str,
        reason: str,
        until: datetime | None = None,
        *,
        listening: bool = False,
    ) -> None:
        """Let nothing of an agent run until it is resumed, by somebody or at ``until``.

        One that is ``listening`` still answers what its recruiter writes.

        Turns in hand are undone and kept. Of several pauses the last one's ``until`` counts. Raises NotFound,
        InvalidInput for a time that is over, and Conflict when the agent is retired. Within a turn of the
        agent's own give an order instead: ``Orders.pause``.
        """
        if until and until <= await self._mailboxes.now():
            raise InvalidInput("the time until which to pause is over.", field="until")
        async with self._alone(tenant, agent):
            await self._pause(tenant, agent, reason, until, listening)

    async def _pause(
        self, tenant: str, agent: str, reason: str, until: datetime | None, listening: bool
    ) -> None:
        async with self._mailboxes.transaction(tenant) as tx:
            store = AgentStore(tx, tenant)
            before = await store.agent(agent)
            if before.closed_at or before.retired_at:
                raise Conflict("the agent is retired.")
            await store.paused(agent, until)
            if until:
                await self._orders.resume_at(tx, tenant, agent, until)
        # First what starts runs, then the runs: none begins in between.
        for mailbox in of_environment(agent) if listening else _own(agent):
            await self._mailboxes.pause(tenant, mailbox, reason=reason, stop=True)
        runs = await self._open_runs(tenant, agent)
        for run in runs:
            await self._mailboxes.pause(tenant, run_mailbox(run.id), reason=reason, stop=True)
        if before.paused_at is None:
            await self._tell_of_pause(tenant, agent, reason, runs)
            if not listening:
                await self._tell_who_waits(tenant, agent)

    async def resume(self, tenant: str, agent: str) -> None:
        """Go on where the agent was paused: runs first, then the messages kept, in their order.

        Raises NotFound, and Conflict when it is not paused.
        """
        async with self._alone(tenant, agent):
            await self._resume(tenant, agent)

    async def _resume(self, tenant: str, agent: str) -> None:
        async with self._database.transaction(tenant) as tx:
            found = await AgentStore(tx, tenant).agent(agent)
        if found.closed_at or found.retired_at:
            raise Conflict("the agent is retired.")
        if found.paused_at is None:
            raise Conflict("the agent is not paused.")
        for run in await self._open_runs(tenant, agent):
            await self._tell_of_resuming(run)
            await self._mailboxes.resume(tenant, run_mailbox(run.id))
        for mailbox in _own(agent):
            await self._mailboxes.resume(tenant, mailbox)
        async with self._database.transaction(tenant) as tx:
            await AgentStore(tx, tenant).resumed(agent)

    async def resume_as_planned(self, tenant: str, agent: str, until: datetime) -> None:
        """Go on with an agent that is paused until just then; one whose pause was changed stays as it is."""
        async with self._alone(tenant, agent):
            async with self._database.transaction(tenant) as tx:
                found = await AgentStore(tx, tenant).agent(agent)
            if found.paused_until == until:
                await self._resume(tenant, agent)

    async def close(self, tenant: str, agent: str, reason: str) -> None:
        """Begin an agent's end: it takes no more messages, its work is stopped, and what it was stays as it is.

        What waits is never answered, which its senders are told. Raises NotFound.
        """
        async with self._alone(tenant, agent):
            async with self._database.transaction(tenant) as tx:
                store = AgentStore(tx, tenant)
                if (await store.agent(agent)).retired_at:
                    return
                await store.closed(agent)
            for mailbox in of_environment(agent):
                await self._mailboxes.retire(tenant, mailbox, reason=reason)
            if not await self._is_retired(tenant, agent):  # its mailbox is closed last: with it this is done
                await self._mailboxes.pause(tenant, agent_mailbox(agent), reason=reason, stop=True)
                await self._end_work(tenant, agent, reason)
                await self._mailboxes.retire(tenant, agent_mailbox(agent), reason=reason)

    async def _end_work(self, tenant: str, agent: str, reason: str) -> None:
        words = f"I am retired ({reason}) and will not go on."
        for run in await self._open_runs(tenant, agent):
            await self._mailboxes.retire(tenant, run_mailbox(run.id), reason=reason)
            stage = self._stage(run)
            await stage.say(words, key=f"{run.turn}:retired")
            await stage.finished({"status": "cancelled"})
            async with self._database.transaction(tenant) as tx:
                await RunStore(tx, tenant).set_status(run.id, "cancelled", reason)
        for message in await self._waiting(tenant, agent):
            await self.acknowledge(tenant, agent, message)

    async def retire(self, tenant: str, agent: str) -> int:
        """End a closed agent for good; return how many messages it was sent and will not answer.

        What only served its work is deleted: its wishes, the rules by which it was told things, the places of
        its runs, the sign-in it acted under. Messages, runs and decisions stay on record. Raises NotFound, and
        Conflict unless it was closed and has been exported since.
        """
        async with self._alone(tenant, agent):
            async with self._database.transaction(tenant) as tx:
                found = await AgentStore(tx, tenant).agent(agent)
                unanswered = await AgentStore(tx, tenant).unanswered(agent)
            if found.closed_at is None and found.retired_at is None:
                raise Conflict("the agent still takes messages.", fix="Close it and export it first.")
            if found.exported_at is None:
                raise Conflict("the agent was not exported since it was closed.", fix="Export it first.")
            await self._forget(tenant, agent)
            async with self._database.transaction(tenant) as tx:
                await EnvironmentStore(tx, tenant).forget(agent)
                await AgentStore(tx, tenant).retired(agent)
            return unanswered

    async def acknowledge(self, tenant: str, agent: str, message: AgentMessage) -> None:
        """Tell who wrote to a paused or closed agent what becomes of the message, and end their turn."""
        try:
            reason = (await self._mailboxes.state(tenant, agent_mailbox(agent))).mode_reason
        except NotFound:
            reason = None
        why = f" ({reason})" if reason else ""
        async with self._database.transaction(tenant) as tx:
            closed = (await AgentStore(tx, tenant).agent(agent)).closed_at
        if closed:
            text = f"I am retired{why}. Your message stays on record and will not be answered."
        else:
            until = await self._until(tenant, agent)
            then = "then" if until else "once I am resumed"
            text = f"I am paused{why}{until}. I have kept your message and will answer it {then}."
        stage = Stage(self._log, tenant=tenant, agent=agent, thread=message.thread, turn=message.turn)
        await stage.started(input_of(message))
        await stage.say(text, key=f"{stage.turn}:retired" if closed else paused(stage.turn))
        await stage.finished({"status": "retired" if closed else "paused"})

    async def _until(self, tenant: str, agent: str) -> str:
        """Return until when an agent is paused, in words of its recruiter's clock; nothing where that is open."""
        async with self._database.transaction(tenant) as tx:
            until = (await AgentStore(tx, tenant).agent(agent)).paused_until
            if until is None:
                return ""
            rules = await EnvironmentStore(tx, tenant).rules(agent)
        place = Hours(rules, self._zone).place
        return f" until {until.astimezone(place):%A, %d %B %Y, %H:%M} ({place.key})"

    @asynccontextmanager
    async def _alone(self, tenant: str, agent: str) -> AsyncGenerator[None]:
        """Let no other change of an agent's life begin before this one is over."""
        async with self._database.transaction(tenant) as tx:
            await AgentStore(tx, tenant).alone(agent)
            yield

    async def _tell_of_pause(self, tenant: str, agent: str, reason: str, runs: list[Run]) -> None:
        """End the turns of runs that people follow."""
        until = await self._until(tenant, agent)
        for run in runs:
            if run.status in {"running", "retrying"}:
                stage = self._stage(run)
                then = "then" if until else "once I am resumed"
                words = f"I am paused ({reason}){until}. I will go on here {then}."
                await stage.say(words, key=paused(run.turn))
                await stage.finished({"status": "paused"})

    async def _tell_who_waits(self, tenant: str, agent: str) -> None:
        """End the turns of messages that were about to be read."""
        for message in await self._waiting(tenant, agent):
            await self.acknowledge(tenant, agent, message)

    async def _tell_of_resuming(self, run: Run) -> None:
        """Let a run report to a turn of its own, where the one it had was ended by the pause."""
        turn = f"{run.turn.partition(LATER)[0]}{LATER}{new_id('resumed')}"
        async with self._database.transaction(run.tenant) as tx:
            if not await ended_by_pause(tx, run.tenant, run.agent, run.thread, run.turn):
                return
            await RunStore(tx, run.tenant).set_turn(run.id, turn)
        stage = self._stage(run.model_copy(update={"turn": turn}))
        await stage.started(RunAgentInput(thread_id=run.thread, run_id=turn, messages=[]))
        await stage.say(f"I go on with “{run.goal.title}”.", key=f"{turn}:resumed")

    async def _forget(self, tenant: str, agent: str) -> None:
        await self._memory.forget_all(tenant, agent)
        last: Run | None = None
        while True:
            async with self._database.transaction(tenant) as tx:
                runs = await AgentStore(tx, tenant).runs_after(agent, last, AT_ONCE)
            for last in runs:
                await self._checkpoints.forget(tenant, last.id)
            if not runs:
                return

    async def _waiting(self, tenant: str, agent: str) -> list[AgentMessage]:
        """Return the newest messages that an agent has not come to."""
        newest = await self._mailboxes.history(tenant, agent_mailbox(agent), limit=AT_ONCE)
        return [message_in(entry.body) for entry in newest if entry.status == "waiting"]

    async def _is_retired(self, tenant: str, agent: str) -> bool:
        try:
            return (await self._mailboxes.state(tenant, agent_mailbox(agent))).mode == "retired"
        except NotFound:
            return False

    async def _open_runs(self, tenant: str, agent: str) -> list[Run]:
        async with self._database.transaction(tenant) as tx:
            return await RunStore(tx, tenant).open_runs(agent)

    def _stage(self, run: Run) -> Stage:
        return Stage(self._log, tenant=run.tenant, agent=run.agent, thread=run.thread, turn=run.turn)


def of_environment(agent: str) -> list[str]:
    """Return the mailboxes of what happens around an agent."""
    return [f"{ENVIRONMENT}:{agent}", f"{DIGEST}:{agent}", f"{REFRESH}:{agent}"]


def _own(agent: str) -> list[str]:
    """Return the mailboxes of an agent itself: of what is said to it, and of what happens around it."""
    return [agent_mailbox(agent), *of_environment(agent)]
