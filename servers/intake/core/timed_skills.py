"""Skills that stand before their years: ``SAP, 4+ years``, ``Java (5 yrs), Python - 3 years``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.taxonomy import SkillSet, Taxonomy, skills_asked
from shared.taxonomy.years import YearSpan

_LEADS = re.compile(r"([,(:–—-])\s*(?:(?:an? )?min(?:imum|\.)?(?: of)?|at least|over|more than)?\s*$", re.I)
_CLOSES = re.compile(
    r"^\s*(?:or more|of|(?:relevant|practical|hands-on|professional|work(?:ing)?|experience|exp\.?)\b|min(?:imum|\.)?|"
    r"required|\s)*(?:$|[),;.&/]|and\b|plus\b)",
    re.I,
)
_COMMA = re.compile(r"[,;]\s*")


@dataclass(frozen=True, slots=True)
class TimedSkills:
    """An amount of experience, the words it stands in and the skills it is of."""

    span: YearSpan
    clause: str
    sets: list[SkillSet]


@dataclass(frozen=True, slots=True)
class Led:
    """Skills with their years, and those beside them without."""

    parts: list[TimedSkills]
    rest: list[SkillSet]


def led_by_skills(text: str, spans: Sequence[YearSpan], taxonomy: Taxonomy) -> Led | None:
    """Return the skills that each amount stands behind; None where the amounts stand before what they are of."""
    parts, rest, reached = list[TimedSkills](), list[SkillSet](), 0
    for span in spans:
        lead = _LEADS.search(text[reached : span.start])
        if lead is None or not _CLOSES.match(text[span.end :]):
            return None
        words = text[reached : span.start]
        # In brackets the years are of what stands right before them.
        cut = _last_comma(words[: lead.start()]) if lead.group(1) == "(" else 0
        own = skills_asked(words[cut:], taxonomy)
        if not own:
            return None
        rest.extend(skills_asked(words[:cut], taxonomy))
        parts.append(TimedSkills(span, text[reached + cut : span.end], own))
        reached = span.end
    rest.extend(skills_asked(text[reached:], taxonomy))
    return Led(parts, rest)


def _last_comma(words: str) -> int:
    commas = list(_COMMA.finditer(words.rstrip(" ,;")))
    return commas[-1].end() if commas else 0
