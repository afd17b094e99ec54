"""Ways of working as postings, profiles and recruiters write them: remote, hybrid, on site."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

WorkMode = Literal["on_site", "hybrid", "remote"]

_REMOTE = r"remote(?:ly)?|work(?:ing)? from home|home[ -]?office|wfh|telework\w*"
_ON_SITE = r"on[ -]?site|in[ -]office|in[ -]person|in the office"
_MENTIONED: tuple[tuple[WorkMode, re.Pattern[str]], ...] = (
    ("remote", re.compile(rf"\b(?:fully[ -])?(?:{_REMOTE})\b", re.I)),
    ("hybrid", re.compile(r"\bhybrid\b", re.I)),
    ("on_site", re.compile(rf"\b(?:{_ON_SITE})\b", re.I)),
)
_WHOLLY = r"(?:(?:fully|100 ?%|completely) )?"
_LABELS: tuple[tuple[WorkMode, re.Pattern[str]], ...] = (
    ("hybrid", re.compile(r"(?:partly|partially|part) remote|.{0,20}\bhybrid\b.{0,20}", re.I)),
    ("remote", re.compile(rf"{_WHOLLY}(?:remote\b.{{0,20}}|{_REMOTE})", re.I)),
    ("on_site", re.compile(rf"{_WHOLLY}(?:{_ON_SITE}|office[ -]based)", re.I)),
)
_ANSWERS: tuple[tuple[WorkMode, re.Pattern[str]], ...] = (
    ("hybrid", re.compile(r"hybrid|partly|some days|mixed|both|days? (?:a|per) week", re.I)),
    ("remote", re.compile(rf"{_REMOTE}|home|anywhere", re.I)),
    ("on_site", re.compile(rf"{_ON_SITE}|office|there", re.I)),
)


@dataclass(frozen=True)
class WorkModeMention:
    """Characters ``[start, end)`` that name a way of working."""

    start: int
    end: int
    mode: WorkMode


def find_work_modes(text: str) -> Iterator[WorkModeMention]:
    """Yield where a text names ways of working, way by way."""
    for mode, pattern in _MENTIONED:
        yield from (WorkModeMention(found.start(), found.end(), mode) for found in pattern.finditer(text))


def work_mode_labelled(text: str) -> WorkMode | None:
    """Return the way of working that a label consists of, such as "fully remote" or "hybrid, 2 days"."""
    return next((mode for mode, pattern in _LABELS if pattern.fullmatch(text)), None)


def work_mode_answered(text: str) -> WorkMode | None:
    """Return the way of working that is meant by who is asked for it: "from home", "some days there"."""
    return next((mode for mode, pattern in _ANSWERS if pattern.search(text)), None)
