"""The supervisor's two kinds of mailbox: recruiters' agents, which are quick, and runs, which may be long."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel

from shared.kernel.errors import HiremeshError
from shared.kernel.ids import new_id
from shared.mailbox import (
    InTransaction,
    Lane,
    Mailboxes,
    Message,
    Outcome,
    Received,
    Slots,
    TellingPeople,
    Worker,
    Write,
    packed,
    typed,
)
from shared.mailbox.model import Body
from shared.storage import Connection
from supervisor.conversation import AgentMessage, Conversation, Said, agent_message
from supervisor.runs import Runs

if TYPE_CHECKING:
    from supervisor.waking import Waking

AGENT = "supervisor.agent"
RUN = "supervisor.run"
LEASE_SECONDS = 10.0
Reopened = Callable[[Connection, str, str, AgentMessage], Awaitable[AgentMessage]]
ATTEMPTS = 8
LAST = 10
"""How many of a run's newest messages may be waiting: one to go on with later, and what was said since."""


def agent_mailbox(agent: str) -> str:
    """Return the mailbox of a recruiter's agent."""
    return f"{AGENT}:{agent}"


def run_mailbox(run: str) -> str:
    """Return the mailbox of a run."""
    return f"{RUN}:{run}"


def body_of(message: AgentMessage) -> Body:
    """Return a chat message as the A2A Message that the mailbox keeps: its text, and all of it as data."""
    text = [{"text": message.text}] if isinstance(message, Said) else []
    return {
        "messageId": message.turn,
        "contextId": message.thread,
        "role": "ROLE_USER",
        "parts": [*text, {"data": message.model_dump(mode="json", exclude={"text"} if text else None)}],
    }


def message_in(body: Body) -> AgentMessage:
    """Return the chat message that ``body_of`` packed."""
    *texts, last = body["parts"]
    return agent_message.validate_python({**last["data"], **(texts[0] if texts else {})})


class Advance(BaseModel):
    """The word to go on with a run."""

    type: Literal["advance"] = "advance"


class RunOutbox:
    """Has runs advanced, by messages in their mailboxes."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self._mailboxes = mailboxes

    async def advance(
        self,
        connection: Connection,
        tenant: str,
        run: str,
        *,
        key: str,
        at: datetime | None,
        cause: str | None = None,
    ) -> None:
        """Send the run the word to go on, in the caller's transaction."""
        lane = Lane.NORMAL if at is None else Lane.BACKGROUND
        await self._mailboxes.send(
            tenant,
            run_mailbox(run),
            packed(Advance(), message_id=key),
            key=key,
            not_before=at,
            lane=lane,
            correlation_id=run,
            causation_id=cause,
            tx=connection,
        )

    async def sooner(self, tenant: str, run: str) -> None:
        """Take back what a run waits for to be tried later: it stands before whatever is sent now."""
        for entry in await self._mailboxes.history(tenant, run_mailbox(run), limit=LAST):
            if entry.status == "waiting" and entry.not_before is not None:
                await self._mailboxes.cancel(tenant, run_mailbox(run), seq=entry.seq)

    async def hold(self, tenant: str, run: str, reason: str) -> None:
        """Keep a run's messages until its agent is resumed."""
        await self._mailboxes.pause(tenant, run_mailbox(run), reason=reason)


def agent_worker(mailboxes: Mailboxes, conversation: Conversation, reopened: Reopened) -> Worker:
    """Return the worker of recruiters' agents: short turns, each in one transaction.

    ``reopened`` gives a message whose turn is over a new one.
    """

    async def handle(message: Message, tx: Connection) -> None:
        agent = message.mailbox.removeprefix(f"{AGENT}:")
        said = await reopened(tx, message.tenant, agent, message_in(message.body))
        try:
            await conversation.handle(tx, message.tenant, agent, said, message.id)
        except Exception as error:
            known = (
                error if isinstance(error, HiremeshError) else HiremeshError("something went wrong inside")
            )
            if not known.retryable or message.attempt >= ATTEMPTS:
                await conversation.give_up(message.tenant, agent, said, known)  # nobody waits for it
            raise

    slots = Slots(interactive=8, normal=2, background=0)
    people = TellingPeople(mailboxes.bus)
    return Worker(
        mailboxes,
        AGENT,
        InTransaction(handle),
        slots=slots,
        lease=LEASE_SECONDS,
        max_attempts=ATTEMPTS,
        people=people,
    )


def run_worker(mailboxes: Mailboxes, runs: Runs, outbox: RunOutbox, waking: "Waking") -> Worker:
    """Return the worker of runs: turns as long as their work, under a lease that is renewed."""

    async def handle(word: Received[Advance]) -> list[Outcome]:
        waking.taken_up(word.tenant, word.name)
        again = await runs.advance(word.tenant, word.name)
        if again is None:
            return []

        async def later(tx: Connection) -> None:
            key = new_id("retry")
            await outbox.advance(tx, word.tenant, word.name, key=key, at=again.at)
            waking.put_off(word.tenant, word.name, again.units, key)

        return [Write(later)]

    async def given_up(word: Received[Advance], error: HiremeshError) -> None:
        await runs.give_up(word.tenant, word.name, error)  # nobody waits for what is set aside

    turn = typed(mailboxes, Advance, handle, given_up=given_up)
    slots = Slots(interactive=2, normal=6, background=4)
    return Worker(mailboxes, RUN, turn, slots=slots, lease=LEASE_SECONDS, max_attempts=ATTEMPTS)
