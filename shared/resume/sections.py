"""The sections of a résumé, found by their headings."""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from shared.resume.lines import Line

SectionKind = Literal[
    "contact", "summary", "work", "education", "skills", "certificates", "languages", "projects", "other"
]

# What lists of skills hold too often to stand over a section.
_ITEMS = frozenset({"project management"})
_ORNAMENT = re.compile(r"^[\W_]+|[\W_]+$")
_EXPERIENCE = re.compile(r"(?!TECHNICAL|COMPUTER|PROGRAMMING|SOFTWARE|NO )(?:[A-Z&/]+ ){1,3}EXPERIENCE")
_MOST_WORDS = 7
_INLINE_MOST = 4


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The words that headings consist of: phrase → kind, and what may stand around a phrase."""

    kinds: dict[str, SectionKind]
    modifiers: frozenset[str]
    longest: int


@cache
def _vocabulary() -> _Vocabulary:
    kinds: dict[str, SectionKind] = {}
    modifiers: set[str] = set()
    text = files("shared.resume").joinpath("headings.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        kind, colon, phrases = line.partition(":")
        if not colon or line.startswith("#"):
            continue
        words = [phrase.strip() for phrase in phrases.split(",")]
        if kind == "modifier":
            modifiers.update(words)
        else:
            kinds.update(dict.fromkeys(words, cast(SectionKind, kind)))
    return _Vocabulary(kinds, frozenset(modifiers), max(len(phrase.split()) for phrase in kinds))


@dataclass(slots=True)
class Section:
    """A stretch of lines under one heading; the head of the document has the kind ``contact``."""

    kind: SectionKind
    heading: Line | None
    lines: list[Line] = field(default_factory=list[Line])


def heading_of(line: Line) -> SectionKind | None:
    """Return the kind of section a line begins, None where it is no heading."""
    if line.words > _MOST_WORDS or len(line.text) > 60:
        return None
    if line.text.endswith((".", ",", ";")):
        return None
    words = _ORNAMENT.sub("", line.body)
    # "E X P E R I E N C E": letters set apart for looks.
    if re.fullmatch(r"(?:\w ){4,}\w", words):
        words = words.replace(" ", "")
    if not words or words.casefold() in _ITEMS or not (words[0].isupper() or (words.islower() and line.gap)):
        return None
    kind = _kind_of(re.sub(r"[/,+]|\s+-\s+|[()]", " & ", words).casefold().rstrip(".").split())
    # "NURSING EXPERIENCE": of whatever kind, experience set in capitals is work.
    return kind or ("work" if line.text.isupper() and _EXPERIENCE.fullmatch(words) else None)


def is_heading(text: str) -> bool:
    """Tell whether a few words could stand over a section."""
    return heading_of(Line(text, 0, len(text), text, False, True)) is not None


def _kind_of(words: list[str]) -> SectionKind | None:
    vocabulary = _vocabulary()
    kind: SectionKind | None = None
    position = 0
    while position < len(words):
        for length in range(min(vocabulary.longest, len(words) - position), 0, -1):
            found = vocabulary.kinds.get(" ".join(words[position : position + length]))
            if found is not None:
                kind = kind or found
                position += length
                break
        else:
            if words[position] not in vocabulary.modifiers:
                return None
            position += 1
    return kind


def sections_of(lines: list[Line]) -> list[Section]:
    """Split a résumé at its headings; what stands before the first one is the contact section."""
    sections = [Section("contact", None)]
    found: list[tuple[Line, SectionKind | None]] = [(line, heading_of(line)) for line in lines]
    shouting = sum(1 for line, kind in found if kind and line.text.isupper()) >= 2
    # What is written over several passages of one section divides its jobs: "Technologies:", "Achievements".
    written = Counter(line.text.casefold() for line, kind in found if kind in _DIVIDERS)
    for line, known in found:
        kind = known
        if sections[-1].kind == "work" and kind in _DIVIDERS and written[line.text.casefold()] > 1:
            kind = None
        if kind is None and shouting and sections[-1].kind in _LISTS and _is_unknown_heading(line):
            kind = "other"
        if kind is not None:
            sections.append(Section(kind, line))
        elif (inline := _inline_heading(line)) is not None:
            kind, rest = inline
            sections.append(Section(kind, line))
            sections[-1].lines.append(rest)
        else:
            sections[-1].lines.append(line)
    return sections


_LED = re.compile(
    r"(?:WORK|Work|PROFESSIONAL|Professional) (?:EXPERIENCE|Experience)\s+(?=[A-Z][\w&.]* [A-Z])(?=\S+(?: \S+){1,6}$)"
)
_DIVIDERS = ("skills", "projects", "summary", "other")
_LISTS = ("skills", "certificates", "languages", "summary")


def _is_unknown_heading(line: Line) -> bool:
    """Tell a heading that no vocabulary knows, where the known ones are in capitals too."""
    words = line.text.split()
    return (
        2 <= len(words) <= 6
        and line.text.isupper()
        and not re.search(r"[,/;|\d]", line.text)
        and sum(character.isalpha() for character in line.text) > 8
    )


def _inline_heading(line: Line) -> tuple[SectionKind, Line] | None:
    """Read ``EDUCATION: Western University`` as a heading with its first line."""
    if led := _LED.match(line.text):
        start = line.start + led.end()
        rest = line.text[led.end() :]
        return "work", Line(rest, start, line.end, rest, False, False)
    head, colon, rest = line.text.partition(":")
    if not colon or not rest.strip() or len(head.split()) > _INLINE_MOST or not head.isupper():
        return None
    kind = heading_of(Line(head, line.start, line.start + len(head), head, False, line.gap))
    if kind is None:
        return None
    start = line.end - len(rest.lstrip())
    body = rest.strip()
    return kind, Line(body, start, line.end, body, False, False)
