"""Refining a search by what evaluation said of its results. Pure: the same story gives the same plan."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from servers.sourcing.core.bandit import POLICIES, Belief, beliefs, given_up
from servers.sourcing.core.models import Brought, PlannedQuery, RunningQuery, Search
from servers.sourcing.core.needs import Needs
from servers.sourcing.core.portfolio import Portfolio
from shared.wire.facts import ShortlistCurrent
from shared.wire.ranking import ApprovedRanking

GOOD = frozenset({"strong_match", "good_match"})
MOST_ALIKE = 6
"""So many good matches are taken as models of whom to look for, and so many of those whom people took further."""


def named_good(feedback: ShortlistCurrent) -> list[str]:
    """Return who matches well as far as the feedback names them, best first."""
    return [entry.candidate_id for entry in feedback.entries if entry.recommendation in GOOD]


def judged(brought: Iterable[Brought], good: Collection[str]) -> list[Brought]:
    """Return everybody brought with what was said of them: all were judged, and these match well."""
    return [one.model_copy(update={"good": one.candidate_id in good}) for one in brought]


def refine(
    search: Search,
    feedback: ShortlistCurrent,
    good: Sequence[str],
    accepted: Sequence[str],
    brought: Sequence[Brought],
    needs: Needs,
    portfolio: Portfolio,
) -> list[str]:
    """Change ``search`` in place for its next round and return what changed and why, in sentences.

    Args:
        good: who matches well, best first.
        accepted: whom people took further, the latest first.
        brought: everybody the search brought, with verdicts.
    """
    changes = [*_insist(search, feedback, needs, portfolio), *resemble(search, good, accepted, portfolio)]
    changes += _doubt(search, feedback, needs)
    changes += weigh(search, beliefs(search.queries, brought))
    return changes


def weigh(search: Search, known: Mapping[str, Belief]) -> list[str]:
    """Set aside what is expected to bring too little, take up again what is not; say so."""
    changes: list[str] = []
    policy = POLICIES[search.aim]
    for query in search.queries:
        belief = known[query.planned.id]
        if given_up(query, belief, policy):
            if query.status == "open":
                query.status = "set_aside"
                query.note = (
                    f"{belief.matched} of {belief.judged} people judged match well, "
                    f"and {belief.expected:.0%} of the next is too few"
                )
                changes.append(f"Set aside: {query.planned.label}, because {query.note}.")
        elif query.status == "set_aside":
            query.status, query.note = "open", ""
            changes.append(f"Taken up again: {query.planned.label}.")
    return changes


def rank(search: Search, approved: ApprovedRanking | None) -> list[str]:
    """Rank by what a person approved for the project; say so where it is other than before."""
    if approved is None or approved.weights == search.ranking:
        return []
    search.ranking = approved.weights
    by = (approved.approved_by or "").removeprefix("person:")
    said = ", ".join(
        f"{name.replace('_', ' ')} counts {weight:g}" for name, weight in approved.weights.given.items()
    )
    why = f" ({approved.reason.rstrip('.')})" if approved.reason else ""
    return [f"Ranked as {by} approved for this project: {said or 'as usual'}{why}."]


def begin(queries: Sequence[PlannedQuery]) -> list[RunningQuery]:
    """Return the queries of a new search in their order."""
    return [RunningQuery(planned=q, rank=rank, added_round=1) for rank, q in enumerate(queries)]


def _insist(search: Search, feedback: ShortlistCurrent, needs: Needs, portfolio: Portfolio) -> list[str]:
    """Look harder for what most people could not show: a query that demands it and only prefers the rest."""
    weak = [need for need in needs.skills if need.qualification_id in feedback.weak]
    if not weak or len(weak) == len(needs.skills):
        return []
    return _added(search, portfolio.insisting(weak))


def resemble(search: Search, good: Sequence[str], accepted: Sequence[str], portfolio: Portfolio) -> list[str]:
    """Look for people like those whom people took further and like the best matches, a few of each; like nobody who
    was rejected since."""
    for query in search.queries:
        if query.planned.similar_to and query.planned.similar_to not in {*good, *accepted}:
            query.status, query.note = "dry", "whom it took as a model is no good match any more"
    models = [query.planned.similar_to for query in search.queries if query.planned.similar_to]
    first = [one for one in accepted if one not in models]
    first = first[: max(0, MOST_ALIKE - len({*models} & {*accepted}))]
    further = [one for one in good if one not in {*models, *first}]
    further = further[: max(0, MOST_ALIKE - len(models) - len(first))]
    return [
        change
        for one in [*first, *further]
        for change in _added(search, portfolio.similar(one, taken_further=one in first))
    ]


def _added(search: Search, query: PlannedQuery) -> list[str]:
    if search.query(query.id) is not None:
        return []
    first = min((q.rank for q in search.queries), default=0)
    search.queries.append(RunningQuery(planned=query, rank=first - 1, added_round=search.round + 1))
    return [f"Added: {query.label}, because {query.why}."]


def _doubt(search: Search, feedback: ShortlistCurrent, needs: Needs) -> list[str]:
    """Expect less of what does not insist on the weak qualifications: its people would lack them again."""
    changes: list[str] = []
    for query in search.queries:
        lax = sorted(set(query.planned.relaxed) & set(feedback.weak))
        asked_otherwise = query.planned.similar_to or query.planned.id.startswith("insist:")
        doubted = bool(lax) and not asked_otherwise
        if doubted and not query.lax and query.brought == 0:
            named = needs.named(lax)
            query.note = f"it does not insist on {named}, which few could show"
            changes.append(f"Less is expected of: {query.planned.label}, because {query.note}.")
        query.lax = doubted
    return changes
