"""The messages between a recruiter and their agent, a page at a time in both directions."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, Field

from shared.kernel.cursors import read_cursor, write_cursor
from shared.mailbox import Entry, Mailboxes
from shared.storage import Database
from supervisor.agents.records import AgentStore
from supervisor.mailboxes import agent_mailbox

MOST = 100


class HistoryQuery(BaseModel):
    """Which messages: of a project (its id, a run's or a conversation's), sent at a time, holding a text."""

    project: str | None = Field(default=None, max_length=200)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    text: str | None = Field(default=None, max_length=200)


class KeptMessage(BaseModel):
    """An A2A Message with its place. ``causation_id`` names the message that led to it, ``mailbox#seq``."""

    id: str
    seq: int
    status: str
    sent_at: datetime
    correlation_id: str | None
    causation_id: str | None
    message: dict[str, Any]


class MessagePage(BaseModel):
    """Messages in their order. ``newer`` goes on to what comes later, also to what is not sent yet."""

    messages: list[KeptMessage]
    older: str | None = None
    newer: str | None = None


class History:
    """Reads what was said, by either side."""

    def __init__(self, database: Database, mailboxes: Mailboxes) -> None:
        self._database = database
        self._mailboxes = mailboxes

    def beginning(self, tenant: str, agent: str, query: HistoryQuery) -> str:
        """Return a cursor that begins with the oldest message."""
        return write_cursor(">0", *_listing(tenant, agent, query))

    async def page(
        self, tenant: str, agent: str, query: HistoryQuery, cursor: str | None = None, limit: int = 50
    ) -> MessagePage:
        """Return the newest messages, or those a cursor leads to. Raises NotFound, InvalidInput."""
        listing = _listing(tenant, agent, query)
        place = read_cursor(cursor, *listing)
        before = int(place[1:]) if place and place[0] == "<" else None
        after = int(place[1:]) if place and place[0] == ">" else None
        limit = min(limit, MOST)
        async with self._database.transaction(tenant) as tx:
            agents = AgentStore(tx, tenant)
            await agents.agent(agent)
            thread = await agents.conversation_about(agent, query.project) if query.project else None
        found = await self._mailboxes.history(
            tenant,
            agent_mailbox(agent),
            before=before,
            after=after,
            correlation_id=thread,
            since=query.since,
            until=query.until,
            text=query.text,
            limit=limit + 1,
        )
        more = len(found) > limit
        shown = (found[:limit] if after is not None else found[-limit:]) if more else found
        first, last = (shown[0].seq, shown[-1].seq) if shown else _ends(before, after)
        has_older = more if after is None else after > 0
        return MessagePage(
            messages=[_kept(entry) for entry in shown],
            older=write_cursor(f"<{first}", *listing) if has_older else None,
            newer=write_cursor(f">{last}", *listing),
        )


def _listing(tenant: str, agent: str, query: HistoryQuery) -> tuple[str, ...]:
    return ("messages", tenant, agent, query.model_dump_json())


def _ends(before: int | None, after: int | None) -> tuple[int, int]:
    """Return where an empty page lies: paging on from it finds what its neighbours hold."""
    if after is not None:
        return after + 1, after
    return before or 1, (before or 1) - 1


def _kept(entry: Entry) -> KeptMessage:
    return KeptMessage(
        id=f"{entry.mailbox}#{entry.seq}",
        seq=entry.seq,
        status=entry.status,
        sent_at=entry.sent_at,
        correlation_id=entry.correlation_id,
        causation_id=entry.causation_id,
        message=entry.body,
    )
