"""A call of an A2A skill as a message of a mailbox, and what is replied as the call's result.

What was asked is kept when a process dies: it is handled by the next one, and who calls again under the same
name (see ``shared.kernel.call``) gets that result. The calls of one conversation are handled in order.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from typing import Any, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, Field, TypeAdapter

from shared.edge.errors import error_body, error_from_body
from shared.edge.serve import Runtime
from shared.edge.turn import Turn
from shared.kernel.errors import Conflict, HiremeshError
from shared.kernel.principal import Principal
from shared.mailbox import Entry, Mailboxes, Outcome, Received, Reply, Slots, Worker, packed, typed
from shared.mailbox.pruning import pruning
from shared.mailbox.typed import Handler

T = TypeVar("T")
R = TypeVar("R")
SLOTS = Slots(interactive=4, normal=4, background=0)
LEASE_SECONDS = 10.0
GRACE_SECONDS = 3.0
SHORTEST_LOOK, LONGEST_LOOK = 0.05, 1.0
KEPT = timedelta(days=90)
"""How long a call and its reply are kept, for who calls again under the same name."""


class Question(BaseModel):
    """A handler's reply that asks the caller something; the answer comes as the next message."""

    type: Literal["hiremesh.question"] = "hiremesh.question"
    text: str
    data: dict[str, Any] | None = None


class Answer(BaseModel):
    """What the caller answered to a question: the text as written, and data where there was some."""

    type: Literal["hiremesh.answer"]
    text: str
    data: dict[str, Any] = Field(default_factory=dict[str, Any])


class _Failed(BaseModel):
    """An expected failure, as the caller gets it."""

    type: Literal["hiremesh.failed"] = "hiremesh.failed"
    error: dict[str, Any]


_Special = TypeAdapter[Question | _Failed](Question | _Failed)


class Delegates(Protocol):
    """Makes principals that may be stored; ``shared.edge.token_source.TokenSource`` does."""

    async def delegate(self, principal: Principal) -> Principal:
        """Return the principal with a token that only this unit can use."""
        ...


class Inbox(Generic[T]):
    """What one unit is asked, in a mailbox for each conversation of each caller.

    ``handle`` gets a ``content`` or an ``Answer``, acts as who sent it, and replies once: with the result
    or a ``Question``. What else it returns happens with that, exactly once. ``kind`` is its mailboxes'.
    """

    def __init__(
        self, unit: str, mailboxes: Mailboxes, delegates: Delegates, content: type[T], handle: Handler[Any]
    ) -> None:
        self.kind = f"{unit}.inbox"
        self._mailboxes = mailboxes
        self._delegates = delegates
        turn = typed(mailboxes, content | Answer, _told(handle))
        self._worker = Worker(mailboxes, self.kind, turn, slots=SLOTS, lease=LEASE_SECONDS)

    async def start(self) -> None:
        """Begin to handle what is asked, and what was asked before."""
        await self._worker.start()

    async def drain(self) -> None:
        """Take nothing more and give back what cannot end in a moment."""
        await self._worker.drain(GRACE_SECONDS)

    async def run(self, turn: Turn, request: T, returns: type[R]) -> R:
        """Have a request handled and return what is replied; what the handler asks, the caller is asked.

        Raises what the handler raised, and Conflict when the message was cancelled.
        """
        adapter = TypeAdapter(returns)
        mailbox = f"{self.kind}:{_digest(turn.principal.subject, turn.context_id)}"
        content: Any = request
        numbers = count()
        while True:
            reply = await self._ask(turn, mailbox, f"{_digest(turn.message_id)}/{next(numbers)}", content)
            if not str(reply.get("type", "")).startswith("hiremesh."):
                return adapter.validate_python(reply)
            match _Special.validate_python(reply):
                case Question(text=text, data=data):
                    said = await turn.ask(text, data=data)
                    content = Answer(type="hiremesh.answer", text=said.text, data=said.data)
                case _Failed(error=error):
                    raise error_from_body(error)

    async def _ask(self, turn: Turn, mailbox: str, key: str, content: BaseModel) -> dict[str, Any]:
        tenant = turn.principal.tenant
        body = packed(content, message_id=key, principal=await self._delegates.delegate(turn.principal))
        try:
            sent, _ = await self._worker.handle_now(tenant, mailbox, body, key=key)
            return await self._replied(tenant, mailbox, sent.seq)
        except asyncio.CancelledError:
            if turn.cancelled:  # by the caller; where only this process stops, the message waits for the next
                await self._mailboxes.cancel(tenant, mailbox, key=key)
            raise

    async def _replied(self, tenant: str, mailbox: str, seq: int) -> dict[str, Any]:
        """Wait for the end of a message and return what was replied to it."""
        look = SHORTEST_LOOK
        while True:
            [entry] = await self._mailboxes.history(tenant, mailbox, after=seq - 1, limit=1)
            match entry.status:
                case "handled":
                    return await self._reply(tenant, mailbox, seq)
                case "dead":
                    raise await self._why(tenant, mailbox, seq)
                case "cancelled":
                    raise Conflict("this was cancelled.")
                case _:
                    await asyncio.sleep(look)
                    look = min(2 * look, LONGEST_LOOK)

    async def _reply(self, tenant: str, mailbox: str, seq: int) -> dict[str, Any]:
        at, cause = seq, f"{mailbox}#{seq}"
        while page := await self._mailboxes.history(tenant, mailbox, after=at):
            if found := next((entry for entry in page if _answers(entry, cause)), None):
                return found.body["parts"][0]["data"]
            at = page[-1].seq
        raise HiremeshError("the agent replied nothing")

    async def _why(self, tenant: str, mailbox: str, seq: int) -> HiremeshError:
        letters = await self._mailboxes.dead_letters(tenant, mailbox=mailbox, resolved=True)
        letter = next((one for one in letters if one.seq == seq and one.code != "internal"), None)
        if letter is None:
            return HiremeshError("something went wrong inside the agent")
        return error_from_body({"code": letter.code, "message": letter.error})


@asynccontextmanager
async def open_inbox(runtime: Runtime, content: type[T], handle: Handler[Any]) -> AsyncGenerator[Inbox[T]]:
    """Yield the inbox of a unit, at work. The unit's manifest lists postgres and nats."""
    database = runtime.require_database()
    mailboxes = Mailboxes(database, runtime.require_events())
    inbox = Inbox(runtime.name, mailboxes, runtime.tokens, content, handle)
    async with pruning(database, {inbox.kind: KEPT}):
        await inbox.start()
        try:
            yield inbox
        finally:
            await inbox.drain()


def _told(handle: Handler[Any]) -> Handler[Any]:
    """Return a handler whose expected failures are its reply: who asked hears of them, nobody else has to."""

    async def handled(message: Received[Any]) -> Sequence[Outcome]:
        try:
            return await handle(message)
        except HiremeshError as error:
            if error.retryable:
                raise
            return [Reply(_Failed(error=error_body(error)))]

    return handled


def _answers(entry: Entry, cause: str) -> bool:
    return entry.status == "noted" and entry.causation_id == cause


def _digest(*names: str) -> str:
    """Return a name for names that callers choose, of whatever length."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:32]
