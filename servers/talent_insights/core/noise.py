"""Noise on the counts that are told, so that figures of different answers cannot be subtracted to find a person.

Within one answer, ``privacy`` hides what would tell of fewer than k people. Across answers, somebody could still add
and subtract three or more figures that differ by one person (a country less all its cities, say). So each count that
is told carries noise of its own: a two-sided geometric draw, cut off at ``most``, seeded by a secret, what is counted,
of whom, and the true count. This is what statistical offices do to published tables (the cell key method of the ABS
and ONS; the distribution is that of Ghosh, Roughgarden and Sundararajan 2009, "Universally utility-maximizing privacy
mechanisms", cut off).

What it gives: a figure is off by ``most`` at the most, by nothing on average. Asked again, by whatever tool, the same
figure is the same, so that asking often averages nothing away; when the count changes, the draw is a new one, so that
before and after cannot be subtracted. Whether one person counts or not changes how likely a told figure is by the
factor e^epsilon at most, except where the draw lies at the cut-off (probability ``tail``), and a sum of m figures has
m times the variance of one.

What it does not give: somebody who knows nearly everybody, and finds very many different questions that all depend on
one person, learns a little from each; epsilons add up. Postings are public and carry none.
"""

import hashlib
import hmac
import math
from bisect import bisect
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

AT_THE_CUT = 2.0
"""How much less likely, as a power of e, the largest noise is than none."""


@dataclass(frozen=True)
class Noise:
    """Noise of one deployment.

    Attributes:
        secret: whoever has it can take the noise away.
        most: how far a count is off at most; 0: not at all.
        least: no count of somebody is told as fewer than this.
    """

    secret: bytes
    most: int
    least: int

    @property
    def epsilon(self) -> float:
        """How much, as a power of e, one person may change how likely a figure is."""
        return AT_THE_CUT / self.most if self.most else math.inf

    @property
    def tail(self) -> float:
        """How likely it is that noise lies at one end, where epsilon does not hold."""
        return math.exp(-AT_THE_CUT) / self._weights[-1] if self.most else 0.0

    def on(self, n: int, *cell: str) -> int:
        """Return what is told instead of ``n`` of a cell, the same each time; nobody stays nobody."""
        if not n or not self.most:
            return n
        seed = "\x1f".join((*cell, str(n))).encode()
        drawn = hmac.digest(self.secret, seed, hashlib.sha256)
        chance = int.from_bytes(drawn[:8]) / 2**64
        return max(self.least, n + bisect(self._weights, chance * self._weights[-1]) - self.most)

    @cached_property
    def _weights(self) -> list[float]:
        """Return the cumulative weights of −most … most."""
        return list(
            accumulate(math.exp(-self.epsilon * abs(off)) for off in range(-self.most, self.most + 1))
        )
