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
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.kernel.errors import HiremeshError, InvalidInput
from shared.kernel.principal import Principal, acting_as
from shared.mailbox.mailboxes import Mailboxes
from shared.mailbox.model import Body, Lane, Message, kind_of
from shared.mailbox.turns import Finish, InTransaction, WithLease
from shared.storage import Connection

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Received(Generic[T]):
    """A message as its handler sees it.

    Attributes:
        id: the same one whenever the message is handled again.
        sender: the mailbox that awaits a reply, or None.
        principal: on whose behalf it is handled, where the sender said so.
        attempt: 1 for the first.
    """

    content: T
    id: str
    tenant: str
    mailbox: str
    sender: str | None
    principal: Principal | None
    correlation_id: str | None
    attempt: int

    @property
    def name(self) -> str:
        """What the mailbox is called among those of its kind."""
        return self.mailbox.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Send:
    """A message to another mailbox, which may reply to this one; ``not_before`` is when, at the earliest.

    To a mailbox of the same unit it goes on behalf of the same principal.
    """

    mailbox: str
    content: BaseModel
    lane: Lane = Lane.NORMAL
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A message to the sender; where nobody awaits it, it is kept in the history."""

    content: BaseModel


@dataclass(frozen=True, slots=True)
class Write:
    """What the handler keeps: written in the transaction that ends its message."""

    write: Finish


Outcome = Send | Reply | Write
Handler = Callable[[Received[T]], Awaitable[Sequence[Outcome]]]


def packed(
    content: BaseModel, *, message_id: str, sender: str | None = None, principal: Principal | None = None
) -> Body:
    """Return ``content`` as an A2A Message; ``principal`` is on whose behalf it is to be handled."""
    metadata = {
        "sender": sender,
        "principal": principal.model_dump(mode="json") if principal else None,
    }
    return {
        "messageId": message_id,
        "role": "ROLE_AGENT" if sender else "ROLE_USER",
        "parts": [{"data": content.model_dump(mode="json")}],
        "metadata": {name: value for name, value in metadata.items() if value},
    }


def typed(
    mailboxes: Mailboxes,
    content: Any,
    handle: Handler[T],
    *,
    given_up: Callable[[Received[T], HiremeshError], Awaitable[None]] | None = None,
) -> WithLease:
    """Return the turn for a handler of ``content``: a pydantic model, or a discriminated union of several.

    What the handler returns happens exactly once, with the end of its message. It may run again after a
    crash; retryable errors bring the message back later. A message of another shape goes to the dead letters.
    ``given_up`` hears of any other that goes there too: it failed for good, too often, or with its workers.
    """
    adapter: TypeAdapter[T] = TypeAdapter(content)

    async def turn(message: Message) -> Finish:
        received = _received(adapter, message)
        with _acting(received):
            outcomes = await handle(received)

        async def finish(tx: Connection) -> None:
            for number, outcome in enumerate(outcomes, 1):
                await _deliver(mailboxes, tx, received, message, f"{message.id}/{number}", outcome)

        return finish

    async def give_up(message: Message, error: HiremeshError) -> None:
        if given_up is None:
            return
        try:
            received = _received(adapter, message)
        except InvalidInput:
            return  # whoever sent it is not known
        with _acting(received):
            await given_up(received, error)

    return WithLease(turn, give_up)


def typed_in_transaction(
    content: Any, handle: Callable[[Received[T], Connection], Awaitable[None]]
) -> InTransaction:
    """Return the turn for a quick handler of ``content``, which reads and writes in one transaction."""
    adapter: TypeAdapter[T] = TypeAdapter(content)

    async def turn(message: Message, tx: Connection) -> None:
        received = _received(adapter, message)
        with _acting(received):
            await handle(received, tx)

    return InTransaction(turn)


def _acting(received: Received[T]) -> AbstractContextManager[object]:
    return acting_as(received.principal) if received.principal else nullcontext()


def _received(adapter: TypeAdapter[T], message: Message) -> Received[T]:
    parts: list[dict[str, Any]] = message.body.get("parts", [])
    found = next((part["data"] for part in parts if "data" in part), None)
    try:
        content = adapter.validate_python(found)
    except ValidationError as error:
        where = ", ".join(".".join(map(str, problem["loc"])) or "message" for problem in error.errors())
        raise InvalidInput(f"the message does not have the shape that is handled here: {where}.") from None
    metadata = message.body.get("metadata", {})
    principal = metadata.get("principal")
    return Received(
        content=content,
        id=message.id,
        tenant=message.tenant,
        mailbox=message.mailbox,
        sender=metadata.get("sender"),
        principal=Principal.model_validate(principal) if principal else None,
        correlation_id=message.correlation_id,
        attempt=message.attempt,
    )


def _unit(mailbox: str) -> str:
    return kind_of(mailbox).partition(".")[0]


async def _deliver(
    mailboxes: Mailboxes, tx: Connection, received: Received[T], message: Message, key: str, outcome: Outcome
) -> None:
    mailbox, lane, not_before, principal = received.sender, message.lane, None, None
    match outcome:
        case Write(write=write):
            await write(tx)
            return
        case Send():
            mailbox, lane, not_before = outcome.mailbox, outcome.lane, outcome.not_before
            # Its token is of use to this unit alone, and of no concern to another.
            principal = received.principal if _unit(mailbox) == _unit(message.mailbox) else None
        case Reply():
            pass
    body = packed(outcome.content, message_id=key, sender=message.mailbox, principal=principal)
    run, cause = message.correlation_id, message.id
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
