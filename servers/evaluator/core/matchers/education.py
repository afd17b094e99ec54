"""Education: degrees by level, fields of study, and experience that stands in for them where allowed."""

import re
from dataclasses import dataclass

from servers.evaluator.core.findings import Finding, Hit, no_evidence
from servers.evaluator.core.matchers.statement import match_statement
from servers.evaluator.core.positions import Position
from servers.evaluator.core.record import Record
from servers.evaluator.core.role import Role
from servers.evaluator.core.texts import Text
from shared.taxonomy import (
    DegreeMention,
    degree_rank,
    field_of_study,
    fields_match,
    find_degrees,
    find_fields_of_study,
    without_others_degrees,
)
from shared.wire.evaluation import Verdict
from shared.wire.requirements import DegreeLevel, Qualification

YEARS_INSTEAD: dict[DegreeLevel, float] = {
    "secondary": 1,
    "associate": 3,
    "bachelor": 5,
    "master": 7,
    "doctorate": 10,
}
"""Years of work that count as equivalent where the role accepts experience instead."""
_WORK_IN: dict[str, frozenset[str]] = {
    "computing": frozenset({"software", "data", "it"}),
    "engineering": frozenset({"engineering", "construction", "manufacturing", "software", "data", "it"}),
    "science": frozenset({"science", "data", "healthcare", "engineering", "education"}),
    "health": frozenset({"healthcare", "social"}),
    "business": frozenset(
        {"sales", "marketing", "finance", "human resources", "administration", "management", "logistics"}
    ),
    "law": frozenset({"legal", "public service"}),
    "arts": frozenset({"design", "media", "marketing"}),
}
"""Areas of study, and the fields of occupations in which work stands in for them; of other areas any work does."""

_UNFINISHED = re.compile(
    r"\b(?:expected|anticipated|pursuing|in progress|ongoing|currently (?:enrolled|studying|pursuing)|"
    r"candidate|incomplete|not completed|dropped out|withdrew|(?:did|has) not (?:finish|complete)|"
    r"coursework (?:toward|in)|started|discontinued)\b",
    re.I,
)
_NOT_OWN = re.compile(
    r"\b(?:taught|teaching|tutor\w*|mentor\w*|supervis\w+|coach\w*|recruit\w+|advis\w+|students?|interns?|alumni)\b",
    re.I,
)
_RELATED = re.compile(
    r"\b(?:related|similar|relevant|comparable|equivalent|adjacent)\b(?! experience)[^.;]{0,30}"
    r"\b(?:field|discipline|subject|area|degree|study)|\bor similar\b|\bor related\b"
    r"|\bor (?:an? )?equivalent\b(?![^.;]{0,40}\bexperience\b)",
    re.I,
)
# "In a relevant field", "a degree in puppetry": a field is asked for that no list knows.
_UNKNOWN_FIELD = re.compile(
    r"\b(?:relevant|appropriate|suitable|applicable|pertinent) (?:(?:university|college|higher|academic) )?"
    r"(?:fields?|disciplines?|subjects?|areas?|degrees?|education|stud(?:y|ies))\b"
    r"|\bdegrees? (?:with)?in (?!an?\b|any\b|progress\b|hand\b)([a-z][^.,;(]*)",
    re.I,
)
# "A computer science degree": the words right before it, as far as they can name a field.
_BEFORE = re.compile(
    r"\b((?:(?!(?:an?|the|and|with|in|of|for|to|your?|ha[sd]|have|holds?|relevant|least|university|college)\b)"
    r"[\w&+-]+[ /]+){1,4})$",
    re.I,
)
# "With a focus on statistics", "within a software engineering discipline".
_BEHIND = re.compile(
    r"\b(?:focus|major(?:ing)?|minor|speciali[sz](?:ation|ing)|concentration|emphasis) (?:in|on) ([^.;,]{3,60})"
    r"|\b((?:[\w&-]+ ){1,4})(?:disciplines?|fields?|subjects?)\b",
    re.I,
)
_REACH = 50
_LINE_END = re.compile(r"[ \t]{2,}|\n\s*\n")
_NEAR = 60


@dataclass(frozen=True, slots=True)
class _Degree:
    level: DegreeLevel
    fields: tuple[str, ...]
    finished: bool
    hit: Hit


