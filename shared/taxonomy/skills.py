"""Skills in a text: gazetteer matches, filtered by spelling, context and negation."""

import re
from bisect import bisect, insort
from dataclasses import dataclass

from shared.taxonomy.matcher import PhraseMatcher
from shared.taxonomy.model import SkillEntry, SkillMention
from shared.taxonomy.skill_data import data_lines
from shared.taxonomy.text import Tokens, tokenise

_CUES = frozenset(
    "programming language coding code developer engineer framework scripting script proficient proficiency "
    "experience experienced expertise knowledge skill skilled familiar familiarity stack technology software "
    "tool fluent fluency certified expert library backend frontend app database statistical methodology "
    "environment ms microsoft office suite administration administrator oracle tester".split()
)
_PREPOSITIONS = frozenset("in with using of know write and or via on like including".split())
_NEAR = 5
_LIST_GAP = re.compile(r"^(?:[\s,/;|•·▪●*()&+\t-]|and|or)+$", re.I)
_NOT_BEFORE = re.compile(
    r"\b(?:no|not|without|never|lacks?|lacking|don['’]?t|doesn['’]?t|didn['’]?t|isn['’]?t|aren['’]?t|nor|"
    r"neither|excluding|except|zero|unfamiliar)\b(?P<gap>[^.;:\n!?]{0,60})$",
    re.I,
)
_NOT_REALLY = re.compile(
    r"\b(?:not only|not just|not limited|no less|no fewer|not less|no more|no later|but|however|while|"
    r"instead|although|no matter|without (?:supervision|assistance|exception))\b",
    re.I,
)
_NOT_AFTER = re.compile(
    r"^[^.;:\n!?]{0,60}?\b(?:(?:is|are|was|were)\s+not|isn['’]?t|aren['’]?t|not)\s+(?:\w+\s+)?"
    r"(?:required|needed|necessary|a must|essential|mandatory|expected|important|part of|a requirement|"
    r"used)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Spelling:
    """One way to write a skill: ``exact`` is the demanded spelling, ``guarded`` asks for context."""

    skill: str
    technical: bool
    exact: str | None
    guarded: bool


class SkillFinder:
    """Finds the skills of a set of entries in texts."""

    def __init__(self, entries: dict[str, SkillEntry]) -> None:
        phrases: list[tuple[str, _Spelling | None]] = [(line, None) for line in data_lines("blockers.txt")]
        for entry in entries.values():
            phrases.extend(_spellings(entry))
        self._matcher = PhraseMatcher(phrases)

    def resolve(self, name: str) -> str | None:
        """Return the skill that is written ``name``, context aside, or None."""
        fallback = None
        for spelling in self._matcher.lookup(name):
            if spelling is None:
                continue
            if spelling.exact is None or spelling.exact == name.strip():
                return spelling.skill
            fallback = fallback or spelling.skill
        return fallback

    def find(self, text: str) -> list[SkillMention]:
        """Return the mentions in ``text`` from left to right; they never overlap."""
        tokens = tokenise(text)
        sure: list[tuple[int, int, _Spelling]] = []
        unsure: list[tuple[int, int, _Spelling]] = []
        for first, after, spellings in self._matcher.longest(tokens):
            written = text[tokens.starts[first] : tokens.ends[after - 1]]
            fitting = [s for s in spellings if s is not None and s.exact in (None, written)]
            if None in spellings or not fitting:
                continue
            plain = next((s for s in fitting if not s.guarded), None)
            if plain:
                sure.append((first, after, plain))
            else:
                unsure.append((first, after, fitting[0]))
        anchors = [(first, after) for first, after, spelling in sure if spelling.technical]
        for span in unsure:
            if _in_context(span, tokens, text, anchors):
                sure.append(span)
                insort(anchors, (span[0], span[1]))
        sure.sort(key=lambda span: span[0])
        return [_mention(first, after, spelling.skill, tokens, text) for first, after, spelling in sure]


def _spellings(entry: SkillEntry) -> list[tuple[str, _Spelling | None]]:
    technical = entry.kind == "technology"
    flagged = [(alias.lstrip("=?"), alias[: len(alias) - len(alias.lstrip("=?"))]) for alias in entry.aliases]
    if not any(mark and name.lower() == entry.label.lower() for name, mark in flagged):
        flagged.insert(0, (entry.label, ""))
    return [
        (name, _Spelling(entry.id, technical, name if "=" in mark else None, "?" in mark))
        for name, mark in flagged
    ]


def _mention(first: int, after: int, skill: str, tokens: Tokens, text: str) -> SkillMention:
    start, end = tokens.starts[first], tokens.ends[after - 1]
    return SkillMention(start, end, text[start:end], skill, is_negated(text, start, end))


def is_negated(text: str, start: int, end: int) -> bool:
    """Return whether the sentence around ``[start, end)`` says that it is absent or not asked for."""
    before = _NOT_BEFORE.search(text[max(0, start - 80) : start])
    if before and not _NOT_REALLY.search(before.group()) and before.group("gap").count(",") < 2:
        return True
    return bool(_NOT_AFTER.match(text[end : end + 100]))


def _in_context(
    span: tuple[int, int, _Spelling], tokens: Tokens, text: str, anchors: list[tuple[int, int]]
) -> bool:
    """Return whether an ambiguous name stands where a skill would: in a list of skills, or beside a cue."""
    first, after, spelling = span
    place = bisect(anchors, (first, after))
    if any(
        _listed_with(first, after, anchor, tokens, text) for anchor in anchors[max(0, place - 1) : place + 1]
    ):
        return True
    before = tokens.forms[max(0, first - _NEAR) : first]
    behind = tokens.forms[after : after + _NEAR]
    if any(form in _CUES for form in before + behind):
        return not (spelling.exact is None and before[-1:] == ["to"])
    return (
        spelling.exact is not None
        and bool(before)
        and before[-1] in _PREPOSITIONS - {"and", "or", "on", "of"}
    )


def _listed_with(first: int, after: int, anchor: tuple[int, int], tokens: Tokens, text: str) -> bool:
    if anchor[1] <= first:
        gap = text[tokens.ends[anchor[1] - 1] : tokens.starts[first]]
    elif anchor[0] >= after:
        gap = text[tokens.ends[after - 1] : tokens.starts[anchor[0]]]
    else:
        return False
    return len(gap) < 12 and bool(_LIST_GAP.match(gap))
