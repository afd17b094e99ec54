"""When work may run that should leave the day to people: windows of local time."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.kernel.errors import InvalidInput

EVERY_DAY = frozenset(range(7))
_TEXT = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d) (\S+)")


@dataclass(frozen=True)
class Window:
    """Hours of the day in one place, such as 20:00 to 06:00 in ``Europe/Berlin``; past midnight is one window.

    ``days`` are those on which it opens, 0 for Monday. Equal hours mean the whole day. Where a change of
    clocks leaves an hour out, the window opens when that hour would have been over; an hour that comes
    twice counts from its first time for opening and to its last for closing. Raises InvalidInput.
    """

    opens: time
    closes: time
    zone: str
    days: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        if not self.days or not self.days <= EVERY_DAY:
            raise InvalidInput("name at least one day, 0 for Monday to 6.", field="days")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise InvalidInput(f"{self.zone!r} is no time zone.", field="zone", fix="Europe/Berlin") from None

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the window that ``22:00-06:00 Europe/Berlin`` names, open every day. Raises InvalidInput."""
        with suppress(ValueError, InvalidInput):  # no times of day, no zone
            if said := _TEXT.fullmatch(text.strip()):
                return cls(time.fromisoformat(said[1]), time.fromisoformat(said[2]), said[3])
        raise InvalidInput(
            f"{text[:60]!r} is no window of hours.", field="window", fix="22:00-06:00 Europe/Berlin"
        )

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M} {self.zone}"

    def next(self, now: datetime) -> datetime:
        """Return ``now`` if the window is open then, else when it opens next, in UTC.

        For messages give it ``await mailboxes.now()``: the database's clock is the one that counts.
        """
        today = now.astimezone(ZoneInfo(self.zone)).date()
        spans = (
            self._on(today + timedelta(days=n))
            for n in range(-1, 8)
            if (today.weekday() + n) % 7 in self.days
        )
        opens = next(opens for opens, closes in spans if now < closes)
        return max(opens, now.astimezone(UTC))

    def _on(self, day: date) -> tuple[datetime, datetime]:
        following = day + timedelta(days=self.closes <= self.opens)
        return self._at(day, self.opens, 0), self._at(following, self.closes, 1)

    def _at(self, day: date, at: time, fold: int) -> datetime:
        return datetime.combine(day, at, ZoneInfo(self.zone)).replace(fold=fold).astimezone(UTC)
