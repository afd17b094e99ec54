"""Advancing a run: the graph works until it waits for a person, ends, or can only be tried later."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from langgraph.store.base import BaseStore

from shared.agents.checkpoints import Checkpointer
from shared.agents.threads import Threads
from shared.kernel.errors import HiremeshError, NotFound
from shared.kernel.principal import acting_as
from shared.mailbox import Mailboxes
from shared.storage import Connection
from shared.telemetry import names, tracer
from supervisor.approvals import Approvals
from supervisor.core.models import RunStatus, StepStatus
from supervisor.executor import Executor
from supervisor.graph import RunState, build_graph
from supervisor.interrupts import interrupts_of
from supervisor.stage import Stage
from supervisor.store import Run, RunStore, Step


class Later(NamedTuple):
    """When to advance a run again, and for which units it waits."""

    at: datetime
    units: frozenset[str]


Heed = Callable[[Connection, str, Run], Awaitable[None]]
"""Hears, in the transaction that says so, that a run of a tenant ended, waits or goes on later."""


class Overtaken(Exception):
    """A person said something between the graph's last step and the moment to say where the run stands."""


class Runs:
    """Advances runs, each behind its own mailbox, so that one is never advanced twice at a time.

    Args:
        heeds: told whenever a run stands still; what they write and send commits with it.
    """

    def __init__(
        self,
        mailboxes: Mailboxes,
        executor: Executor,
        approvals: Approvals,
        checkpointer: Checkpointer,
        store: BaseStore,
        heeds: Sequence[Heed] = (),
    ) -> None:
        self._mailboxes = mailboxes
        self._database = mailboxes.database
        self._heeds = heeds
        self._executor = executor
        self._approvals = approvals
        self._threads = Threads(build_graph(executor, checkpointer, store), kept=None)

    async def advance(self, tenant: str, run: str) -> Later | None:
        """Work on a run until nothing can be done now; return when to advance it again, or None.

        May be called again after a crash at any moment: what was done is not done again.
        """
        while True:
            current, _ = await self._load(tenant, run)
            if current.ended:
                await self._conclude(current)  # a crash may have come before that
                return None
            if current.status == "paused":
                return None
            async with self._database.transaction(tenant) as connection:
                await RunStore(connection, tenant).set_running(run)
            attributes = {
                names.RUN_ID: run,
                names.GEN_AI_OPERATION: names.INVOKE_AGENT,
                names.GEN_AI_AGENT: "supervisor",
            }
            with tracer().start_as_current_span("invoke_agent supervisor", attributes=attributes):
                begin: RunState = {"tenant": tenant, "run": run}
                await self._threads.go_on(tenant, run, begin)
            # What a person said meanwhile began another turn: it must not be closed with what was found before.
            with suppress(Overtaken):
                return await self._settle(current.turn, *await self._load(tenant, run))

    async def _settle(self, turn: str, run: Run, steps: dict[str, Step]) -> Later | None:
        """Say where the run stands now that the graph has stopped, and close the turn where it is over."""
        if run.status in {"cancelled", "paused"} or run.plan is None or run.plan.held:
            return None  # whoever goes first has a held run advanced when it stands still
        if run.turn != turn:
            raise Overtaken
        if run.plan.complete:
            await self._conclude(await self._settled(run, "done"))
            return None
        open_steps = [steps[step.id] for step in run.plan.steps if step.id and step.id in steps]
        retries = [
            (step.retry_at, step.unit)
            for step in open_steps
            if step.status is StepStatus.RETRYING and step.retry_at
        ]
        if retries:
            hours = next((step.summary for step in open_steps if step.retry_at and not step.error), None)
            await self._settled(run, "retrying", hours)
            return Later(min(at for at, _ in retries), frozenset(unit for _, unit in retries))
        waiting = [step for step in open_steps if step.asks]
        if waiting and run.plan.impossible is None:
            await self._settled(run, "waiting", "a person has to answer")
            await self._interrupt(run, waiting, self._executor.stage(run))
            return None
        reason = run.plan.impossible or "nothing is left that could be done"
        await self._conclude(await self._settled(run, "failed", reason))
        return None

    async def _conclude(self, run: Run) -> None:
        """Close the turn of a run that came to an end by itself."""
        stage = self._executor.stage(run)
        if run.status == "done":
            await stage.say(f"{run.goal.title}: done.", key=f"{run.id}:done")
            await stage.finished({"run": run.id})
        elif run.status == "failed":
            reason = (run.reason or "").rstrip(".")
            await stage.failed(NotFound(f"I cannot reach the goal: {reason}."))

    async def _interrupt(self, run: Run, waiting: list[Step], stage: Stage) -> None:
        async with self._database.transaction(run.tenant) as connection:
            principal = await RunStore(connection, run.tenant).delegation(run.agent)
        with acting_as(principal):
            await stage.interrupted(await interrupts_of(waiting, self._approvals, run.id))

    async def give_up(self, tenant: str, run: str, error: HiremeshError) -> None:
        """End a run whose mailbox gave up on it."""
        async with self._mailboxes.transaction(tenant) as tx:
            await RunStore(tx, tenant).set_status(run, "failed", str(error))
            ended = await self._heed(tx, tenant, run)
        await self._executor.stage(ended).failed(error)

    async def _load(self, tenant: str, run: str) -> tuple[Run, dict[str, Step]]:
        async with self._database.transaction(tenant) as connection:
            store = RunStore(connection, tenant)
            return await store.run(run), {step.id: step for step in await store.steps(run)}

    async def _settled(self, run: Run, status: RunStatus, reason: str | None = None) -> Run:
        """Say where a run stands, unless a person said something since it was looked at; return it so."""
        async with self._mailboxes.transaction(run.tenant) as tx:
            if not await RunStore(tx, run.tenant).settle(run.id, run.turn, status, reason):
                raise Overtaken
            return await self._heed(tx, run.tenant, run.id)

    async def _heed(self, tx: Connection, tenant: str, run: str) -> Run:
        current = await RunStore(tx, tenant).run(run)
        for heed in self._heeds:
            await heed(tx, tenant, current)
        return current
