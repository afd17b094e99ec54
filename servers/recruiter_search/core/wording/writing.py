"""A typed query in the boolean language, as far as that can say it."""

from typing import Any

from servers.recruiter_search.core.models import Filters, SearchQuery, rules
from servers.recruiter_search.core.wording.asked import quoted
from shared.taxonomy import language_label

_SKILLS = {"skills": "skill", "skills_all": "skill", "skill_groups": "skill"}
_IN_POSITION = {
    "titles": "title", "companies": "company", "occupations": "occupation", "functions": "function",
    "industries": "industry", "seniority": "seniority", "locations": "location", "work_modes": "work_mode",
    "skills": "skill",
}  # fmt: skip


def in_boolean(query: SearchQuery) -> tuple[str | None, list[str]]:
    """Return the conditions of ``query`` as an expression, and the parts that it leaves out."""
    terms: list[str] = []
    left: list[str] = []
    for part, filters in (("filters", query.filters), ("exclude", query.exclude)):
        for name in rules():
            value = getattr(filters, name)
            if value is None or value == []:
                continue
            written = _written(name, value)
            if written is None:
                left.append(f"{part}.{name}")
            else:
                terms += [f"NOT {one}" for one in written] if part == "exclude" else written
    liked = query.prefer.model_dump(exclude_defaults=True)
    left += [f"prefer.{name}" for name in liked]
    if query.expression:
        terms.append(query.expression)
    if query.text:
        left.append("text")
    return " AND ".join(terms) or None, left


def _written(name: str, value: Any) -> list[str] | None:
    """Return the terms that a filter's value is, all of which hold; None where the language cannot say it."""
    if name == "positions":
        found = [_position(one.model_dump(exclude_defaults=True)) for one in value]
        return None if None in found else [one for one in found if one]
    word = _SKILLS.get(name) or rules()[name].word
    if name == "words":
        return [_either([quoted(one) for one in value])]
    if not word:
        return None
    if name == "languages":
        if any(one.at_least for one in value):
            return None
        return [f"language:{quoted(language_label(one.code) or one.code)}" for one in value]
    if name == "skill_groups":
        return [_either([f"skill:{quoted(one)}" for one in group]) for group in value]
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in values):
        return None
    terms = [f"{word}:{quoted(one) if not one.isalpha() else one}" for one in values]
    return terms if name == "skills_all" else [_either(terms)]


def _position(given: dict[str, Any]) -> str | None:
    parts: list[str] = []
    for name, value in given.items():
        if name == "current":
            parts.append(f"held:{'now' if value else 'past'}")
        elif word := _IN_POSITION.get(name):
            parts.append(_either([f"{word}:{quoted(one)}" for one in value]))
        else:
            return None
    return f"position:({' AND '.join(parts)})"


def _either(terms: list[str]) -> str:
    return terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})"


def nothing_asked(query: SearchQuery) -> bool:
    """Return whether a query sets no condition and likes nothing."""
    empty = Filters()
    filters = (query.filters, query.exclude, query.prefer)
    return not query.text and not query.expression and all(one == empty for one in filters)
