"""Demands of one posting that cannot all be met."""

import re

from servers.intake.core.role import Role
from servers.intake.core.statements import Statement
from shared.taxonomy import Taxonomy, seniority_of
from shared.taxonomy.years import spoken_years, years_asked
from shared.wire.requirements import Qualification, QualificationKind

_ENTRY = re.compile(
    r"\b(?:entry[- ]level|junior (?:position|role|level)|no (?:prior |"
    r"previous )?experience (?:is )?(?:required|needed|necessary))\b",
    re.I,
)
_JUNIOR = {"intern", "junior"}
_TOP = {"lead", "manager", "director", "executive"}
_MANY_YEARS = 5


def contradictions(
    role: Role, statements: list[Statement], qualifications: list[Qualification], taxonomy: Taxonomy
) -> list[str]:
    """Return a sentence for each contradiction found."""
    found = [
        *_seniority(role, statements, qualifications),
        *_years(statements),
        *_same_skill(qualifications, taxonomy),
        *_degrees(statements, qualifications),
    ]
    if role.remote_and_on_site:
        found.append("The role is said to be fully remote, and also to be done in the office.")
    return list(dict.fromkeys(found))


def _seniority(role: Role, statements: list[Statement], qualifications: list[Qualification]) -> list[str]:
    found: list[str] = []
    years = max((q.years or 0 for q in qualifications if q.importance == "must_have"), default=0)
    if role.seniority in _JUNIOR and years >= _MANY_YEARS:
        found.append(
            f"The title says {role.seniority}, but {spoken_years(years)} of experience are asked for."
        )
    entry = next((s for s in statements if s.section != "legal" and _ENTRY.search(s.text)), None)
    if entry and role.seniority in (*_TOP, "senior"):
        found.append(f"The posting speaks of an entry-level role, but the title says {role.seniority}.")
    elif entry and years >= _MANY_YEARS and role.seniority not in _JUNIOR:
        found.append(
            f"The posting speaks of an entry-level role, but asks for {spoken_years(years)} of experience."
        )
    if role.title and {"junior", "senior"} <= {seniority_of(word) for word in role.title.split()}:
        found.append("The title says both junior and senior.")
    return found


def _years(statements: list[Statement]) -> list[str]:
    return [
        f"“{statement.text[:80]}” asks for at least {spoken_years(span.years)} "
        f"and at most {spoken_years(span.most)}."
        for statement in statements
        for span in years_asked(statement.text)
        if span.most is not None and span.most < span.years
    ]


def _same_skill(qualifications: list[Qualification], taxonomy: Taxonomy) -> list[str]:
    asked: dict[str, set[float]] = {}
    for one in qualifications:
        if one.years and len(one.skills) == 1 and one.importance == "must_have":
            asked.setdefault(one.skills[0], set()).add(one.years)
    return [
        f"{taxonomy.skill(skill).label} is asked for with "
        f"{' and with '.join(spoken_years(y) for y in sorted(years))}."
        for skill, years in asked.items()
        if len(years) > 1
    ]


def _degrees(statements: list[Statement], qualifications: list[Qualification]) -> list[str]:
    waived = any(re.search(
        r"\bno (?:university |college )?degree (?:is )?(?:required|needed|necessary)", s.text, re.I)
                 for s in statements)  # fmt: skip
    required = any(
        one.kind == QualificationKind.EDUCATION
        and one.importance == "must_have"
        and one.degree != "secondary"
        for one in qualifications
    )
    return ["A degree is asked for, and also said not to be needed."] if waived and required else []
