"""Which skills a statement asks for together, and which as alternatives."""

import re
from dataclasses import dataclass
from typing import Literal

from shared.taxonomy import SkillMention, Taxonomy

_LEAD_ANY = re.compile(
    r"\b(?:such as|like|e\.?g\.?|for example|for instance|one(?: or more)? of|any of|at least one|either|"
    r"one of the following|some of|or similar|or equivalent|or comparable|and/or|similar|etc)\b|\betc\.",
    re.I,
)
_GAP_LIMIT = 45


@dataclass(frozen=True, slots=True)
class SkillSet:
    """Skill ids in the order of the text; ``match`` says whether one of them is enough."""

    skills: tuple[str, ...]
    match: Literal["any", "all"]
    start: int
    end: int


def skill_sets(text: str, taxonomy: Taxonomy) -> list[SkillSet]:
    """Read ``Java or Kotlin and JavaScript or TypeScript`` as two sets of alternatives."""
    mentions = [mention for mention in taxonomy.find_skills(text) if not mention.negated]
    hard = [mention for mention in mentions if taxonomy.skill(mention.skill).kind != "soft"]
    mentions = hard or mentions
    if not mentions:
        return []
    if _LEAD_ANY.search(text) and len(mentions) > 1:
        return [_examples(text, mentions, taxonomy)]
    groups = _alternatives(text, mentions)
    if len(groups) == 1:
        return [_set(groups[0], "any" if len(_ids(groups[0])) > 1 else "all")]
    if all(len(group) == 1 for group in groups):
        return [_set(_not_implied([group[0] for group in groups], taxonomy), "all")]
    single = [group[0] for group in groups if len(group) == 1]
    sets = [_set(group, "any") for group in groups if len(group) > 1]
    return ([_set(_not_implied(single, taxonomy), "all")] if single else []) + sets


def _set(mentions: list[SkillMention], match: Literal["any", "all"]) -> SkillSet:
    return SkillSet(_ids(mentions), match, mentions[0].start, mentions[-1].end)


def _ids(mentions: list[SkillMention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mention.skill for mention in mentions))


def _examples(text: str, mentions: list[SkillMention], taxonomy: Taxonomy) -> SkillSet:
    """A general skill with examples of it: the examples are alternatives, and stand for the general one."""
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
    links = [_link(text[a.end : b.start]) for a, b in zip(mentions, mentions[1:], strict=False)]
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
