"""For an agent's author: a handler takes a typed message and returns messages. The queue stays out of sight.

::

    class Ping(BaseModel):
        text: str

    class Pong(BaseModel):
        text: str

    async def answer(ping: Received[Ping]) -> list[Outcome]:
        return [Reply(Pong(text=ping.content.text))]

    worker = Worker(mailboxes, "echo", typed(mailboxes, Ping, answer))
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.kernel.errors import InvalidInput
from shared.mailbox.mailboxes import Mailboxes
from shared.mailbox.model import Body, Lane, Message
from shared.mailbox.turns import Finish, WithLease
from shared.storage import Connection

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Received(Generic[T]):
    """A message as its handler sees it. ``sender`` is the mailbox that awaits a reply, or None."""

    content: T
    tenant: str
    mailbox: str
    sender: str | None
    correlation_id: str | None
    attempt: int


@dataclass(frozen=True, slots=True)
class Send:
    """A message to another mailbox, which may reply to this one; ``not_before`` is when, at the earliest."""

    mailbox: str
    content: BaseModel
    lane: Lane = Lane.NORMAL
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A message to the sender; where nobody awaits it, it is kept in the history."""

    content: BaseModel


Outcome = Send | Reply


def packed(content: BaseModel, *, message_id: str, sender: str | None = None) -> Body:
    """Return ``content`` as an A2A Message."""
    return {
        "messageId": message_id,
        "role": "ROLE_AGENT" if sender else "ROLE_USER",
        "parts": [{"data": content.model_dump(mode="json")}],
        "metadata": {"sender": sender} if sender else {},
    }


def typed(
    mailboxes: Mailboxes,
    content: Any,
    handle: Callable[[Received[T]], Awaitable[Sequence[Outcome]]],
    *,
    timeout: float | None = None,
) -> WithLease:
    """Return the turn for a handler of ``content``: a pydantic model, or a discriminated union of several.

    What the handler returns is sent exactly once, with the end of its message. It may run again after a
    crash; retryable errors bring the message back later. A message of another shape goes to the dead letters.
    """
    adapter: TypeAdapter[T] = TypeAdapter(content)

    async def turn(message: Message) -> Finish:
        received = _received(adapter, message)
        outcomes = await handle(received)

        async def finish(tx: Connection) -> None:
            for number, outcome in enumerate(outcomes, 1):
                await _deliver(mailboxes, tx, received, message, f"{message.id}/{number}", outcome)

        return finish

    return WithLease(turn, timeout)


def _received(adapter: TypeAdapter[T], message: Message) -> Received[T]:
    parts: list[dict[str, Any]] = message.body.get("parts", [])
    found = next((part["data"] for part in parts if "data" in part), None)
    try:
        content = adapter.validate_python(found)
    except ValidationError as error:
        where = ", ".join(".".join(map(str, problem["loc"])) or "message" for problem in error.errors())
        raise InvalidInput(f"the message does not have the shape that is handled here: {where}.") from None
    sender = message.body.get("metadata", {}).get("sender")
    return Received(content, message.tenant, message.mailbox, sender, message.correlation_id, message.attempt)


async def _deliver(
    mailboxes: Mailboxes, tx: Connection, received: Received[T], message: Message, key: str, outcome: Outcome
) -> None:
    body = packed(outcome.content, message_id=key, sender=message.mailbox)
    run, cause = message.correlation_id, message.id
    match outcome:
        case Send(mailbox=mailbox, lane=lane, not_before=not_before):
            pass
        case Reply():
            mailbox, lane, not_before = received.sender, message.lane, None
    if mailbox is None:
        await mailboxes.note(
            message.tenant, message.mailbox, body, key=key, correlation_id=run, causation_id=cause, tx=tx
        )
        return
    await mailboxes.send(
        message.tenant,
        mailbox,
        body,
        key=key,
        lane=lane,
        not_before=not_before,
        correlation_id=run,
        causation_id=cause,
        tx=tx,
    )
