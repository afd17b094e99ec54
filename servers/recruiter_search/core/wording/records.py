"""What a query says of the record and of times in a place: openness, contact, tenure, how recent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from servers.recruiter_search.core.rules.plain import UNKNOWN_COUNTRY

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
    r"\b(?:within|at most|up to|no more than)\s+(?P<far>\d{1,3})\s*(?P<unit>kms?|kilomet(?:er|re)s?|miles?|mi)"
    r"\s+(?:of|from|around)\s+(?=\S)",
    re.I,
)
KM_A_MILE = 1.609
_FROM = re.compile(
    r"\b(?:imported|sourced|added|came|come|coming|uploaded)\s+(?:in\s+)?(?:from|via|through|by|as|with)\s+"
    r"(?:an?\s+|the\s+|their\s+)?",
    re.I,
)
_SOURCE = re.compile(
    r"(?P<source>greenhouse|linked-?in(?:\s+exports?)?|csv(?:\s+files?)?|json[ -]?r[eé]sum[eé]s?|r[eé]sum[eé]s?|cvs?|notes?)\b"
    r"(?P<more>(?:,?\s*(?:or|and)|,|/)\s+(?:an?\s+)?)?",
    re.I,
)
_SOURCES = {
    "gr": "greenhouse", "li": "linkedin_export", "cs": "csv", "js": "json_resume", "cv": "resume", "no": "note"
}  # fmt: skip
_WARNINGS = (
    ("hidden_text", re.compile(r"\bhidden[ -]text\b", re.I)),
    (
        "instruction_like_text",
        re.compile(r"\binstruction[ -]like text\b|\binstructions (?:to|for) machines\b", re.I),
    ),
    (
        "little_information",
        re.compile(r"\blittle information\b|\b(?:thin|sparse|nearly empty) (?:profiles?|records?)\b", re.I),
    ),
)
_ID = re.compile(r"\bcand_\w+(?:-\w+)*")
_WHERE = r"(?:location|country|place of residence|residence)"
_NOWHERE = re.compile(
    rf"\bunknown {_WHERE}\b|\b{_WHERE} (?:is )?(?:unknown|not (?:known|stated|given))\b"
    rf"|\b(?:no|without (?:an?\s+)?)\s*(?:known |stated |given )?{_WHERE}\b(?: (?:known|stated|given))?",
    re.I,
)
_HEADLINE = re.compile(
    r"\bheadlines?\s+(?:that\s+)?(?:says?|saying|mentions?|mentioning|contains?|containing|includes?|including|with|reads?|has)\s+"
    r"[\"“](?P<words>[^\"”]{2,100})[\"”]",
    re.I,
)
_ISSUER = re.compile(
    r"\b(?i:certified|certificates?|certifications?)\s+(?i:issued\s+)?(?i:by|from)\s+(?i:the\s+)?"
    r"(?P<name>[A-Z0-9][\w&.'’-]*(?:\s+(?:(?:of|de|the|&)\s+)?[A-Z0-9][\w&'’-]*)*)"
)


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
    yield from _of_record(text)
    for found in _RADIUS.finditer(text):
        km = float(found["far"]) * (KM_A_MILE if found["unit"].lower().startswith("mi") else 1)
        yield Said(found.start(), found.end(), "km", f"{km:.0f}")
    for found in _LATELY.finditer(text):
        years = -(-_days(found["last"], found["last_unit"]) // 366)
        yield Said(found.start(), found.end(), "within_years", str(max(1, years)))


def _of_record(text: str) -> Iterator[Said]:
    """Yield what is said of where a record came from, what it warns of and what it names."""
    for cue in _FROM.finditer(text):
        at, found = cue.start(), _SOURCE.match(text, cue.end())
        while found:
            value = _SOURCES.get(found["source"].lower()[:2], "resume")
            yield Said(at, found.end("source"), "sources", value)
            at, found = found.end(), _SOURCE.match(text, found.end()) if found["more"] else None
    for mark, pattern in _WARNINGS:
        for found in pattern.finditer(text):
            yield Said(found.start(), found.end(), "warnings", mark)
    for found in _ID.finditer(text):
        yield Said(found.start(), found.end(), "candidate_ids", found[0])
    for found in _NOWHERE.finditer(text):
        yield Said(found.start(), found.end(), "countries", UNKNOWN_COUNTRY)
    for found in _HEADLINE.finditer(text):
        yield Said(found.start(), found.end(), "headline", found["words"])
    for found in _ISSUER.finditer(text):
        yield Said(found.start(), found.end(), "certificate_issuers", found["name"])


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
