"""Years of experience: dated positions added up without counting overlaps twice, or years that are stated."""

import re
from collections import Counter
from dataclasses import dataclass

from servers.evaluator.core.findings import Finding, Hit, no_evidence
from servers.evaluator.core.matchers.industry import match_industry, positions_in_industry
from servers.evaluator.core.matchers.skill import match_skill
from servers.evaluator.core.matchers.statement import match_statement
from servers.evaluator.core.matchers.years_said import stated_years
from servers.evaluator.core.positions import Position
from servers.evaluator.core.record import Record
from servers.evaluator.core.role import Role
from servers.evaluator.core.words import terms_of
from shared.wire.evaluation import Verdict
from shared.wire.requirements import Qualification

TOLERANCE = 0.1
"""A month or so short of the years asked for is as good as the years."""
PARTIAL_SHARE = 0.5
TRADE_MENTIONS = 2

_ROLE = re.compile(
    r"\b(?:(?:in|as) an? ((?:[\w-]+ ){1,4}?)(?:roles?|positions?|jobs?|functions?)"
    r"|(?:of|relevant) ((?:[\w/-]+ ){1,4}?)(?:work )?experience)\b",
    re.I,
)
_TITLE = re.compile(
    r"\bas an? ((?:[\w-]+ ?){1,4}?)(?=\s*(?:$|[.,;:()]|\b(?:in|with|at|for|on|of|or|and|within|from)\b))",
    re.I,
)
_COMPUTING = ("software", "data", "it")
_FIELDS_OF_WORK: dict[str, tuple[str, ...]] = {
    "it": _COMPUTING,
    "tech": _COMPUTING,
    "technology": _COMPUTING,
    "software": ("software", "data"),
    "data": ("data",),
    "design": ("design",),
    "sales": ("sales",),
    "marketing": ("marketing",),
    "finance": ("finance",),
    "hr": ("human resources",),
    "administrative": ("administration",),
    "legal": ("legal",),
    "healthcare": ("healthcare",),
    "clinical": ("healthcare",),
    "teaching": ("education",),
    "engineering": ("engineering", "software"),
    "construction": ("construction",),
    "logistics": ("logistics",),
    "hospitality": ("hospitality",),
}
"""What a role is said to be of, and the fields of occupations whose titles imply it."""


def match_experience(qualification: Qualification, record: Record, role: Role) -> Finding:
    """Judge years in all, in an occupation, or with a skill."""
    skills = [skill for skill in qualification.skills if record.taxonomy.has_skill(skill)]
    asked = qualification.years or 0.0
    counted = _counted(skills, qualification, record)
    if not (_names_something(qualification, skills) or counted.shown):
        if qualification.industries:
            return match_industry(qualification, record, role)
        if asked and _is_general(qualification.statement):
            return _total(asked, record)
        if asked and (stated := _stated(asked, frozenset(), record, qualification)):
            return stated
        return match_statement(qualification, record, role)
    if not asked:
        return _any_time(counted, qualification, record, role)
    return _of_something(asked, counted, skills, qualification, record)


def positions_shown(qualification: Qualification, record: Record) -> list[Position]:
    """Return the positions that explicit mentions or titles show to be of what is asked for."""
    skills = [skill for skill in qualification.skills if record.taxonomy.has_skill(skill)]
    shown = _counted(skills, qualification, record).shown
    if shown or _names_something(qualification, skills):
        return shown
    return positions_in_industry(qualification, record)


def _names_something(qualification: Qualification, skills: list[str]) -> bool:
    return bool(skills or qualification.occupations or _fields_of_work(qualification.statement))


def is_of_years_alone(qualification: Qualification) -> bool:
    """Tell whether years of any work count: nothing is named that they must be of."""
    named = (*qualification.skills, *qualification.occupations, *qualification.industries)
    return bool(qualification.years) and not named and _is_general(qualification.statement)


def _is_general(statement: str) -> bool:
    return not re.search(
        r"\b(?:experience|work|working)\b\s+(?:\w+\s+)?(?:in|with|as|on|of|using|managing|leading|teaching)\b"
        r"|\bof\s+(?!(?:professional|work|working|relevant|experience|paid|industry|full)\b)\w+",
        statement,
        re.I,
    )


