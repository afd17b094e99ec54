"""Words said over and over, for a machine that counts them."""

import re
from collections import Counter
from collections.abc import Sequence, Set
from itertools import groupby
from typing import NamedTuple

Ranges = list[tuple[int, int]]
"""Places in a text, each from its first character to the one behind its last."""

OFTEN = 4
MOSTLY = 0.7
_LETTERS = re.compile(r"\b[^\W\d_]{2,}\b")
_LINES = re.compile(r"[^\n]+")
_SENTENCES = re.compile(r"[^.;!?]+")
REPETITIVE = ((60, 1 / 4), (240, 1 / 4))
"""Of so many words in a row more than this share differs; where it does not, words were stuffed."""


class _Word(NamedTuple):
    """A word in small letters, its place, all words of its sentence, and the number of its line."""

    letters: str
    start: int
    end: int
    sentence: tuple[str, ...]
    line: int


def repeated_words(text: str) -> Ranges:
    """Return the stretches that say a few words over and over.

    What is said once beside them is somebody's own: it only happens to share a word.
    """
    windows = _repetitive([letters.lower() for letters in _LETTERS.findall(text)])
    if not windows:
        return []
    words = _words_of(text)
    said = Counter(word.sentence for word in words)
    again: set[tuple[str, ...]] = set()
    found: Ranges = []
    for begin, end in windows:
        window = words[begin:end]
        repeated = {word.sentence for word in window if said[word.sentence] >= OFTEN * len(word.sentence)}
        again |= repeated
        if not repeated:
            counts = Counter(word.letters for word in window)
            often = frozenset(letters for letters, count in counts.items() if count >= OFTEN)
            found += _around(words, [_is_dense(word, often) for word in words], begin, end)
    return sorted({*found, *_said_again(words, again)})


def _said_again(words: Sequence[_Word], again: Set[tuple[str, ...]]) -> Ranges:
    """Return where such sentences follow each other: in one line if they do so there, else below each other.

    One that stands for itself is somebody's own.
    """
    found: Ranges = []
    for is_again, run in groupby(words, lambda word: word.sentence in again):
        if not is_again:
            continue
        stuffed = list(run)
        thick = [one for _, line in groupby(stuffed, lambda word: word.line) for one in _if_thick(list(line))]
        kept = thick or _if_thick(stuffed)
        found += [(kept[0].start, kept[-1].end)] if kept else []
    return found


def _if_thick(words: list[_Word]) -> list[_Word]:
    """Return the words if one of their sentences stands there twice, else none."""
    counts = Counter(word.sentence for word in words)
    return words if any(count > len(sentence) for sentence, count in counts.items()) else []


def _repetitive(words: Sequence[str]) -> Ranges:
    """Return the windows of words in which few differ."""
    return [
        (begin, begin + size)
        for size, share in REPETITIVE
        for begin in range(0, len(words) - size + 1, size // 2)
        if len(set(words[begin : begin + size])) <= size * share
    ]


def _words_of(text: str) -> list[_Word]:
    words: list[_Word] = []
    for number, line in enumerate(_LINES.finditer(text)):
        for sentence in _SENTENCES.finditer(text, *line.span()):
            found = [(one.group().lower(), *one.span()) for one in _LETTERS.finditer(text, *sentence.span())]
            whole = tuple(letters for letters, _, _ in found)
            words += [_Word(letters, start, end, whole, number) for letters, start, end in found]
    return words


def _is_dense(word: _Word, often: frozenset[str]) -> bool:
    """Tell a word that is said often in a sentence that says little else."""
    return word.letters in often and sum(one in often for one in word.sentence) >= MOSTLY * len(word.sentence)


def _around(words: Sequence[_Word], stuffing: Sequence[bool], begin: int, end: int) -> Ranges:
    """Return the stretch from the first to the last stuffed word of a window, and on beyond it; if there is one."""
    within = [place for place in range(begin, end) if stuffing[place]]
    if not within:
        return []
    first, last = within[0], within[-1]
    while first and stuffing[first - 1]:
        first -= 1
    while last + 1 < len(words) and stuffing[last + 1]:
        last += 1
    return [(words[first].start, words[last].end)]
