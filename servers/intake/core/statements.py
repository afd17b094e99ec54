"""Statements of a posting: the single sentences and bullets that may ask for something."""

import re
from dataclasses import dataclass

from servers.intake.core.sections import Posting, Section, SectionKind

_BULLET = re.compile(r"^\s*(?:[-*+•·▪●◦‣–—»✓✔○\x95]|\d{1,2}[.)]|[a-z]\))\s+")
_SENTENCE_END = re.compile(
    r"(?<!\b[A-Z][.])(?<!\be\.g[.])(?<!\bi\.e[.])(?<!\betc[.])(?<!\bvs[.])(?<!\bU\.S[.])(?<!\bPh\.D[.])"
    r"(?<!\bB\.S[.])"
    r"(?<=[.!?])\s+(?=[\"“(]?[A-Z0-9])|(?<!\be\.g)(?<!\bi\.e)(?<!\betc)\s[.]\s|;\s+|\s[•●▪·\x95]\s*|"
    r"\s{2,}[-*]\s+|,\s+(?:and\s+|but\s+)?(?=you (?:should|must) (?:have|be|understand|know)\b)"
)
# “Five years with Python, Spark is a plus”: what is a plus must not make the rest one.
_APART = re.compile(
    r",\s+(?:and\s+|but\s+|with\s+)?(?=(?:(?:some\s+)?(?:experience|knowledge|familiarity|exposure|background)\b"
    r"[^.;\n]{2,120}?|(?:(?!\band\b|\bor\b)[^,.;\n]){2,50}?)\s(?:is|are|would be|as)\s+(?:an?\s+)?"
    r"(?:(?:big|definite|great|real|strong)\s+)?(?:plus|bonus|advantage|asset|nice[- ]to[- ]have|preferred|desirable|"
    r"optional)\b)",
    re.I,
)
_FIRM = re.compile(r"\d|\b(?:years?|must|required|needs?)\b", re.I)
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_MIN_LETTERS = 3
_WRAPPED = 66
_EXAMPLES_FOLLOW = re.compile(r"\b(?:e\.g|i\.e)\s?\.?$|\bsuch as$", re.I)
_UNFINISHED = (",", " and", " or", " the", " of", " with", " in", " to", " a", " for")


@dataclass(frozen=True, slots=True)
class Statement:
    """Characters ``[start, end)`` of the posting, their text on one line, and the section they stand in."""

    start: int
    end: int
    text: str
    section: SectionKind
    bullet: bool
    heading: str = ""


def statements(posting: Posting) -> list[Statement]:
    """Return all statements of a posting, in order."""
    return [one for section in posting.sections for one in _of_section(posting.readable, section)]


def _of_section(text: str, section: Section) -> list[Statement]:
    found: list[Statement] = []
    for start, end, bullet in _blocks(text, section.start, section.end):
        for first, last in _sentences(text, start, end):
            words = re.sub(r"\s+", " ", _EMPHASIS.sub("", text[first:last])).strip(" *_\t")
            if sum(char.isalpha() for char in words) >= _MIN_LETTERS:
                found.append(Statement(first, last, words, section.kind, bullet, section.heading))
    return found


def _blocks(text: str, start: int, end: int) -> list[tuple[int, int, bool]]:
    """Join hard-wrapped lines: a block ends at a blank line, before a bullet, and after a finished line."""
    blocks: list[tuple[int, int, bool]] = []
    open_block: tuple[int, int, bool] | None = None
    for match in re.finditer(r"[^\n]*\n?", text[start:end]):
        line = match.group().rstrip("\n")
        begin = start + match.start()
        if not line.strip():
            open_block = _close(blocks, open_block)
            continue
        bullet = _BULLET.match(line)
        if open_block and not bullet and _continues(text[open_block[0] : open_block[1]], line):
            open_block = (open_block[0], begin + len(line), open_block[2])
            continue
        _close(blocks, open_block)
        first = begin + (bullet.end() if bullet else len(line) - len(line.lstrip()))
        open_block = (first, begin + len(line), bool(bullet))
    _close(blocks, open_block)
    return blocks


def _close(blocks: list[tuple[int, int, bool]], block: tuple[int, int, bool] | None) -> None:
    if block:
        blocks.append(block)


def _continues(before: str, line: str) -> bool:
    """Return whether ``line`` goes on with the sentence that ``before`` left open."""
    ended = before.rstrip()
    if _EXAMPLES_FOLLOW.search(ended):
        return True
    if ended.endswith((".", "!", "?", ":", ";")):
        return False
    first = line.lstrip()[:1]
    last_line = ended.rsplit("\n", 1)[-1]
    wrapped = len(last_line) > _WRAPPED and not first.isupper()
    return first.islower() or first in "(&" or wrapped or ended.endswith(_UNFINISHED)


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    first = start
    for match in _SENTENCE_END.finditer(text, start, end):
        spans.extend(_plus_apart(text, first, match.start()))
        first = match.end()
    spans.extend(_plus_apart(text, first, end))
    trimmed = [_trim(text, a, b) for a, b in spans]
    return [(a, b) for a, b in trimmed if b > a]


def _plus_apart(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return a sentence as one span, or as two where it ends in a wish that the rest, a firm demand, is not."""
    found = _APART.search(text, start, end)
    if found is None or not _FIRM.search(text, start, found.start()):
        return [(start, end)]
    return [(start, found.start()), (found.end(), end)]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in " \t\n*_-•·":
        start += 1
    while end > start and text[end - 1] in " \t\n*_.;,":
        end -= 1
    return start, end
