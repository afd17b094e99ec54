"""Times as people write and say them: hours of the day, days, time zones, and until when something goes on."""

import re
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

TIME = r"(?:\d{1,2}(?:[:.]\d{2})?\s*(?:am|pm|a\.m\.|p\.m\.|o'?clock|h)?|noon|midnight)"
"""How an hour of the day is written."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = rf"(?:today|tonight|tomorrow|(?:next )?(?:{'|'.join(_DAYS)})|the weekend|next week)"
"""How a day is written."""
MOMENT = (
    rf"(?:(?:on )?(?P<day>{DAY})(?: morning)?(?:,? (?:at )?(?P<at>{TIME}))?"
    rf"|(?P<only>{TIME})(?:,? (?:on )?(?P<then>{DAY}))?|(?P<end>(?:the )?end of (?:the )?(?:day|week)))"
)
"""How a moment to come is written."""
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "half an": 0.5}
SPAN = rf"(?P<number>\d+(?:\.\d+)?|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}) (?P<unit>minute|min|hour|day|week)s?"
"""How a length of time is written."""
_UNITS = {"min": 60, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
MORNING, EVENING = time(9), time(18)


def read_time(text: str) -> time | None:
    """Return a time of day: ``9``, ``9:30``, ``9 pm``, ``noon``; None where there is no such time."""
    said = text.strip().casefold().replace(".m.", "m")
    if said in {"noon", "midnight"}:
        return time(12 if said == "noon" else 0)
    match = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|o'?clock|h)?", said)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half in {"am", "pm"}:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour % 24, minute) if hour <= 24 and minute < 60 else None


def read_zone(text: str) -> str | None:
    """Return the time zone that a name or a city stands for, such as ``Europe/Berlin`` for Berlin."""
    wanted = re.sub(r"\s+", "_", text.strip(" .").casefold())
    return _zones().get(wanted)


def read_moment(match: re.Match[str], now: datetime, place: ZoneInfo) -> datetime | None:
    """Return the moment that a match of ``MOMENT`` means next in ``place``, in UTC; None for an hour there is not.

    A day without an hour begins at 9:00; its end, and that of a week (Friday), is at 18:00.
    """
    today = now.astimezone(place).date()
    if match["end"]:
        days, at = (4 - today.weekday()) % 7 if "week" in match["end"] else 0, EVENING
        then = datetime.combine(today + timedelta(days=days), at, place)
        return (
            then if then > now else then + timedelta(days=7 if days or "week" in match["end"] else 1)
        ).astimezone(UTC)
    day, said = match["day"] or match["then"], match["at"] or match["only"]
    at = read_time(said) if said else MORNING
    if at is None:
        return None
    then = datetime.combine(today + timedelta(days=_days_to(day, today.weekday())), at, place)
    if then <= now:
        again = 7 if day and day.removeprefix("next ") in (*_DAYS, "the weekend", "next week") else 1
        then = datetime.combine(then.date() + timedelta(days=again), at, place)
    return then.astimezone(UTC)


def read_span(match: re.Match[str]) -> timedelta:
    """Return the length of time that a match of ``SPAN`` means."""
    said = match["number"]
    number = _NUMBERS[said] if said in _NUMBERS else float(said)
    return timedelta(seconds=number * _UNITS[match["unit"]])


def say_moment(moment: datetime, now: datetime, place: ZoneInfo) -> str:
    """Return a moment as people say it: ``17:00 today``, ``9:00 tomorrow``, ``9:00 on Monday, 23 November``."""
    then, today = moment.astimezone(place), now.astimezone(place).date()
    clock = f"{then:%H:%M}"
    match (then.date() - today).days:
        case 0:
            return f"{clock} today"
        case 1:
            return f"{clock} tomorrow"
        case _:
            return f"{clock} on {then:%A}, {then.day} {then:%B}"


def _days_to(day: str | None, weekday: int) -> int:
    match day:
        case None | "today" | "tonight":
            return 0
        case "tomorrow":
            return 1
        case "the weekend":
            return (5 - weekday) % 7
        case "next week":
            return 7 - weekday
        case _:
            return (_DAYS.index(day.removeprefix("next ")) - weekday) % 7


@cache
def _zones() -> dict[str, str]:
    known = sorted(available_timezones())
    cities = {zone.rpartition("/")[2].casefold(): zone for zone in known if zone.count("/")}
    return cities | {zone.casefold(): zone for zone in known}
