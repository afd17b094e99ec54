"""A résumé's text as lines that know where they stand."""

import re
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


def lines_of(text: str) -> list[Line]:
    """Return the lines that hold something."""
    lines: list[Line] = []
    position, gap = 0, True
    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped:
            start = position + len(raw) - len(raw.lstrip())
            body = _BULLET.sub("", stripped)
            lines.append(Line(stripped, start, start + len(stripped), body, body != stripped, gap))
        gap = not stripped
        position += len(raw) + 1
    return lines
