"""Refining a search by what evaluation said of its results. Pure: the same story gives the same plan."""

from collections.abc import Iterable, Mapping, Sequence

from servers.sourcing.core.models import Brought, PlannedQuery, RunningQuery, Search
from servers.sourcing.core.needs import Needs
from servers.sourcing.core.portfolio import Portfolio
from shared.wire.facts import ShortlistCurrent

GOOD = frozenset({"strong_match", "good_match"})
JUDGED_BEFORE_SETTING_ASIDE = 20
BARREN_ROUNDS = 3


def good_by_query(brought: Iterable[Brought], feedback: ShortlistCurrent | None) -> dict[str, int]:
    """Return how many good matches each query brought, by query id."""
    good = (
        {entry.candidate_id for entry in feedback.entries if entry.recommendation in GOOD}
        if feedback
        else set()
    )
    counts: dict[str, int] = {}
    for one in brought:
        if one.candidate_id in good:
            counts[one.query_id] = counts.get(one.query_id, 0) + 1
    return counts


def refine(
    search: Search,
    feedback: ShortlistCurrent,
    brought: Sequence[Brought],
    needs: Needs,
    portfolio: Portfolio,
) -> list[str]:
    """Change ``search`` in place for its next round and return what changed and why, in sentences."""
    yields = good_by_query(brought, feedback)
    changes = _insist(search, feedback, needs, portfolio)
    changes += _set_aside(search, yields)
    changes += _reorder(search, feedback, needs)
    search.barren = search.barren + 1 if feedback.found <= search.good else 0
    search.good = max(search.good, feedback.found)
    return changes


def stop_reason(search: Search, most_rounds: int) -> str | None:
    """Return why further rounds would not help, or None."""
    if search.round >= most_rounds:
        return f"{most_rounds} rounds were run; further ones would only repeat themselves"
    if search.barren >= BARREN_ROUNDS:
        return f"{search.barren} rounds in a row added no good match"
    return None


def _insist(search: Search, feedback: ShortlistCurrent, needs: Needs, portfolio: Portfolio) -> list[str]:
    """Look harder for what most people could not show: a query that demands it and only prefers the rest."""
    weak = [need for need in needs.skills if need.qualification_id in feedback.weak]
    if not weak or len(weak) == len(needs.skills):
        return []
    query = portfolio.insisting(weak)
    if search.query(query.id) is not None:
        return []
    first = min((q.rank for q in search.queries if q.status == "open"), default=0)
    search.queries.append(RunningQuery(planned=query, rank=first - 1, added_round=search.round + 1))
    return [f"Added: {query.label}, because {query.why}."]


def _set_aside(search: Search, yields: Mapping[str, int]) -> list[str]:
    changes: list[str] = []
    for query in search.queries:
        if query.status != "open" or query.brought < JUDGED_BEFORE_SETTING_ASIDE:
            continue
        if yields.get(query.planned.id, 0) == 0:
            query.status = "set_aside"
            query.note = f"brought {query.brought} people, none of them a good match"
            changes.append(f"Set aside: {query.planned.label}, because it {query.note}.")
    return changes


def _reorder(search: Search, feedback: ShortlistCurrent, needs: Needs) -> list[str]:
    """Put last what does not insist on the weak qualifications: its people would lack them again."""
    changes: list[str] = []
    last = max((q.rank for q in search.queries), default=0)
    for query in sorted(search.queries, key=lambda q: q.rank):
        lax = sorted(set(query.planned.relaxed) & set(feedback.weak))
        untried = query.status == "open" and query.brought == 0
        if lax and untried and not query.note and not query.planned.id.startswith("insist:"):
            last += 1
            query.rank = last
            named = needs.named(lax)
            query.note = f"put last: it does not insist on {named}, which few could show"
            changes.append(f"Put last: {query.planned.label}, because it does not insist on {named}.")
    return changes


def begin(queries: Sequence[PlannedQuery]) -> list[RunningQuery]:
    """Return the queries of a new search in their order."""
    return [RunningQuery(planned=q, rank=rank, added_round=1) for rank, q in enumerate(queries)]
