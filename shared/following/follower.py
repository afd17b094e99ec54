"""The loop that follows: pull what changed, derive, keep, remember how far we are."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from shared.following.deriving import among
from shared.following.model import Batch, ChangeFeed, Changes, Derivation, Derived
from shared.kernel.clock import Clock
from shared.kernel.errors import DeadlineExceeded, HiremeshError

log = logging.getLogger(__name__)

PAGE = 500
COMMIT = 2000
"""Changes written at once while more than that wait: each commit is a segment that has to be merged later."""
SWEEP_SECONDS = 20.0
RETRY_SECONDS = 2.0
PATIENCE = 12

T = TypeVar("T")
Derive = Callable[[str, Sequence[str], date], Awaitable[Derived[T]]]
"""Of a tenant's changes as JSON, on a day, what they mean for what is kept."""
Among = Callable[[Sequence[str], frozenset[str]], Awaitable[list[str]]]
"""Of changes as JSON, those whose text may hold one of some spellings."""


async def in_thread(changes: Sequence[str], spellings: frozenset[str]) -> list[str]:
    """Implement ``Among`` for few changes."""
    return await asyncio.to_thread(among, list(changes), spellings)


@dataclass
class _Anew:
    """What is to be derived again: whose text holds one of ``spellings``, or everybody; and who waits for it."""

    spellings: frozenset[str] | None = frozenset()
    waiting: list[asyncio.Event] = field(default_factory=list[asyncio.Event])

    def add(self, spellings: frozenset[str] | None, waiting: list[asyncio.Event]) -> None:
        """Do this as well."""
        known = self.spellings
        self.spellings = None if known is None or spellings is None else known | spellings
        self.waiting += waiting


