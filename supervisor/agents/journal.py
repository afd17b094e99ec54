"""What an agent says, shown live and kept: each reply, card, question and digest is an A2A Message in its history.

The live log forgets after days; the history is what a recruiter, an export or an auditor reads later.
"""

from datetime import datetime
from typing import Any, Protocol

from shared.mailbox import Mailboxes
from shared.mailbox.model import Body
from shared.storage import Connection, Database
from supervisor.conversation import AgentMessage
from supervisor.environment.digests import DIGEST
from supervisor.environment.following import ENVIRONMENT
from supervisor.mailboxes import agent_mailbox
from supervisor.stage import Parts, event_name, paused
from supervisor.store import queries

LATER = "~"
"""In a turn's name, before what tells it from the turn of the same message that was closed by a pause."""


class LiveLog(Protocol):
    """The live events; ``shared.events.EventBus`` is the real one."""

    async def publish_ui(
        self, tenant: str, agent: str, event: dict[str, Any], *, message_id: str | None = None
    ) -> int:
        """Append one event and return its sequence number."""
        ...

    async def shown(self, tenant: str, agent: str, since: datetime | None) -> frozenset[str]:
        """Return the ids of the events that it holds, of those since a moment if it is given."""
        ...


class Journal:
    """A live log that also keeps what is said, with its cards, questions and numbers.

    Args:
        log: the live log.
        database: connections of its own: a turn that says something holds one of the supervisor's already.
    """

    def __init__(self, log: LiveLog, database: Database) -> None:
        self._log = log
        self._mailboxes = Mailboxes(database)

    async def publish_ui(
        self,
        tenant: str,
        agent: str,
        event: dict[str, Any],
        *,
        message_id: str | None = None,
        parts: Parts = (),
    ) -> int:
        """Keep what the event says, if it says something, then append it to the live log."""
        if parts and message_id:
            await self._keep(tenant, agent, event, message_id, parts)
        return await self._log.publish_ui(tenant, agent, event, message_id=message_id)

    async def shown(self, tenant: str, agent: str, since: datetime | None) -> frozenset[str]:
        """Return the names of the events that the live log holds, of those since a moment if it is given."""
        return await self._log.shown(tenant, agent, since)

    async def _keep(self, tenant: str, agent: str, event: dict[str, Any], name: str, parts: Parts) -> None:
        mailbox, thread, turn = agent_mailbox(agent), event["thread"], event["turn"]
        shown = event["event"].get("messageId")
        body: Body = {
            "messageId": name,
            "contextId": thread,
            "role": "ROLE_AGENT",
            "parts": [*parts],
            "metadata": {"turn": turn, **({"shown": shown} if shown else {})},
        }
        async with self._mailboxes.database.transaction(tenant) as tx:
            if await _is_closed(tx, tenant, mailbox):
                return  # a turn that was still in hand when its agent was closed and exported
            await self._mailboxes.note(
                tenant,
                mailbox,
                body,
                key=_kept(name),
                correlation_id=thread,
                causation_id=await _cause(tx, tenant, agent, thread, turn.partition(LATER)[0]),
                tx=tx,
            )


async def reopened(tx: Connection, tenant: str, agent: str, message: AgentMessage) -> AgentMessage:
    """Return a message to handle, in a turn of its own where its first one ended with "I am paused"."""
    if await ended_by_pause(tx, tenant, agent, message.thread, message.turn):
        return message.model_copy(update={"turn": f"{message.turn}{LATER}"})
    return message


async def ended_by_pause(tx: Connection, tenant: str, agent: str, thread: str, turn: str) -> bool:
    """Return whether a turn ended with "I am paused": nothing more is shown in it."""
    name = event_name(tenant, agent, thread, paused_text(turn))
    return await _place(tx, tenant, agent_mailbox(agent), _kept(name)) is not None


def key_of(thread: str, turn: str) -> str:
    """Return the key under which the mailbox has the message that opened a turn."""
    return f"{thread}/{turn}"


def paused_text(turn: str) -> str:
    """Return the key of the event that holds its words."""
    return f"{paused(turn)}:text"


async def _place(tx: Connection, tenant: str, mailbox: str, key: str) -> int | None:
    where = {"tenant": tenant, "mailbox": mailbox, "key": key}
    row = await (await tx.execute(queries.place_of_message, where)).fetchone()
    return row["seq"] if row else None


async def _cause(tx: Connection, tenant: str, agent: str, thread: str, turn: str) -> str | None:
    """Return the message that a turn answers: a person's, or else the digest or the event that it is named after."""
    for mailbox, key in (
        (agent_mailbox(agent), key_of(thread, turn)),
        (f"{DIGEST}:{agent}", turn.rpartition(":")[0]),
        (f"{ENVIRONMENT}:{agent}", turn.rpartition(":")[0]),
    ):
        if place := await _place(tx, tenant, mailbox, key):
            return f"{mailbox}#{place}"
    return None


async def _is_closed(tx: Connection, tenant: str, mailbox: str) -> bool:
    """Return whether a mailbox is closed for good, and keep that so until the transaction ends."""
    where = {"tenant": tenant, "mailbox": mailbox}
    row = await (await tx.execute(queries.hold_mailbox, where)).fetchone()
    return row is not None and row["mode"] == "retired"


def _kept(name: str) -> str:
    return f"said:{name}"
