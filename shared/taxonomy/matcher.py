"""Finding many phrases in one pass: Aho-Corasick over whole tokens, so a match never cuts a word."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

import ahocorasick

from shared.taxonomy.text import Tokens, normal_key

P = TypeVar("P")


class PhraseMatcher(Generic[P]):
    """Maps spellings to payloads and finds the leftmost longest of them in tokens.

    Several payloads may share one spelling; the caller chooses among them in the order they were added.
    """

    def __init__(self, phrases: Iterable[tuple[str, P]]) -> None:
        self._vocabulary: dict[str, int] = {}
        self._payloads: dict[tuple[str, ...], list[P]] = {}
        for spelling, payload in phrases:
            key = normal_key(spelling)
            if key:
                self._payloads.setdefault(key, []).append(payload)
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_ANY, ahocorasick.KEY_SEQUENCE)
        for key, payloads in self._payloads.items():
            self._automaton.add_word(tuple(self._number(form) for form in key), (len(key), payloads))
        if self._payloads:
            self._automaton.make_automaton()

    def _number(self, form: str) -> int:
        return self._vocabulary.setdefault(form, len(self._vocabulary) + 1)

    def lookup(self, phrase: str) -> list[P]:
        """Return the payloads stored under exactly this spelling."""
        return self._payloads.get(normal_key(phrase), [])

    def spans(self, tokens: Tokens) -> list[tuple[int, int, list[P]]]:
        """Return all matches as (first token, token after the last, payloads), longest first per start."""
        if not self._payloads or not len(tokens):
            return []
        number = self._vocabulary.get
        sequence = tuple(number(form, 0) for form in tokens.forms)
        found: list[tuple[int, int, list[P]]] = [
            (end - length + 1, end + 1, payloads)
            for end, (length, payloads) in self._automaton.iter(sequence)
        ]
        found.sort(key=lambda span: (span[0], -span[1]))
        return found

    def longest(self, tokens: Tokens) -> Iterator[tuple[int, int, list[P]]]:
        """Yield matches that do not overlap: leftmost first, longest first."""
        free = 0
        for first, after, payloads in self.spans(tokens):
            if first >= free:
                free = after
                yield first, after, payloads
