"""The sections of a résumé, found by their headings."""

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from shared.resume.lines import Line

SectionKind = Literal[
    "contact", "summary", "work", "education", "skills", "certificates", "languages", "projects", "other"
]

_ORNAMENT = re.compile(r"^[\W_]+|[\W_]+$")
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
    if not words or not (words[0].isupper() or (words.islower() and line.gap)):
        return None
    return _kind_of(re.sub(r"[/,+]|\s+-\s+|[()]", " & ", words).casefold().rstrip(".").split())


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
    shouting = sum(1 for line in lines if line.text.isupper() and heading_of(line)) >= 2
    for line in lines:
        kind = heading_of(line)
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
    head, colon, rest = line.text.partition(":")
    if not colon or not rest.strip() or len(head.split()) > _INLINE_MOST or not head.isupper():
        return None
    kind = heading_of(Line(head, line.start, line.start + len(head), head, False, line.gap))
    if kind is None:
        return None
    start = line.end - len(rest.lstrip())
    body = rest.strip()
    return kind, Line(body, start, line.end, body, False, False)
