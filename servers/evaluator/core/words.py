"""The words of a text that carry meaning, stemmed."""

import re
from dataclasses import dataclass
from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer

from servers.evaluator.core.word_lists import word_list

_WORD = re.compile(r"[^\W_]+(?:[+#]+|['’-][^\W_]+)*")


_HOLLOW = word_list("hollow")


@lru_cache(maxsize=65536)
def _stem_of(written: str) -> str:
    """Return the stem of a word, empty for one that carries no meaning."""
    word = written.lower().replace("’", "'")
    if word in _HOLLOW or (len(word) < 2 and not word.isdigit()):
        return ""
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
    found: list[Term] = []
    for match in _WORD.finditer(text):
        stem = _stem_of(match.group())
        if stem:
            found.append(Term(stem, match.start(), match.end()))
    return found
