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
        for spelling, payload in phrases:
            key = normal_key(spelling)
            if key:
                self._payloads.setdefault(key, []).append(payload)
        # Few words begin a phrase, and fewer go on with one. An Aho-Corasick automaton of words looks through all
        # of them at its root for every word.
        self._begun: dict[str, _Node[P]] = {}
        for key, payloads in self._payloads.items():
            nodes = self._begun
            for word in key[:-1]:
                nodes = nodes.setdefault(word, _Node()).following
            nodes.setdefault(key[-1], _Node()).payloads = payloads

    def lookup(self, phrase: str) -> list[P]:
        """Return the payloads stored under exactly this spelling."""
        return self._payloads.get(normal_key(phrase), [])

    def longest(self, tokens: Tokens) -> Iterator[tuple[int, int, list[P]]]:
        """Yield matches that do not overlap, leftmost first, longest first: the first token, the one after the
        last, the payloads."""
        free, forms = 0, tokens.forms
        last = len(forms)
        for first, node in enumerate(map(self._begun.get, forms)):
            if node is None or first < free:
                continue
            found, after = None, first + 1
            while node is not None:
                if node.payloads is not None:
                    found, free = node.payloads, after
                node = node.following.get(forms[after]) if after < last else None
                after += 1
            if found is not None:
                yield first, free, found


class _Node(Generic[P]):
    """What is stored under the words up to here, and what goes on from here."""

    __slots__ = ("following", "payloads")

    def __init__(self) -> None:
        self.payloads: list[P] | None = None
        self.following: dict[str, _Node[P]] = {}
