"""From one statement of a posting to the qualifications it states."""

import re

from servers.intake.core.conditions import conditions, industries_asked
from servers.intake.core.statements import Statement
from servers.intake.core.timed_skills import led_by_skills
from servers.intake.core.wording import capitalised, shortened, with_article
from shared.taxonomy import (
    SkillSet,
    Taxonomy,
    certificate,
    degree_rank,
    field_of_study,
    find_certificates,
    find_degrees,
    find_industries,
    find_languages,
    industry,
    language_label,
    skills_asked,
    without_others_degrees,
)
from shared.taxonomy.years import YearSpan, spoken_years, years_asked
from shared.wire.requirements import DegreeLevel, Importance, PostingQuote, Qualification, QualificationKind

_NICE = re.compile(
    r"\b(?:nice[- ]to[- ]haves?|(?:is|are|as|be|considered|would be|will be|seen as)?\s*(?:a |an |"
    r"definite |big |strong |real )*"
    r"(?:plus|advantage|bonus|asset|benefit|merit)\b|prefer(?:red|ably|ence)|desir(?:ed|able)|ideally|"
    r"optional|"
    r"advantageous|beneficial|would be (?:great|nice|good|ideal|helpful)|not required|not (?:a )?must|"
    r"not necessary|a plus|good to have|welcome|appreciated|helpful|not mandatory)",
    re.I,
)
_MUST = re.compile(r"\b(?:must|required|mandatory|essential|necessary|need to have|a requirement)\b", re.I)
_NO_NEED = re.compile(
    r"\b(?:no|not|without)\b[^.;]{0,40}\b(?:degree|experience|certification|qualification)s?\b[^.;]{0,25}"
    r"\b(?:required|needed|necessary)\b|\bno (?:prior |previous )?(?:experience|degree)\b(?! (?:gap|is no))",
    re.I,
)
_EQUIVALENT = re.compile(
    r"\bor (?:an? )?(?:equivalent|similar|comparable|related|relevant)\s*(?:\w+\s+){0,3}(?:experience|"
    r"qualification|background|"
    r"combination|training|work)|\bor equivalent\b(?!\s+(?:degree|level))|\bequivalent (?:work |"
    r"practical |professional |job )?experience\b|"
    r"\bin lieu of\b|\bor (?:\w+ ){0,2}experience\b",
    re.I,
)
_TITLED_SOFT = "soft"
_WORDED = (QualificationKind.ELIGIBILITY,)
"""Kinds whose drafts are worded from the statement already."""
# What somebody is like, not what somebody has done: nothing that a résumé could show.
_ATTITUDE = re.compile(
    r"^(?:you(?:['’]re| are| do| know how| live| always| act| think| love| enjoy| thrive| take)\b|strong opinions|"
    r"an? (?:[\w-]+ ){0,3}(?:coach|advocate|champion|thinker|person|detective|facilitator|attitude|mindset|player)\b|"
    r"(?:successful if|comfortable|willing\w*|excited|open to|passion\w*|desire|interest(?:ed)?|curio\w+|eager|motivat\w+|"
    r"ability to (?:work|thrive|adapt|deal|handle|get|learn|stay|remain)|an ability to get|the will)\b)",
    re.I,
)


def read_statement(
    statement: Statement, original: str, taxonomy: Taxonomy, *, fallback: bool, whole: bool = True
) -> list[Qualification]:
    """Return the qualifications that a statement states; ids are empty, they are numbered later.

    Args:
        original: the posting, which quotes are cut from.
        fallback: whether a statement that nothing is recognised in still is a qualification.
        whole: whether a single qualification keeps the statement's own words.
    """
    text = statement.text
    if _NO_NEED.search(text) and not _NICE.search(text):
        return []
    quote = PostingQuote(
        start=statement.start, end=statement.end, text=original[statement.start : statement.end]
    )
    importance = importance_of(text, statement.section)
    drafts = [
        *_education(text),
        *_certificates(text),
        *_languages(text),
        *conditions(text),
        *_experience_and_skills(text, taxonomy),
    ]
    if not drafts and fallback:
        drafts = [_draft(QualificationKind.OTHER, "")]
    words = capitalised(shortened(text), taxonomy)
    keep = whole and len(drafts) == 1 and drafts[0].kind not in _WORDED
    return [
        draft.model_copy(
            update={
                "statement": words if keep or not draft.statement else draft.statement,
                "importance": importance,
                "quote": quote,
            }
        )
        for draft in drafts
    ]


def importance_of(text: str, section: str) -> Importance:
    """Return whether a statement must be met: what it says itself outweighs the section it stands in."""
    if _NICE.search(text):
        return "nice_to_have"
    if section == "preferred" and not _MUST.search(text):
        return "nice_to_have"
    return "must_have"


def _draft(kind: QualificationKind, statement: str, **parameters: object) -> Qualification:
    return Qualification.model_validate({"id": "", "kind": kind, "statement": statement, **parameters})


