"""A clock that stands still."""

from datetime import UTC, date, datetime, time


class FixedClock:
    """Implements ``Clock``: noon of one day, for ever."""

    def __init__(self, day: date) -> None:
        self._day = day

    def now(self) -> datetime:
        return datetime.combine(self._day, time(12), UTC)

    def today(self) -> date:
        return self._day
