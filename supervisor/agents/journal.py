"""What an agent says, shown live and kept: every reply and question is an A2A Message in its mailbox's history.

The live log forgets after days; the history is what a recruiter, an export or an auditor reads later.
"""

from typing import Any

from shared.mailbox import Mailboxes
from shared.mailbox.model import Body
from shared.storage import Connection, Database
from supervisor.conversation import AgentMessage
from supervisor.mailboxes import agent_mailbox
from supervisor.stage import UiLog, event_name, paused
from supervisor.store import queries

LATER = "~"
"""In a turn's name, before what tells it from the turn of the same message that was closed by a pause."""


class Journal:
    """A live log that also keeps the words.

    Args:
        log: the live log.
        database: connections of its own: a turn that says something holds one of the supervisor's already.
    """

    def __init__(self, log: UiLog, database: Database) -> None:
        self._log = log
        self._mailboxes = Mailboxes(database)

    async def publish_ui(
        self, tenant: str, agent: str, event: dict[str, Any], *, message_id: str | None = None
    ) -> int:
        """Keep what the event says, if it says something, then append it to the live log."""
        parts = _parts(event["event"])
        if parts and message_id:
            await self._keep(tenant, agent, event["thread"], event["turn"], message_id, parts)
        return await self._log.publish_ui(tenant, agent, event, message_id=message_id)

    async def _keep(
        self, tenant: str, agent: str, thread: str, turn: str, name: str, parts: list[dict[str, Any]]
    ) -> None:
        mailbox, told = agent_mailbox(agent), key_of(thread, turn.partition(LATER)[0])
        body: Body = {"messageId": name, "contextId": thread, "role": "ROLE_AGENT", "parts": parts}
        async with self._mailboxes.database.transaction(tenant) as tx:
            place = await _place(tx, tenant, mailbox, told)
            await self._mailboxes.note(
                tenant,
                mailbox,
                body,
                key=_kept(name),
                correlation_id=thread,
                causation_id=f"{mailbox}#{place}" if place else None,
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


def _kept(name: str) -> str:
    return f"said:{name}"


def _parts(event: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what an event says as parts of a message: words, or questions with their data."""
    match event:
        case {"type": "TEXT_MESSAGE_CONTENT", "delta": text}:
            return [{"text": text}]
        case {"type": "RUN_FINISHED", "outcome": {"interrupts": [*interrupts]}}:
            texts = [{"text": one["message"]} for one in interrupts if one.get("message")]
            return [*texts, *({"data": one} for one in interrupts)]
        case _:
            return []
