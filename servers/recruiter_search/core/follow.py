"""Following the candidates unit: pull what changed, derive, index, remember how far we are."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from servers.recruiter_search.core.changes import Derived
from servers.recruiter_search.core.ports import Batch, ChangeFeed, ProfileIndex
from shared.kernel.clock import Clock
from shared.kernel.errors import DeadlineExceeded, HiremeshError

log = logging.getLogger(__name__)

PAGE = 500
COMMIT = 4000
"""Changes written at once while many wait: each commit is a segment that has to be merged later."""
SWEEP_SECONDS = 20.0
RETRY_SECONDS = 2.0

Derive = Callable[[str, Sequence[str], date], Awaitable[Derived]]
"""Of a tenant's changes as JSON, on a day, what they mean for the index."""


class Follower:
    """Keeps the index of every known tenant up with the feed.

    ``wake`` says that there may be something new; a sweep looks now and then, since wake-ups get lost.
    """

    def __init__(self, index: ProfileIndex, feed: ChangeFeed, derive: Derive, clock: Clock) -> None:
        self._index = index
        self._feed = feed
        self._derive = derive
        self._clock = clock
        self._loops: dict[str, asyncio.Task[None]] = {}
        self._woken: dict[str, asyncio.Event] = {}
        self._moved: dict[str, asyncio.Condition] = {}
        self._anew: dict[str, asyncio.Event] = {}

    async def start(self) -> None:
        """Follow every tenant that has an index already."""
        for tenant in await self._index.tenants():
            self.wake(tenant)

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
        """Index all there is and return the sequence reached. Raises Unavailable."""
        anew = self._anew.pop(tenant, None)
        try:
            reached = await self._catch_up(tenant, 0 if anew else await self._index.seq(tenant))
        except BaseException:
            if anew:
                self._anew.setdefault(tenant, anew)
            raise
        if anew:
            anew.set()
        return reached

    async def _catch_up(self, tenant: str, seq: int) -> int:
        coming = asyncio.create_task(self._feed.after(tenant, seq, PAGE))
        derived = Derived()
        try:
            while True:
                page = await coming
                if not page.lines:
                    if derived:
                        await self._write(tenant, derived, seq)
                    return seq
                # The next page travels while this one is derived and written.
                coming = asyncio.create_task(self._feed.after(tenant, page.next, PAGE))
                derived.add(await self._derive(tenant, page.lines, self._clock.today()))
                seq = page.next
                if len(page.lines) < PAGE or len(derived) >= COMMIT:
                    await self._write(tenant, derived, seq)
                    derived = Derived()
        finally:
            coming.cancel()

    async def reach(self, tenant: str, seq: int, seconds: float) -> None:
        """Wait until ``seq`` is searchable. Raises DeadlineExceeded after ``seconds``."""
        self.wake(tenant)
        moved = self._moved.setdefault(tenant, asyncio.Condition())
        try:
            async with asyncio.timeout(seconds), moved:
                while await self._index.seq(tenant) < seq:
                    await moved.wait()
        except TimeoutError:
            reached = await self._index.seq(tenant)
            raise DeadlineExceeded(
                f"the index is at {reached}, {seq - reached} changes short",
                field="at_least_seq",
                fix="Call again; indexing goes on meanwhile.",
                retry_after=1.0,
            ) from None

    async def pending(self, tenant: str) -> bool:
        """Return whether the feed has something that is not indexed yet. Raises Unavailable."""
        page = await self._feed.after(tenant, await self._index.seq(tenant), 1)
        return bool(page.lines)

    async def derive_anew(self, tenant: str) -> None:
        """Return once every document was derived again, since what they are derived by has changed.

        Each stays searchable as it is until its turn comes.
        """
        done = self._anew.setdefault(tenant, asyncio.Event())
        self.wake(tenant)
        await done.wait()

    async def rebuild(self, tenant: str) -> None:
        """Forget the tenant's index and follow from the beginning."""
        await self._index.clear(tenant)
        self.wake(tenant)

    async def _run(self, tenant: str) -> None:
        woken = self._woken[tenant]
        while True:
            woken.clear()
            wait = SWEEP_SECONDS
            try:
                await self.catch_up(tenant)
            except HiremeshError as error:
                log.warning("cannot follow the candidates unit: %s", error.code)
                wait = error.retry_after or RETRY_SECONDS
            except Exception:  # one bad page must not end the following for good
                log.exception("following the candidates unit failed; trying again")
                wait = RETRY_SECONDS
            try:
                await asyncio.wait_for(woken.wait(), wait)
            except TimeoutError:
                continue

    async def _write(self, tenant: str, derived: Derived, seq: int) -> None:
        # Deriving anew passes sequences that were reached before; the index never goes back.
        reached = max(seq, await self._index.seq(tenant))
        await self._index.apply(
            tenant, Batch(list(derived.documents.values()), sorted(derived.removed), reached)
        )
        moved = self._moved.setdefault(tenant, asyncio.Condition())
        async with moved:
            moved.notify_all()
