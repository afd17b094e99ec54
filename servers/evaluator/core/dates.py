"""Calendar arithmetic in whole months, counted from year 0."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shared.kernel.months import month_of

_NUMBER_WORDS: dict[str, float] = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fifteen": 15, "twenty": 20,
}  # fmt: skip
NUMBER = rf"(?:\d{{1,2}}(?:[.,]\d)?|{'|'.join(_NUMBER_WORDS)})"
"""A number of years as it is written, for use in patterns that ignore case."""

_ISO_PREFIX = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-\d{2})?\Z")
_EARLIEST_YEAR = 1940


@dataclass(frozen=True, slots=True)
class Months:
    """A half-open range of months ``[start, end)``."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


def date_range(start: str | None, end: str | None, *, current: bool, as_of: date) -> Months | None:
    """Return the months of an item, or None where the dates do not say.

    Dates are ISO 8601 prefixes. A bare year stands for its middle, so that ``2015`` to ``2017`` are two
    years; both ends in one bare year are six months. What lies after ``as_of`` does not count yet.
    """
    first = _parse(start)
    last = (month_of(as_of), True) if current else _parse(end)
    if first is None or last is None:
        return None
    (begin, begin_exact), (finish, finish_exact) = first, last
    if not begin_exact and not finish_exact and begin == finish:
        return Months(begin - 3, begin + 3)
    after = min(finish + 1 if finish_exact else finish, month_of(as_of) + 1)
    return Months(begin, after) if begin < after else None


def _parse(text: str | None) -> tuple[int, bool] | None:
    """Return the month and whether the text named it."""
    match = _ISO_PREFIX.match(text.strip()) if text else None
    if match is None or int(match[1]) < _EARLIEST_YEAR:
        return None
    if match[2] is None:
        return int(match[1]) * 12 + 6, False
    month = int(match[2])
    return (int(match[1]) * 12 + month - 1, True) if 1 <= month <= 12 else None


def years_covered(ranges: Iterable[Months]) -> float:
    """Return how many years the ranges cover together; overlaps count once."""
    covered = 0
    reached = 0
    for one in sorted(ranges, key=lambda months: months.start):
        covered += max(0, one.end - max(one.start, reached))
        reached = max(reached, one.end)
    return covered / 12


def number_of(written: str) -> float:
    """Return a number that ``NUMBER`` matches."""
    word = _NUMBER_WORDS.get(written.lower())
    return float(written.replace(",", ".")) if word is None else word
