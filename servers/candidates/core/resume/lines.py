"""A résumé's text as lines that know where they stand."""

import re
from collections import Counter
from dataclasses import dataclass

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


def lines_of(text: str) -> list[Line]:
    """Return the lines that hold something."""
    # Broken fonts leave any character at all as bullet; the same one before several lines is one.
    marks = Counter(_ODD_MARK.findall(text))
    odd = {mark for mark, count in marks.items() if count >= _LEAST_MARKS}
    lines: list[Line] = []
    position, gap = 0, True
    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped:
            start = position + len(raw) - len(raw.lstrip())
            body = stripped[1:].lstrip() if stripped[0] in odd else _BULLET.sub("", stripped)
            lines.append(Line(stripped, start, start + len(stripped), body, body != stripped, gap))
        gap = not stripped
        position += len(raw) + 1
    return lines
