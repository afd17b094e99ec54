"""Skills in a text: gazetteer matches, filtered by spelling, context and negation."""

import re
from bisect import bisect, bisect_left, insort
from dataclasses import dataclass

from shared.taxonomy.acts import find_acts
from shared.taxonomy.matcher import PhraseMatcher
from shared.taxonomy.model import SkillEntry, SkillMention
from shared.taxonomy.skill_data import data_lines
from shared.taxonomy.text import Tokens, normal_form, tokenise

_CUES = frozenset(
    word
    for line in (
        "programming language coding code developer engineer framework scripting script proficient",
        "proficiency experience experienced expertise knowledge skill skilled familiar familiarity stack",
        "technology software tool fluent fluency certified expert library backend frontend app database",
        "statistical methodology environment ms microsoft office suite administration administrator oracle",
        "tester ability background competency competence understanding",
    )
    for word in line.split()
)
_PREPOSITIONS = frozenset(("in", "with", "using", "know", "write", "via", "like", "including"))
_NEAR = 5
_LIST_GAP_LENGTH = 12
_LIST_GAP = re.compile(r"^(?:[\s,/;|•·▪●*()&+\t-]|and|or)+$", re.I)
_NOT_BEFORE = re.compile(
    r"\b(?:no|not|without|never|lacks?|lacking|don['’]?t|doesn['’]?t|didn['’]?t|isn['’]?t|aren['’]?t|nor|"
    r"neither|excluding|except|zero|unfamiliar)\b(?P<gap>[^.;:\n!?]{0,60})$",
    re.I,
)
_NOT_REALLY = re.compile(
    r"\b(?:not only|not just|not limited|no less|no fewer|not less|no more|no later|but|however|while|"
    r"instead|although|no matter|not afraid|no problem|no doubt|no fear|without (?:supervision|"
    r"assistance|exception))\b",
    re.I,
)
_NOT_AFTER = re.compile(
    r"^[^.;:\n!?]{0,60}?\b(?:(?:is|are|was|were)\s+not|isn['’]?t|aren['’]?t|not)\s+(?:\w+\s+)?"
    r"(?:required|needed|necessary|a must|essential|mandatory|expected|important|part of|a requirement|"
    r"used)\b",
    re.I,
)
# An address says where something is kept, not what somebody can do; nor does the label of a profile's name.
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.]+|"
    r"(?<![\w.-])(?:[\w-]{1,63}\.){1,8}(?:com|org|net|io|dev|gov|edu)/\S*|"
    r"(?:^|(?<=[\n|•]))[ \t]*(?:github|gitlab|bitbucket|kaggle|stack ?overflow)[ \t]*(?:id|profile|link)?[ \t]*"
    r"[:–-][ \t]*[\w.@/-]+[ \t]*(?=[\n|•]|$)",
    re.I,
)
# Every address has one of these, and every negation one of those: looking for them first spares nearly every
# text the patterns above.
_ADDRESS_MARKS = (
    *("://", "www.", "@", ".com/", ".org/", ".net/", ".io/", ".dev/", ".gov/", ".edu/"),
    *("github", "gitlab", "bitbucket", "kaggle", "stack overflow", "stackoverflow"),
)
_NEGATION_WORDS = (
    "no not without never lack lacking nor neither excluding except zero unfamiliar dont doesnt didnt isnt arent "
    "don't doesn't didn't isn't aren't don’t doesn’t didn’t isn’t aren’t"
)
_NEGATIONS = frozenset(normal_form(word) for word in _NEGATION_WORDS.split())
_BEFORE, _AFTER = 80, 100
"""So many characters before and after a mention may negate it."""


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
        self._known = frozenset(entries)

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

    def spelt(self, name: str) -> set[str]:
        """Return every skill that has ``name`` among its spellings, whichever of them it means."""
        return {spelling.skill for spelling in self._matcher.lookup(name) if spelling}

    def find(self, text: str, *, acts: bool = False) -> list[SkillMention]:
        """Return the mentions in ``text`` from left to right; they never overlap.

        ``acts`` also counts what is done without a name: "led a team of five" is people management.
        """
        tokens = tokenise(text)
        addresses = [match.span() for match in _ADDRESS.finditer(text)] if _may_have_address(text) else []
        sure: list[tuple[int, int, _Spelling]] = []
        unsure: list[tuple[int, int, _Spelling]] = []
        for first, after, spellings in self._matcher.longest(tokens):
            start = tokens.starts[first]
            chosen = _chosen(spellings, text[start : tokens.ends[after - 1]])
            if chosen is None or (addresses and any(a <= start < b for a, b in addresses)):
                continue
            (unsure if chosen.guarded else sure).append((first, after, chosen))
        context = _Context(text, tokens, [(first, after, s.technical) for first, after, s in sure])
        for first, after, spelling in unsure:
            if context.allows(first, after, spelling):
                sure.append((first, after, spelling))
                context.add(first, after, spelling.technical)
        sure.sort(key=lambda span: span[0])
        negations = _negations(tokens)
        named = [_mention(first, after, s.skill, tokens, text, negations) for first, after, s in sure]
        if not acts:
            return named
        return sorted([*named, *self._acted(text, named)], key=lambda mention: mention.start)

    def _acted(self, text: str, named: list[SkillMention]) -> list[SkillMention]:
        """Return the trades shown by what is done, where no name of a skill stands; else the verb shows it."""
        taken = [(one.start, one.end) for one in named]
        found: list[SkillMention] = []
        for start, end, skill in find_acts(text):
            if skill not in self._known or any(s <= start < e for s, e in taken):
                continue
            if any(start < e and s < end for s, e in taken):
                end = start + len(text[start:end].split(None, 1)[0])
            taken.append((start, end))
            found.append(SkillMention(start, end, text[start:end], skill, is_negated(text, start, end)))
        return found


