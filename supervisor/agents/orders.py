"""Words to an agent's life itself, as messages: pause it once this turn has ended, resume it at a time.

An order to pause commits with the turn in which a person gives it, and is carried out after that turn: a pause
undoes what is in hand. An order to resume waits in a mailbox of its own for its time, so that none waits behind
another; where the pause it was made for is over or was changed meanwhile, it does nothing.
"""

import logging
from datetime import datetime
from typing import Annotated, Literal, Protocol

from pydantic import AwareDatetime, BaseModel, Field

from shared.kernel.errors import Conflict, InvalidInput
from shared.mailbox import Lane, Mailboxes, Outcome, Received, Slots, Worker, packed, typed
from shared.mailbox.model import Body
from shared.storage import Connection

log = logging.getLogger(__name__)

LIFE = "supervisor.life"
SWEEP_SECONDS = 5.0
ATTEMPTS = 50


class PauseOrder(BaseModel):
    """Pause an agent, for good or until a time; one that is ``listening`` still answers its recruiter."""

    type: Literal["pause"] = "pause"
    agent: str
    reason: str
    until: AwareDatetime | None = None
    listening: bool = False


class ResumeOrder(BaseModel):
    """Resume an agent that is paused until just this time."""

    type: Literal["resume"] = "resume"
    agent: str
    until: AwareDatetime


Order = Annotated[PauseOrder | ResumeOrder, Field(discriminator="type")]


class Life(Protocol):
    """What carries orders out; ``supervisor.agents.lifecycle.Lifecycle`` is the real one."""

    async def pause(
        self,
        tenant: str,
        agent: str,
        reason: str,
        until: datetime | None = None,
        *,
        listening: bool = False,
    ) -> None:
        """Pause an agent."""
        ...

    async def resume_as_planned(self, tenant: str, agent: str, until: datetime) -> None:
        """Resume an agent whose pause ends then."""
        ...


class Orders:
    """Gives orders, in the caller's transaction."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self._mailboxes = mailboxes

    async def pause(
        self,
        tx: Connection,
        tenant: str,
        agent: str,
        reason: str,
        until: datetime | None = None,
        *,
        listening: bool = False,
        cause: str | None = None,
    ) -> None:
        """Have an agent paused as soon as ``tx`` has committed; ``cause`` names the message that asked for it."""
        order = PauseOrder(agent=agent, reason=reason, until=until, listening=listening)
        await self._mailboxes.send(
            tenant, f"{LIFE}:{agent}", _body(order), lane=Lane.INTERACTIVE, causation_id=cause, tx=tx
        )

    async def resume_at(self, tx: Connection, tenant: str, agent: str, until: datetime) -> None:
        """Have an agent resumed at a time, unless its pause has been changed by then."""
        order = ResumeOrder(agent=agent, until=until)
        mailbox = f"{LIFE}:{agent}@{until.timestamp():.0f}"
        await self._mailboxes.send(tenant, mailbox, _body(order), lane=Lane.NORMAL, not_before=until, tx=tx)


def life_worker(mailboxes: Mailboxes, life: Life, *, sweep: float = SWEEP_SECONDS) -> Worker:
    """Return the worker that carries orders out, each as often as it takes; resumes are ``sweep`` s late at most."""

    async def handle(message: Received[PauseOrder | ResumeOrder]) -> list[Outcome]:
        tenant, order = message.tenant, message.content
        try:
            if isinstance(order, PauseOrder):
                await life.pause(tenant, order.agent, order.reason, order.until, listening=order.listening)
            else:
                await life.resume_as_planned(tenant, order.agent, order.until)
        except (Conflict, InvalidInput) as error:  # it is retired, or the time is over already
            log.info("an agent is neither paused nor resumed: %s", error)
        return []

    turn = typed(mailboxes, Order, handle)
    slots = Slots(interactive=1, normal=1, background=0)
    return Worker(mailboxes, LIFE, turn, slots=slots, sweep=sweep, max_attempts=ATTEMPTS)


def _body(order: PauseOrder | ResumeOrder) -> Body:
    return packed(order, message_id=f"{order.type}:{order.until}")
