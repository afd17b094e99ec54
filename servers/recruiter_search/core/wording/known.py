"""What a query says of employers' size and growth, and of where people stand in a project: what other units know."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from servers.recruiter_search.core.rules.elsewhere import STAGES

_EMPLOYERS = (
    r"(?:(?:small|large|big|mid(?:dle)?-?sized?|medium-?sized)\s+)?(?:compan(?:y|ies)|employers?|firms?|business(?:es)?|"
    r"organi[sz]ations?|corporations?|enterprises?|start-?ups?|scale-?ups?)"
)
_STAFF = r"(?:people|persons?|employees?|staff|workers|heads|ftes?)"
_COUNT = r"\d{1,3}(?:[,.'’]\d{3})+|\d{1,7}(?:\s?k\b)?"
_LEAST = r"at least|no (?:fewer|less) than|min(?:imum)?(?: of)?"
_MOST = r"at most|no more than|up to|max(?:imum)?(?: of)?"
_ABOVE = r"more than|over|above"
_BELOW = r"fewer than|less than|under|below"
_BOUND = rf"(?:(?P<bound>{_LEAST}|{_MOST}|{_ABOVE}|{_BELOW})\s+)?"
_SPAN = (
    rf"{_BOUND}(?P<one>{_COUNT})(?:\s*(?:-|–|to|and)\s*(?P<two>{_COUNT}))?"
    r"(?P<more>\s*\+|\s+(?:or|and) (?:more|above|larger)|\s+plus\b)?(?P<less>\s+or (?:fewer|less|smaller))?"
)
_OF_STAFF = rf"(?:\s+{_STAFF}\b|(?=\s*(?:$|[,;.!?)]|(?:in|near|and|or|who|that|with|but|not|at|for|from)\b)))"
"""After a number of people: "under 50 years" and "under 50 women" are none."""
_SIZES = (
    re.compile(
        rf"\b{_EMPLOYERS}\s+(?:of|with|having|employing|(?:that|which|who)\s+(?:have|has|employs?))\s+(?:between\s+)?"
        rf"{_SPAN}{_OF_STAFF}",
        re.I,
    ),
    re.compile(rf"\b{_EMPLOYERS}\s+\(?(?:between\s+)?{_SPAN}\s+{_STAFF}\b\)?", re.I),
    re.compile(rf"\b(?:an?\s+)?{_SPAN}[\s-]+{_STAFF}\s+{_EMPLOYERS}\b", re.I),
)
_FAST = r"fast|rapidly|quickly|strongly"
_PERCENT = (
    rf"(?:by\s+)?(?:(?P<bound>{_LEAST}|{_ABOVE})\s+)?(?P<one>\d{{1,3}}(?:\.\d)?)\s*(?:%|per ?cent)"
    r"(?P<more>\s+(?:or|and) more|\s*\+)?"
)
_YEARLY = (
    r"(?:\s+(?:a|per|each|every|in (?:a|the last|the past)|over the (?:last|past))\s+"
    r"(?:year|twelve months|12 months))?"
)
_UP = rf"(?P<up>growing|grew|grown|grow|grows)(?!\s+(?:by\s+)?(?:{_MOST}|{_BELOW})\b)"
_GROWTHS = (
    re.compile(
        rf"\b(?:(?P<fast>(?:{_FAST})[\s-]+growing|hyper-?growth|high[\s-]growth)|(?P<up>growing)|(?P<down>shrinking))\s+"
        rf"{_EMPLOYERS}\b",
        re.I,
    ),
    re.compile(
        rf"\b{_EMPLOYERS}\s+(?:(?:that|which)\s+)?(?:are\s+|is\s+|have\s+|has\s+)?"
        rf"(?:{_UP}(?:\s+(?:{_PERCENT}|(?P<fast>{_FAST})\b))?|(?P<down>shrinking|shrank|shrunk))(?!\w){_YEARLY}",
        re.I,
    ),
)
FAST, ANY = 0.2, 0.01
"""Growth in twelve months that is taken as fast (as the OECD does), and as any."""
_CALLED = {
    "interviewing": "interview", "interviewed": "interview", "interviews": "interview", "screened": "screening",
    "shortlist": "shortlisted", "offered": "offer", "offers": "offer", "withdrew": "withdrawn",
}  # fmt: skip
_STAGE = rf"(?:{'|'.join((*_CALLED, *STAGES))})\b"
_NAME = r"[\"“](?P<quoted>[^\"”]{1,100})[\"”]|(?P<named>[A-Z0-9][\w&.'’-]*(?:\s+[A-Z0-9][\w&'’-]*)*)"
PROJECT = "proj_"
"""What a project's id begins with."""
_ID = rf"{PROJECT}\w+(?:-\w+)*"
_IN_STAGE = re.compile(
    rf"\b(?P<at>(?i:{_STAGE}(?:\s*(?:,|/|\bor\b|\band\b)\s*(?:in\s+)?(?:the\s+)?{_STAGE})*))(?i:[\s-]+(?:stage|phase|step|round)s?)?"
    r"\s+(?i:of|in|for|from|by|on|at)\s+(?i:(?:the|our)\s+)?"
    rf"(?:(?i:(?:project|pipeline|role|search)\s+(?:of\s+)?)*(?P<id>{_ID})|(?i:project|role)\s+(?:{_NAME}))"
)
_PROJECT = re.compile(rf"\b(?:project\s+)?(?P<id>{_ID})")

