"""What a query says of the record and of times in a place: openness, contact, tenure, how recent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_COUNT = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: str(number) for number, word in enumerate(_COUNT, 1)}
_NUMBER = rf"(?:\d{{1,3}}|an?|{'|'.join(_NUMBERS)})"
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_UNIT = r"(?:days?|weeks?|months?|years?|yrs?)"


def _ago(name: str) -> str:
    """Return the pattern of a time that reaches until now, its parts named after ``name``."""
    spoken = rf"(?P<{name}>{_NUMBER})?\s*(?P<{name}_unit>{_UNIT})"
    return rf"(?:in|within|during|over)\s+the\s+(?:last|past)\s+{spoken}"


_OPEN = re.compile(
    r"\bopen to (?:work|(?:new )?(?:roles?|jobs?|opportunit(?:y|ies)|offers|positions?))\b"
    r"|\blooking for (?:a |an )?(?:new |next )?(?:work|job|role|position|challenge|opportunit(?:y|ies))\b(?=\s*$|\s*[,;.])"
    r"|\bactively looking\b|\bavailable (?:immediately|now)\b|\bjob[- ]seek(?:ers?|ing)\b",
    re.I,
)
_CONTACTED = re.compile(rf"\bcontacted\b(?:\s+(?:yet|before|already))?(?:\s+{_ago('spoke')})?", re.I)
_CHANGED = re.compile(
    rf"\b(?:(?:profiles?|records?)\s+)?(?:updated|changed|added|refreshed)\s+{_ago('since')}", re.I
)
_HAPPENED = re.compile(r"\b(?P<what>applied|replied|withdrawn|withdrew|hired before)\b", re.I)
_TENURE = re.compile(
    rf"(?P<bound>\b(?:at least|more than|over|minimum(?: of)?|less than|under|at most|up to|fewer than|no more than)\s+)?"
    rf"(?P<number>{_NUMBER})\s*(?P<plus>\+|plus\b)?\s*(?P<unit>months?|years?|yrs?)\s+"
    r"(?:in|at|with)\s+(?:(?:the |their |his |her |a )?(?:current|present|same|this)\s+"
    r"(?P<where>roles?|jobs?|positions?|company|employer|firm)|(?:the |their )?(?:role|position)\b)",
    re.I,
)
_STAYS = re.compile(
    rf"\b(?:stay(?:s|ed|ing)?|average(?:\s+(?:tenure|stay))?|tenure)\s+(?:of\s+|for\s+)?(?:(?:on\s+)?average\s+)?"
    rf"(?:(?:at least|more than|over|minimum(?: of)?)\s+)?(?P<number>{_NUMBER})\s*(?:\+\s*)?(?P<unit>months?|years?|yrs?)"
    r"(?:\s+(?:or more\s+)?(?:per|with each|at each|in each|with every|at every|with an|at an)\s+(?:company|employer|job|firm))?",
    re.I,
)
_MOST = ("less", "under", "at most", "up to", "fewer", "no more")
_LATELY = re.compile(rf"\b{_ago('last')}", re.I)
_RADIUS = re.compile(
    r"\bwithin\s+(?P<far>\d{1,3})\s*(?P<unit>kms?|kilomet(?:er|re)s?|miles?|mi)\s+(?:of|from|around)\s+(?=\S)",
    re.I,
)
KM_A_MILE = 1.609


@dataclass(frozen=True)
class Said:
    """Words that set a filter by themselves, or ``within_years`` and ``km``, which belong to what is beside them."""

    start: int
    end: int
    filter: str
    value: str


def find_records(text: str) -> Iterator[Said]:
    """Yield what ``text`` says of the record and of times."""
    for found in _TENURE.finditer(text):
        yield _tenure(found)
    for found in _STAYS.finditer(text):
        months = _months(found["number"], found["unit"])
        yield Said(found.start(), found.end(), "min_months_per_company", str(months))
    for found in _OPEN.finditer(text):
        yield Said(found.start(), found.end(), "open_to_work", "true")
    for found in _CONTACTED.finditer(text):
        days = _days(found["spoke"], found["spoke_unit"])
        name = "contacted_within_days" if days else "contacted"
        yield Said(found.start(), found.end(), name, str(days) if days else "true")
    for found in _CHANGED.finditer(text):
        days = _days(found["since"], found["since_unit"])
        yield Said(found.start(), found.end(), "changed_within_days", str(days))
    for found in _HAPPENED.finditer(text):
        what = {"withdrew": "withdrawn", "hired before": "hired"}.get(found["what"].lower())
        yield Said(found.start(), found.end(), "engagement", what or found["what"].lower())
    for found in _RADIUS.finditer(text):
        km = float(found["far"]) * (KM_A_MILE if found["unit"].lower().startswith("mi") else 1)
        yield Said(found.start(), found.end(), "km", f"{km:.0f}")
    for found in _LATELY.finditer(text):
        years = -(-_days(found["last"], found["last_unit"]) // 366)
        yield Said(found.start(), found.end(), "within_years", str(max(1, years)))


def _tenure(found: re.Match[str]) -> Said:
    months = _months(found["number"], found["unit"])
    most = (found["bound"] or "").lower().startswith(_MOST)
    where = "company" if (found["where"] or "").lower() in ("company", "employer", "firm") else "role"
    return Said(found.start(), found.end(), f"{'max' if most else 'min'}_months_in_{where}", str(months))


def _months(number: str, unit: str) -> int:
    return int(_number(number)) * (1 if unit.lower().startswith("month") else 12)


def _days(number: str | None, unit: str | None) -> int:
    """Return the days of a time, 0 where none is said."""
    if unit is None:
        return 0
    short = unit.lower().rstrip("s")
    return int(_number(number or "1")) * _DAYS["year" if short == "yr" else short]


def _number(word: str) -> str:
    lowered = word.lower()
    return "1" if lowered in ("a", "an") else _NUMBERS.get(lowered, lowered)
