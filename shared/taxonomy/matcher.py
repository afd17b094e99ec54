"""Finding many phrases in one pass over tokens, so a match never cuts a word."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from shared.taxonomy.text import Tokens, normal_key

P = TypeVar("P")


class PhraseMatcher(Generic[P]):
    """Maps spellings to payloads and finds the leftmost longest of them in tokens.

    Several payloads may share one spelling; the caller chooses among them in the order they were added.
    """

    def __init__(self, phrases: Iterable[tuple[str, P]]) -> None:
        self._payloads: dict[tuple[str, ...], list[P]] = {}
        # Few words begin a phrase, and a phrase is short: one look at each word tells which lengths to try.
        # An Aho-Corasick automaton of words looks through all of them at its root for every word.
        self._lengths: dict[str, list[int]] = {}
        for spelling, payload in phrases:
            key = normal_key(spelling)
            if key:
                self._payloads.setdefault(key, []).append(payload)
        for key in sorted(self._payloads, key=len, reverse=True):
            lengths = self._lengths.setdefault(key[0], [])
            if len(key) not in lengths[-1:]:
                lengths.append(len(key))

    def lookup(self, phrase: str) -> list[P]:
        """Return the payloads stored under exactly this spelling."""
        return self._payloads.get(normal_key(phrase), [])

    def longest(self, tokens: Tokens) -> Iterator[tuple[int, int, list[P]]]:
        """Yield matches that do not overlap, leftmost first, longest first: the first token, the one after the
        last, the payloads."""
        free, forms = 0, tokens.forms
        for first, lengths in enumerate(map(self._lengths.get, forms)):
            if lengths is None or first < free:
                continue
            for length in lengths:
                after = first + length
                payloads = self._payloads.get(tuple(forms[first:after]))
                if payloads is not None and after <= len(forms):
                    free = after
                    yield first, after, payloads
                    break
