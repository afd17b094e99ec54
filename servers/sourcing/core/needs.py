"""What of a role can be searched for: read off its qualifications, nothing protected among it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.taxonomy import Taxonomy
from shared.wire.requirements import DegreeLevel, Qualification, QualificationKind, Requirements, Seniority

_SHORT = 60
_LADDER: tuple[Seniority, ...] = (
    "intern",
    "junior",
    "mid",
    "senior",
    "lead",
    "manager",
    "director",
    "executive",
)


@dataclass(frozen=True)
class SkillNeed:
    """A must-have that skills can show: one of ``skills`` is enough."""

    qualification_id: str
    skills: tuple[str, ...]
    label: str


@dataclass(frozen=True)
class Needs:
    """The searchable side of requirements. Ids are the taxonomy's."""

    title: str
    occupations: tuple[str, ...]
    skills: tuple[SkillNeed, ...]
    years: float | None
    seniority: tuple[Seniority, ...]
    location: str | None
    country: str | None
    remote: bool
    flexible: bool
    languages: tuple[tuple[str, str | None], ...]
    degree: DegreeLevel | None
    certificates: tuple[str, ...]
    certificate_ids: tuple[str, ...]
    liked_skills: tuple[str, ...] = ()
    liked_industries: tuple[str, ...] = ()
    years_ids: tuple[str, ...] = field(default=())
    statements: dict[str, str] = field(default_factory=dict[str, str])

    def named(self, qualification_ids: Iterable[str]) -> str:
        """Return what the qualifications ask for, in words: the skills where there are some."""
        labels: list[str] = []
        for one in qualification_ids:
            skills = [need.label for need in self.skills if need.qualification_id == one]
            labels.append(" and ".join(skills) or f"“{_short(self.statements.get(one, one))}”")
        return ", ".join(dict.fromkeys(labels))


def read_needs(requirements: Requirements, taxonomy: Taxonomy) -> Needs:
    """Return what can be searched for of ``requirements``."""
    musts = [q for q in requirements.qualifications if q.importance == "must_have"]
    likes = [q for q in requirements.qualifications if q.importance == "nice_to_have"]
    timed = [q for q in musts if q.years and q.kind is QualificationKind.EXPERIENCE]
    return Needs(
        title=requirements.title,
        occupations=_occupations(requirements, taxonomy),
        skills=tuple(need for q in musts for need in _skill_needs(q, taxonomy)),
        years=max((q.years or 0.0 for q in timed), default=None) or None,
        seniority=_neighbours(requirements.seniority),
        location=requirements.location or _place(musts),
        country=requirements.country_code,
        remote=requirements.work_mode == "remote",
        flexible=requirements.work_mode in (None, "hybrid"),
        languages=tuple((q.language, q.language_level) for q in musts if q.language),
        degree=_degree(musts),
        certificates=tuple(c for q in musts for c in q.certificates),
        certificate_ids=tuple(q.id for q in musts if q.certificates),
        liked_skills=tuple(dict.fromkeys(s for q in likes for s in q.skills)),
        liked_industries=_industries(requirements),
        years_ids=tuple(q.id for q in timed),
        statements={q.id: q.statement for q in requirements.qualifications},
    )


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[:_SHORT].rsplit(" ", 1)[0] + " …"


def _occupations(requirements: Requirements, taxonomy: Taxonomy) -> tuple[str, ...]:
    if requirements.occupations:
        return tuple(dict.fromkeys(requirements.occupations))
    found = taxonomy.resolve_occupation(requirements.title)
    return (found.id,) if found else ()


def _skill_needs(q: Qualification, taxonomy: Taxonomy) -> list[SkillNeed]:
    if not q.skills or q.kind not in (QualificationKind.SKILL, QualificationKind.EXPERIENCE):
        return []
    groups = [tuple(q.skills)] if q.match == "any" else [(skill,) for skill in q.skills]
    return [SkillNeed(q.id, group, _label(group, taxonomy)) for group in groups]


def _label(skills: tuple[str, ...], taxonomy: Taxonomy) -> str:
    names = [taxonomy.skill(s).label if taxonomy.has_skill(s) else s for s in skills]
    return " or ".join(names)


def _neighbours(level: Seniority | None) -> tuple[Seniority, ...]:
    """A level with the next one up and down: titles are given out differently everywhere."""
    if level is None:
        return ()
    at = _LADDER.index(level)
    return _LADDER[max(0, at - 1) : at + 2]


def _place(musts: list[Qualification]) -> str | None:
    """The place a must-have names, where the role itself names none."""
    return next((place for q in musts for place in q.places), None)


def _degree(musts: list[Qualification]) -> DegreeLevel | None:
    """The degree to insist on; where experience may stand in for it, none."""
    return next((q.degree for q in musts if q.degree and not q.or_equivalent_experience), None)


def _industries(requirements: Requirements) -> tuple[str, ...]:
    named = [i for q in requirements.qualifications for i in q.industries]
    return tuple(dict.fromkeys([*named, *([requirements.industry] if requirements.industry else [])]))
