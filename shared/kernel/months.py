"""Months as numbers: ``year * 12 + month - 1``, so that they subtract."""

import re
from datetime import date
from functools import lru_cache

_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?")


def month_of(day: date) -> int:
    """Return the number of a day's month."""
    return day.year * 12 + day.month - 1


@lru_cache(4096)
def month_read(text: str | None, *, first: bool) -> int | None:
    """Return the month of an ISO 8601 prefix; a bare year begins in January and ends in December."""
    match = _DATE.match(text or "")
    if match is None:
        return None
    month = int(match[2]) if match[2] else (1 if first else 12)
    return int(match[1]) * 12 + month - 1


def month_written(month: int) -> str:
    """Return ``2026-04``."""
    return f"{month // 12}-{month % 12 + 1:02}"
