"""Free statements: judged by how much of their wording one passage of the profile covers."""

import re
from dataclasses import dataclass
from functools import lru_cache

from servers.evaluator.core.findings import Finding, Hit, no_evidence
from servers.evaluator.core.record import Record
from servers.evaluator.core.role import Role
from servers.evaluator.core.words import terms_of
from shared.taxonomy import asks_nothing
from shared.wire.evaluation import Verdict
from shared.wire.requirements import Qualification

MEETS_COVERAGE = 0.75
PARTIAL_COVERAGE = 0.5
ENOUGH_TERMS = 3

_DENIAL = re.compile(
    r"\b(?:no|not|never|without|lack(?:s|ing)?|little|unable|cannot|can't|don't|doesn't)\b[^.;\n]{0,50}$",
    re.I,
)


@lru_cache(maxsize=4096)
def _wanted(statement: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term.stem for term in terms_of(statement)))


@dataclass(frozen=True, slots=True)
class _Cover:
    share: float
    matched: int
    hit: Hit
    used: bool


def match_statement(qualification: Qualification, record: Record, role: Role) -> Finding:
    """Judge a statement by its words. Weak coverage is no evidence, never a low verdict."""
    if asks_nothing(qualification.statement):
        return no_evidence("the statement asks nothing of anybody", 0.8)
    wanted = _wanted(qualification.statement)
    if not wanted:
        return no_evidence("the statement names nothing that can be looked for", 0.5, loose=True)
    covers = sorted(_covers(wanted, record), key=lambda one: (-one.share, not one.used, one.hit.start))
    best = covers[0] if covers else None
    if best is None or best.share < PARTIAL_COVERAGE or (best.matched < 2 and len(wanted) > 1):
        return no_evidence("nothing in the profile speaks of this", 0.5, loose=True)
    hits = tuple(one.hit for one in covers[:6] if one.share >= PARTIAL_COVERAGE)
    if best.share >= MEETS_COVERAGE and best.matched >= min(ENOUGH_TERMS, len(wanted)):
        where = "in a position" if best.used else "in the profile"
        confidence = 0.5 + 0.25 * best.share + (0.05 if best.used else 0.0)
        reason = f"said in nearly the same words {where}"
        return Finding(Verdict.MEETS, reason, confidence, hits, loose=True)
    confidence = 0.35 + 0.2 * best.share
    return Finding(Verdict.PARTIAL, "speaks of something close to this", confidence, hits, loose=True)


def is_denied(masked: str, start: int, place: int) -> bool:
    """Tell whether a passage that begins at ``start`` denies what stands at ``place``."""
    return bool(_DENIAL.search(masked, start, place))


def _covers(wanted: tuple[str, ...], record: Record) -> list[_Cover]:
    """Return every passage that holds some of the wanted stems, with the share it covers."""
    needed = frozenset(wanted)
    covers: list[_Cover] = []
    for text_id, start, terms in record.passage_terms:
        matched = [term for term in terms if term.stem in needed]
        stems = {term.stem for term in matched}
        if not stems:
            continue
        masked = record.texts[text_id].masked
        if is_denied(masked, start, matched[0].start):
            continue
        place = Hit(text_id, matched[0].start, matched[0].end, len(stems) / len(needed))
        used = record.history.at(text_id, start) is not None
        covers.append(_Cover(len(stems) / len(needed), len(stems), place, used))
    return covers
