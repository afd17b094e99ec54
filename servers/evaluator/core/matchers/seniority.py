"""Seniority: what titles state, and where they state nothing, what the years suggest."""

import re

from servers.evaluator.core.findings import Finding, no_evidence
from servers.evaluator.core.positions import Position
from servers.evaluator.core.record import Record
from servers.evaluator.core.role import Role
from shared.taxonomy import seniority_of
from shared.wire.evaluation import Verdict
from shared.wire.requirements import Qualification, Seniority

RANK: dict[Seniority, int] = {
    "intern": 0,
    "junior": 1,
    "mid": 2,
    "senior": 3,
    "lead": 4,
    "manager": 4,
    "director": 5,
    "executive": 6,
}
YEARS: dict[Seniority, float] = {
    "intern": 0,
    "junior": 0,
    "mid": 2,
    "senior": 5,
    "lead": 7,
    "manager": 6,
    "director": 10,
    "executive": 12,
}
"""Years of work after which somebody is commonly at a level, for titles that state none."""
_LEVEL = re.compile(r"\b(entry|junior|mid|senior|lead|manager|director|executive)[- ]level\b", re.I)


def match_seniority(qualification: Qualification, record: Record, role: Role) -> Finding:
    """Judge the level reached. More than was asked also meets it: whether it is too much, people decide."""
    wanted = qualification.seniority or level_asked(qualification.statement) or role.seniority
    if wanted is None:
        return no_evidence("the statement names no level", 0.5)
    levels = _levels(record)
    if not levels:
        return no_evidence("the profile names no position", 0.6)
    position, level = max(levels, key=lambda pair: (RANK[pair[1]], -pair[0].index))
    years = record.history.total_years
    if RANK[level] >= RANK[wanted]:
        hits = record.history.hits_for([one for one, held in levels if RANK[held] >= RANK[wanted]])
        return Finding(Verdict.MEETS, f"has held a title at {level} level", 0.9, hits)
    return _below(wanted, level, position, years, record)


def level_asked(statement: str) -> Seniority | None:
    """Return the level that a statement asks for: of "senior level, reports to the director" the first."""
    named = _LEVEL.search(statement)
    return (seniority_of(named[0].replace("-", " ")) if named else None) or seniority_of(statement)


def _levels(record: Record) -> list[tuple[Position, Seniority]]:
    """Return each position with the level its title states; a plain title is mid level at least by years."""
    found: list[tuple[Position, Seniority]] = []
    for position in record.history.positions:
        if position.title.strip():
            found.append((position, seniority_of(position.title) or "junior"))
    return found


def _below(wanted: Seniority, level: Seniority, position: Position, years: float, record: Record) -> Finding:
    hits = record.history.hits_for(record.history.dated or (position,))
    if RANK[wanted] <= RANK["mid"] and years >= YEARS[wanted]:
        return Finding(Verdict.MEETS, f"{years:.0f} years of work, no level in the titles", 0.7, hits)
    if years >= YEARS[wanted]:
        reason = f"no title at {wanted} level, but {years:.0f} years of work"
        return Finding(Verdict.PARTIAL, reason, 0.6, hits)
    if not record.history.complete:
        return no_evidence("the titles state no such level, and not all positions are dated")
    states_less = seniority_of(position.title) is not None
    if states_less or years < 0.5 * YEARS[wanted]:
        reason = f"highest title at {level} level, {years:.1f} years of work"
        return Finding(Verdict.NOT_MET, reason, 0.65, hits)
    return Finding(Verdict.PARTIAL, f"{years:.1f} years of work, no title at {wanted} level", 0.5, hits)
