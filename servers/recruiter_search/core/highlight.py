"""Sentences of a profile that show why it was found."""

import re
from collections.abc import Iterable, Sequence

from servers.recruiter_search.core.models import ProfileView

MOST = 3
LONGEST = 240


def term_pattern(terms: Sequence[str]) -> re.Pattern[str] | None:
    """Return a pattern for any of ``terms`` as whole words, or None without terms."""
    kept = sorted({term.strip() for term in terms if term.strip()}, key=len, reverse=True)
    if not kept:
        return None
    either = "|".join(re.escape(term) for term in kept[:200])
    return re.compile(rf"(?<![\w+#])(?:{either})(?![\w+#])", re.IGNORECASE)


def highlights(view: ProfileView, pattern: re.Pattern[str] | None) -> list[str]:
    """Return up to three sentences, those with most different terms first; newer ones before older."""
    if pattern is None:
        return []
    scored: list[tuple[int, int, str]] = []
    for order, sentence in enumerate(dict.fromkeys(_sentences(view))):
        found = {match.group().lower() for match in pattern.finditer(sentence)}
        if found:
            scored.append((-len(found), order, sentence))
    return [_short(sentence, pattern) for _, _, sentence in sorted(scored)[:MOST]]


def _sentences(view: ProfileView) -> Iterable[str]:
    for position in view.positions:
        if position.title:
            yield f"{position.title}, {position.company}" if position.company else position.title
        yield from position.highlights
        if position.summary:
            yield from re.split(r"(?<=[.!?])\s+", position.summary)
    if view.summary:
        yield from re.split(r"(?<=[.!?])\s+", view.summary)


def _short(sentence: str, pattern: re.Pattern[str]) -> str:
    if len(sentence) <= LONGEST:
        return sentence
    match = pattern.search(sentence)
    start = max(0, (match.start() if match else 0) - LONGEST // 2)
    cut = sentence[start : start + LONGEST]
    return f"{'…' if start else ''}{cut.strip()}{'…' if start + LONGEST < len(sentence) else ''}"
