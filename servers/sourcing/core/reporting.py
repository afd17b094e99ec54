"""What a round is answered with: whom it brought, what each search is believed to yield, and why it ends."""

from servers.sourcing.core.bandit import POLICIES, Belief, told
from servers.sourcing.core.models import (
    MOST_PEOPLE,
    FindCandidatesResult,
    QueryReport,
    RunningQuery,
    SearchState,
)
from servers.sourcing.core.spending import Round, in_turn
from shared.wire.facts import FACT_PEOPLE, CandidatesFound


def result_of(this: Round) -> FindCandidatesResult:
    """Close the round and return its answer; the search says then whether a further one would help."""
    search, known = this.search, this.known
    search.round = this.number
    search.reason = _reason(this, known)
    search.exhausted = bool(search.reason)
    reports = [_report(query, this, known[query.planned.id]) for query in in_turn(search.queries)]
    people = [*this.carried, *(one.candidate_id for one in this.brought)]
    return FindCandidatesResult(
        found=CandidatesFound(
            search_id=search.search_id,
            project_id=search.project_id,
            candidate_ids=people[:FACT_PEOPLE],
            round=this.number,
            total=len(people),
        ),
        state=SearchState(search_id=search.search_id, round=search.round),
        exhausted=search.exhausted,
        reason=search.reason,
        queries=reports,
        changes=this.changes,
        summary=_summary(this, reports),
    )


def _report(query: RunningQuery, this: Round, belief: Belief) -> QueryReport:
    own = query.planned.id
    return QueryReport(
        id=own,
        label=query.planned.label,
        why=query.planned.why,
        status=query.status,
        brought=this.counts[own],
        brought_in_all=query.brought,
        good=sum(bool(one.good) for one in this.before if one.query_id == own),
        judged=belief.judged,
        judged_good=belief.matched,
        expected=round(belief.expected, 4),
        note=query.note,
    )


def _reason(this: Round, known: dict[str, Belief]) -> str:
    """Say why further rounds would not help; empty while they may."""
    queries = this.search.queries
    left = [query for query in queries if query.status == "open"]
    if len(this.unwanted) + len(this.brought) >= MOST_PEOPLE:
        untried = [query.planned.label for query in left if not known[query.planned.id].judged]
        more = f"; not tried: {', '.join(untried)}" if untried else ""
        return f"{MOST_PEOPLE:,} people were handed on for this project, which is the most{more}"
    if left:
        return ""
    aside = [query for query in queries if query.status == "set_aside"]
    if not aside:
        return f"all {len(queries)} searches have nobody new"
    least = POLICIES[this.search.aim].least
    yields = "; ".join(f"“{query.planned.label}”: {told(known[query.planned.id])}" for query in aside)
    return (
        f"of {len(queries)} searches {len(queries) - len(aside)} have nobody new and {len(aside)} are expected to bring "
        f"a good match in fewer than {least:.0%} of further evaluations ({yields})"
    )


def _summary(this: Round, reports: list[QueryReport]) -> str:
    parts = [f"Round {this.number}: {len(this.brought)} new people"]
    brought = [f"{report.brought} from “{report.label}”" for report in reports if report.brought]
    if brought:
        parts.append(": " + "; ".join(brought))
    text = "".join(parts) + "."
    if this.carried:
        text += f" {len(this.carried):,} found before are to be judged by the changed requirements."
    if this.number == 1 and this.search.left_out:
        gone = len(this.search.left_out)
        text += f" {gone:,} found before stay out: rejected, withdrawn, or not to be contacted."
    if this.barred:
        who = "1 other person stays" if len(this.barred) == 1 else f"{len(this.barred):,} other people stay"
        text += f" {who} out: rejected in the project before, or withdrawn from it."
    if this.changes:
        text += " " + " ".join(this.changes)
    if first := this.outcomes.told():
        text += f" {first}"
    if this.search.exhausted:
        aside = any(report.status == "set_aside" for report in reports)
        text += f" {'More would hardly help' if aside else 'There is nobody further'}: {this.search.reason}."
    return text
