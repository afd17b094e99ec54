"""Years of work from dated positions, months held twice counted once."""

from collections.abc import Iterable, Sequence
from datetime import date

from shared.kernel.months import month_of, month_read
from shared.wire.profile import Work

Span = tuple[int, int]
"""First and last month, both counted."""


def years_worked(work: Iterable[Work], today: date) -> float | None:
    """Return years to one decimal, or None where no position is dated.

    A year without a month begins in January and ends in December; a position without an end that is
    not said to last counts to its start only, since its length is unknown.
    """
    spans = [span for item in work if (span := span_of(item, month_of(today)))]
    return round(months_in(spans) / 12, 1) if spans else None


def months_in(spans: Sequence[Span]) -> int:
    """Return the months that lie in at least one of ``spans``."""
    if len(spans) == 1:
        return max(0, spans[0][1] - spans[0][0] + 1)
    months, reached = 0, -1
    for start, end in sorted(spans):
        if end > reached:
            months += max(0, end - (start if start > reached else reached + 1) + 1)
            reached = end
    return months


def span_of(item: Work, now: int) -> Span | None:
    """Return the first and last month of a position, both worked; None where it is not dated."""
    start = month_read(item.start_date, first=True)
    if start is None:
        return None
    end = now if item.current else month_read(item.end_date, first=False)
    return start, min(now, start if end is None else end)
