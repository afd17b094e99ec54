"""What an agent does about an event: act, tell at once, keep it for a digest, or stay silent."""

from datetime import timedelta

from shared.kernel.clock import Clock
from shared.kernel.ids import new_id
from shared.mailbox import InTransaction, Mailboxes, Message, Slots, Worker
from shared.storage import Connection
from shared.wire.facts import CandidatesFound
from supervisor.core.models import Fact, Goal, digest
from supervisor.environment.composing import News, sentence
from supervisor.environment.digests import ATTEMPTS, SWEEP_SECONDS, Digests, Telling
from supervisor.environment.following import ENVIRONMENT
from supervisor.environment.gathered import WORD, Gathering
from supervisor.environment.happened import OWN, Happened
from supervisor.environment.naming import Names
from supervisor.environment.rules import Hours
from supervisor.environment.store import APPLICANTS, EnvironmentStore, Role
from supervisor.mailboxes import LEASE_SECONDS, RunOutbox
from supervisor.store import RunStore

APPROVED, FOUND, PROJECT = "requirements.approved", "candidates.found", "project.ref"
GATHER = timedelta(seconds=20)
"""How long a run for applicants waits for more of them."""
MOST_TOGETHER = 100
MOST_AT_ONCE = 10
AT_ONCE_WITHIN = timedelta(minutes=10)
"""More than so many events within so long are told together, not one by one."""


