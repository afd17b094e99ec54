"""Claims messages of one kind and has them handled, many mailboxes at a time, each in order."""

import asyncio
import logging
import os
import random
import socket
import traceback
from collections import Counter
from contextlib import nullcontext, suppress
from typing import Any, Literal

from opentelemetry.trace import Status, StatusCode, get_current_span

from shared.kernel.errors import HiremeshError, Unavailable
from shared.kernel.ids import new_id
from shared.mailbox.claims import Claims, Held
from shared.mailbox.clock import DatabaseClock
from shared.mailbox.mailboxes import Mailboxes
from shared.mailbox.model import (
    Backoff,
    Body,
    Lane,
    LeaseLost,
    Message,
    Outgoing,
    Sent,
    Subscription,
    call_subject,
    stop_subject,
    wake_subject,
)
from shared.mailbox.slots import People, Slots
from shared.mailbox.turns import Turn, turn_span
from shared.telemetry import names

log = logging.getLogger(__name__)

QUEUE = "mailbox"
PAUSE_SECONDS = 1.0
SETTLE_SECONDS = 0.2
DEFAULT_BACKOFF = Backoff()
DEFAULT_SLOTS = Slots()

Outcome = Literal["handled", "queued", "failed"]


class Worker:
    """Runs ``turn`` for each message of mailboxes of ``kind``, in as many processes as there are.

    Args:
        lease: seconds a message is held before others may take it; renewed three times as often.
        sweep: seconds between looks for work when no wake-up comes.
        max_attempts: a message whose attempts all failed, or killed their worker, is set aside.
        burst: messages of one mailbox in a row before others of the same lane get a turn.
        people: who else is served here, besides those whose messages are handled.
    """

    def __init__(
        self,
        mailboxes: Mailboxes,
        kind: str,
        turn: Turn,
        *,
        slots: Slots = DEFAULT_SLOTS,
        lease: float = 30.0,
        sweep: float = 1.0,
        backoff: Backoff = DEFAULT_BACKOFF,
        max_attempts: int = 8,
        burst: int = 16,
        people: People | None = None,
    ) -> None:
        owner = f"{socket.gethostname()}/{os.getpid()}/{new_id('w')}"
        self._mailboxes = mailboxes
        self._claims = Claims(mailboxes, owner, lease, turn.together)
        self._clock = DatabaseClock(mailboxes, kind, lease)
        self._kind = kind
        self._turn = turn
        self._slots = slots
        self._sweep = sweep
        self._backoff = backoff
        self._max_attempts = max_attempts
        self._burst = burst
        self._people = people or People()
        self._running: dict[asyncio.Task[Outcome], Message] = {}
        self._awake = asyncio.Event()
        self._limited = True  # the last claim may have left something for want of a slot
        self._draining = False
        self._loops: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        self._subscriptions: list[Subscription] = []

    async def start(self) -> None:
        """Begin to listen for wake-ups and to claim."""
        if self._mailboxes.bus is not None:
            bus = self._mailboxes.bus
            self._subscriptions = [
                await bus.subscribe(wake_subject(self._kind), self._on_wake, queue=QUEUE),
                await bus.subscribe(call_subject(self._kind), self._on_call),
                await bus.subscribe(stop_subject(self._kind), self._on_stop),
            ]
        self._loops = [asyncio.create_task(self._claim_loop()), asyncio.create_task(self._renew_loop())]

    async def drain(self, grace: float = 20.0) -> None:
        """Claim no more, let running turns end for ``grace`` seconds, give the others back."""
        self._draining = True
        self._awake.set()
        for subscription in self._subscriptions:
            await subscription.unsubscribe()
        if self._loops:
            await self._loops[0]
        if self._running:
            await asyncio.wait(list(self._running), timeout=grace)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self._mailboxes.wake(self._kind)

    async def handle_now(
        self,
        tenant: str,
        mailbox: str,
        body: Body,
        *,
        key: str | None = None,
        correlation_id: str | None = None,
        causation_id: str | None = None,
    ) -> tuple[Sent, Outcome]:
        """Record a message and handle it at once, here, if its mailbox is idle; otherwise it is queued.

        For people who wait. The turn goes on when the caller is cancelled. Raises RateLimited.
        """
        self._people.heard()
        if self._draining or self._caps()[0] <= 0:
            sent = await self._mailboxes.send(
                tenant,
                mailbox,
                body,
                key=key,
                lane=Lane.INTERACTIVE,
                correlation_id=correlation_id,
                causation_id=causation_id,
            )
            return sent, "queued"
        message: Outgoing = {
            "body": body,
            "key": key,
            "lane": int(Lane.INTERACTIVE),
            "not_before": None,
            "correlation_id": correlation_id,
            "causation_id": causation_id,
        }
        sent, mine = await self._claims.send_and_claim(tenant, mailbox, message)
        if mine is None:
            await self._mailboxes.wake(self._kind)
            return sent, "queued"
        return sent, await asyncio.shield(self._start([mine], burst=1))

    async def _on_wake(self, _: dict[str, Any]) -> None:
        """Look for work; a worker without a free slot has all others look."""
        if self._caps()[0] > 0:
            self._awake.set()
        else:
            await self._mailboxes.wake(self._kind, everyone=True)

    async def _on_call(self, _: dict[str, Any]) -> None:
        self._awake.set()

    async def _on_stop(self, _: dict[str, Any]) -> None:
        self._stopping.set()

    def _lanes(self) -> Counter[Lane]:
        return Counter(message.lane for message in self._running.values())

    def _caps(self) -> list[int]:
        return self._slots.caps(self._lanes(), self._people.present)

    def _goes_on(self, held: Held, burst: int) -> bool:
        """Whether a turn takes what follows in its mailbox; in the background all but one give way to people."""
        in_the_way = held[0].lane == Lane.BACKGROUND and self._caps()[Lane.BACKGROUND] < 0
        return burst > 0 and not self._draining and not in_the_way

    async def _claim_loop(self) -> None:
        while not self._draining:
            self._awake.clear()
            caps = self._caps()
            try:
                claimed = await self._claims.claim(self._kind, caps) if caps[0] > 0 else []
            except HiremeshError as error:
                log.warning("%s: nothing can be claimed now: %s", self._kind, error.code)
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            self._limited = len(claimed) >= min(caps)
            for held in claimed:
                self._start(held, self._burst)
            await self._wait()

    async def _wait(self) -> None:
        """Sleep until woken, or until it is time for a sweep."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._sweep * random.uniform(0.75, 1.25)):  # noqa: S311 (jitter)
                await self._awake.wait()

    def _start(self, held: Held, burst: int) -> asyncio.Task[Outcome]:
        task = asyncio.create_task(self._handle(held, burst))
        self._running[task] = held[0]
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Outcome]) -> None:
        del self._running[task]
        if self._limited:
            self._awake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("%s: a turn could not be ended: %s", self._kind, type(error).__name__)

    async def _handle(self, held: Held, burst: int) -> Outcome:
        """Handle what is held, then what follows it; returns what became of the last."""
        task = asyncio.current_task()
        assert task is not None
        outcome: Outcome = "failed"
        with self._people.served() if held[0].lane == Lane.INTERACTIVE else nullcontext():
            while held:
                self._running[task] = held[0]
                burst -= len(held)
                outcome, held = await self._attempt(held, and_next=self._goes_on(held, burst))
        if burst <= 0 or outcome == "failed":
            self._awake.set()  # something of this mailbox may be left
        return outcome

    async def _attempt(self, held: Held, *, and_next: bool) -> tuple[Outcome, Held]:
        """Run one turn. Whatever goes wrong is settled here: again later, set aside, or given back."""
        message = held[0]
        with turn_span(message):
            try:
                if message.attempt > self._max_attempts:
                    error = Unavailable("its workers ended before it did.")
                    return await self._fail(message, "abandoned", error, None)
                return "handled", await self._turn(self._claims, held, and_next)
            except LeaseLost:
                log.info("%s: a message was lost to another worker or cancelled", self._kind)
                return "failed", []
            except HiremeshError as error:
                again = error.retryable and message.attempt < self._max_attempts
                retry_in = self._backoff.delay(message.attempt, error.retry_after) if again else None
                return await self._fail(message, error.code, error, retry_in)
            except asyncio.CancelledError:
                await self._claims.release(message)
                raise
            except Exception as error:
                # A mistake in a handler. Its text may quote a candidate, so only the place is logged.
                where = "".join(traceback.format_tb(error.__traceback__))
                log.error("%s: %s in a handler\n%s", self._kind, type(error).__name__, where)
                return await self._fail(message, "internal", HiremeshError(type(error).__name__), None)

    async def _fail(
        self, message: Message, code: str, error: HiremeshError, retry_in: float | None
    ) -> tuple[Outcome, Held]:
        if retry_in is None:
            # Should this fail, the message comes back when its lease is over, and is given up again.
            await self._turn.give_up(message, error)
        try:
            outcome = await self._claims.fail(message, code, str(error), retry_in)
        except LeaseLost:
            outcome = "lost"
        log.info("%s: attempt %d failed (%s): %s", self._kind, message.attempt, code, outcome)
        get_current_span().set_attribute(names.ERROR_TYPE, code)
        get_current_span().set_status(Status(StatusCode.ERROR))
        return "failed", []

    async def _renew_loop(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._claims.lease / 3):
                    await self._stopping.wait()
            self._stopping.clear()
            running = dict(self._running)
            try:
                held = await self._claims.renew(list(running.values())) if running else set()
                await self._clock.look()
            except HiremeshError as error:
                log.warning("%s: leases could not be renewed: %s", self._kind, error.code)
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            lost = {t: m for t, m in running.items() if (m.tenant, m.mailbox, m.epoch) not in held}
            if lost:
                await self._stop(lost)

    async def _stop(self, lost: dict[asyncio.Task[Outcome], Message]) -> None:
        """Stop turns whose lease is gone; a turn that has just ended gets a moment to move on first."""
        await asyncio.sleep(SETTLE_SECONDS)
        for task, message in lost.items():
            if self._running.get(task) is message:
                task.cancel()