def _education(text: str) -> list[Qualification]:
    mentions = find_degrees(without_others_degrees(text))
    if not mentions:
        return []
    lowest = min(mentions, key=lambda mention: degree_rank(mention.level))
    fields = tuple(dict.fromkeys(field for mention in mentions for field in mention.fields))
    equivalent = bool(_EQUIVALENT.search(text))
    return [
        _draft(
            QualificationKind.EDUCATION,
            degree_statement(lowest.level, fields, equivalent),
            degree=lowest.level,
            fields_of_study=list(fields),
            or_equivalent_experience=equivalent,
        )
    ]


_DEGREES: dict[DegreeLevel, str] = {
    "secondary": "Secondary school diploma",
    "associate": "Associate degree or diploma",
    "bachelor": "Bachelor's degree",
    "master": "Master's degree",
    "doctorate": "Doctorate",
}


def degree_statement(level: DegreeLevel, fields: tuple[str, ...], equivalent: bool) -> str:
    """Return ``Bachelor's degree in Computer Science or Mathematics, or equivalent experience``."""
    labels = [entry.label for field in fields if (entry := field_of_study(field))]
    named = f" in {_listed(labels, 'or')}" if labels else ""
    return f"{_DEGREES[level]}{named}{', or equivalent experience' if equivalent else ''}"


def _listed(names: list[str], word: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def _certificates(text: str) -> list[Qualification]:
    ids = list(dict.fromkeys(mention.certificate for mention in find_certificates(text)))
    if not ids:
        return []
    labels = [entry.label for one in ids if (entry := certificate(one))]
    return [_draft(QualificationKind.CERTIFICATE, f"Holds {_listed(labels, 'or')}", certificates=ids)]


def _languages(text: str) -> list[Qualification]:
    drafts: dict[str, Qualification] = {}
    for mention in find_languages(text):
        level = "C2" if mention.level == "native" else mention.level
        label = language_label(mention.language) or mention.text
        named = f"{label} at level {level} or better" if level else f"Speaks {label}"
        drafts[mention.language] = _draft(
            QualificationKind.LANGUAGE, named, language=mention.language, language_level=level
        )
    return list(drafts.values())


def _experience_and_skills(text: str, taxonomy: Taxonomy) -> list[Qualification]:
    spans = years_asked(text)
    sets = skills_asked(text, taxonomy)
    if not spans:
        industries, sets = industries_asked(text, sets, taxonomy)
        return [*industries, *(_skill_draft(one, taxonomy) for one in sets)]
    if led := led_by_skills(text, spans, taxonomy):
        timed = [
            one for part in led.parts for one in _experience(part.clause, part.span, part.sets, taxonomy)
        ]
        return [*timed, *(_skill_draft(one, taxonomy) for one in led.rest)]
    drafts: list[Qualification] = []
    for index, span in enumerate(spans):
        end = spans[index + 1].start if index + 1 < len(spans) else len(text)
        clause = text[span.start : end]
        own = skills_asked(clause, taxonomy)
        if own and not industries_asked(clause, own, taxonomy)[1]:
            own = []
        elif index == 0 and not own:
            own = [one for one in sets if one.start < span.start]
        drafts.extend(_experience(clause, span, own, taxonomy))
    return drafts


def _experience(clause: str, span: YearSpan, sets: list[SkillSet], taxonomy: Taxonomy) -> list[Qualification]:
    years = spoken_years(span.years)
    occupations = list(dict.fromkeys(m.occupation for m in taxonomy.find_occupations(clause)))
    industries = list(dict.fromkeys(m.industry for m in find_industries(clause)))
    if sets:
        return [
            _draft(
                QualificationKind.EXPERIENCE,
                f"At least {years} of experience with {labels_of(one, taxonomy)}",
                years=span.years,
                skills=list(one.skills),
                match=one.match,
            )
            for one in sets
        ]
    if occupations:
        labels = [with_article(taxonomy.occupation(one).label.lower()) for one in occupations]
        named = f"At least {years} of experience as {_listed(labels, 'or')}"
        return [_draft(QualificationKind.EXPERIENCE, named, years=span.years, occupations=occupations)]
    named = f"At least {years} of relevant experience"
    if industries:
        label = industry(industries[0])
        named = f"At least {years} of experience in {label.label.lower() if label else industries[0]}"
    return [_draft(QualificationKind.EXPERIENCE, named, years=span.years, industries=industries)]


def _skill_draft(one: SkillSet, taxonomy: Taxonomy) -> Qualification:
    return _draft(
        QualificationKind.SKILL, f"Knows {labels_of(one, taxonomy)}", skills=list(one.skills), match=one.match
    )


def labels_of(one: SkillSet, taxonomy: Taxonomy) -> str:
    """Return ``Java or Kotlin``, ``Docker, Kubernetes and AWS``."""
    return _listed(
        [taxonomy.skill(skill).label for skill in one.skills], "or" if one.match == "any" else "and"
    )


def is_soft(qualification: Qualification, taxonomy: Taxonomy) -> bool:
    """Return whether all a qualification asks for is soft skills or an attitude, which a résumé rarely proves."""
    if qualification.kind == QualificationKind.OTHER:
        said = qualification.quote.text if qualification.quote else ""
        return any(_ATTITUDE.match(words.strip(" *_")) for words in (qualification.statement, said))
    return (
        qualification.kind == QualificationKind.SKILL
        and bool(qualification.skills)
        and all(taxonomy.skill(skill).kind == _TITLED_SOFT for skill in qualification.skills)
    )