def _fields_of_work(statement: str) -> frozenset[str]:
    """Return the fields of occupations that a role or experience is asked of: "in an international IT role"."""
    named = " ".join(one[1] or one[2] for one in _ROLE.finditer(statement))
    words = {word.lower() for word in re.findall(r"[\w-]+", named)}
    return frozenset(field for word in words for field in _FIELDS_OF_WORK.get(word, ()))


@dataclass(frozen=True, slots=True)
class _Counted:
    """The positions that show the subject, and those that only touch on it."""

    shown: list[Position]
    touched: list[Position]


def _counted(skills: list[str], qualification: Qualification, record: Record) -> _Counted:
    """Return the positions that count: their text or title shows the skill or the occupation."""
    fields = _fields_of_work(qualification.statement)
    wanted = {one.id for one in record.taxonomy.occupations if one.field in fields} | set(
        qualification.occupations
    )
    worked = {
        position.index
        for position in record.history.positions
        if wanted & record.title_occupations[position.index]
    } | _titled(qualification.statement, record)
    shown, touched = set(worked), set(worked)
    if skills:
        pairs = [_positions_with(skill, record) for skill in skills]
        join = set[int].union if qualification.match == "any" else set[int].intersection
        shown |= join(*(strong for strong, _ in pairs))
        touched |= join(*(strong | weak for strong, weak in pairs))
    positions = record.history.positions
    return _Counted(
        [one for one in positions if one.index in shown],
        [one for one in positions if one.index in touched - shown],
    )


def _titled(statement: str, record: Record) -> set[int]:
    """Return the positions whose title has all words of the one asked for, which no list need know."""
    asked = {term.stem for match in _TITLE.finditer(statement) for term in terms_of(match[1])}
    return {
        one.index
        for one in record.history.positions
        if asked and asked <= {term.stem for term in terms_of(one.title)}
    }


def _positions_with(skill: str, record: Record) -> tuple[set[int], set[int]]:
    """Return the positions that show a skill, and those that do so by a single word.

    One word proves that a technology was used; of a whole trade, such as marketing, it is only a touch.
    """
    mentions = Counter(
        one.position.index for one in record.skills_for(skill) if one.position and one.how == "used"
    )
    enough = 1 if record.taxonomy.skill(skill).kind == "technology" else TRADE_MENTIONS
    strong = {index for index, count in mentions.items() if count >= enough}
    for position in record.history.positions:
        if any(record.taxonomy.satisfies(have, skill) for have in record.title_skills(position)):
            strong.add(position.index)
    return strong, set(mentions) - strong


def _total(asked: float, record: Record) -> Finding:
    history = record.history
    have, hits = history.total_years, history.hits_for(history.dated)
    if have + TOLERANCE >= asked:
        return Finding(Verdict.MEETS, f"{in_years(have)} of dated work, {in_years(asked)} asked", 0.9, hits)
    stated = stated_years(record)
    if stated and stated[0] + TOLERANCE >= asked:
        reason = f"says {in_years(stated[0])}; the dated positions cover {in_years(have)}"
        return Finding(Verdict.MEETS, reason, 0.65, stated[1])
    if not history.dated:
        return no_evidence("no position has dates, so its years cannot be counted")
    if history.complete and have < PARTIAL_SHARE * asked:
        return Finding(Verdict.NOT_MET, f"{in_years(have)} of dated work, {in_years(asked)} asked", 0.8, hits)
    if have >= PARTIAL_SHARE * asked:
        return Finding(
            Verdict.PARTIAL, f"{in_years(have)} of dated work, {in_years(asked)} asked", 0.75, hits
        )
    return no_evidence(f"only {in_years(have)} are dated; other positions have no dates")


