"""Digests: scheduled messages in a mailbox of their own, composed of what was not told yet when they are due.

What is to be told is in rows, so a digest that comes late, twice or too early loses and repeats nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ag_ui.core import RunAgentInput
from pydantic import BaseModel

from shared.kernel.clock import Clock
from shared.mailbox import Lane, Mailboxes, Received, Slots, Worker, packed, typed_in_transaction
from shared.storage import Connection
from supervisor.core.models import digest as fingerprint
from supervisor.environment.composing import digest
from supervisor.environment.naming import Names
from supervisor.environment.rules import Hours, Topic
from supervisor.environment.store import Attention, EnvironmentStore
from supervisor.stage import Parts, Stage, UiLog

DIGEST = "supervisor.digest"
ATTEMPTS = 50
SWEEP_SECONDS = 5.0
"""How late a digest may be. What happens now is heard of at once: a sent message wakes its worker."""
CLOCKS_DIFFER = timedelta(minutes=1)


class Due(BaseModel):
    """A digest is to be told, the agent's so many-th."""

    digest: int


class Resumed:
    """The live log for a turn that may have been begun before: what the log has of it is not shown again."""

    def __init__(self, log: UiLog, has: frozenset[str]) -> None:
        self._log = log
        self._has = has

    async def publish_ui(
        self,
        tenant: str,
        agent: str,
        event: dict[str, Any],
        *,
        message_id: str | None = None,
        parts: Parts = (),
    ) -> int:
        """Append one event unless it is there; it is kept before it is shown, so it is kept then as well."""
        if message_id in self._has:
            return 0
        return await self._log.publish_ui(tenant, agent, event, message_id=message_id, parts=parts)

    async def shown(self, tenant: str, agent: str, since: datetime | None) -> frozenset[str]:
        """Return the names of the events that the log holds."""
        return await self._log.shown(tenant, agent, since)


class Telling:
    """Says things in conversations that nobody opened with a question: each is a turn of its own."""

    def __init__(self, log: UiLog) -> None:
        self._log = log

    async def say(
        self,
        tenant: str,
        agent: str,
        thread: str,
        name: str,
        text: str,
        data: Mapping[str, Any] | None = None,
        *,
        since: datetime | None = None,
    ) -> None:
        """Say ``text`` in a turn called ``name``, shown and kept once however often it is said, with its ``data``.

        It cannot have been said before ``since``. What of it was shown is asked of the log: NATS knows an event
        again for minutes only, and a turn may be repeated after any time.
        """
        has = await self._log.shown(tenant, agent, since - CLOCKS_DIFFER if since else None)
        stage = Stage(Resumed(self._log, has), tenant=tenant, agent=agent, thread=thread, turn=name)
        await stage.started(RunAgentInput(thread_id=thread, run_id=name, messages=[]))
        await stage.say(text, key=f"{name}:told", data=data)
        await stage.finished()

    async def open(self, tenant: str, agent: str, thread: str, name: str) -> Stage:
        """Open such a turn and leave it open, for a run to go on in."""
        stage = Stage(self._log, tenant=tenant, agent=agent, thread=thread, turn=name)
        await stage.started(RunAgentInput(thread_id=thread, run_id=name, messages=[]))
        return stage


class Digests:
    """Schedules and tells digests.

    Args:
        zone: the time zone of recruiters who named none.
    """

    def __init__(self, mailboxes: Mailboxes, telling: Telling, names: Names, clock: Clock, zone: str) -> None:
        self._names = names
        self._mailboxes = mailboxes
        self._telling = telling
        self._clock = clock
        self._zone = zone

    async def schedule(
        self,
        tx: Connection,
        tenant: str,
        agent: str,
        attention: Attention,
        due: datetime,
        *,
        move: bool = False,
        cause: str | None = None,
    ) -> None:
        """Have a digest told at ``due``, unless one comes before; with ``move``, one on its way is put there.

        ``cause`` names the event that it is for.
        """
        on_its_way = attention.digest_at
        if on_its_way == due or (on_its_way and on_its_way < due and not move):
            return
        mailbox = f"{DIGEST}:{agent}"
        if on_its_way:
            # It stands before whatever is sent now. Should this turn fail after that, it runs again.
            await self._mailboxes.cancel(tenant, mailbox, key=_key(attention.digests))
        number = await EnvironmentStore(tx, tenant).digest_sent(agent, due)
        body = packed(Due(digest=number), message_id=_key(number))
        await self._mailboxes.send(
            tenant,
            mailbox,
            body,
            key=_key(number),
            lane=Lane.BACKGROUND,
            not_before=due,
            causation_id=cause,
            tx=tx,
        )

    async def reschedule(self, tx: Connection, tenant: str, agent: str) -> None:
        """Bring what waits to be told under the rules as they are now."""
        store = EnvironmentStore(tx, tenant)
        attention, now = await store.attention(agent), self._clock.now()
        hours = Hours(attention.rules, self._zone)
        topics = await store.untold_topics(agent)
        due: list[tuple[Topic, datetime | None]] = [(topic, hours.due(topic, now)) for topic in topics]
        await store.mark_told(agent, now, [topic for topic, at in due if at is None])
        if coming := [at for _, at in due if at is not None]:
            await self.schedule(tx, tenant, agent, attention, min(coming), move=True)

    async def tell(self, tx: Connection, tenant: str, agent: str, number: int) -> None:
        """Tell all that was not told; a digest that another has replaced tells nothing."""
        store = EnvironmentStore(tx, tenant)
        attention, now = await store.attention(agent), self._clock.now()
        if number != attention.digests:
            return
        await store.digest_told(agent)
        free = Hours(attention.rules, self._zone).undisturbed(now)
        if free > now:
            await self.schedule(tx, tenant, agent, attention.model_copy(update={"digest_at": None}), free)
            return
        news = await store.untold(agent)
        thread = await store.newest_thread(agent) or attention.thread
        if news and thread:
            about = dict.fromkeys(one.role for one in news if one.candidates)
            names = {role: await self._names.of(tx, tenant, agent, role) for role in about}
            data = {"type": "digest", "news": [one.model_dump(mode="json") for one in news]}
            # Named after what it tells, too: what came since a turn that failed at its end is not taken for told.
            words = digest(news, await store.subject(agent), names)
            name = f"{_key(number)}:{fingerprint(words)}"
            await self._telling.say(tenant, agent, thread, name, words, data, since=attention.digest_at)
            await store.mark_told(agent, now)


def digest_worker(mailboxes: Mailboxes, digests: Digests) -> Worker:
    """Return the worker that tells digests when they are due."""

    async def handle(due: Received[Due], tx: Connection) -> None:
        await digests.tell(tx, due.tenant, due.name, due.content.digest)

    turn = typed_in_transaction(Due, handle)
    slots = Slots(interactive=0, normal=0, background=2)
    return Worker(mailboxes, DIGEST, turn, slots=slots, sweep=SWEEP_SECONDS, max_attempts=ATTEMPTS)


def _key(number: int) -> str:
    return f"digest:{number}"