def match_education(qualification: Qualification, record: Record, role: Role) -> Finding:
    """Judge degree level and field of study."""
    wanted = qualification.degree or _level_of(qualification.statement)
    fields = _fields_of(qualification)
    if wanted is None and not fields:
        return match_statement(qualification, record, role)
    degrees = _degrees(record)
    near = bool(_RELATED.search(qualification.statement))
    if fields or not _UNKNOWN_FIELD.search(qualification.statement):
        finding = _judge(wanted or "secondary", fields, degrees, near)
    else:
        finding = _in_unknown_field(wanted or "secondary", degrees, qualification, record)
    if finding.verdict is not Verdict.MEETS and _experience_counts(qualification):
        return _instead(wanted or "bachelor", fields, finding, record)
    return finding


def _level_of(statement: str) -> DegreeLevel | None:
    """Return the lowest level that the statement names: "Bachelor's or Master's" is met by the first."""
    named = find_degrees(statement)
    return min(named, key=lambda one: degree_rank(one.level)).level if named else None


def _fields_of(qualification: Qualification) -> list[str]:
    named = [field for text in qualification.fields_of_study for field in _field_ids(text)]
    if named or qualification.fields_of_study:
        return named
    return fields_asked(qualification.statement)


def fields_asked(statement: str) -> list[str]:
    """Return the ids of the fields of study in which a statement asks for a degree, once each."""
    degrees = find_degrees(without_others_degrees(statement))
    named = [field for one in degrees for field in one.fields]
    if named or not degrees:
        return list(dict.fromkeys(named))
    before = [_BEFORE.search(statement[max(0, one.start - _REACH) : one.start]) for one in degrees]
    behind = _BEHIND.finditer(statement, degrees[0].start)
    beside = [one[1] for one in before if one] + [one[1] or one[2] for one in behind]
    return list(dict.fromkeys(field for words in beside for field in find_fields_of_study(words)))


def _field_ids(text: str) -> list[str]:
    return [text] if field_of_study(text) else find_fields_of_study(text)


def _degrees(record: Record) -> list[_Degree]:
    """Return the person's own degrees: not those of people they taught, not inside a job's description."""
    found: list[_Degree] = []
    for text, one in record.degrees:
        around = text.masked[max(0, one.start - _NEAR) : one.end + _NEAR]
        passage = text.passages.around(one.start)
        before = text.masked[max(passage[0] if passage else 0, one.start - _NEAR) : one.start]
        line = text.masked[passage[0] : passage[1]] if passage else around
        if _NOT_OWN.search(before) and len(line) > 60:
            continue
        finished = not _UNFINISHED.search(line if len(line) < 200 else around)
        hit = Hit(text.id, one.start, one.end, 1.0)
        fields = _own_fields(text, one) or record.study_fields(text.id, one.start)
        found.append(_Degree(one.level, fields, finished, hit))
    return found


def _own_fields(text: Text, degree: DegreeMention) -> tuple[str, ...]:
    """Return the fields named in the degree's own line: in a flattened layout the next line is near."""
    stop = _LINE_END.search(text.masked, degree.start, degree.end)
    if stop is None:
        return degree.fields
    return tuple(find_fields_of_study(text.masked[degree.start : stop.start()]))


def _in_unknown_field(
    wanted: DegreeLevel, degrees: list[_Degree], qualification: Qualification, record: Record
) -> Finding:
    """Judge where the field is in words that no list knows: those words themselves must stand by the degree."""
    finding = _judge(wanted, [], degrees, near=False)
    if finding.verdict is not Verdict.MEETS:
        return finding
    asked = _UNKNOWN_FIELD.search(qualification.statement)
    area = re.split(r"\bor\b", asked[1])[0] if asked and asked[1] else ""
    for hit in finding.hits:
        masked = record.texts[hit.source].masked
        if area and record.shares_words(masked[hit.start : hit.end + _NEAR], area):
            return finding
    reason = f"{finding.reason}; whether that is the field asked for is not said"
    return Finding(Verdict.PARTIAL, reason, 0.55, finding.hits)


