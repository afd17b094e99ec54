"""One list of qualifications: duplicates merged, the most testable first, no longer than people can read."""

from servers.intake.core.reading import is_soft
from shared.taxonomy import Taxonomy, degree_rank
from shared.wire.requirements import Qualification, QualificationKind

MAX_QUALIFICATIONS = 20
_TESTABILITY = {
    QualificationKind.EXPERIENCE: 0,
    QualificationKind.SKILL: 1,
    QualificationKind.EDUCATION: 2,
    QualificationKind.CERTIFICATE: 2,
    QualificationKind.LANGUAGE: 2,
    QualificationKind.LOCATION: 3,
    QualificationKind.SENIORITY: 3,
    QualificationKind.INDUSTRY: 4,
    QualificationKind.ELIGIBILITY: 5,
    QualificationKind.OTHER: 6,
}


def merged(drafts: list[Qualification], taxonomy: Taxonomy) -> list[Qualification]:
    """Merge what asks for the same thing; must outweighs nice, more years outweigh fewer."""
    kept: dict[tuple[object, ...], Qualification] = {}
    for draft in drafts:
        key = _key(draft)
        known = kept.get(key)
        kept[key] = _joined(known, draft) if known else draft
    return _without_covered(list(kept.values()), taxonomy)


def _key(one: Qualification) -> tuple[object, ...]:
    if one.kind == QualificationKind.EDUCATION:
        return (one.kind, tuple(sorted(one.fields_of_study)) if one.importance == "nice_to_have" else "must")
    if one.kind == QualificationKind.LANGUAGE:
        return (one.kind, one.language)
    if one.kind == QualificationKind.CERTIFICATE:
        return (one.kind, tuple(sorted(one.certificates)))
    if one.kind == QualificationKind.INDUSTRY:
        return (one.kind, tuple(sorted(one.industries)))
    if one.kind == QualificationKind.LOCATION:
        return (one.kind, tuple(sorted(one.places)))
    if one.kind in (QualificationKind.SKILL, QualificationKind.EXPERIENCE) and one.skills:
        return ("skills", tuple(sorted(one.skills)), one.match if len(one.skills) > 1 else "")
    if one.kind == QualificationKind.EXPERIENCE:
        return (one.kind, tuple(sorted(one.occupations)), tuple(sorted(one.industries)))
    return (one.kind, " ".join(one.statement.lower().split()), tuple(one.places))


def _joined(first: Qualification, second: Qualification) -> Qualification:
    strong = second if (second.years or 0) > (first.years or 0) else first
    if first.kind == QualificationKind.EDUCATION and first.degree and second.degree:
        strong = first if degree_rank(first.degree) <= degree_rank(second.degree) else second
        strong = strong.model_copy(
            update={
                "fields_of_study": strong.fields_of_study or first.fields_of_study or second.fields_of_study
            }
        )
    must = "must_have" in (first.importance, second.importance)
    return strong.model_copy(
        update={
            "importance": "must_have" if must else "nice_to_have",
            "language_level": _higher(first.language_level, second.language_level),
            "inferred": first.inferred and second.inferred,
        }
    )


def _higher(first: str | None, second: str | None) -> str | None:
    order = ["A1", "A2", "B1", "B2", "C1", "C2", "native"]
    return max((level for level in (first, second) if level), key=order.index, default=None)


def _without_covered(drafts: list[Qualification], taxonomy: Taxonomy) -> list[Qualification]:
    """Drop a plain skill that another qualification of at least the same weight asks for anyway."""
    kept: list[Qualification] = []
    for draft in drafts:
        covered = draft.kind == QualificationKind.SKILL and any(
            _covers(other, draft, taxonomy) for other in drafts if other is not draft
        )
        if not covered:
            kept.append(draft)
    return kept


def _covers(other: Qualification, one: Qualification, taxonomy: Taxonomy) -> bool:
    if not one.skills or not other.skills or set(other.skills) == set(one.skills):
        return False
    if one.importance == "must_have" and other.importance == "nice_to_have":
        return False
    if other.match == "any" and len(other.skills) > 1:
        return False
    return all(any(taxonomy.satisfies(have, want) for have in other.skills) for want in one.skills) and (
        one.match == "all" or len(one.skills) == 1
    )


def ranked(
    drafts: list[Qualification], taxonomy: Taxonomy, limit: int = MAX_QUALIFICATIONS
) -> list[Qualification]:
    """Return must-haves before nice-to-haves, the most testable first, at most ``limit`` of them."""

    def weight(pair: tuple[int, Qualification]) -> tuple[int, int, int]:
        position, one = pair
        testable = 5 if is_soft(one, taxonomy) else _TESTABILITY[one.kind]
        return (0 if one.importance == "must_have" else 1, testable, position)

    ordered = [one for _, one in sorted(enumerate(drafts), key=weight)]
    return ordered[:limit]


def numbered(drafts: list[Qualification]) -> list[Qualification]:
    """Give each qualification its id: q1, q2, …"""
    return [draft.model_copy(update={"id": f"q{number}"}) for number, draft in enumerate(drafts, start=1)]
