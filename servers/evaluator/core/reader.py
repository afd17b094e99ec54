"""Reads a qualification given as a plain sentence, for callers that have no structured one."""

import re
from functools import lru_cache

from servers.evaluator.core.dates import NUMBER, number_of
from servers.evaluator.core.matchers.education import fields_asked
from servers.evaluator.core.matchers.seniority import level_asked
from shared.taxonomy import (
    Taxonomy,
    asks_nothing,
    degree_rank,
    find_certificates,
    find_degrees,
    find_fields_of_study,
    find_industries,
    find_languages,
    find_places,
    skill_sets,
    without_others_degrees,
)
from shared.wire.requirements import Importance, Qualification, QualificationKind, Requirements

_YEARS = re.compile(
    rf"(?<![\w.])({NUMBER})\s*(?:\(\s*\d{{1,2}}\s*\)\s*)?(?:\+|[-–]\s*\d{{1,2}}|to {NUMBER}|or more)?\s*"
    r"(?:full )?(?:years?|yrs?)\b",
    re.I,
)
_PLACE_CUE = re.compile(
    r"\b(?:based|located|living|lives?|resid\w+|reside|relocat\w+|commut\w+|on[- ]?site|hybrid|remote\w*|"
    r"location)\b",
    re.I,
)
_INDUSTRY_CUE = re.compile(
    r"\b(?:industry|sector|environment|domain|background in|experience in|companies)\b", re.I
)
_INDUSTRY = re.compile(r"\b(?:industry|industries|sector)\b", re.I)
_AS_CUE = re.compile(r"\b(?:experience|worked|working|background|career|employed) as\b", re.I)
_FEW_WORDS = 4
_SETTLED = frozenset(
    (
        QualificationKind.EXPERIENCE,
        QualificationKind.EDUCATION,
        QualificationKind.CERTIFICATE,
        QualificationKind.LANGUAGE,
        QualificationKind.LOCATION,
        QualificationKind.INDUSTRY,
        QualificationKind.ELIGIBILITY,
    )
)
_ELIGIBLE = re.compile(
    r"\b(?:(?:authori[sz]ed|eligible|entitled|permitted|right|authori[sz]ation|permission) to work|work (?:permit|visa|"
    r"authori[sz]ation)|employment (?:authori[sz]ation|eligibility)|citizen(?:s|ship)?)\b",
    re.I,
)
_NICE = re.compile(r"\b(?:nice to have|preferred|preferably|desirable|a plus|bonus|ideally|optional)\b", re.I)
_LEVEL_CUE = re.compile(r"\b(?:level|seniority|position|role|title)\b", re.I)
# "You hold a relevant higher technical education" asks for a degree; "experience in higher education" does not.
_HIGHER = re.compile(
    r"\b(?:hold|have|has|possess|complet\w+|finished|relevant) (?:an? )?(?:relevant |completed )?(?:higher|academic) "
    r"(?:([\w-]+) )?education\b(?! (?:sector|experience|institution|industry))",
    re.I,
)
_EQUIVALENT = re.compile(r"\bequivalent\b[^.;]{0,40}\bexperience\b|\bor\b[^.;]{0,30}\bexperience\b", re.I)


def read_statement(
    statement: str, key: str, taxonomy: Taxonomy, importance: Importance | None = None
) -> Qualification:
    """Return the qualification that a sentence asks for: its kind and the parameters that were understood."""
    weight: Importance = importance or ("nice_to_have" if _NICE.search(statement) else "must_have")
    base = Qualification(id=key, statement=statement.strip(), kind=QualificationKind.OTHER, importance=weight)
    return base.model_copy(update=_parameters(base.statement, taxonomy))


def completed(qualification: Qualification, taxonomy: Taxonomy) -> Qualification:
    """Return the qualification with what its sentence says where it says more than its parameters.

    A statement of no kind becomes one of a kind that facts can settle, where it reads as such.
    """
    kind = qualification.kind
    if kind is QualificationKind.SKILL and not qualification.skills:
        return qualification.model_copy(update=_skills(qualification.statement, taxonomy))
    if kind is QualificationKind.OTHER:
        found = _parameters(qualification.statement, taxonomy)
        return qualification.model_copy(update=found) if found.get("kind") in _SETTLED else qualification
    if kind is QualificationKind.EXPERIENCE:
        missing: dict[str, object] = {}
        years = _YEARS.search(qualification.statement)
        if qualification.years is None and years:
            missing["years"] = number_of(years[1])
        if not qualification.skills and not qualification.occupations:
            missing |= _subject(qualification.statement, taxonomy)
        return qualification.model_copy(update=missing) if missing else qualification
    return qualification