def _judge(wanted: DegreeLevel, fields: list[str], degrees: list[_Degree], near: bool) -> Finding:
    # Neither finished nor in the field: as if it were not there.
    counting = [
        one for one in degrees if one.finished or not fields or not one.fields or _fits(one, fields, near)
    ]
    if not counting:
        reason = (
            "the only degree named is neither finished nor in the field"
            if degrees
            else "the profile names no degree"
        )
        return no_evidence(reason)
    degrees = counting
    enough = [one for one in degrees if degree_rank(one.level) >= degree_rank(wanted)]
    if not enough:
        best = max(degrees, key=lambda one: degree_rank(one.level))
        reason = f"highest degree named is {_name(best.level)}, {_name(wanted)} asked"
        return Finding(Verdict.NOT_MET, reason, 0.7, (best.hit,))
    fitting = [one for one in enough if not fields or _fits(one, fields, near)]
    done = [one for one in fitting if one.finished]
    if done:
        best = max(done, key=lambda one: degree_rank(one.level))
        field = next((one for one in best.fields if _counts(one, fields, near)), None)
        named = f" in {_label(field or best.fields[0])}" if best.fields else ""
        return Finding(Verdict.MEETS, f"has {_name(best.level)}{named}", 0.9, _ranked(done, best))
    if fitting:
        return Finding(Verdict.PARTIAL, "the degree is not finished yet", 0.65, (fitting[0].hit,))
    best = max(enough, key=lambda one: (degree_rank(one.level), len(one.fields)))
    if best.fields:
        asked = " or ".join(_label(field) for field in fields[:3])
        reason = f"has {_name(best.level)} in {_label(best.fields[0])}; {asked} asked"
    else:
        reason = f"has {_name(best.level)}, the field of study is not said"
    return Finding(Verdict.PARTIAL, reason, 0.6, _ranked(enough, best))


def _fits(degree: _Degree, fields: list[str], near: bool) -> bool:
    """Tell whether a field of the degree is a wanted one, or of the same area where near ones count."""
    return any(_counts(have, fields, near) for have in degree.fields)


def _counts(have: str, fields: list[str], near: bool) -> bool:
    return any(fields_match(have, want) or (near and _same_area(have, want)) for want in fields)


def _same_area(one: str, other: str) -> bool:
    first, second = field_of_study(one), field_of_study(other)
    return first is not None and second is not None and bool(first.group) and first.group == second.group


def _ranked(degrees: list[_Degree], best: _Degree) -> tuple[Hit, ...]:
    rest = [one.hit for one in degrees if one is not best]
    return (best.hit, *(Hit(one.source, one.start, one.end, 0.8) for one in rest))


def _experience_counts(qualification: Qualification) -> bool:
    return qualification.or_equivalent_experience or bool(
        re.search(
            r"\bequivalent\b[^.;]{0,40}\bexperience\b|\bor\b[^.;]{0,30}\bexperience\b",
            qualification.statement,
            re.I,
        )
    )


def _instead(wanted: DegreeLevel, fields: list[str], finding: Finding, record: Record) -> Finding:
    """Let years of work stand in for the degree; of work that titles show to be of another area, in part only."""
    years, needed = record.history.total_years, YEARS_INSTEAD[wanted]
    hits = record.history.hits_for(record.history.dated)
    near = [one for one in record.history.dated if not _is_elsewhere(one, fields, record)]
    if years >= needed > record.history.years_in(near):
        reason = f"{years:.0f} years of work, but not in the field, instead of {_name(wanted)}"
        return Finding(Verdict.PARTIAL, reason, 0.5, (*finding.hits, *hits))
    if years >= needed:
        reason = f"{years:.0f} years of work instead of {_name(wanted)}, which the role accepts"
        if finding.verdict is Verdict.PARTIAL:
            reason = f"{finding.reason}; {years:.0f} years of work make up for it, which the role accepts"
        return Finding(Verdict.MEETS, reason, 0.6, (*finding.hits, *hits))
    if years >= needed / 2 and finding.verdict is not Verdict.PARTIAL:
        reason = f"{years:.1f} years of work; about {needed:.0f} would stand in for {_name(wanted)}"
        return Finding(Verdict.PARTIAL, reason, 0.5, (*finding.hits, *hits))
    return finding


def _is_elsewhere(position: Position, fields: list[str], record: Record) -> bool:
    """Tell whether a position's title names occupations, and none in which work is like studying these fields."""
    groups = {entry.group for one in fields if (entry := field_of_study(one))}
    if not groups or not groups <= _WORK_IN.keys():
        return False
    near = frozenset[str]().union(*(_WORK_IN[group] for group in groups))
    held = {record.taxonomy.occupation(one).field for one in record.title_occupations[position.index]}
    return bool(held) and not held & near


def _name(level: DegreeLevel) -> str:
    return {
        "secondary": "a secondary school diploma",
        "associate": "an associate degree or diploma",
        "bachelor": "a bachelor's degree",
        "master": "a master's degree",
        "doctorate": "a doctorate",
    }[level]


def _label(field: str) -> str:
    entry = field_of_study(field)
    return entry.label.lower() if entry else field
