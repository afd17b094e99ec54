"""The words of a text that carry meaning, stemmed."""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from snowballstemmer.english_stemmer import EnglishStemmer

_WORD = re.compile(r"[^\W_]+(?:[+#]+|['’-][^\W_]+)*")


@lru_cache(maxsize=1)
def _hollow() -> frozenset[str]:
    text = files("servers.evaluator.core").joinpath("hollow_words.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    return _stemmer().stemWord(word)


@lru_cache(maxsize=1)
def _stemmer() -> EnglishStemmer:
    return EnglishStemmer()


@dataclass(frozen=True, slots=True)
class Term:
    stem: str
    start: int
    end: int


def terms_of(text: str) -> list[Term]:
    """Return the words that carry meaning, stemmed, with their places."""
    hollow = _hollow()
    found: list[Term] = []
    for match in _WORD.finditer(text):
        word = match.group().lower()
        if word in hollow or (len(word) < 2 and not word.isdigit()):
            continue
        found.append(Term(_stem(word.replace("’", "'")), match.start(), match.end()))
    return found
