"""Industries: what positions, employers and descriptions say, with years where they are asked."""

from servers.evaluator.core.findings import Finding, Hit, no_evidence
from servers.evaluator.core.matchers.statement import match_statement
from servers.evaluator.core.positions import Position
from servers.evaluator.core.record import Record
from servers.evaluator.core.role import Role
from shared.taxonomy import find_industries, industry, industry_of
from shared.wire.evaluation import Verdict
from shared.wire.requirements import Qualification


def match_industry(qualification: Qualification, record: Record, role: Role) -> Finding:
    """Judge whether somebody has worked in one of the industries."""
    wanted = _wanted(qualification)
    if not wanted:
        return match_statement(qualification, record, role)
    label = " or ".join(entry.label for one in dict.fromkeys(wanted) if (entry := industry(one)))
    positions, used, said = _mentions(frozenset(wanted), record)
    worked = [one for one in record.history.positions if one.index in positions]
    asked = qualification.years or 0.0
    have = record.history.years_in(worked)
    headers = tuple(Hit(h.source, h.start, h.end, 0.6, whole=True) for h in record.history.hits_for(worked))
    if worked and have + 0.1 >= asked:
        extra = f" for {have:.1f} years" if asked else ""
        return Finding(Verdict.MEETS, f"has worked in {label}{extra}", 0.8, (*used, *headers))
    if worked:
        reason = f"{have:.1f} years in {label}, {asked:g} asked"
        return Finding(Verdict.PARTIAL, reason, 0.6, (*used, *headers))
    if said:
        return Finding(Verdict.PARTIAL, f"speaks of {label}, but in no position", 0.5, tuple(said))
    return no_evidence(f"no position speaks of {label}")


def positions_in_industry(qualification: Qualification, record: Record) -> list[Position]:
    """Return the positions in one of the industries."""
    positions, _, _ = _mentions(frozenset(_wanted(qualification)), record)
    return [one for one in record.history.positions if one.index in positions]


def _wanted(qualification: Qualification) -> list[str]:
    named = [key for text in qualification.industries if (key := industry_of(text))]
    return named or [one.industry for one in find_industries(qualification.statement)]


def _mentions(wanted: frozenset[str], record: Record) -> tuple[set[int], list[Hit], list[Hit]]:
    """Return the positions in the industry, the mentions in positions, and the mentions elsewhere."""
    positions: set[int] = set()
    used: list[Hit] = []
    said: list[Hit] = []
    for position in record.history.positions:
        if position.industry and industry_of(position.industry) in wanted:
            positions.add(position.index)
    for text, one in record.industries:
        if one.industry not in wanted:
            continue
        position = record.history.at(text.id, one.start)
        hit = Hit(text.id, one.start, one.end, 1.0 if position else 0.5)
        if position:
            positions.add(position.index)
            used.append(hit)
        else:
            said.append(hit)
    return positions, used, said