def from_statements(statements: list[str], title: str, taxonomy: Taxonomy) -> Requirements:
    """Return requirements made of plain sentences, numbered q1, q2, …"""
    qualifications = [
        read_statement(text, f"q{number}", taxonomy) for number, text in enumerate(statements, start=1)
    ]
    return Requirements(title=title or "Role", qualifications=qualifications, engine="statements")


@lru_cache(maxsize=4096)
def _parameters(statement: str, taxonomy: Taxonomy) -> dict[str, object]:
    if asks_nothing(statement):
        return {}
    years = _YEARS.search(statement)
    degrees = find_degrees(without_others_degrees(statement))
    if years and not degrees:
        return {
            "kind": QualificationKind.EXPERIENCE,
            "years": number_of(years[1]),
            **_subject(statement, taxonomy),
        }
    if degrees:
        return {
            "kind": QualificationKind.EDUCATION,
            "degree": min(degrees, key=lambda one: degree_rank(one.level)).level,
            "fields_of_study": fields_asked(statement),
            "or_equivalent_experience": bool(_EQUIVALENT.search(statement)),
        }
    if studied := _HIGHER.search(statement):
        area = f"{studied[1] or ''} field"
        return {
            "kind": QualificationKind.EDUCATION,
            "degree": "bachelor",
            "fields_of_study": find_fields_of_study(area),
            "or_equivalent_experience": bool(_EQUIVALENT.search(statement)),
        }
    if certificates := find_certificates(statement):
        names = list(dict.fromkeys(one.certificate for one in certificates))
        return {"kind": QualificationKind.CERTIFICATE, "certificates": names}
    if languages := find_languages(statement):
        first = languages[0]
        return {
            "kind": QualificationKind.LANGUAGE,
            "language": first.language,
            "language_level": first.level,
        }
    return _other_parameters(statement, taxonomy)


def _other_parameters(statement: str, taxonomy: Taxonomy) -> dict[str, object]:
    if _ELIGIBLE.search(statement):
        places = [one.place.id for one in find_places(statement)]
        return {"kind": QualificationKind.ELIGIBILITY, "places": places}
    if _PLACE_CUE.search(statement) and (places := find_places(statement)):
        return {"kind": QualificationKind.LOCATION, "places": [one.place.id for one in places]}
    if _INDUSTRY.search(statement) and (industries := find_industries(statement)):
        return {"kind": QualificationKind.INDUSTRY, "industries": [one.industry for one in industries]}
    skills = _skills(statement, taxonomy)
    if skills:
        return {"kind": QualificationKind.SKILL, **skills}
    if _INDUSTRY_CUE.search(statement) and (industries := find_industries(statement)):
        return {"kind": QualificationKind.INDUSTRY, "industries": [one.industry for one in industries]}
    occupations = [one.occupation for one in taxonomy.find_occupations(statement)]
    if occupations and (_AS_CUE.search(statement) or len(statement.split()) <= _FEW_WORDS):
        return {"kind": QualificationKind.EXPERIENCE, "occupations": list(dict.fromkeys(occupations))}
    level = level_asked(statement)
    if level and _LEVEL_CUE.search(statement):
        return {"kind": QualificationKind.SENIORITY, "seniority": level}
    return {}


def _skills(statement: str, taxonomy: Taxonomy) -> dict[str, object]:
    sets = skill_sets(statement, taxonomy, soft=True)
    heads = [one.head for one in sets if one.head]
    found = list(dict.fromkeys([*heads, *(skill for one in sets for skill in one.skills)]))
    every = len(found) > 1 and all(one.match == "all" for one in sets)
    return {"skills": found, "match": "all" if every else "any"} if found else {}


def _subject(statement: str, taxonomy: Taxonomy) -> dict[str, object]:
    occupations = list(dict.fromkeys(one.occupation for one in taxonomy.find_occupations(statement)))
    return {"occupations": occupations, **_skills(statement, taxonomy)}
