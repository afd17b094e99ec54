"""What mailboxes exchange."""

import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Literal, Protocol, TypedDict

from shared.kernel.errors import Conflict, InvalidInput

Body = dict[str, Any]
"""An A2A Message: ``messageId``, ``role``, ``parts`` and so on, as JSON."""

_NAME = re.compile(r"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*):.{1,200}")


class Lane(IntEnum):
    """How urgent a message is. Workers keep slots free for the more urgent lanes."""

    INTERACTIVE = 0
    NORMAL = 1
    BACKGROUND = 2


class LeaseLost(Conflict):
    """The message is somebody else's by now, or was cancelled: roll back."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message in the hands of a worker.

    Attributes:
        seq: its place in the mailbox, counted from 1.
        key: the sender's idempotency key.
        correlation_id: the run or conversation it belongs to.
        causation_id: the message that led to it.
        attempt: 1 for the first.
        epoch: the claim under which this worker holds it.
    """

    tenant: str
    mailbox: str
    seq: int
    body: Body
    lane: Lane
    key: str | None
    correlation_id: str | None
    causation_id: str | None
    traceparent: str | None
    sent_at: datetime
    attempt: int
    epoch: int

    @property
    def id(self) -> str:
        """What a message that follows from this one gives as its causation."""
        return f"{self.mailbox}#{self.seq}"


@dataclass(frozen=True, slots=True)
class Sent:
    """The receipt: the message's place, and whether an earlier one with this key took it already.

    ``paused`` says that it is kept until somebody resumes the mailbox.
    """

    mailbox: str
    seq: int
    duplicate: bool
    paused: bool = False


class Outgoing(TypedDict):
    """A message on its way into a mailbox."""

    body: Body
    key: str | None
    lane: int
    not_before: datetime | None
    correlation_id: str | None
    causation_id: str | None


Status = Literal["waiting", "running", "handled", "noted", "cancelled", "dead"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a mailbox's history."""

    mailbox: str
    seq: int
    body: Body
    status: Status
    lane: Lane
    key: str | None
    correlation_id: str | None
    causation_id: str | None
    not_before: datetime | None
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message set aside, with why; ``resolution`` is None until somebody retries or drops it."""

    mailbox: str
    seq: int
    body: Body
    attempts: int
    code: str
    error: str
    traceparent: str | None
    failed_at: datetime
    resolution: Literal["retried", "dropped"] | None
    reason: str | None
    resolved_by: str | None
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class MailboxState:
    """What a mailbox is doing; ``ready_at`` is None when it is idle, the lease's end while ``running``.

    ``mode_reason`` says why it was paused or retired.
    """

    mailbox: str
    pending: int
    head: int
    tail: int
    running: bool
    attempts: int
    lane: Lane
    ready_at: datetime | None
    last_error: dict[str, Any] | None
    mode: Literal["open", "paused", "retired"]
    mode_reason: str | None


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential back-off with jitter between half and the whole of each step, in seconds."""

    first: float = 1.0
    factor: float = 2.0
    ceiling: float = 300.0

    def delay(self, attempt: int, at_least: float | None = None) -> float:
        """Return the pause after the given attempt (1 for the first)."""
        step = min(self.ceiling, self.first * self.factor ** (attempt - 1))
        return max(step * random.uniform(0.5, 1.0), at_least or 0.0)  # noqa: S311 (jitter, not a secret)


class Subscription(Protocol):
    """What ``Bus.subscribe`` returns."""

    async def unsubscribe(self) -> None:
        """Stop hearing."""


class Bus(Protocol):
    """How workers are woken; ``shared.events.EventBus`` is one."""

    async def publish(self, subject: str, payload: Mapping[str, object]) -> None:
        """Tell whoever listens now."""

    async def subscribe(
        self, subject: str, handler: Callable[[dict[str, Any]], Awaitable[None]], *, queue: str = ""
    ) -> Subscription:
        """Hear a subject; of the members of ``queue`` one is told."""
        ...


def kind_of(mailbox: str) -> str:
    """Return the kind in a mailbox's name. Raises InvalidInput for a name without one."""
    match = _NAME.fullmatch(mailbox)
    if match is None:
        raise InvalidInput(f"{mailbox[:60]!r} does not name a mailbox.", field="mailbox", fix="<kind>:<name>")
    return match[1]


def wake_subject(kind: str) -> str:
    """Return the subject on which one worker of ``kind`` hears that there is something to do."""
    return f"mailbox.wake.{kind}"


def call_subject(kind: str) -> str:
    """Return the subject on which all workers of ``kind`` hear it, when the first was busy."""
    return f"mailbox.call.{kind}"


def stop_subject(kind: str) -> str:
    """Return the subject on which workers of ``kind`` hear that a message in hand was taken back."""
    return f"mailbox.stop.{kind}"
