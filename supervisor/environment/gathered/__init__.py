"""What happened while an agent had too many messages waiting, such as one that is paused for months.

A thousand events wait as messages, in their order. What comes after them is gathered: what happened to the same
role, with the same outcome and by the same person is one, and names each candidate once. However long nobody
reads it, that is a row for each thing that can have happened to somebody, and one message that brings it back.
"""

import sys

from psycopg.types.json import Jsonb

from shared.mailbox import Mailboxes
from shared.mailbox.mailboxes import BOUND
from shared.mailbox.model import Body
from shared.storage import Connection, TenantRecords, load_queries
from supervisor.core.models import digest
from supervisor.environment.happened import Happened
from supervisor.environment.store import EnvironmentStore

queries = load_queries(__package__ or "supervisor.environment.gathered")

AT_ONCE = 100
"""Candidates of one such happening that become one message."""
WORD = {"bring back": "gathered"}
"""What the message says that has it brought back."""


class GatheredStore(TenantRecords):
    """Rows of what was gathered."""

    async def add(self, agent: str, happened: Happened) -> None:
        """Add an event to those that say the same of others."""
        same = happened.model_dump(mode="json", exclude={"event", "at", "candidates"})
        await self._run(
            queries.add,
            agent=agent,
            gist=digest(same),
            happened=Jsonb(happened.model_dump(mode="json", exclude={"candidates"})),
            candidates=happened.candidates or [""],
        )

    async def take(self, agent: str) -> Happened | None:
        """Remove and return the oldest, with up to ``AT_ONCE`` candidates; None where nothing was gathered."""
        rows = await self._all(queries.take, agent=agent, most=AT_ONCE)
        if not rows:
            return None
        named = [row["candidate"] for row in rows if row["candidate"]]
        event = f"{rows[0]['happened']['event']}:{rows[0]['candidate']}"  # many may have come with one event
        return Happened.model_validate(rows[0]["happened"] | {"event": event, "candidates": named})

    async def left(self, agent: str) -> bool:
        """Return whether there is more."""
        row = await self._one(queries.left, agent=agent)
        return bool(row and row["left"])


class Gathering:
    """Gathers events, and brings them back as messages when there is room."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self._mailboxes = mailboxes
        # One word, and one message that it brings back, at a time: they fit in where a mailbox is full.
        self._brought = Mailboxes(
            mailboxes.database, mailboxes.bus, bound=2 * BOUND, tenant_bound=sys.maxsize
        )

    async def keep(self, tenant: str, agent: str, mailbox: str, happened: Happened) -> None:
        """Keep an event once, however often it is delivered and whether or not there is room meanwhile."""
        async with self._mailboxes.transaction(tenant) as tx:
            await EnvironmentStore(tx, tenant).attention(agent)  # held: nothing is brought back meanwhile
            body = body_of(happened)
            cause = happened.event
            noted = await self._mailboxes.note(tenant, mailbox, body, key=cause, causation_id=cause, tx=tx)
            if noted.duplicate:
                return
            store = GatheredStore(tx, tenant)
            word_waits = await store.left(agent)
            await store.add(agent, happened)
            if not word_waits:
                await self._send_word(tx, tenant, mailbox, happened.event)

    async def bring_back(self, tx: Connection, tenant: str, agent: str, mailbox: str) -> None:
        """Make the oldest of what was gathered a message, and have the rest brought back after it."""
        await EnvironmentStore(tx, tenant).attention(agent)
        store = GatheredStore(tx, tenant)
        happened = await store.take(agent)
        if happened is None:
            return
        cause = happened.event.partition(":")[0]
        await self._brought.send(
            tenant, mailbox, body_of(happened), key=happened.event, causation_id=cause, tx=tx
        )
        if await store.left(agent):
            await self._send_word(tx, tenant, mailbox, happened.event)

    async def _send_word(self, tx: Connection, tenant: str, mailbox: str, cause: str) -> None:
        key = f"gathered:{cause}"
        body: Body = {"messageId": key, "role": "ROLE_AGENT", "parts": [{"data": WORD}]}
        await self._brought.send(tenant, mailbox, body, key=key, tx=tx)


def body_of(happened: Happened) -> Body:
    """Return an event as the message that an agent gets of it."""
    parts = [{"data": happened.model_dump(mode="json")}]
    return {"messageId": happened.event, "role": "ROLE_AGENT", "parts": parts}
