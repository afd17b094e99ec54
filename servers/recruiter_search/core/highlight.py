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
        text = "\n".join(folded)
        present = [term for first, terms in self._terms.items() if first in text for term in terms]
        counts: dict[int, int] = {}
        for term in present:
            for order in [order for order, sentence in enumerate(folded) if term in sentence]:
                if self._pattern(term).search(folded[order]):
                    counts[order] = counts.get(order, 0) + 1
        best = sorted((-count, order) for order, count in counts.items())[:MOST]
        return [self._short(sentences[order], present) for _, order in best]

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
