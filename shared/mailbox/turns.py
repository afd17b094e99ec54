"""How a handler runs: what the author of an agent writes, and what the worker makes of it."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Protocol, TypeVar

from opentelemetry.propagate import extract
from opentelemetry.trace import SpanKind

from shared.kernel.errors import HiremeshError
from shared.mailbox.claims import Claims, Held
from shared.mailbox.model import LeaseLost, Message, kind_of
from shared.storage import Connection
from shared.telemetry import names, tracer

T = TypeVar("T")

Finish = Callable[[Connection], Awaitable[None]]
"""The effects of a long turn, written in the transaction that ends its message."""


class Turn(Protocol):
    """Handles messages of one mailbox and ends them; with ``and_next`` returns those that follow, held.

    ``together`` is the most it takes at once. ``give_up`` hears of a message before it is set aside.
    """

    @property
    def together(self) -> int: ...

    async def __call__(self, claims: Claims, held: Held, and_next: bool) -> Held: ...

    async def give_up(self, message: Message, error: HiremeshError) -> None: ...


@dataclass(frozen=True)
class InTransaction:
    """The handler writes in one transaction, with the end of its message: for short work.

    Locks it takes are held until it returns, those on mailboxes it sends to included. ``together``
    messages that wait in one mailbox may share a transaction, of which the last begins ``within`` seconds:
    one that fails undoes those before it, which then run again without it. Not by a pipeline: a
    server that waits within one notices no idle transaction, and keeps the locks of a node that vanished.
    """

    handle: Callable[[Message, Connection], Awaitable[None]]
    together: int = 1
    within: float = 0.02

    async def __call__(self, claims: Claims, held: Held, and_next: bool) -> Held:
        while True:
            ended: Held = []
            try:
                async with claims.mailboxes.transaction(held[0].tenant) as tx:
                    await self._handle_quick_ones(held, tx, ended)
                    return await claims.done(tx, ended, and_next=and_next)
            except LeaseLost:
                raise
            except Exception:
                if len(held) == 1 or not ended:
                    raise
                # One of several failed, or their commit: those before it, or else the first, go alone.
                held = ended if len(ended) < len(held) else held[:1]

    async def give_up(self, message: Message, error: HiremeshError) -> None:
        """Nothing is left to do: what was written has been undone."""

    async def _handle_quick_ones(self, held: Held, tx: Connection, ended: Held) -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + self.within
        for message in held:
            with turn_span(message) if ended else nullcontext():
                await self.handle(message, tx)
            ended.append(message)
            if clock() > until:
                return


@dataclass(frozen=True)
class WithLease:
    """The handler works without a transaction, for as long as it takes, while its lease is renewed.

    It may run again after a crash, so what it does on the way must bear repetition. What must happen
    once it returns as ``Finish``. ``given_up`` hears, at least once, of a message that is set aside.
    """

    handle: Callable[[Message], Awaitable[Finish | None]]
    given_up: Callable[[Message, HiremeshError], Awaitable[None]] | None = None

    @property
    def together(self) -> int:
        """One: each may take long."""
        return 1

    async def give_up(self, message: Message, error: HiremeshError) -> None:
        """Tell whoever wants to know."""
        if self.given_up is not None:
            await self.given_up(message, error)

    async def __call__(self, claims: Claims, held: Held, and_next: bool) -> Held:
        [message] = held
        finish = await self.handle(message)
        async with claims.mailboxes.transaction(message.tenant) as tx:
            if finish is not None:
                await finish(tx)
            return await claims.done(tx, held, and_next=and_next)


@contextmanager
def turn_span(message: Message) -> Generator[None]:
    """Trace a turn as a consequence of what sent its message."""
    kind = kind_of(message.mailbox)
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
