"""Showing again what was shown: kept messages as the AG-UI events that a page or a terminal knows how to show.

The live log forgets after days; what is kept does not. Steps, plans and how far they were are not repeated:
where a conversation stands is asked for as its state.
"""

from typing import Any

from ag_ui.core import (
    PROTOCOL_VERSION,
    ActivitySnapshotEvent,
    BaseEvent,
    RunErrorEvent,
    RunFinishedEvent,
    RunFinishedInterruptOutcome,
    RunStartedEvent,
    TextMessageContentEvent,
    TextMessageEndEvent,
    TextMessageStartEvent,
)
from pydantic import BaseModel, ValidationError

from supervisor.agents.history import KeptMessage
from supervisor.conversation import input_of
from supervisor.mailboxes import message_in

WORDS = frozenset({"digest", "news"})
"""Data that is only the numbers behind the words beside it."""


class RestoredPage(BaseModel):
    """A conversation's messages as events, oldest first.

    ``older`` leads to what was before. After ``position`` in the live log comes what is not among them; some of
    what comes there may be, under the same message or run id.
    """

    events: list[dict[str, Any]]
    older: str | None = None
    position: int | None = None


def events_of(kept: KeptMessage) -> list[dict[str, Any]]:
    """Return the events that showed a message, or those that would have."""
    shown = _said_by_person(kept) if kept.message["role"] == "ROLE_USER" else _said_by_agent(kept)
    return [event.model_dump(mode="json", by_alias=True) for event in shown]


def _said_by_person(kept: KeptMessage) -> list[BaseEvent]:
    try:
        message = message_in(kept.message)
    except (ValidationError, KeyError):
        return []  # nobody could read it, so it was set aside and never shown
    begun = RunStartedEvent(
        thread_id=message.thread,
        run_id=message.turn,
        protocol_version=PROTOCOL_VERSION,
        input=input_of(message),
    )
    return [begun]


def _said_by_agent(kept: KeptMessage) -> list[BaseEvent]:
    about, parts = kept.message.get("metadata", {}), kept.message["parts"]
    thread, turn = kept.message["contextId"], about.get("turn", kept.id)
    shown = about.get("shown", kept.message["messageId"])
    text = "\n\n".join(part["text"] for part in parts if "text" in part)
    data = [dict(part["data"]) for part in parts if "data" in part]
    kinds = {one.pop("type", one.get("reason")) for one in data}
    match [*kinds]:
        case ["progress"]:
            return []
        case ["error"]:
            return [RunErrorEvent(message=text, code=data[0].get("code"))]
        case _ if kinds & {"approval", "question"}:
            outcome = RunFinishedInterruptOutcome.model_validate({"interrupts": data})
            return [RunFinishedEvent(thread_id=thread, run_id=turn, outcome=outcome)]
        case [kind] if kind not in WORDS:
            return [
                ActivitySnapshotEvent(
                    message_id=shown, activity_type=str(kind), content=data[0], replace=True
                )
            ]
        case _:
            return [
                TextMessageStartEvent(message_id=shown, role="assistant"),
                TextMessageContentEvent(message_id=shown, delta=text),
                TextMessageEndEvent(message_id=shown),
            ]
