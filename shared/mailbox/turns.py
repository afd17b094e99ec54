"""How a handler runs: what the author of an agent writes, and what the worker makes of it."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from opentelemetry.propagate import extract
from opentelemetry.trace import SpanKind

from shared.kernel.errors import DeadlineExceeded
from shared.mailbox.claims import Claims
from shared.mailbox.model import Message
from shared.storage import Connection
from shared.telemetry import names, tracer

T = TypeVar("T")

Finish = Callable[[Connection], Awaitable[None]]
"""The effects of a long turn, written in the transaction that ends its message."""


class Turn(Protocol):
    """Handles one message and ends it; with ``and_next`` returns the following one, held."""

    async def __call__(self, claims: Claims, message: Message, and_next: bool) -> Message | None: ...


@dataclass(frozen=True)
class InTransaction:
    """The handler writes in one transaction, with the end of its message: for short work.

    Locks it takes are held until it returns, those on mailboxes it sends to included.
    """

    handle: Callable[[Message, Connection], Awaitable[None]]
    timeout: float | None = None

    async def __call__(self, claims: Claims, message: Message, and_next: bool) -> Message | None:
        async with claims.mailboxes.transaction(message.tenant) as tx:
            await _within(self.timeout, self.handle(message, tx))
            return await claims.done(tx, message, and_next=and_next)


@dataclass(frozen=True)
class WithLease:
    """The handler works without a transaction, for as long as it takes, while its lease is renewed.

    It may run again after a crash, so what it does on the way must bear repetition. What must happen
    once it returns as ``Finish``.
    """

    handle: Callable[[Message], Awaitable[Finish | None]]
    timeout: float | None = None

    async def __call__(self, claims: Claims, message: Message, and_next: bool) -> Message | None:
        finish = await _within(self.timeout, self.handle(message))
        async with claims.mailboxes.transaction(message.tenant) as tx:
            if finish is not None:
                await finish(tx)
            return await claims.done(tx, message, and_next=and_next)


async def _within(seconds: float | None, work: Awaitable[T]) -> T:
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await work
    except TimeoutError:
        if limit.expired():
            raise DeadlineExceeded(f"the turn took longer than {seconds} s.") from None
        raise


@contextmanager
def turn_span(kind: str, message: Message) -> Generator[None]:
    """Trace a turn as a consequence of what sent its message."""
    parent = extract({"traceparent": message.traceparent}) if message.traceparent else None
    run = {names.RUN_ID: message.correlation_id} if message.correlation_id else {}
    with tracer().start_as_current_span(
        f"process {kind}",
        context=parent,
        kind=SpanKind.CONSUMER,
        attributes={
            names.MESSAGING_SYSTEM: "hiremesh",
            names.MESSAGING_OPERATION: "process",
            names.MESSAGING_DESTINATION: kind,
            names.ATTEMPT: message.attempt,
            **run,
        },
        record_exception=False,
        set_status_on_exception=False,
    ):
        yield