class Minding:
    """Decides on events, by the rules of the recruiter they concern.

    Args:
        zone: the time zone of recruiters who named none.
    """

    def __init__(
        self, digests: Digests, telling: Telling, outbox: RunOutbox, names: Names, clock: Clock, zone: str
    ) -> None:
        self._names = names
        self._digests = digests
        self._telling = telling
        self._outbox = outbox
        self._clock = clock
        self._zone = zone

    async def handle(self, tx: Connection, tenant: str, agent: str, happened: Happened) -> None:
        """Take in one event; all that follows from it commits with the end of its message."""
        store = EnvironmentStore(tx, tenant)
        if happened.via == OWN and happened.by == await store.subject(agent):
            return
        for role in await store.roles(happened, agent):
            theirs = _of_role(happened, role)
            await self._act(tx, tenant, theirs, role)
            await self.tell(tx, tenant, theirs, role)

    async def tell(self, tx: Connection, tenant: str, happened: Happened, role: Role) -> None:
        """Tell a recruiter what happened to a role, at once or later, or keep it to itself, by their rules."""
        store, now = EnvironmentStore(tx, tenant), self._clock.now()
        attention = await store.attention(role.agent)
        hours = Hours(attention.rules, self._zone)
        due = hours.due(happened.topic, now)
        if due == now and await store.told_since(role.agent, now - AT_ONCE_WITHIN) >= MOST_AT_ONCE:
            due = hours.undisturbed(now + AT_ONCE_WITHIN)
        thread = role.thread or await store.newest_thread(role.agent) or attention.thread
        at_once = due == now and thread is not None
        await store.add(happened, role, now if at_once or due is None else None, at_once=at_once)
        if at_once and thread:
            name = f"{happened.event}:{digest(role.role)}"
            words = await self._words(tx, tenant, happened, role)
            await self._telling.say(tenant, role.agent, thread, name, words, since=happened.at)
        elif due is not None:
            await self._digests.schedule(tx, tenant, role.agent, attention, due, cause=happened.event)

    async def _words(self, tx: Connection, tenant: str, happened: Happened, role: Role) -> str:
        store, [candidate, *others] = EnvironmentStore(tx, tenant), happened.candidates or [None]
        alone = candidate is not None and role.run is not None and not others
        place = await store.place_on_list(role.run, candidate) if alone and role.run and candidate else None
        about = happened.model_dump(include={"topic", "detail", "by", "candidates"})
        news = News(role=role.role, title=role.title, number=happened.number, place=place, **about)
        names = await self._names.of(tx, tenant, role.agent, role.role) if happened.candidates else {}
        return f"{role.title}: {sentence(news, await store.subject(role.agent), names)}"

    async def _act(self, tx: Connection, tenant: str, happened: Happened, role: Role) -> None:
        """Have a run go on with what was decided, or applicants evaluated."""
        if happened.approval and role.run:
            await self._go_on(tx, tenant, role, happened.approval, happened.event)
        if happened.topic == "applicants" and role.run:
            rules = (await EnvironmentStore(tx, tenant).attention(role.agent)).rules
            if rules.evaluates:
                await self._evaluate(tx, tenant, role, happened)

    async def _go_on(self, tx: Connection, tenant: str, role: Role, approval: str, event: str) -> None:
        waiting = await EnvironmentStore(tx, tenant).waiting_run(role.agent, approval)
        if waiting is None:
            return
        turn = f"{event}:on"
        await self._telling.open(tenant, role.agent, waiting["thread"], turn)
        await RunStore(tx, tenant).set_turn(waiting["id"], turn)
        await self._outbox.advance(tx, tenant, waiting["id"], key=event, at=None)

    async def _evaluate(self, tx: Connection, tenant: str, role: Role, happened: Happened) -> None:
        """Have applicants judged by the approved requirements, those who come close to one another together.

        They get a run of their own, in a conversation of its own: it never stands between a person and a
        role's own run, which may wait for an answer.
        """
        runs, thread = RunStore(tx, tenant), f"applicants-{role.role}"
        known = await runs.facts(role.run or "")
        if APPROVED not in known:
            return
        if run := await EnvironmentStore(tx, tenant).gathering_run(role.agent, thread):
            found = CandidatesFound.model_validate((await runs.facts(run))[FOUND].value)
            everybody = list(dict.fromkeys([*found.candidate_ids, *happened.candidates]))
            if len(everybody) <= MOST_TOGETHER:
                more = found.model_copy(update={"candidate_ids": everybody})
                await runs.put_fact(run, Fact.of(FOUND, more.model_dump(mode="json")))
                return
        await self._begin(tx, tenant, role, thread, happened, known[APPROVED])

    async def _begin(
        self, tx: Connection, tenant: str, role: Role, thread: str, happened: Happened, approved: Fact
    ) -> None:
        run, turn = new_id("run"), f"{happened.event}:applied"
        found = CandidatesFound(
            search_id=happened.event, project_id=role.role, candidate_ids=happened.candidates
        )
        given = {APPROVED: approved.value, PROJECT: approved.value, FOUND: found.model_dump(mode="json")}
        title = f"Applicants: {role.title}"
        goal = Goal(kind=APPLICANTS, title=title, wants=["shortlist.current"], given=given)
        await RunStore(tx, tenant).create_run(run, role.agent, thread, turn, goal)
        stage = await self._telling.open(tenant, role.agent, thread, turn)
        await stage.say(
            "Somebody applied. I evaluate them by the approved requirements.", key=f"{turn}:begin"
        )
        await self._outbox.advance(tx, tenant, run, key=f"begin:{run}", at=self._clock.now() + GATHER)


def _of_role(happened: Happened, role: Role) -> Happened:
    """Return what happened as far as it concerns a role: of a large import perhaps two who are on its list."""
    if not role.listed:
        return happened
    listed = set(role.listed)
    return happened.model_copy(update={"candidates": [one for one in happened.candidates if one in listed]})


def environment_worker(mailboxes: Mailboxes, minding: Minding) -> Worker:
    """Return the worker of agents' environments: short turns, each in one transaction."""
    gathering = Gathering(mailboxes)

    async def handle(message: Message, tx: Connection) -> None:
        agent, data = message.mailbox.removeprefix(f"{ENVIRONMENT}:"), message.body["parts"][0]["data"]
        if data == WORD:
            await gathering.bring_back(tx, message.tenant, agent, message.mailbox)
        else:
            await minding.handle(tx, message.tenant, agent, Happened.model_validate(data))

    slots = Slots(interactive=0, normal=4, background=0)
    return Worker(
        mailboxes,
        ENVIRONMENT,
        InTransaction(handle),
        slots=slots,
        lease=LEASE_SECONDS,
        sweep=SWEEP_SECONDS,
        max_attempts=ATTEMPTS,
    )
