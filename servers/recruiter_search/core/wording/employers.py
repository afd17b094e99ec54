"""Employers and schools in a query's words: names that no list knows, by the words before them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from servers.recruiter_search.core.wording.lexicon import vocabulary
from shared.taxonomy.employers import without_legal_form

Held = Literal["", "now", "past"]
"""When somebody was there; empty: it is not said."""

_NAME = r"[A-Z0-9][\w&.'’-]*(?:\s+(?:&\s+|of\s+|de\s+|the\s+)?[A-Z0-9][\w&.'’-]*)*"
_CUES: tuple[tuple[Held, str], ...] = (
    (
        "past",
        r"\bex[- ]|\bformer(?:ly)?\s+(?:at\s+|with\s+|from\s+|of\s+)?|\bpreviously\s+(?:worked\s+)?(?:at|with)\s+|"
        r"\b(?:have |has |who )?left\s+|\bused to (?:work|be)\s+(?:at|for|with)\s+|\balumni\s+of\s+",
    ),
    (
        "now",
        r"\bcurrent(?:ly)?\s+(?:employed\s+|working\s+|work\s+)?(?:at|with|for|by)\s+|\bnow\s+(?:at|with)\s+|"
        r"\b(?:works?|working|employed)\s+(?:at|for|by)\s+",
    ),
    (
        "",
        r"\b(?:have |has )?(?:ever )?worked\s+(?:at|for|with)\s+|\b(?:at|from|(?<!look )(?<!looking )(?<!search )"
        r"(?<!searching )for|joined)\s+|"
        r"\bcompan(?:y|ies)(?: like| such as)?:?\s+|\bemployers?:?\s+",
    ),
)
_CUE = re.compile("|".join(f"(?P<cue{at}>{words})" for at, (_, words) in enumerate(_CUES)), re.I)
_NAMED = re.compile(_NAME)
_KIND = re.compile(
    r"\s+(?:agenc|brand|business|compan|firm|retailer|shop|start-?up|scale-?up|store)(?:y|ies|es|s)?\b"
)
"""After what kind of employer is meant: D2C brands."""
_ONE_WORD = re.compile(r"[^\W_][\w&.'’-]*")
_SURE = re.compile(r"\bex[- ]$|\b(?:work\w*|employed)\s+(?:at|for|by)\s+$", re.I)
"""After these even a name in small letters is one."""
_NEXT = re.compile(r"\s*(?:,|/|\bor\b|\band\b|\bnor\b|,\s*(?:or|and|nor)\b)\s*(?:at\s+|from\s+)?", re.I)
_NO_NAME = vocabulary(
    "a an the any some all its their his her big large small startups startup companies agencies",
    "least most home remote january february march april may june july august september october",
    "november december a1 a2 b1 b2 c1 c2",
)
_SCHOOL = re.compile(
    r"(?:\b(?P<cue>(?:studied|graduated|educated|alumni|degree)\s+(?:at|from|of)\s+)(?P<named>"
    + _NAME
    + r"))"
    r"|(?P<titled>(?:[A-Z][\w'’-]*\s+){1,4}(?:University|College|Institute|Academy)(?:\s+of(?:\s+[A-Z][\w'’-]*)+)?"
    r"|\b(?:University|Institute|College)\s+of(?:\s+[A-Z][\w'’-]*)+)"
)


@dataclass(frozen=True)
class Company:
    start: int
    end: int
    name: str
    held: Held


def find_companies(text: str, known: Sequence[tuple[int, int]]) -> Iterator[Company]:
    """Yield the employers that ``text`` names, ``known`` being what it names otherwise, and lists of them."""
    reached = 0
    for cue in _CUE.finditer(text):
        if cue.start() < reached:
            continue
        held: Held = next(held for at, (held, _) in enumerate(_CUES) if cue[f"cue{at}"])
        place = cue.end()
        found = _name(text, place, known, sure=bool(_SURE.search(text[:place])))
        while found:
            start, end = found
            yield Company(start, end, without_legal_form(text[start:end].rstrip(".,'’")), held)
            reached = end
            following = _NEXT.match(text, end)
            found = _name(text, following.end(), known, sure=False) if following else None


def _name(text: str, at: int, known: Sequence[tuple[int, int]], *, sure: bool) -> tuple[int, int] | None:
    """Return where the name that begins ``at`` stands, if it is one and names nothing else."""
    article = re.match(r"(?:the|an?)\s+(?=[A-Z])", text[at:])
    at += article.end() if article else 0
    match = _NAMED.match(text, at) or (_ONE_WORD.match(text, at) if sure else None)
    if match is None or match[0].lower() in _NO_NAME or not any(char.isalpha() for char in match[0]):
        return None
    if _KIND.match(text, match.end()) or any(start <= at < until for start, until in known):
        return None
    # "Umber Bank" is a name; what a name only begins within goes on after it.
    end = min((start for start, until in known if at < start < match.end() < until), default=match.end())
    return at, at + len(text[at:end].rstrip(" &.,"))


def find_schools(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the schools that ``text`` names: by what they are called, or as where somebody studied."""
    for found in _SCHOOL.finditer(text):
        part = "named" if found["named"] else "titled"
        yield found.start(part), found.end(part), found[part]
