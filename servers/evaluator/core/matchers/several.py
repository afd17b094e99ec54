"""What a statement asks for, taken apart: every part is needed, and any one thing of a part will do."""

import re
from itertools import pairwise

from servers.evaluator.core.words import terms_of
from shared.taxonomy import SkillMention, Taxonomy, skill_sets

_NAME = r"(?:[A-Z][\w.+#-]*|[a-z]+[A-Z.][\w.+#-]*)"
# "SQL, Foo and Bar Baz": what is named right behind a known skill in the same list.
_NEXT_IN_LIST = re.compile(rf"\s*(?:,|&|\band\b)+\s*(?:and\s+)?({_NAME}(?:\s{_NAME}){{0,2}})")
_NEXT_WORD = re.compile(rf"\s+({_NAME})")
# "Architecture and design", "design & architecture of": a noun that shares its place with a known skill.
_WORD_BEFORE = re.compile(
    r"(?:^|\b(?:of|in|with|for)\s+(?:the\s+)?)(?:[a-z]+\s)?([A-Za-z]{4,})\s+(?:and|&)\s+$"
)
_WORD_BEHIND = re.compile(
    r"^\s+(?:and|&)\s+([a-z]{4,})(?=$|[.,;:)]|\s+(?:of|in|with|for|using|across|to|on|at|is|are)\b)"
)


def parts_of(statement: str, skills: list[str], match: str, taxonomy: Taxonomy) -> list[tuple[str, ...]]:
    """Return the parts, each as its alternatives.

    ``match`` counts, unless it takes for alternatives what the statement itself joins in several parts.
    """
    if match == "all":
        return [(one,) for one in skills]
    parts: list[tuple[str, ...]] = []
    for one in skill_sets(statement, taxonomy, soft=True):
        if one.match == "all":
            parts += [(skill,) for skill in one.skills]
        else:
            parts.append((*one.skills, one.head) if one.head else one.skills)
    named = {skill for part in parts for skill in part}
    is_joined = any(len(part) > 1 for part in parts) and len(parts) > 1
    return parts if is_joined and named <= set(skills) else [tuple(skills)]


def names_beside(statement: str, skills: list[str], taxonomy: Taxonomy) -> list[str]:
    """Return what stands in one list with known skills, and is in no taxonomy: "Cocoa" in "Swift and Cocoa"."""
    mentions = taxonomy.find_skills(statement, acts=True)
    taken = [(one.start, one.end) for one in mentions]
    is_bare = any(statement[a.end : b.start].isspace() for a, b in pairwise(mentions))
    found: list[str] = []
    for one in mentions:
        if one.skill not in skills:
            continue
        at = one.end
        while name := _NEXT_IN_LIST.match(statement, at) or (is_bare and _NEXT_WORD.match(statement, at)):
            if any(start < name.end() and name.start(1) < end for start, end in taken):
                break
            found.append(name[1])
            at = name.end()
        found += _nouns_beside(statement, one, taken, taxonomy)
    return list(dict.fromkeys(name for name in found if terms_of(name)))


def _nouns_beside(
    statement: str, one: SkillMention, taken: list[tuple[int, int]], taxonomy: Taxonomy
) -> list[str]:
    if taxonomy.skill(one.skill).kind == "soft":
        return []
    before = _WORD_BEFORE.search(statement[: one.start])
    behind = _WORD_BEHIND.match(statement[one.end :])
    nouns = [(before.start(1), before[1])] if before else []
    nouns += [(one.end + behind.start(1), behind[1])] if behind else []
    return [word for at, word in nouns if not any(start <= at < end for start, end in taken)]