def _of_something(
    asked: float, counted: _Counted, skills: list[str], qualification: Qualification, record: Record
) -> Finding:
    history = record.history
    have, what = history.years_in(counted.shown), _subject(skills, qualification, record)
    every, named = [*counted.shown, *counted.touched], _skill_hits(skills, record)
    hits = history.hits_for([one for one in counted.shown if one.months]) + named
    if have + TOLERANCE >= asked:
        return Finding(Verdict.MEETS, f"{in_years(have)} with {what}, {in_years(asked)} asked", 0.85, hits)
    if stated := _stated(asked, frozenset(skills), record, qualification):
        return stated
    # Years of other work are no years of the subject, be they many or few.
    if history.complete and history.total_years < PARTIAL_SHARE * asked and (every or named):
        reason = f"{in_years(history.total_years)} of work in all, {in_years(asked)} with {what} asked"
        return Finding(Verdict.NOT_MET, reason, 0.75, history.hits_for(history.dated))
    if have >= PARTIAL_SHARE * asked:
        return Finding(Verdict.PARTIAL, f"{in_years(have)} with {what}, {in_years(asked)} asked", 0.7, hits)
    if counted.touched and history.years_in(every) + TOLERANCE >= asked:
        reason = f"{in_years(have)} with {what}; further positions only touch on it"
        return Finding(Verdict.PARTIAL, reason, 0.5, named)
    if have > 0:
        reason = f"only {in_years(have)} with {what} can be dated, {in_years(asked)} asked"
        return Finding(Verdict.PARTIAL, reason, 0.55, hits)
    if named and history.total_years + TOLERANCE >= asked:
        reason = f"names {what}; how many of the {in_years(history.total_years)} of work used it is not said"
        return Finding(Verdict.PARTIAL, reason, 0.5, named)
    if every or named:
        reason = f"shows {what}; for how long is not said"
        return Finding(Verdict.PARTIAL, reason, 0.45, history.hits_for(every) + named)
    return _neighbouring(qualification, record) or no_evidence(f"no position speaks of {what}")


def _neighbouring(qualification: Qualification, record: Record) -> Finding | None:
    """Return a partial finding where somebody has worked in an occupation with many of the same skills."""
    for wanted in qualification.occupations:
        near = record.taxonomy.neighbours(wanted)
        held = [
            one
            for one in record.history.positions
            if near & record.title_occupations[one.index] and one.title.strip()
        ]
        if held and (hits := record.history.hits_for(held)):
            label = record.taxonomy.occupation(wanted).label.lower()
            reason = f"has worked as {held[0].title.strip().lower()}, which is close to {label}"
            return Finding(Verdict.PARTIAL, reason, 0.45, hits)
    return None


def _any_time(counted: _Counted, qualification: Qualification, record: Record, role: Role) -> Finding:
    """Judge experience without a number of years: any position that shows it will do."""
    if qualification.skills:
        finding = match_skill(qualification, record, role)
        if finding.verdict is Verdict.MEETS or not counted.shown:
            return finding
    if not counted.shown:
        return _neighbouring(qualification, record) or no_evidence("no position of this kind is named")
    hits = record.history.hits_for(counted.shown)
    return Finding(Verdict.MEETS, f"has worked as {counted.shown[0].title.strip().lower()}", 0.85, hits)


def _subject(skills: list[str], qualification: Qualification, record: Record) -> str:
    labels = [record.taxonomy.skill(skill).label for skill in skills]
    known = {one.id: one.label for one in record.taxonomy.occupations}
    labels += [f"work as {known[one].lower()}" for one in qualification.occupations if one in known]
    word = " or " if qualification.match == "any" else " and "
    return word.join(dict.fromkeys(labels)) or "this"


def _skill_hits(skills: list[str], record: Record) -> tuple[Hit, ...]:
    """Return mentions of the skills as quotes of second rank."""
    found = [
        one for skill in skills for one in record.skills_for(skill) if one.how in ("used", "said", "listed")
    ]
    # The first line that tells what was done with the skill goes right behind the longest position.
    first = next((one for one in found if one.position and one.start >= one.position.header_end), None)
    return tuple(Hit(one.source, one.start, one.end, 0.995 if one is first else 0.5) for one in found)


def _stated(
    asked: float, skills: frozenset[str], record: Record, qualification: Qualification
) -> Finding | None:
    """Return a finding when the profile itself says enough years of what is asked, or at least half of them."""
    subject = stated_years(record, skills, qualification)
    if subject is None:
        return None
    have, hits = subject
    if have + TOLERANCE >= asked:
        return Finding(Verdict.MEETS, f"says {in_years(have)} of it; dates do not show that", 0.65, hits)
    if have >= PARTIAL_SHARE * asked:
        return Finding(Verdict.PARTIAL, f"says {in_years(have)} of it, {in_years(asked)} asked", 0.6, hits)
    return None


def in_years(value: float) -> str:
    """Return a number of years in words."""
    text = f"{value:.1f}".removesuffix(".0")
    return "1 year" if text == "1" else f"{text} years"
