"""Words said over and over, for a machine that counts them."""

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
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
    """A word in small letters, its place, the number of its line, and what its sentence says: equal where equal."""

    letters: str
    start: int
    end: int
    line: int
    sentence: int


@dataclass(frozen=True, slots=True)
class _Words:
    """A text's words, and by number what its sentences say."""

    all: list[_Word]
    sentences: list[tuple[str, ...]]


def repeated_words(text: str) -> Ranges:
    """Return the stretches that say a few words over and over.

    What is said once beside them is somebody's own: it only happens to share a word.
    """
    windows = _repetitive([letters.lower() for letters in _LETTERS.findall(text)])
    if not windows:
        return []
    words = _words_of(text)
    said = Counter(word.sentence for word in words.all)
    often_said = {one for one, count in said.items() if count >= OFTEN * len(words.sentences[one])}
    again: set[int] = set()
    found: Ranges = []
    for begin, end in windows:
        repeated = often_said.intersection(word.sentence for word in words.all[begin:end])
        again |= repeated
        if not repeated:
            found += _dense(words, begin, end)
    return sorted({*found, *_said_again(words, again)})


def _repetitive(words: Sequence[str]) -> Ranges:
    """Return the windows of words in which few differ."""
    return [
        (begin, begin + size)
        for size, share in REPETITIVE
        for begin in range(0, len(words) - size + 1, size // 2)
        if len(set(words[begin : begin + size])) <= size * share
    ]


def _words_of(text: str) -> _Words:
    words: list[_Word] = []
    numbers: dict[tuple[str, ...], int] = {}
    for line, row in enumerate(_LINES.finditer(text)):
        for sentence in _SENTENCES.finditer(text, *row.span()):
            found = [(one.group().lower(), *one.span()) for one in _LETTERS.finditer(text, *sentence.span())]
            number = numbers.setdefault(tuple(letters for letters, _, _ in found), len(numbers))
            words += [_Word(letters, start, end, line, number) for letters, start, end in found]
    return _Words(words, list(numbers))


def _said_again(words: _Words, again: Set[int]) -> Ranges:
    """Return where such sentences follow each other: in one line if they do so there, else below each other.

    One that stands for itself is somebody's own.
    """
    found: Ranges = []
    for is_again, run in groupby(words.all, lambda word: word.sentence in again):
        if not is_again:
            continue
        stuffed = list(run)
        lines = [list(line) for _, line in groupby(stuffed, lambda word: word.line)]
        kept = [word for line in lines if _is_thick(words, line) for word in line]
        if kept or _is_thick(words, stuffed):
            found.append(((kept or stuffed)[0].start, (kept or stuffed)[-1].end))
    return found


def _is_thick(words: _Words, some: Sequence[_Word]) -> bool:
    """Tell whether one of the sentences stands there twice."""
    counts = Counter(word.sentence for word in some)
    return any(count > len(words.sentences[sentence]) for sentence, count in counts.items())


def _dense(words: _Words, begin: int, end: int) -> Ranges:
    """Return the stretch from the first to the last stuffed word of a window, and on beyond it; if there is one.

    Stuffed is a word that is said often, in a sentence that says little else.
    """
    counts = Counter(word.letters for word in words.all[begin:end])
    often = frozenset(letters for letters, count in counts.items() if count >= OFTEN)
    shares: dict[int, bool] = {}

    def is_stuffed(place: int) -> bool:
        word = words.all[place]
        if word.letters in often and word.sentence not in shares:
            sentence = words.sentences[word.sentence]
            shares[word.sentence] = sum(one in often for one in sentence) >= MOSTLY * len(sentence)
        return word.letters in often and shares[word.sentence]

    within = [place for place in range(begin, end) if is_stuffed(place)]
    if not within:
        return []
    first, last = within[0], within[-1]
    while first and is_stuffed(first - 1):
        first -= 1
    while last + 1 < len(words.all) and is_stuffed(last + 1):
        last += 1
    return [(words.all[first].start, words.all[last].end)]
