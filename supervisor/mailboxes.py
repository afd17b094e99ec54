"""The supervisor's two kinds of mailbox: recruiters' agents, which are quick, and runs, which may be long."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

from shared.kernel.errors import HiremeshError
from shared.kernel.ids import new_id
from shared.mailbox import Finish, InTransaction, Lane, Mailboxes, Message, Slots, WithLease, Worker
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
        body: Body = {"messageId": key, "role": "ROLE_USER", "parts": [{"data": {"type": "advance"}}]}
        lane = Lane.NORMAL if at is None else Lane.BACKGROUND
        await self._mailboxes.send(
            tenant,
            run_mailbox(run),
            body,
            key=key,
            not_before=at,
            lane=lane,
            correlation_id=run,
            causation_id=cause,
            tx=connection,
        )


def agent_worker(mailboxes: Mailboxes, conversation: Conversation, reopened: Reopened) -> Worker:
    """Return the worker of recruiters' agents: short turns, each in one transaction.

    ``reopened`` gives a message whose turn is over a new one.
    """

    async def handle(message: Message, tx: Connection) -> None:
        agent = message.mailbox.removeprefix(f"{AGENT}:")
        said = await reopened(tx, message.tenant, agent, message_in(message.body))
        await conversation.handle(tx, message.tenant, agent, said, message.id)

    slots = Slots(interactive=8, normal=2, background=0)
    return Worker(mailboxes, AGENT, InTransaction(handle), slots=slots, lease=LEASE_SECONDS)


def run_worker(mailboxes: Mailboxes, runs: Runs, outbox: RunOutbox, waking: "Waking") -> Worker:
    """Return the worker of runs: turns as long as their work, under a lease that is renewed."""

    async def handle(message: Message) -> Finish | None:
        run = message.mailbox.removeprefix(f"{RUN}:")
        waking.taken_up(message.tenant, run)
        try:
            again = await runs.advance(message.tenant, run)
        except Exception as error:
            known = (
                error if isinstance(error, HiremeshError) else HiremeshError("something went wrong inside")
            )
            if not known.retryable or message.attempt >= ATTEMPTS:
                await runs.give_up(message.tenant, run, known)  # nobody waits for what is set aside
            raise
        if again is None:
            return None

        async def later(tx: Connection) -> None:
            key = new_id("retry")
            await outbox.advance(tx, message.tenant, run, key=key, at=again.at)
            waking.put_off(message.tenant, run, again.units, key)

        return later

    slots = Slots(interactive=2, normal=6, background=4)
    return Worker(mailboxes, RUN, WithLease(handle), slots=slots, lease=LEASE_SECONDS, max_attempts=ATTEMPTS)
