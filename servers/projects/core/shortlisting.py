"""How a shortlist is ranked, and which qualifications sourcing should look harder for."""

from collections import Counter
from collections.abc import Iterable, Sequence

from servers.projects.core.models import ShortlistEntry, Stage
from shared.wire.evaluation import Recommendation
from shared.wire.requirements import Requirements

_ORDER: dict[Recommendation, int] = {
    "strong_match": 0,
    "good_match": 1,
    "possible_match": 2,
    "needs_a_look": 3,
    "not_a_match": 4,
}
GOOD_ENOUGH: frozenset[Recommendation] = frozenset(("strong_match", "good_match"))
OUT: frozenset[Stage] = frozenset(("rejected", "withdrawn"))

WEAK_SHARE = 0.5
"""A qualification is weak when at least this share of the evaluated candidates lacks it."""
WEAK_MINIMUM = 3
"""Fewer evaluated candidates than this say nothing about the pool."""


def rank_entries(entries: Iterable[ShortlistEntry], wanted: int) -> list[ShortlistEntry]:
    """Return all entries, best first, numbered from 1, with ``listed`` set.

    The order is: still in the running, recommendation, then evidence (more met, more partly met, fewer
    contradicted), then the candidate's id so that equal evidence always comes out alike. Good matches are
    all listed, beyond ``wanted`` too; places that stay empty go to the next best who do not mismatch.
    """
    ordered = sorted(entries, key=_key)
    ranked: list[ShortlistEntry] = []
    for place, entry in enumerate(ordered, start=1):
        fits = counts_as_found(entry) or (place <= wanted and entry.recommendation != "not_a_match")
        listed = fits and entry.stage not in OUT
        ranked.append(entry.model_copy(update={"rank": place, "listed": listed}))
    return ranked


def _key(entry: ShortlistEntry) -> tuple[bool, int, int, int, int, str]:
    return (
        entry.stage in OUT,
        _ORDER[entry.recommendation],
        -entry.meets,
        -entry.partial,
        entry.not_met,
        entry.candidate_id,
    )


def counts_as_found(entry: ShortlistEntry) -> bool:
    """Tell whether the entry fills one of the wanted places."""
    return entry.recommendation in GOOD_ENOUGH and entry.stage not in OUT


def weak_qualifications(entries: Sequence[ShortlistEntry], requirements: Requirements) -> list[str]:
    """Return ids of the qualifications most candidates lack: must-haves first, most often missing first."""
    if len(entries) < WEAK_MINIMUM:
        return []
    missing = Counter(key for entry in entries for key in entry.missing)
    threshold = WEAK_SHARE * len(entries)
    weak = [one for one in requirements.qualifications if missing[one.id] >= threshold]
    weak.sort(key=lambda one: (one.importance != "must_have", -missing[one.id]))
    return [one.id for one in weak]
