"""When judging makes room: while people are served anywhere, or while the machine has much else to do."""

import time
from collections.abc import Callable
from pathlib import Path

from shared.mailbox import People

STAY_SECONDS = 2.0
"""So long after the last word of anybody, one piece at a time is judged. Words come once a second at most."""
BUSY = 0.75
"""So it is while others take this share of the processors' time."""
LOOK_SECONDS = 1.0
STATISTICS = Path("/proc/stat")


class Others(People):
    """Who and what goes before judging: people, and all that does not run niced as the judges do.

    ``load`` tells which share of the machine's processor time that was lately, from 0 to 1.
    """

    def __init__(
        self, load: Callable[[], float] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(STAY_SECONDS, clock)
        self._load = load or OthersShare(clock=clock)

    @property
    def present(self) -> bool:
        return super().present or self._load() >= BUSY


class OthersShare:
    """The share of processor time that others than niced processes took between two looks, from 0 to 1.

    Read from ``/proc/stat``, proc(5); on a system without it nobody is seen.
    """

    def __init__(self, statistics: Path = STATISTICS, clock: Callable[[], float] = time.monotonic) -> None:
        self._statistics = statistics
        self._clock = clock
        self._looked_at = float("-inf")
        self._others, self._all = 0, 0
        self._share = 0.0

    def __call__(self) -> float:
        """Return the share of the last second or more."""
        now = self._clock()
        if now - self._looked_at >= LOOK_SECONDS and self._statistics.exists():
            self._look(self._looked_at == float("-inf"))
            self._looked_at = now
        return self._share

    def _look(self, first: bool) -> None:
        line = self._statistics.read_text(encoding="ascii").split("\n", 1)[0]
        user, nice, system, idle, waiting, *more = (int(ticks) for ticks in line.split()[1:9])
        others = user + system + sum(more)
        all_of_them = others + nice + idle + waiting
        if not first and all_of_them > self._all:
            self._share = (others - self._others) / (all_of_them - self._all)
        self._others, self._all = others, all_of_them