def _may_have_address(text: str) -> bool:
    lowered = text.lower()
    return any(mark in lowered for mark in _ADDRESS_MARKS)


def _spellings(entry: SkillEntry) -> list[tuple[str, _Spelling | None]]:
    technical = entry.kind == "technology"
    flagged = [(alias.lstrip("=?"), alias[: len(alias) - len(alias.lstrip("=?"))]) for alias in entry.aliases]
    if not any(mark and name.lower() == entry.label.lower() for name, mark in flagged):
        flagged.insert(0, (entry.label, ""))
    return [
        (name, _Spelling(entry.id, technical, name if "=" in mark else None, "?" in mark))
        for name, mark in flagged
    ]


def _chosen(spellings: list[_Spelling | None], written: str) -> _Spelling | None:
    """Return the spelling that fits what is written, one that asks for no context first; None is a blocker."""
    fallback = None
    for spelling in spellings:
        if spelling is None:
            return None
        if spelling.exact is None or spelling.exact == written:
            if not spelling.guarded:
                return spelling
            fallback = fallback or spelling
    return fallback


def _negations(tokens: Tokens) -> list[int]:
    """Return where words begin that may negate."""
    if _NEGATIONS.isdisjoint(tokens.forms):
        return []
    return [start for start, form in zip(tokens.starts, tokens.forms, strict=True) if form in _NEGATIONS]


def _mention(
    first: int, after: int, skill: str, tokens: Tokens, text: str, negations: list[int]
) -> SkillMention:
    start, end = tokens.starts[first], tokens.ends[after - 1]
    near = negations and bisect_left(negations, start - _BEFORE) < bisect_left(negations, end + _AFTER)
    return SkillMention(start, end, text[start:end], skill, bool(near) and is_negated(text, start, end))


def is_negated(text: str, start: int, end: int) -> bool:
    """Return whether the sentence around ``[start, end)`` says that it is absent or not asked for."""
    before = _NOT_BEFORE.search(text[max(0, start - _BEFORE) : start])
    if before and not _NOT_REALLY.search(before.group()) and before.group("gap").count(",") < 2:
        return True
    return bool(_NOT_AFTER.match(text[end : end + _AFTER]))


class _Context:
    """Decides whether an ambiguous name stands where a skill would."""

    def __init__(self, text: str, tokens: Tokens, anchors: list[tuple[int, int, bool]]) -> None:
        self._text = text
        self._tokens = tokens
        self._anchors = anchors

    def add(self, first: int, after: int, technical: bool) -> None:
        """Let a name that was accepted vouch for its neighbours."""
        insort(self._anchors, (first, after, technical))

    def allows(self, first: int, after: int, spelling: _Spelling) -> bool:
        """A skill stands in a list of skills, beside a word that speaks of skills, or alone in its line."""
        place = bisect(self._anchors, (first, after, False))
        beside = self._anchors[max(0, place - 1) : place + 1]
        exact = spelling.exact is not None
        if any((technical or not exact) and self._listed(first, after, (a, b)) for a, b, technical in beside):
            return True
        before = self._tokens.forms[max(0, first - _NEAR) : first]
        behind = self._tokens.forms[after : self._paragraph_end(after)]
        if any(form in _CUES for form in before + behind):
            return exact or before[-1:] != ["to"]
        if exact:
            return bool(before) and before[-1] in _PREPOSITIONS
        return self._alone(first, after)

    def _paragraph_end(self, after: int) -> int:
        """Return where what follows nearby ends: the heading of the next section speaks of nothing before it."""
        near = range(after, min(after + _NEAR, len(self._tokens)))
        starts, ends = self._tokens.starts, self._tokens.ends
        blank = (n for n in near if self._text.count("\n", starts[n], ends[n]) > 1)
        return next(blank, after + _NEAR)

    def _alone(self, first: int, after: int) -> bool:
        starts, ends = self._tokens.starts, self._tokens.ends
        ahead = self._text[ends[first - 1] : starts[first]] if first else "\n"
        back = self._text[ends[after - 1] : starts[after]] if after < len(starts) else "\n"
        opened = "\n" in ahead or not self._tokens.forms[first - 1]
        closed = "\n" in back or not self._tokens.forms[after]
        return opened and closed

    def _listed(self, first: int, after: int, anchor: tuple[int, int]) -> bool:
        starts, ends = self._tokens.starts, self._tokens.ends
        if anchor[1] <= first:
            gap = self._text[ends[anchor[1] - 1] : starts[first]]
        elif anchor[0] >= after:
            gap = self._text[ends[after - 1] : starts[anchor[0]]]
        else:
            return False
        return len(gap) < _LIST_GAP_LENGTH and bool(_LIST_GAP.match(gap))
