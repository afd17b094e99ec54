"""Cuts a text into passages: the sentences, lines and bullets that a quote is made of."""

import re
from bisect import bisect_right
from dataclasses import dataclass

LONGEST_QUOTE = 240

# A blank line, a bullet, or the run of blanks that a flattened layout leaves, begins a new passage.
_BREAK = re.compile(r"\n[ \t]*(?=\n|[-*•·▪●◦‣–—]\s|\d{1,2}[.)]\s|\S)|[ \t]{2,}|\t|\s[•▪●◦‣]\s|\f")
_SENTENCE = re.compile(r"(?<=[a-z0-9)%\]][.!?])\s+(?=[A-Z•(])|(?<=;)\s+")
# A line that ends so goes on in the next, however that begins.
_OPEN = re.compile(r"(?:\b(?:an?|the|of|and|or|with|for|in|to|by|at|on|from|as|using|including)|[,&])$", re.I)
_TRIM = " \t\r\n•·▪●◦‣*|–—-,;:"
_ENDS = (".", "!", "?", ":", ";")


@dataclass(frozen=True, slots=True)
class Passages:
    """Ranges of one text, in order and without overlap."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def around(self, place: int) -> tuple[int, int] | None:
        """Return the passage that holds the character at ``place``."""
        index = bisect_right(self.starts, place) - 1
        if index < 0 or place >= self.ends[index]:
            return None
        return self.starts[index], self.ends[index]

    def __iter__(self):  # a zip iterator of pairs
        return zip(self.starts, self.ends, strict=True)


def split_passages(text: str) -> Passages:
    """Return the passages of ``text``; a line that goes on in the next one stays together with it."""
    ranges: list[tuple[int, int]] = []
    for start, end in _joined(text, _lines(text)):
        cuts = [match.span() for match in _SENTENCE.finditer(text, start, end)]
        begin = start
        for cut_start, cut_end in (*cuts, (end, end)):
            trimmed = trim(text, begin, cut_start)
            if trimmed:
                ranges.append(trimmed)
            begin = cut_end
    return Passages(tuple(start for start, _ in ranges), tuple(end for _, end in ranges))


def _lines(text: str) -> list[tuple[int, int]]:
    lines: list[tuple[int, int]] = []
    begin = 0
    for match in _BREAK.finditer(text):
        lines.append((begin, match.start()))
        begin = match.start() + 1 if match.group().startswith("\n") else match.end()
    lines.append((begin, len(text)))
    return [line for line in lines if text[line[0] : line[1]].strip()]


def _joined(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join wrapped lines: the first has no end mark and is long, the next begins in lower case."""
    joined: list[tuple[int, int]] = []
    for start, end in lines:
        if joined:
            first, last = joined[-1]
            gap = text[last:start]
            head = text[start:end].lstrip()
            if (
                (head[:1].islower() or (head[:1].isalnum() and _OPEN.search(text[first:last].rstrip())))
                and "\n" in text[max(last - 1, 0) : start + 1]
                and gap.count("\n") <= 1
                and last - first >= 40
                and not text[first:last].rstrip().endswith(_ENDS)
            ):
                joined[-1] = (first, end)
                continue
        joined.append((start, end))
    return joined


def trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the range without blanks and bullets at its ends, or None where nothing is left."""
    while start < end and text[start] in _TRIM:
        start += 1
    while start < end and text[end - 1] in _TRIM:
        end -= 1
    return (start, end) if start < end else None
