"""Years of experience that a profile states itself: "ten years of nursing"."""

import re

from servers.evaluator.core.dates import NUMBER, number_of
from servers.evaluator.core.findings import Hit
from servers.evaluator.core.record import Record
from shared.wire.requirements import Qualification

_STATED = re.compile(
    rf"(?<![\w.])({NUMBER})\s*\+?\s*(?:plus\s+|or more\s+)?(?:years?|yrs?\.?|ans|jahre)(?![\w-])",
    re.I,
)
_NOT_OF_WORK = re.compile(
    r"^\s*(?:old\b|of age\b|warranty\b|ago\b|degree\b|(?:full[- ]time )?(?:course|program|diploma|plan)\b)",
    re.I,
)


def stated_years(
    record: Record, skills: frozenset[str] = frozenset(), qualification: Qualification | None = None
) -> tuple[float, tuple[Hit, ...]] | None:
    """Return the most years that one passage states about the subject, with that passage."""
    best: tuple[float, Hit] | None = None
    for text in record.texts.values():
        for match in _STATED.finditer(text.masked):
            if _NOT_OF_WORK.match(text.masked[match.end() : match.end() + 40]):
                continue
            passage = text.passages.around(match.start())
            if passage is None or not _speaks_of(
                record, text.id, passage, match.end(), skills, qualification
            ):
                continue
            years = number_of(match[1])
            if years <= 60 and (best is None or years > best[0]):
                best = years, Hit(text.id, match.start(), match.end(), 1.0)
    return (best[0], (best[1],)) if best else None


def _speaks_of(
    record: Record,
    source: str,
    passage: tuple[int, int],
    after: int,
    skills: frozenset[str],
    qualification: Qualification | None,
) -> bool:
    """Tell whether a passage with a number of years speaks of the subject asked for."""
    masked = record.texts[source].masked
    if qualification is None:
        return bool(
            re.search(r"\bexperien|\bcareer\b|\bin the\b|\bindustry\b", masked[after : passage[1]], re.I)
        )
    near = masked[max(passage[0], after - 60) : min(passage[1], after + 120)]
    if skills:
        found = [one.skill for one in record.taxonomy.find_skills(near) if not one.negated]
        return any(record.taxonomy.satisfies(have, want) for have in found for want in skills)
    if qualification.occupations:
        named = {one.occupation for one in record.taxonomy.find_occupations(near)}
        return bool(named & set(qualification.occupations))
    return record.shares_words(near, qualification.statement)
