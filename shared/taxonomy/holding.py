"""Which texts may hold one of some spellings."""

import re
from collections.abc import Callable, Iterable

from shared.taxonomy.text import normal_key, tokenise

_PLAIN = re.compile(r"[a-z0-9]+")
_FEW = 32
"""For more spellings, cutting a text into words is quicker than looking for each of them."""


class Holding:
    """Finds texts that have all words of one of ``spellings``, in any order.

    That is more than a matcher would find: whoever reads a title leaves out brackets and levels, so that words come
    together which stand apart.
    """

    def __init__(self, spellings: Iterable[str]) -> None:
        self._keys: dict[str, list[frozenset[str]]] = {}
        for key in {frozenset(normal_key(spelling)) for spelling in spellings}:
            if key:
                # "&" is read as "and", so that this word need not be written.
                self._keys.setdefault(max(key, key=lambda word: (word != "and", len(word))), []).append(key)
        self._stems = {_stem(word) for word in self._keys}

    def any_in(self, written: str, texts: Callable[[], Iterable[str]]) -> bool:
        """Return whether one of ``texts`` may be held; ``written`` has all their letters, as JSON does."""
        if len(self._stems) <= _FEW and "\\u" not in written:
            plain = written.lower().replace(".", "")
            if not any(stem in plain for stem in self._stems):
                return False
        forms = {form for text in texts() for form in tokenise(text).forms}
        return any(key <= forms for word in self._keys.keys() & forms for key in self._keys[word])


def _stem(word: str) -> str:
    """Return what is written of a normal form in all its forms: plural or singular, with dots or without."""
    stem = word.replace(".", "").removesuffix("y")
    return max(_PLAIN.findall(stem), key=len, default="") if word != "and" else ""
