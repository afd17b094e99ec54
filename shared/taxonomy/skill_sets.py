"""Which skills a statement asks for together, and which as alternatives."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from shared.taxonomy.degrees import find_degrees
from shared.taxonomy.model import SkillMention
from shared.taxonomy.taxonomy import Taxonomy

_EXAMPLES = re.compile(
    r"\b(?:such as|like|e\.?g\.?|for example|for instance|examples?:|one(?: or more)? of|any of|"
    r"at least one|either|some of)\b",
    re.I,
)
# Between a skill and its examples: words for what sort of thing it is, and what introduces them.
_LEAD = re.compile(
    r"(?:\s+(?:skills|tools|technologies|systems|languages|platforms|frameworks|software|services|providers|solutions|"
    r"practices|methods|methodologies))?[\s,(:]+(?:such as|like|e\.?g\.?,?|for example,?|including)?[\s:]*",
    re.I,
)
_AND_SO_ON = re.compile(r"\b(?:etc|or similar|or equivalent|or comparable|and similar|and others)\b", re.I)
# "an IT delivery team" says where the work is done, not what must be known.
_ATTRIBUTE = re.compile(
    r"I[CS]?T (?:\w+ )?(?:teams?|departments?|organi[sz]ations?|projects?|products?|systems?|platforms?|services?|"
    r"moderni[sz]ation|program(?:me)?s?|environments?|compan(?:y|ies)|industry|sector|professionals?|staff|field)\b"
)
# "modern information technology systems", "IT business practices": a word about other nouns.
_ATTRIBUTIVE = re.compile(
    r"\s(?!(?:and|or|skills?|knowledge|experience|expertise|in|with|at|is|for|to|as)\b)[a-z]"
)
_ON = re.compile(r"\s+of\s+(?:the\s+|our\s+)?(?:[\w-]+\s+)?", re.I)
_FIELD = "information-technology"
_OF_DEGREE = re.compile(
    r"(?:confident|creative|driven|motivated|passionate|enthusiastic|proactive|flexible|organi[sz]ed)\s+(?:with|in|at|about)\b",
    re.I,
)
_GAP_LIMIT = 45


@dataclass(frozen=True, slots=True)
class SkillSet:
    """Skill ids in the order of the text; ``match`` says whether one of them is enough.

    ``head`` is the skill that examples illustrate, where one stands right before them.
    """

    skills: tuple[str, ...]
    match: Literal["any", "all"]
    start: int
    end: int
    head: str | None = None


def skill_sets(text: str, taxonomy: Taxonomy, *, soft: bool = False) -> list[SkillSet]:
    """Read ``Java or Kotlin and JavaScript or TypeScript`` as two sets of alternatives.

    Soft skills beside others count only where ``soft`` says so.
    """
    mentions = [
        one
        for one in taxonomy.find_skills(text, acts=True)
        if not (one.negated or _ATTRIBUTE.match(text, one.start) or _says_where(one, text))
    ]
    hard = [mention for mention in mentions if taxonomy.skill(mention.skill).kind != "soft"]
    if soft and hard:
        # "Confident with C": a word of degree.
        mentions = [one for one in mentions if one in hard or not _OF_DEGREE.match(text, one.start)]
    else:
        mentions = hard or mentions
    if not mentions:
        return []
    loose = _loose(text, mentions)
    if len(_ids(loose)) == 1:
        # One example stands for its kind: "a database such as BigQuery" asks for a database.
        loose = [m for m in mentions if m in loose or taxonomy.satisfies(loose[0].skill, m.skill)]
        sets = [_set(loose, "any" if len(_ids(loose)) > 1 else "all")]
    else:
        sets = [replace(_examples(loose, taxonomy), head=_head(text, mentions, loose))] if loose else []
    fixed = [mention for mention in mentions if mention not in loose]
    if loose:
        shown = [mention.skill for mention in loose]
        fixed = [m for m in fixed if not any(taxonomy.satisfies(skill, m.skill) for skill in shown)]
    return sorted([*_grouped(text, fixed, taxonomy), *sets], key=lambda one: one.start)


def skills_asked(text: str, taxonomy: Taxonomy) -> list[SkillSet]:
    """Return the skill sets of a text without those that name what a degree is in."""
    sets = skill_sets(text, taxonomy)
    degrees = find_degrees(text) if sets else []
    return [
        one
        for one in sets
        if not any(mention.start <= one.start and one.end <= mention.end for mention in degrees)
    ]


def _says_where(one: SkillMention, text: str) -> bool:
    return one.skill == _FIELD and _ATTRIBUTIVE.match(text, one.end) is not None


def _loose(text: str, mentions: list[SkillMention]) -> list[SkillMention]:
    """Return the mentions that are examples: after "such as", or in a list that ends in "etc."."""
    lead = _EXAMPLES.search(text)
    if lead:
        closing = text.find(")", lead.end()) if "(" in text[max(0, lead.start() - 2) : lead.start()] else -1
        end = closing if closing > 0 else len(text)
        return [mention for mention in mentions if lead.end() <= mention.start < end]
    tail = _AND_SO_ON.search(text)
    if not tail:
        return []
    opening = text.rfind("(", 0, tail.start())
    inside = opening >= 0 and text.find(")", opening, tail.start()) < 0
    return [m for m in mentions if m.start > (opening if inside else -1) and m.end <= tail.start() + 4]


def _head(text: str, mentions: list[SkillMention], examples: list[SkillMention]) -> str | None:
    """Return the skill named right before its examples: "relational databases such as MySQL or Oracle"."""
    before = [one for one in mentions if one.end <= examples[0].start and one not in examples]
    if not before:
        return None
    return before[-1].skill if _LEAD.fullmatch(text[before[-1].end : examples[0].start]) else None


def _grouped(text: str, mentions: list[SkillMention], taxonomy: Taxonomy) -> list[SkillSet]:
    if not mentions:
        return []
    groups = _alternatives(text, _without_acts_on_alternatives(text, mentions))
    if len(groups) == 1:
        return [_set(groups[0], "any" if len(_ids(groups[0])) > 1 else "all")]
    either = {mention.skill for group in groups if len(group) > 1 for mention in group}
    alone = [group[0] for group in groups if len(group) == 1 and group[0].skill not in either]
    single = _not_implied(alone, taxonomy)
    sets = [_set(group, "any") for group in groups if len(group) > 1]
    return ([_set(single, "all")] if single else []) + sets


def _without_acts_on_alternatives(text: str, mentions: list[SkillMention]) -> list[SkillMention]:
    """Leave "troubleshooting of pumps or motors" in one piece: what is done to alternatives is no demand apart."""
    links = [_link(text[a.end : b.start]) for a, b in pairwise(mentions)]
    return [
        mention
        for index, mention in enumerate(mentions)
        if not (
            links[index : index + 1]
            and _ON.fullmatch(text[mention.end : mentions[index + 1].start])
            and "or" in links[index + 1 : index + 2]
        )
    ]


def _set(mentions: list[SkillMention], match: Literal["any", "all"]) -> SkillSet:
    return SkillSet(_ids(mentions), match, mentions[0].start, mentions[-1].end)


def _ids(mentions: list[SkillMention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mention.skill for mention in mentions))


def _examples(mentions: list[SkillMention], taxonomy: Taxonomy) -> SkillSet:
    """Examples of one thing are alternatives; a general one among them is left to the special ones."""
    kept = _not_implied(mentions, taxonomy)
    return _set(kept, "any" if len(_ids(kept)) > 1 else "all")


def _not_implied(mentions: list[SkillMention], taxonomy: Taxonomy) -> list[SkillMention]:
    ids = {mention.skill for mention in mentions}
    kept = [
        mention
        for mention in mentions
        if not any(other != mention.skill and taxonomy.satisfies(other, mention.skill) for other in ids)
    ]
    return kept or mentions


def _alternatives(text: str, mentions: list[SkillMention]) -> list[list[SkillMention]]:
    links = [_link(text[a.end : b.start]) for a, b in pairwise(mentions)]
    for index in range(len(links) - 1, -1, -1):
        if links[index] == "comma":
            following = links[index + 1] if index + 1 < len(links) else "and"
            links[index] = "or" if following == "or" else "and"
    groups = [[mentions[0]]]
    for mention, link in zip(mentions[1:], links, strict=True):
        if link == "or":
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return groups


def _link(gap: str) -> str:
    if len(gap) > _GAP_LIMIT:
        return "break"
    if re.search(r"\bor\b|^\s*/\s*$", gap, re.I):
        return "or"
    if re.search(r"\band\b|&|\+|\bwith\b", gap, re.I):
        return "and"
    return "comma" if re.fullmatch(r"[\s,|/]*,[\s,|/]*", gap) else "break"
