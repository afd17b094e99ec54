"""What a person wants changed in drafted requirements, in their own words.

A change either completes what the draft is made from (a place, a title, a further demand) or edits what
came out of it (make it optional, insist on it, leave it out). Whatever it names and cannot be found is
asked about, never guessed.
"""

import re
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from servers.intake.core.reading import labels_of
from shared.taxonomy import SkillSet, Taxonomy, resolve_place
from shared.taxonomy.years import spoken_years
from shared.wire.requirements import Importance, Qualification, QualificationKind, Question, Requirements

_NICE = (
    r"(?:an?\s+)?(?:nice[- ]to[- ]haves?|optional|a plus|not (?:required|necessary|mandatory|needed)|"
    r"preferred)"
)
_MUST = r"(?:an?\s+)?(?:must(?:[- ]haves?)?|required|requirement|mandatory|necessary|essential)"
_MAKE = r"^(?:please\s+)?(?:make|change|turn|move|set)\s+(?P<what>.+?)\s+(?:in)?(?:to\s+)?(?:be\s+)?"
_EDITS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.I))
    for kind, pattern in (
        ("nice_to_have", rf"{_MAKE}{_NICE}\W*$"),
        ("must_have", rf"{_MAKE}{_MUST}\W*$"),
        ("nice_to_have", rf"^(?P<what>.+?)\s+(?:is|are|should be|can be)\s+(?:only\s+)?{_NICE}\W*$"),
        ("must_have", rf"^(?P<what>.+?)\s+(?:is|are|should be)\s+{_MUST}\W*$"),
        (
            "drop",
            r"^(?:please\s+)?(?:drop|remove|delete|leave out|skip|forget(?: about)?)\s+(?P<what>.+?)\W*$",
        ),
    )
)
_ADD = re.compile(r"^(?:please\s+)?(?:also\s+)?(?:add|ask for|require|include)\s+(?P<what>.+?)\W*$", re.I)
_TITLE = re.compile(r"^(?:change |set |make )?(?:the )?title (?:to|is|should be)\s+(?P<what>.+?)\W*$", re.I)
_SENIORITY = re.compile(
    r"^(?:change |set |make )?(?:the |it )?(?:seniority|level)?\s*(?:to |is |should be )?(?:an? )?"
    r"(?P<what>intern|junior|mid(?:-level)?|senior|lead|manager|director|executive)(?: (?:role|level|"
    r"position))?\W*$",
    re.I,
)
_WHERE = re.compile(
    r"^(?:(?:change|set|make)\s+)?(?:it\s+|it'?s\s+|the\s+(?:job|work|role|location|place)\s*)?(?:(?:is|"
    r"to|should be|be)\s+)?"
    r"(?:(?:done\s+)?in\s+|at\s+)?(?P<what>.*\b(?:remote(?:ly)?|hybrid|on[- ]?site|from home|"
    r"office)\b.*?|[^.,;]+(?:, [^.,;]+)?)\W*$",
    re.I,
)
_NICE_SUFFIX = re.compile(rf"^(?P<what>.+?)\s+(?:as|,|\()\s*{_NICE}\W*$", re.I)
_NOT_NEEDED = re.compile(
    r"^(?:there(?:['’]s| is) )?no\s+(?P<what>.+?)\s+(?:is |are )?(?:needed|required|necessary)\W*$", re.I
)
# A change ends where the next one's verb begins: "no degree is needed, and make Kafka nice-to-have".
_NEXT = re.compile(
    r"[;\n]+|(?<=[a-z])\.\s+|(?:,\s*(?:and\s+|but\s+|then\s+)?|\s+(?:and|but|then)\s+)(?:also\s+)?"
    r"(?=(?:please\s+)?(?:make|drop|remove|delete|leave out|skip|forget|change|add|ask for)\s)"
    r"|,\s*(?:and|but)\s+(?=(?:set|turn|move|require|no)\s|[^,;]+\s(?:is|are)\s)",
    re.I,
)
_KINDS = (
    (r"(?:university |college |academic )?(?:degrees?|diplomas?|education)", QualificationKind.EDUCATION),
    (r"certificates?|certifications?|licen[cs]es?", QualificationKind.CERTIFICATE),
    (r"work permits?|citizenship|work authori[sz]ation", QualificationKind.ELIGIBILITY),
)
_LIKE_ENOUGH = 82