Knows = Literal["headcount", "growth", "stage", "project"]


@dataclass(frozen=True)
class Figure:
    """Characters ``[start, end)`` that ask what another unit knows.

    Args:
        said: least and most of a figure, empty where open; of a stage the project as named, then the stages.
    """

    start: int
    end: int
    kind: Knows
    said: tuple[str, ...]


def find_known(text: str) -> Iterator[Figure]:
    """Yield what ``text`` says of employers' figures and of stages; a number without a limit is none."""
    for pattern in _SIZES:
        for found in pattern.finditer(text):
            if limits := _sizes(found):
                yield Figure(found.start(), found.end(), "headcount", limits)
    for pattern in _GROWTHS:
        for found in pattern.finditer(text):
            yield Figure(found.start(), found.end(), "growth", _growth(found))
    for found in _IN_STAGE.finditer(text):
        words: list[str] = [word.lower() for word in re.findall(_STAGE, found["at"], re.I)]
        stages = dict.fromkeys(_CALLED.get(word, word) for word in words)
        project = found["id"] or found["quoted"] or found["named"] or ""
        yield Figure(found.start(), found.end(), "stage", (project, *stages))
    for found in _PROJECT.finditer(text):
        yield Figure(found.start(), found.end(), "project", (found["id"],))


def projects_named(text: str) -> list[str]:
    """Return the projects of whose stages ``text`` speaks by name."""
    stages = (one.said[0] for one in find_known(text) if one.kind == "stage")
    return [name for name in dict.fromkeys(stages) if not name.startswith(PROJECT)]


def _sizes(found: re.Match[str]) -> tuple[str, str] | None:
    one, two, bound = _count(found["one"]), found["two"], (found["bound"] or "").lower()
    if two:
        low, high = sorted((one, _count(two)))
        return None if bound else (str(low), str(high))
    if re.fullmatch(_ABOVE, bound):
        return str(one + 1), ""
    if re.fullmatch(_BELOW, bound):
        return "", str(one - 1)
    if re.fullmatch(_MOST, bound) or found["less"]:
        return "", str(one)
    return (str(one), "") if bound or found["more"] else None


def _count(text: str) -> int:
    thousands = text.lower().endswith("k")
    return int(re.sub(r"\D", "", text)) * (1000 if thousands else 1)


def _growth(found: re.Match[str]) -> tuple[str, str]:
    given = found.groupdict()
    if given["down"]:
        return "", str(-ANY)
    if given.get("one"):
        return f"{float(given['one']) / 100:g}", ""
    return str(FAST if given["fast"] else ANY), ""
