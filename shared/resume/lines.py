"""A résumé's text as lines that know where they stand, also where its line ends were lost."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from shared.resume.dates import NOW

_BULLET = re.compile(r"^\s*(?:[•●▪■◆◦○‣·∙➢➤►▶✓✔❖♦☐□*{>»–—-]|\d{1,2}[.)](?=\s)|o(?=\s{1,3}[A-Z]))\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its text without surrounding blanks, and its characters ``[start, end)`` in the source.

    ``body`` is the text without a bullet; ``bullet`` says whether there was one; ``gap`` whether an empty
    line stands before it.
    """

    text: str
    start: int
    end: int
    body: str
    bullet: bool
    gap: bool

    @property
    def words(self) -> int:
        return len(self.body.split())


_ODD_MARK = re.compile(r"^([^\x00-\x7f])\s+(?=\S)", re.MULTILINE)
_LEAST_MARKS = 3
_RUN = re.compile(r"(?<=\S) {2,}(?=\S)")
_LEAST_RUNS = 3
_RUNS_PER_LINE = 2
_UNBROKEN = 3
_FLAT_BREAK = re.compile(r"\n\s*| {2,}(?:\n\s*)?|\t+")
_SENTENCE_BREAK = re.compile(r"\n\s*|(?<=[a-z\d)]{3}[.;])(?<!\b(?:Inc|Ltd|Bsc|Esq)\.)\s+(?=[A-Z•●])")
_ORNAMENT = re.compile(r"[\W_]*")
_GAP = 4
# A dash between two dates is often lost together with the line ends, leaving two or three blanks.
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATE_BEFORE = re.compile(rf"(?:\b(?:19|20)\d\d|(?<![a-z]){_MONTH}(?:[ '’]\d\d)?)$", re.IGNORECASE)
_DATE_AFTER = re.compile(
    rf"(?:{_MONTH},? ?)?(?:\d\d?[/.])?(?:(?:19|20)\d\d\b(?!\s?(?:[-–—]|to\b))|(?:{NOW})\b)|{_MONTH}[ '’]\d\d\b",
    re.IGNORECASE,
)


def lines_of(text: str) -> list[Line]:
    """Return the lines that hold something.

    Where an export wrote a page on one line, runs of two or more blanks are its line ends and runs of four
    its empty lines; where nothing is left of them, sentences are lines.
    """
    # Broken fonts leave any character at all as bullet; the same one before several lines is one.
    marks = Counter(_ODD_MARK.findall(text))
    odd = {mark for mark, count in marks.items() if count >= _LEAST_MARKS}
    lines: list[Line] = []
    for start, end, gap in _rows(text):
        shown = text[start:end]
        body = shown[1:].lstrip() if shown[0] in odd else _BULLET.sub("", shown)
        lines.append(Line(shown, start, end, body, body != shown, gap))
    return lines


def _rows(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield ``(start, end, whether an empty line stands before)`` of each line."""
    newlines = text.strip().count("\n")
    runs = len(_RUN.findall(text))
    if runs >= _LEAST_RUNS and runs > _RUNS_PER_LINE * newlines:
        yield from _flat_rows(text)
    elif newlines < _UNBROKEN:
        yield from _split(text, [match.span() for match in _SENTENCE_BREAK.finditer(text)])
    else:
        yield from _split(text, [match.span() for match in re.finditer(r"\n", text)])


def _split(text: str, breaks: list[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
    position, gap = 0, True
    for start, end in [*breaks, (len(text), len(text))]:
        shown = text[position:start]
        if stripped := shown.strip():
            begin = position + len(shown) - len(shown.lstrip())
            yield begin, begin + len(stripped), gap
        gap = not stripped
        position = end


def _flat_rows(text: str) -> Iterator[tuple[int, int, bool]]:
    begin = reached = 0
    gap = True
    for match in [*_FLAT_BREAK.finditer(text), None]:
        start, end = match.span() if match else (len(text), len(text))
        piece = text[reached:start]
        wide = end - start >= _GAP or piece == ""
        # A bullet on its own belongs to the line after it.
        alone = match is not None and _ORNAMENT.fullmatch(piece) is not None and piece.strip('"') != ""
        joined = (
            match is not None
            and end - start < _GAP
            and _DATE_BEFORE.search(text, max(begin, start - 12), start)
            and _DATE_AFTER.match(text, end)
        )
        if alone or joined:
            reached = end
            continue
        if text[begin:start].strip(' "'):
            stop = begin + len(text[begin:start].rstrip())
            while begin < stop and text[begin] in ' "':
                begin += 1
            yield begin, stop, gap
            gap = wide
        else:
            gap = gap or wide
        begin = reached = end
