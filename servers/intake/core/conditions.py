"""What a statement asks for besides ability: where to live, leave to work, an industry known from within."""

import re
from dataclasses import replace

from shared.taxonomy import SkillSet, Taxonomy, find_industries, find_places, industry, with_label
from shared.wire.requirements import Qualification, QualificationKind

_LIVES = re.compile(
    r"(?:\b(?:you|candidates?|applicants?|must|should|able|willing|required|need|person)\b[^.;]{0,30}|^)"
    r"\b(?:live|reside|be (?:based|located|resident)|are (?:based|located|resident)|living|residing|based|located|"
    r"resident|relocate|commute|commuting|work (?:remotely )?from|come (?:in)?to (?:the|our) office)\b[^.;]{0,30}"
    r"\b(?:in|to|near|within|from|of)\s",
    re.I,
)
_NOT_LIVES = re.compile(
    r"\b(?:we|our|company|team|clients?|customers?)\b(?! (?:need|want|ask|require|expect))", re.I
)
_ELIGIBLE = re.compile(
    r"\b(?:(?:authori[sz]ed|eligible|entitled|permitted|allowed|right|authori[sz]ation|permission|eligibility) to work|"
    r"work (?:permit|visa|authori[sz]ation)|employment authori[sz]ation|citizenship|citizens? (?:of|or)\b|"
    r"(?:u\.?s\.?a?\.?|united states|american|british|uk|eu|european|canadian|australian|indian|german) citizens?|"
    r"(?:without|no|not|unable to|cannot|can['’]t|won['’]t)\b[^.;]{0,40}\bsponsor(?:ship)?)\b",
    re.I,
)
_NOT_ELIGIBLE = re.compile(
    r"\b(?:regardless|irrespective|without regard|discriminat\w+|equal opportunity|protected|first[- ]class|"
    r"accommodation|(?:citizen|public)s?[- ](?:facing|services?)|our citizens|serv(?:e|ing)|(?:will|can|consider|we) "
    r"(?:\w+ )?sponsor\w*)\b",
    re.I,
)
_ASIDE = re.compile(r"\s*\([^)]*\)|\s*\([^)]*$")
_WORKED_IN = re.compile(
    r"\b(?:experience|experienced|background|worked|working|career|expertise|exposure|knowledge)\b[^.;]{0,40}?"
    r"\b(?:in|within|from|across|of)\b(?:\s+(?:the|an?|either|any))*\s*$",
    re.I,
)
_INDUSTRY_WORD = re.compile(
    r"^\s+(?:industry|industries|sectors?|verticals?|domains?|companies|background|experience)\b", re.I
)
_LONG = 200


def is_condition(text: str) -> bool:
    """Return whether a statement says who may work, or where somebody must live."""
    return _is_eligibility(text) or _lives(text) is not None


def _is_eligibility(text: str) -> bool:
    return bool(len(text) <= _LONG and _ELIGIBLE.search(text) and not _NOT_ELIGIBLE.search(text))


def _lives(text: str) -> list[str] | None:
    said = _LIVES.search(text)
    if said is None or _NOT_LIVES.search(text[: said.end()]):
        return None
    return [one.place.id for one in find_places(text) if one.start >= said.start()] or None


def conditions(text: str) -> list[Qualification]:
    """Return the eligibility or the home that a statement asks for."""
    if _is_eligibility(text):
        clauses = re.split(r"[;,]\s+", _ASIDE.sub("", text))
        words = next((one for one in clauses if _ELIGIBLE.search(one)), text).strip(" .;,")
        ids = list(dict.fromkeys(one.place.id for one in find_places(words)))
        return [
            Qualification(
                id="", kind=QualificationKind.ELIGIBILITY, statement=words[:1].upper() + words[1:], places=ids
            )
        ]
    if places := _lives(text):
        labels = [with_label(one.place) for one in find_places(text) if one.place.id in places]
        words = f"Lives in {' or '.join(dict.fromkeys(labels))}"
        return [Qualification(id="", kind=QualificationKind.LOCATION, statement=words, places=places)]
    return []


def industries_asked(
    text: str, sets: list[SkillSet], taxonomy: Taxonomy
) -> tuple[list[Qualification], list[SkillSet]]:
    """Return the industries that a statement asks to know, and what of the skill sets is no name of them."""
    found = [one for one in find_industries(text) if not _within_skill(one.start, one.end, text, taxonomy)]
    first = next((one for one in found if _in_place(text, one.start, one.end)), None)
    if first is None:
        return [], sets
    meant = [one for one in found if one.start >= first.start]
    outside = {
        one.skill
        for one in taxonomy.find_skills(text, acts=True)
        if not any(named.start <= one.start and one.end <= named.end for named in meant)
    }
    rest = [left for one in sets if (left := _kept(one, outside))]
    ids = list(dict.fromkeys(one.industry for one in meant))
    labels = [entry.label for one in ids if (entry := industry(one))]
    words = f"Has worked in {' or '.join(labels)}"
    return [Qualification(id="", kind=QualificationKind.INDUSTRY, statement=words, industries=ids)], rest


def _kept(one: SkillSet, skills: set[str]) -> SkillSet | None:
    left = tuple(skill for skill in one.skills if skill in skills)
    return replace(one, skills=left, match=one.match if len(left) > 1 else "all") if left else None


def _in_place(text: str, start: int, end: int) -> bool:
    return bool(_WORKED_IN.search(text[:start]) or _INDUSTRY_WORD.match(text[end:]))


def _within_skill(start: int, end: int, text: str, taxonomy: Taxonomy) -> bool:
    """Return whether an industry's name is a part of a skill's: data mining is no mining."""
    return any(
        one.start <= start and end <= one.end and (one.start, one.end) != (start, end)
        for one in taxonomy.find_skills(text)
    )
