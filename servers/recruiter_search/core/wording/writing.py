"""A typed query in the boolean language, as far as that can say it."""

from typing import Any

from servers.recruiter_search.core.limits import written_limits
from servers.recruiter_search.core.models import Filters, SearchQuery, rules
from servers.recruiter_search.core.values import InStage, KnownGrowth, KnownHeadcount, Near
from servers.recruiter_search.core.wording.asked import quoted
from shared.taxonomy import language_label

_LIMITED = {
    f"{side}_{name}": (name, side == "min")
    for side in ("min", "max")
    for name in ("years", "months_in_role", "months_in_company", "months_per_company")
}
"""Filters that are one limit of a number: its field, and whether it is the lower one."""
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
    if name in _LIMITED:
        field, least = _LIMITED[name]
        return [f"{field}:{written_limits(*((value, None) if least else (None, value)))}"]
    if not word:
        return None
    match value:
        case bool():
            return [f"{word}:{'yes' if value else 'no'}"]
        case int():
            return [f"{word}:{value}"]
        case KnownHeadcount() | KnownGrowth():
            limits = written_limits(value.at_least, value.at_most, percent=isinstance(value, KnownGrowth))
            return [f"{word}:{quoted(limits) if limits.startswith('-') else limits}"]
        case InStage():
            return [f"{word}:{value.project_id}/{','.join(value.at)}"]
        case Near():
            return [f"{word}:{quoted(f'{value.place} {value.km:g} km')}"]
        case _:
            pass
    if name == "languages":
        spoken = [(language_label(one.code) or one.code, one.at_least) for one in value]
        return [f"language:{quoted(f'{label} {level}' if level else label)}" for label, level in spoken]
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
