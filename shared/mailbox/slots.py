"""How many messages a worker handles at once, by lane, and how the background makes room for people."""

import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from shared.mailbox.model import Lane

STAY_SECONDS = 1.0


class People:
    """Notes who waits, and when somebody was last heard. One for all that shares a processor, or a model.

    ``stay`` is how long, in seconds, people count as present after the last word.
    """

    def __init__(self, stay: float = STAY_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._stay = stay
        self._clock = clock
        self._heard_at = float("-inf")
        self._waiting = 0

    def heard(self) -> None:
        """Note that somebody asked for something now."""
        self._heard_at = self._clock()

    @contextmanager
    def served(self) -> Generator[None]:
        """Within the block somebody waits."""
        self._waiting += 1
        self.heard()
        try:
            yield
        finally:
            self._waiting -= 1
            self.heard()

    @property
    def present(self) -> bool:
        return self._waiting > 0 or self._clock() - self._heard_at < self._stay


@dataclass(frozen=True)
class Slots:
    """How many messages a worker handles at once, and how many of them only urgent ones may fill.

    ``interactive`` slots take interactive messages only, ``normal`` ones nothing from the background,
    and ``background`` ones anything. While people are present the background has one slot, so that it
    goes on without being in the way.
    """

    interactive: int = 2
    normal: int = 2
    background: int = 2

    def caps(self, running: Counter[Lane], people: bool = False) -> list[int]:
        """Return, for each lane, how many more may start from it and less urgent lanes together."""
        shares = (self.interactive, self.normal, self.background)
        caps = [sum(shares[n:]) - sum(running[lane] for lane in Lane if lane >= n) for n in range(3)]
        if people:
            caps[Lane.BACKGROUND] = min(caps[Lane.BACKGROUND], 1 - running[Lane.BACKGROUND])
        return caps
