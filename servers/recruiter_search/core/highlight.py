"""Sentences of a profile that show why it was found."""

import re
from collections.abc import Sequence

from servers.recruiter_search.core.reading import passages
from servers.recruiter_search.core.results import ProfileView

MOST = 3
LONGEST = 240
MOST_TERMS = 300
_WORD = re.compile(r"[\w+#]+")


class Highlighter:
    """Picks sentences by the words of one query."""

    def __init__(self, terms: Sequence[str]) -> None:
        folded = dict.fromkeys(term.strip().lower() for term in terms)
        # Most aliases of a skill occur nowhere: a look at their first word sorts them out.
        self._terms: dict[str, list[str]] = {}
        for term in list(folded)[:MOST_TERMS]:
            if first := _WORD.search(term):
                self._terms.setdefault(first.group(), []).append(term)
        self._patterns: dict[str, re.Pattern[str]] = {}

    def pick(self, view: ProfileView) -> list[str]:
        """Return up to three sentences, those with most different terms first; newer ones before older."""
        if not self._terms:
            return []
        sentences = list(dict.fromkeys(passages(view)))
        folded = [sentence.lower() for sentence in sentences]
        there = self._terms.keys() & _WORD.findall("\n".join(folded))
        present = [term for word in there for term in self._terms[word]]
        if not present:
            return []
        scored: list[tuple[int, int]] = []
        for order, sentence in enumerate(folded):
            count = sum(1 for t in present if t in sentence and self._pattern(t).search(sentence))
            if count:
                scored.append((-count, order))
        return [self._short(sentences[order], present) for _, order in sorted(scored)[:MOST]]

    def _pattern(self, term: str) -> re.Pattern[str]:
        """A term as a whole word; signs belong to words, so C is not found in C++."""
        if term not in self._patterns:
            self._patterns[term] = re.compile(rf"(?<![\w+#]){re.escape(term)}(?![\w+#])")
        return self._patterns[term]

    def _short(self, sentence: str, present: list[str]) -> str:
        if len(sentence) <= LONGEST:
            return sentence
        places = [m.start() for t in present if (m := self._pattern(t).search(sentence.lower()))]
        start = max(0, min(places, default=0) - LONGEST // 2)
        cut = sentence[start : start + LONGEST]
        return f"{'…' if start else ''}{cut.strip()}{'…' if start + LONGEST < len(sentence) else ''}"