class Follower(Generic[T]):
    """Keeps what is derived for every known tenant up with the feed.

    ``wake`` says that there may be something new; a sweep looks now and then, since wake-ups get lost.

    Args:
        quiet: seconds without a wake-up before it follows, so that what is not waited for stands back while
            much is written; at most ``PATIENCE`` times as long. Who waits for a sequence hurries it.
        apart: seconds from one look at the feed to the next while changes keep coming, so that more are kept at
            once. The first after a pause is followed at once, and who waits for a sequence hurries this too.
        among: finds what holds spellings that mean something else since, where many are looked through.
    """

    def __init__(
        self,
        kept: Derivation[T],
        feed: ChangeFeed,
        derive: Derive[T],
        clock: Clock,
        *,
        quiet: float = 0.0,
        apart: float = 0.0,
        among: Among = in_thread,
    ) -> None:
        self._kept = kept
        self._feed = feed
        self._derive = derive
        self._clock = clock
        self._quiet = quiet
        self._apart = apart
        self._among = among
        self._loops: dict[str, asyncio.Task[None]] = {}
        self._woken: dict[str, asyncio.Event] = {}
        self._moved: dict[str, asyncio.Condition] = {}
        self._anew: dict[str, _Anew] = {}
        self._level: set[str] = set()
        self._hurried: set[str] = set()

    async def start(self) -> None:
        """Follow every tenant of whom something is kept already."""
        for tenant in await self._kept.tenants():
            self.follow(tenant)

    async def aclose(self) -> None:
        """Stop; what is under way is done again after the next start."""
        for task in self._loops.values():
            task.cancel()
        await asyncio.gather(*self._loops.values(), return_exceptions=True)

    def follow(self, tenant: str) -> None:
        """Follow ``tenant`` from now on."""
        if tenant not in self._loops:
            self._woken[tenant] = asyncio.Event()
            self._loops[tenant] = asyncio.create_task(self._run(tenant))

    def wake(self, tenant: str) -> None:
        """Look for changes of ``tenant`` now."""
        self.follow(tenant)
        self._woken[tenant].set()

    async def catch_up(self, tenant: str) -> int:
        """Keep all there is and return the sequence reached. Raises Unavailable."""
        anew = self._anew.pop(tenant, None)
        try:
            kept = await self._kept.seq(tenant)
            if not kept:
                self._level.discard(tenant)
            reached = await self._catch_up(
                tenant, 0 if anew else kept, kept, anew.spellings if anew else None
            )
        except BaseException:
            if anew:
                self._anew.setdefault(tenant, _Anew()).add(anew.spellings, anew.waiting)
            raise
        for waiting in anew.waiting if anew else ():
            waiting.set()
        return reached

    async def _catch_up(self, tenant: str, seq: int, kept: int, spellings: frozenset[str] | None) -> int:
        """Keep what comes after ``seq``; of what is kept already, up to ``kept``, only what holds a spelling."""
        reading = asyncio.create_task(self._feed.after(tenant, seq, PAGE))
        writing: asyncio.Task[None] | None = None
        derived, after = Derived[T](), seq if spellings is None else kept  # the rest has to be there still
        try:
            while True:
                page = await reading
                is_last = not page.lines or page.next == page.last
                if not is_last:  # a page travels while one is derived, and another is written
                    reading = asyncio.create_task(self._feed.after(tenant, page.next, PAGE))
                lines = page.lines
                if spellings is not None and page.next <= kept:
                    lines = await self._among(lines, spellings)
                if lines:
                    derived.add(await self._derive(tenant, lines, self._clock.today()))
                seq = page.next if page.lines else seq
                if derived and (is_last or _is_enough(page, len(derived), writing)):
                    if writing:
                        await writing
                    writing = asyncio.create_task(self._write(tenant, derived, seq, after))
                    derived, after = Derived[T](), max(seq, after)
                if is_last:
                    if writing:
                        await writing
                    self._level.add(tenant)
                    await self._tell(tenant)  # another replica may have kept what is waited for
                    return seq
        except asyncio.CancelledError:
            if writing:
                writing.cancel()
            raise
        finally:
            reading.cancel()
            if writing:  # what fails beside it has it end, so that the next look begins where it came to
                await asyncio.gather(writing, return_exceptions=True)

    async def reach(self, tenant: str, seq: int, seconds: float) -> None:
        """Wait until ``seq`` is kept. Raises DeadlineExceeded after ``seconds``."""
        self._hurried.add(tenant)
        self.wake(tenant)
        moved = self._moved.setdefault(tenant, asyncio.Condition())
        try:
            async with asyncio.timeout(seconds), moved:
                while await self._kept.seq(tenant) < seq:
                    await moved.wait()
        except TimeoutError:
            reached = await self._kept.seq(tenant)
            raise DeadlineExceeded(
                f"what is derived is at {reached}, {seq - reached} changes short",
                field="at_least_seq",
                fix="Call again; following goes on meanwhile.",
                retry_after=1.0,
            ) from None

    async def behind(self, tenant: str) -> int | None:
        """Return how far the feed's end is from what is kept; None where it is not told. Raises Unavailable."""
        seq = await self._kept.seq(tenant)
        page = await self._feed.after(tenant, seq, 1)
        if not page.lines:
            return 0
        return page.last - seq if page.last is not None else None

    def level(self, tenant: str) -> bool:
        """Return whether the feed's end was reached since the start, or since it was begun anew."""
        return tenant in self._level

    async def derive_anew(self, tenant: str, spellings: frozenset[str] | None = None) -> None:
        """Return once every document was derived again, since what they are derived by has changed.

        Each stays as it is until its turn comes. With ``spellings``, those alone whose text holds one of them.
        """
        done = asyncio.Event()
        self._anew.setdefault(tenant, _Anew()).add(spellings, [done])
        self.wake(tenant)
        await done.wait()

    async def rebuild(self, tenant: str) -> None:
        """Forget what is kept of the tenant and follow from the beginning."""
        await self._kept.clear(tenant)
        self.lost(tenant)

    def lost(self, tenant: str) -> None:
        """Follow from the beginning, since what was kept is gone; until that is read, it is not level."""
        self._level.discard(tenant)
        self.wake(tenant)

    async def _run(self, tenant: str) -> None:
        woken, clock = self._woken[tenant], asyncio.get_running_loop().time
        while True:
            if self._quiet and woken.is_set():
                await self._settled(tenant)
            woken.clear()
            self._hurried.discard(tenant)
            wait, looked = SWEEP_SECONDS, clock()
            try:
                await self.catch_up(tenant)
            except HiremeshError as error:
                log.warning("cannot follow: %s", error.code)
                wait = error.retry_after or RETRY_SECONDS
            except Exception:  # one bad page must not end the following for good
                log.exception("following failed; trying again")
                wait = RETRY_SECONDS
            try:
                async with asyncio.timeout(wait):  # wait_for loses a cancellation that comes with the wake-up
                    await woken.wait()
            except TimeoutError:
                continue
            if self._apart:
                await self._hurried_before(tenant, looked + self._apart)

    async def _settled(self, tenant: str) -> None:
        """Return once nothing has woken us for a while, or somebody waits, or patience is at its end."""
        woken, clock = self._woken[tenant], asyncio.get_running_loop().time
        until = clock() + self._quiet * PATIENCE
        with suppress(TimeoutError):
            while tenant not in self._hurried and (left := until - clock()) > 0:
                woken.clear()
                async with asyncio.timeout(min(self._quiet, left)):
                    await woken.wait()

    async def _hurried_before(self, tenant: str, until: float) -> None:
        """Return at ``until`` on the loop's clock, or once somebody waits."""
        woken = self._woken[tenant]
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                while tenant not in self._hurried:
                    woken.clear()
                    await woken.wait()

    async def _write(self, tenant: str, derived: Derived[T], seq: int, after: int) -> None:
        # Deriving anew passes sequences that were reached before; what is kept never goes back.
        reached = max(seq, await self._kept.seq(tenant))
        await self._kept.apply(
            tenant, Batch(list(derived.documents.values()), sorted(derived.removed), reached, after)
        )
        await self._tell(tenant)

    async def _tell(self, tenant: str) -> None:
        moved = self._moved.setdefault(tenant, asyncio.Condition())
        async with moved:
            moved.notify_all()


def _is_enough(page: Changes, derived: int, writing: asyncio.Task[None] | None) -> bool:
    """Return whether so much is worth a commit before the feed's end: all that is derived by the time that the
    one before is written, but where many more wait, many at once."""
    if derived >= COMMIT or len(page.lines) < PAGE:
        return True
    is_near = page.last is not None and page.last - page.next < COMMIT
    return is_near and (writing is None or writing.done())
