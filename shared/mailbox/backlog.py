"""The bound on all that waits for one tenant, kept without a counter that everybody would queue for."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.kernel.errors import RateLimited
from shared.mailbox.model import Lane

FULL_RETRY_SECONDS = 5.0
LOOK_SECONDS = 1.0
REMEMBERED = 10_000


@dataclass
class _Seen:
    waiting: int
    looked_at: float


class Backlog:
    """What waits for each tenant in mailboxes of each kind: the last look, and what was sent from here since.

    One look a second for a tenant that sends; other senders' messages of that second may exceed the
    bound. People's messages have a tenth on top, so that a flood of work does not silence them.
    """

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self._seen: dict[tuple[str, str], _Seen] = {}

    async def admit(self, tenant: str, kind: str, lane: int, look: Callable[[], Awaitable[int]]) -> None:
        """Count a message in, or raise RateLimited. ``look`` counts what waits in the database."""
        now = time.monotonic()
        seen = self._seen.get((tenant, kind))
        if seen is None or now - seen.looked_at >= LOOK_SECONDS:
            seen = self._remember(tenant, kind, _Seen(seen.waiting if seen else 0, now))
            seen.waiting = await look()
        allowed = self.bound + (self.bound // 10 if lane == Lane.INTERACTIVE else 0)
        if seen.waiting >= allowed:
            raise RateLimited(
                f"{seen.waiting} messages of {tenant} wait for {kind} already.",
                fix="Send again later.",
                retry_after=FULL_RETRY_SECONDS,
            )
        seen.waiting += 1

    def _remember(self, tenant: str, kind: str, seen: _Seen) -> _Seen:
        if len(self._seen) >= REMEMBERED:
            oldest = min(self._seen, key=lambda at: self._seen[at].looked_at)
            del self._seen[oldest]
        self._seen[tenant, kind] = seen
        return seen
