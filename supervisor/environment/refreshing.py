"""Judging anew what changed of a recruiter's roles, every night: a standing wish, a message that waits for its hour.

At its hour each role is begun as runs of its own, of as many people as a plan carries. The evaluator keeps every
verdict that rests on nothing that changed; who comes out otherwise than before is told as news of the role.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from shared.edge.units import UnitCalls
from shared.kernel.clock import Clock
from shared.kernel.errors import HiremeshError
from shared.kernel.principal import acting_as
from shared.mailbox import Finish, Lane, Mailboxes, Message, Slots, WithLease, Worker
from shared.mailbox.model import Body
from shared.storage import Connection
from shared.wire.facts import (
    FACT_PEOPLE,
    CandidatesEvaluated,
    CandidatesFound,
    EvaluatedCandidate,
    ProjectRef,
)
from supervisor.core.models import Goal, digest
from supervisor.environment.composing import REFRESHED as OF
from supervisor.environment.digests import ATTEMPTS, SWEEP_SECONDS, Telling
from supervisor.environment.happened import REFRESHED, Happened
from supervisor.environment.minding import APPROVED, FOUND, PROJECT, Minding
from supervisor.environment.rules import Hours
from supervisor.environment.store import REFRESH, Attention, EnvironmentStore, Role
from supervisor.mailboxes import RunOutbox
from supervisor.store import Run, RunStore

log = logging.getLogger(__name__)

MAILBOX = "supervisor.refresh"
THREAD = "refresh-"
"""Begins the conversations in which refreshes run, one a project."""
BEFORE, TOTAL = "refresh.before", "refresh.total"
PAGE = 100


class _Entry(BaseModel):
    candidate_id: str
    recommendation: str
    meets: int
    partial: int
    not_met: int
    no_evidence: int


class _Listed(BaseModel):
    revision: int
    entries: list[_Entry]
    next_cursor: str | None = None


class Refreshing:
    """Schedules, begins and concludes refreshes.

    Args:
        units: where a role's list is read, as the recruiter.
        zone: the time zone of recruiters who named none.
    """

    def __init__(
        self,
        mailboxes: Mailboxes,
        units: UnitCalls,
        outbox: RunOutbox,
        minding: Minding,
        telling: Telling,
        clock: Clock,
        zone: str,
    ) -> None:
        self._mailboxes = mailboxes
        self._units = units
        self._outbox = outbox
        self._minding = minding
        self._telling = telling
        self._clock = clock
        self._zone = zone

    async def reschedule(self, tx: Connection, tenant: str, agent: str) -> None:
        """Have the next refresh begin when the wishes say, as they are now."""
        store = EnvironmentStore(tx, tenant)
        attention, mailbox = await store.attention(agent), f"{MAILBOX}:{agent}"
        hours, now = Hours(attention.rules, self._zone), self._clock.now()
        due = min((hours.next_at(one.at, now) for one in await store.refreshes(agent)), default=None)
        if due == attention.refresh_at:
            return
        if attention.refresh_at:
            # It stands before whatever is sent now. Should this turn fail after that, it runs again.
            await self._mailboxes.cancel(tenant, mailbox, key=_key(attention.refreshes))
            await store.refresh_over(agent)
        if due:
            number = await store.refresh_sent(agent, due)
            body: Body = {
                "messageId": _key(number),
                "role": "ROLE_USER",
                "parts": [{"data": {"refresh": number}}],
            }
            await self._mailboxes.send(
                tenant, mailbox, body, key=_key(number), lane=Lane.BACKGROUND, not_before=due, tx=tx
            )

    async def handle(self, message: Message) -> Finish | None:
        """Read whom it is about; what is returned begins the runs and waits for the next night, all or nothing."""
        tenant, agent = message.tenant, message.mailbox.removeprefix(f"{MAILBOX}:")
        number = message.body["parts"][0]["data"]["refresh"]
        async with self._mailboxes.transaction(tenant) as tx:
            store = EnvironmentStore(tx, tenant)
            attention = await store.attention(agent)
            if number != attention.refreshes or attention.refresh_at is None:
                return None  # it was moved or taken back
            roles = await self._due(store, agent, attention, attention.refresh_at)
            principal = await RunStore(tx, tenant).delegation(agent)
        lists: dict[str, _Listed] = {}
        failed: dict[str, HiremeshError] = {}
        with acting_as(principal):
            for role in roles:
                try:
                    lists[role.role] = await self._list(role.role)
                except HiremeshError as error:
                    if error.retryable and message.attempt < ATTEMPTS:
                        raise
                    failed[role.role] = error

        async def begin(tx: Connection) -> None:
            for role in roles:
                if role.role in lists:
                    await self._begin(tx, tenant, role, number, lists[role.role])
                else:
                    await self._say_failed(tx, tenant, role, f"{number}", str(failed[role.role]))
            await EnvironmentStore(tx, tenant).refresh_over(agent)
            await self.reschedule(tx, tenant, agent)

        return begin

    async def concluded(self, tx: Connection, tenant: str, run: Run) -> None:
        """Tell what a refresh that has ended came to, by the recruiter's rules."""
        if run.goal.kind != REFRESH or not run.ended:
            return
        facts = await RunStore(tx, tenant).facts(run.id)
        project = ProjectRef.model_validate(facts[PROJECT].value).project_id
        known = await EnvironmentStore(tx, tenant).roles_to_refresh(run.agent, [project], "")
        role = next(iter(known), Role(agent=run.agent, role=project, title=run.goal.title.partition(": ")[2]))
        if run.status == "failed":
            await self._say_failed(tx, tenant, role, run.id, run.reason or "")
        if run.status != "done":
            return
        evaluated = CandidatesEvaluated.model_validate(facts["candidates.evaluated"].value)
        before: dict[str, list[Any]] = facts[BEFORE].value
        changed = [
            one.candidate_id
            for one in evaluated.results
            if one.candidate_id in before and before[one.candidate_id] != _outcome(one)
        ]
        if changed or (await EnvironmentStore(tx, tenant).attention(run.agent)).unchanged:
            outcome = Happened(
                event=f"{REFRESHED}{run.id}",
                topic="profiles",
                detail=f"{OF}{facts[TOTAL].value}",
                project=project,
                candidates=changed,
                at=self._clock.now(),
            )
            await self._minding.tell(tx, tenant, outcome, role)

    async def _due(
        self, store: EnvironmentStore, agent: str, attention: Attention, due: datetime
    ) -> list[Role]:
        """Return the roles whose hour it is."""
        hours, just_before = Hours(attention.rules, self._zone), due - timedelta(seconds=1)
        subjects = [
            one.subject for one in await store.refreshes(agent) if hours.next_at(one.at, just_before) == due
        ]
        return await store.roles_to_refresh(agent, None if "*" in subjects else subjects, THREAD)

    async def _list(self, project: str) -> _Listed:
        """Return everybody on a project's list, of the approved requirements, as they came out before."""
        entries: list[_Entry] = []
        cursor: str | None = None
        while True:
            asked = {"project_id": project, "limit": PAGE} | ({"cursor": cursor} if cursor else {})
            page = await self._units.call_tool("projects", "get_shortlist", asked, _Listed)
            entries += page.entries
            cursor = page.next_cursor
            if cursor is None:
                return _Listed(revision=page.revision, entries=entries)

    async def _begin(self, tx: Connection, tenant: str, role: Role, number: int, listed: _Listed) -> None:
        for start in range(0, len(listed.entries), FACT_PEOPLE):
            people = listed.entries[start : start + FACT_PEOPLE]
            run = f"run_{digest([role.agent, number, role.role, start])}"
            await self._begin_part(tx, tenant, role, run, listed, people)

    async def _begin_part(
        self, tx: Connection, tenant: str, role: Role, run: str, listed: _Listed, people: Sequence[_Entry]
    ) -> None:
        ref = ProjectRef(project_id=role.role, revision=listed.revision).model_dump()
        found = CandidatesFound(
            search_id=run, project_id=role.role, candidate_ids=[one.candidate_id for one in people]
        )
        before = {one.candidate_id: _outcome(one) for one in people}
        given = {APPROVED: ref, PROJECT: ref, FOUND: found.model_dump(mode="json"), BEFORE: before}
        goal = Goal(
            kind=REFRESH,
            title=f"Refresh: {role.title}",
            wants=["shortlist.current"],
            given={**given, TOTAL: len(listed.entries)},
        )
        thread, turn = f"{THREAD}{role.role}", f"{run}:refresh"
        await RunStore(tx, tenant).create_run(run, role.agent, thread, turn, goal)
        stage = await self._telling.open(tenant, role.agent, thread, turn)
        await stage.say(f"I judge anew what changed of “{role.title}”.", key=f"{turn}:begin")
        await self._outbox.advance(tx, tenant, run, key=f"begin:{run}", at=self._clock.now())

    async def _say_failed(self, tx: Connection, tenant: str, role: Role, name: str, why: str) -> None:
        log.warning("a role could not be judged anew")
        store = EnvironmentStore(tx, tenant)
        thread = (
            role.thread or await store.newest_thread(role.agent) or (await store.attention(role.agent)).thread
        )
        if thread:
            text = f"{role.title}: I could not judge its candidates anew: {why.rstrip('.')}. I try again next time."
            await self._telling.say(tenant, role.agent, thread, f"refresh:{name}:{role.role}", text)


def refresh_worker(mailboxes: Mailboxes, refreshing: Refreshing) -> Worker:
    """Return the worker that begins refreshes at their hour."""
    slots = Slots(interactive=0, normal=0, background=2)
    return Worker(
        mailboxes,
        MAILBOX,
        WithLease(refreshing.handle),
        slots=slots,
        sweep=SWEEP_SECONDS,
        max_attempts=ATTEMPTS,
    )


def _outcome(one: _Entry | EvaluatedCandidate) -> list[Any]:
    return [one.recommendation, one.meets, one.partial, one.not_met, one.no_evidence]


def _key(number: int) -> str:
    return f"refresh:{number}"
