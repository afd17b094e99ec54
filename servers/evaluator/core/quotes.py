"""Turns hits into quotes that a recruiter wants to read, and checks each against its source."""

from collections.abc import Iterable, Mapping

from servers.evaluator.core.findings import Finding, Hit
from servers.evaluator.core.passages import LONGEST_QUOTE, trim
from servers.evaluator.core.texts import Text
from shared.wire.evaluation import Quote, Verdict

MOST_QUOTES = 3
_CLAUSE_ENDS = ",;.|\n"


def make_quotes(hits: Iterable[Hit], texts: Mapping[str, Text]) -> list[Quote]:
    """Return at most three quotes, best first, none of them overlapping another."""
    quotes: list[Quote] = []
    for hit in sorted(hits, key=lambda one: (-one.weight, one.source, one.start)):
        text = texts.get(hit.source)
        place = _window(text, hit) if text else None
        if text is None or place is None:
            continue
        start, end = text.cuts.stored(*place)
        quote = Quote(source=hit.source, start=start, end=end, text=text.stored[start:end])
        if not any(_overlap(quote, other) or quote.text == other.text for other in quotes):
            quotes.append(quote)
        if len(quotes) == MOST_QUOTES:
            break
    return quotes


def _overlap(one: Quote, other: Quote) -> bool:
    return one.source == other.source and one.start < other.end and other.start < one.end


def _window(text: Text, hit: Hit) -> tuple[int, int] | None:
    """Choose what to show around a hit: its passage, free of masked text, in at most 240 characters."""
    around = None if hit.whole else text.passages.around(hit.start)
    start, end = around or (hit.start, hit.end)
    start, end = min(start, hit.start), max(end, hit.end)
    visible = _visible_part(text, hit, start, end)
    if visible is None:
        return None
    start, end = visible
    if end - start > LONGEST_QUOTE:
        start, end = _shortened(text.original, hit, start, end)
    return trim(text.original, *_whole_words(text.original, hit, start, end))


def _whole_words(source: str, hit: Hit, start: int, end: int) -> tuple[int, int]:
    """Leave out what is left of a word that the range cuts, unless the hit itself begins or ends in it."""
    while start < hit.start and source[start - 1 : start].isalnum() and source[start].isalnum():
        start += 1
    while end > hit.end and source[end : end + 1].isalnum() and source[end - 1].isalnum():
        end -= 1
    return start, end


def _visible_part(text: Text, hit: Hit, start: int, end: int) -> tuple[int, int] | None:
    """Return the part of the range around the hit that shows nothing masked."""
    for hidden_start, hidden_end in text.hidden_within(start, end):
        if hidden_end <= hit.start:
            start = max(start, hidden_end)
        elif hidden_start >= hit.end:
            end = min(end, hidden_start)
        elif hit.whole:
            # Header lines may hold something masked at either side: keep the longer part.
            if hidden_start - start >= end - hidden_end:
                end = hidden_start
            else:
                start = hidden_end
        else:
            return None
    return (start, end) if start < end else None


def _shortened(source: str, hit: Hit, start: int, end: int) -> tuple[int, int]:
    """Cut a long passage to a window around the hit, at clause ends where there are any, else at blanks."""
    spare = max(LONGEST_QUOTE - (hit.end - hit.start), 0)
    low = max(start, hit.start - spare // 2)
    high = min(end, low + LONGEST_QUOTE)
    low = max(start, high - LONGEST_QUOTE)
    if low > start:
        low = _next_after(source, low, hit.start)
    if high < end:
        high = _last_before(source, hit.end, high)
    return low, high


def _next_after(source: str, low: int, limit: int) -> int:
    for index in range(low, min(low + 80, limit)):
        if source[index] in _CLAUSE_ENDS:
            return index + 1
    blank = source.find(" ", low, limit)
    return blank + 1 if blank >= 0 else low


def _last_before(source: str, limit: int, high: int) -> int:
    for index in range(high - 1, max(high - 80, limit), -1):
        if source[index] in _CLAUSE_ENDS:
            return index
    blank = source.rfind(" ", limit, high)
    return blank if blank >= 0 else high


def is_verbatim(quote: Quote, texts: Mapping[str, Text]) -> bool:
    """Tell whether the quote stands in its source at its place, with nothing blanked in it."""
    text = texts.get(quote.source)
    return (
        text is not None
        and 0 <= quote.start < quote.end <= len(text.stored)
        and text.stored[quote.start : quote.end] == quote.text
        and not text.hidden_within(text.cuts.place(quote.start), text.cuts.place(quote.end))
    )


def verified(finding: Finding, quotes: list[Quote], texts: Mapping[str, Text]) -> tuple[Finding, list[Quote]]:
    """Keep only quotes that are true; a verdict that claims something and has none becomes no evidence."""
    true = [quote for quote in quotes if is_verbatim(quote, texts)]
    if true or finding.verdict is Verdict.NO_EVIDENCE:
        return finding, true
    reason = "nothing in the profile's texts shows it"
    return Finding(Verdict.NO_EVIDENCE, reason, min(finding.confidence, 0.5)), []
