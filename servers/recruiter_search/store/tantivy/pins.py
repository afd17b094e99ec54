"""States of an index that result pages are still read from."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from tantivy import Searcher

from shared.kernel.ids import new_id

MOST = 32
SECONDS = 600.0


@dataclass
class Pin:
    """A searcher, which sees the index as it was when it was opened; ``used`` is when it last answered."""

    name: str
    searcher: Searcher
    used: float


class Pins:
    """The last few states that pages were read from, each kept for a while after its last use.

    A searcher holds its files open, so a state costs the disk that has been merged away since. One state
    serves all results that were begun in it. Callers lock.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._pins: dict[str, Pin] = {}

    def hold(self, searcher: Searcher) -> Pin:
        """Return the searcher's pin, made where there is none."""
        held = next((pin for pin in self._pins.values() if pin.searcher is searcher), None)
        return self._touched(held or Pin(new_id("pin"), searcher, 0.0))

    def get(self, name: str) -> Pin | None:
        """Return the pin of this name, or None when it was let go."""
        self._expire()
        found = self._pins.get(name)
        return self._touched(found) if found else None

    def clear(self) -> None:
        """Let all states go."""
        self._pins.clear()

    def _touched(self, pin: Pin) -> Pin:
        pin.used = self._clock()
        self._pins[pin.name] = pin
        self._expire()
        return pin

    def _expire(self) -> None:
        now = self._clock()
        for name in [name for name, pin in self._pins.items() if now - pin.used > SECONDS]:
            del self._pins[name]
        while len(self._pins) > MOST:
            del self._pins[min(self._pins.values(), key=lambda pin: pin.used).name]
