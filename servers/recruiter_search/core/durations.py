"""How long and how recently, as the boolean language writes it after a name: ``python>=3y`` in all, ``python@2y`` still
done two years ago, ``python@2023`` still done in that year, ``python>=3y@2y`` both."""

import re
from datetime import date

from servers.recruiter_search.core.values import MOST_YEARS, MOST_YEARS_AGO, Experience

_YEARS = r"([0-9]{1,2})\s*y(?:(?:ea)?rs?)?"
_TIMED = re.compile(rf"(.*?)\s*(?:>=\s*{_YEARS})?\s*(?:@\s*(?:{_YEARS}|([0-9]{{4}})))?", re.I)
_SIGN = re.compile(r"[<>=]|@(?=\s*(?:\d|$))")


def time_at(text: str) -> int | None:
    """Return where ``text`` begins to speak of a time; None where it speaks of none."""
    sign = _SIGN.search(text)
    return sign.start() if sign else None


def without_time(text: str) -> str:
    """Return the name that a time is said of."""
    return text[: time_at(text)].rstrip()


def read_time(text: str, today: date) -> Experience | None:
    """Return a name, which may be empty, with its time; None where ``text`` writes no time, or one that cannot be."""
    said = _TIMED.fullmatch(text.strip())
    if said is None or time_at(said[1]) is not None:
        return None
    name, least, ago, since = said.groups()
    within = today.year - int(since) if since else int(ago) if ago else None
    if least is None and within is None:
        return None
    if (least and not 1 <= int(least) <= MOST_YEARS) or (within and not 0 <= within <= MOST_YEARS_AGO):
        return None
    return Experience(of=name, min_years=int(least) if least else None, within_years=within)


def written_time(asked: Experience) -> str:
    """Return a name with its time, as ``read_time`` reads it."""
    least = "" if asked.min_years is None else f">={asked.min_years}y"
    return asked.of + least + ("" if asked.within_years is None else f"@{asked.within_years}y")


def time_meant(word: str, text: str) -> str:
    """Return what to write for ``text``, which speaks of a time and writes none; ``word`` is the field."""
    at = time_at(text) or 0
    name, said = text[:at].rstrip() or "python", text[at:]
    if said.startswith("<"):
        return f"A single {word} has no upper limit; years:<=… limits all work."
    number = re.search(r"[0-9]+", said)
    most = number is not None and said[0] != "@" and int(number[0]) > MOST_YEARS
    least = min(int(number[0]), MOST_YEARS) if number and said[0] != "@" else 3
    long, lately = (_typed(word, name + time) for time in (f">={max(1, least)}y", "@2y"))
    if most:
        return f"Years are counted up to {MOST_YEARS}: write {long}."
    return f"Write {long} for how long, {lately} for still done two years ago, or {_typed(word, f'{name}@2023')}."


def _typed(word: str, value: str) -> str:
    return f'{word}:"{value}"' if " " in value else f"{word}:{value}"
