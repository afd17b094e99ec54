"""Years of work from dated positions, months held twice counted once."""

import re
from collections.abc import Iterable
from datetime import date

from shared.wire.profile import Work

_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?")


def years_worked(work: Iterable[Work], today: date) -> float | None:
    """Return years to one decimal, or None where no position is dated.

    A year without a month begins in January and ends in December; a position without an end that is
    not said to last counts to its start only, since its length is unknown.
    """
    now = today.year * 12 + today.month - 1
    spans = sorted(span for item in work if (span := _span(item, now)))
    if not spans:
        return None
    months, reached = 0, -1
    for start, end in spans:
        months += max(0, end - max(start, reached + 1) + 1)
        reached = max(reached, end)
    return round(months / 12, 1)


def _span(item: Work, now: int) -> tuple[int, int] | None:
    start = _month(item.start_date, first=True)
    if start is None:
        return None
    end = now if item.current else _month(item.end_date, first=False)
    return start, min(now, start if end is None else end)


def _month(text: str | None, *, first: bool) -> int | None:
    match = _DATE.match(text or "")
    if match is None:
        return None
    month = int(match[2]) if match[2] else (1 if first else 12)
    return int(match[1]) * 12 + month - 1