@dataclass
class Changes:
    """Changes as the draft takes them in.

    ``answers`` complete the role before it is drafted; ``edits`` are (kind, what) pairs for afterwards.
    """

    answers: dict[str, str] = field(default_factory=dict[str, str])
    edits: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def read_changes(texts: list[str]) -> Changes:
    """Read what each sentence wants; a later one wins over an earlier one."""
    changes = Changes()
    for text in texts:
        for sentence in filter(None, (part.strip() for part in _NEXT.split(text))):
            _read(sentence, changes)
    return changes


def _read(sentence: str, changes: Changes) -> None:
    if match := _NOT_NEEDED.match(sentence):
        changes.edits.append(("waive", match["what"]))
        return
    for kind, pattern in _EDITS:
        if match := pattern.match(sentence):
            changes.edits.append((kind, match["what"]))
            return
    if match := _TITLE.match(sentence):
        changes.answers["title"] = match["what"]
    elif match := _SENIORITY.match(sentence):
        changes.answers["seniority"] = match["what"]
    elif match := _ADD.match(sentence):
        _demand(match["what"], changes)
    elif (match := _WHERE.match(sentence)) and _is_where(match["what"]):
        changes.answers["location"] = match["what"]
    else:
        _demand(sentence, changes)


def _is_where(text: str) -> bool:
    return bool(
        re.search(r"\b(?:remote(?:ly)?|hybrid|on[- ]?site|from home|office)\b", text, re.I)
        or resolve_place(text)
    )


def _demand(text: str, changes: Changes) -> None:
    nice = _NICE_SUFFIX.match(text)
    key, what = ("nice_to_have", nice["what"]) if nice else ("must_have", text)
    changes.answers[key] = "\n".join(part for part in (changes.answers.get(key), what) if part)


def edited(requirements: Requirements, edits: list[tuple[str, str]], taxonomy: Taxonomy) -> Requirements:
    """Return the requirements with the edits made; an edit of what is not there becomes a question."""
    qualifications, questions = list(requirements.qualifications), list(requirements.questions)
    for number, (kind, what) in enumerate(edits, 1):
        meant = [one for one in qualifications if _is_meant(one, what, taxonomy)]
        if not meant and kind != "waive":
            questions.append(_not_found(number, what))
        named = {mention.skill for mention in taxonomy.find_skills(what)}
        qualifications = [
            changed
            for one in qualifications
            for part in (_parted(one, named, taxonomy) if one in meant else [one])
            if (changed := _changed(part, kind) if one in meant and _touches(part, named) else part)
            is not None
        ]
    return requirements.model_copy(update={"qualifications": qualifications, "questions": questions})


def _touches(part: Qualification, named: set[str]) -> bool:
    return not named or bool(named & set(part.skills))


def _parted(one: Qualification, named: set[str], taxonomy: Taxonomy) -> list[Qualification]:
    """Part what is named from what is asked along with it: of "Python and Docker" only Docker is meant."""
    meant = [skill for skill in one.skills if skill in named]
    rest = [skill for skill in one.skills if skill not in named]
    if not meant or not rest:
        return [one]
    parts: list[Qualification] = []
    for number, skills in enumerate((rest, meant)):
        labels = labels_of(SkillSet(tuple(skills), one.match, 0, 0), taxonomy)
        words = (
            f"At least {spoken_years(one.years)} of experience with {labels}"
            if one.years
            else f"Knows {labels}"
        )
        key = f"{one.id}.{number}" if number else one.id
        parts.append(one.model_copy(update={"id": key, "skills": skills, "statement": words}))
    return parts


def _changed(qualification: Qualification, kind: str) -> Qualification | None:
    if kind in ("drop", "waive"):
        return None
    importance: Importance = "nice_to_have" if kind == "nice_to_have" else "must_have"
    return qualification.model_copy(update={"importance": importance})


def _is_meant(qualification: Qualification, what: str, taxonomy: Taxonomy) -> bool:
    named = {mention.skill for mention in taxonomy.find_skills(what)}
    if named:
        return bool(named & set(qualification.skills))
    around = r"^(?:the|any|all)\s+|\s+(?:requirement|qualification|experience)s?$"
    words = re.sub(around, "", what.strip(), flags=re.I)
    for named_kind, kind in _KINDS:
        if re.fullmatch(named_kind, words, re.I):
            return qualification.kind == kind
    return fuzz.partial_token_set_ratio(words.lower(), qualification.statement.lower()) >= _LIKE_ENOUGH and (
        fuzz.partial_ratio(words.lower(), qualification.statement.lower()) >= _LIKE_ENOUGH
    )


def _not_found(number: int, what: str) -> Question:
    return Question(
        id=f"change:{number}",
        field="qualifications",
        text=f"Which requirement do you mean by “{what[:120]}”?",
        why="none of them says so",
    )
