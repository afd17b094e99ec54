"""A typed query in the boolean language, as far as that can say it."""

from typing import Any

from servers.recruiter_search.core.durations import time_at, written_time
from servers.recruiter_search.core.expression import MAX_LENGTH, And, parse_expression, written
from servers.recruiter_search.core.limits import written_limits
from servers.recruiter_search.core.models import Filters, SearchQuery, rules
from servers.recruiter_search.core.values import Experience, InStage, KnownGrowth, KnownHeadcount, Near
from servers.recruiter_search.core.wording.asked import quoted
from shared.kernel.errors import InvalidInput
from shared.taxonomy import language_label

_LIMITED = {
    f"{side}_{name}": (name, side == "min")
    for side in ("min", "max")
    for name in ("years", "months_in_role", "months_in_company", "months_per_company")
}
"""Filters that are one limit of a number: its field, and whether it is the lower one."""
_WORDS = {
    "skills_all": "skill", "skill_groups": "skill", "occupation_years": "occupation", "function_years": "function",
    "industry_years": "industry",
}  # fmt: skip
"""Filters that are written with another one's field."""
_EVERY = ("skills_all", "languages")
"""Filters whose entries must all hold."""
_TIMED = ("skill", "occupation", "function", "industry")
_IN_POSITION = {
    "titles": "title", "companies": "company", "occupations": "occupation", "functions": "function",
    "industries": "industry", "seniority": "seniority", "locations": "location", "work_modes": "work_mode",
    "skills": "skill",
}  # fmt: skip


def in_boolean(query: SearchQuery) -> tuple[str | None, list[str]]:
    """Return the conditions of ``query`` as an expression, and the parts that it leaves out: what is no condition,
    and what it has no words or no room for. Raises InvalidInput where the query's own expression does not parse."""
    own, asked = query.expression, _conditions(query)
    told = _in_and(own) if own and asked else own
    kept: list[str] = []
    left: list[str] = []
    room = MAX_LENGTH - len(told or "")
    for path, terms in asked:
        text = " AND ".join(terms or [])
        room -= len(text) + len(" AND ")
        if text and room >= 0 and _parses(text):
            kept.append(text)
        else:
            room += len(text) + len(" AND ")
            left.append(path)
    left += [f"prefer.{name}" for name in query.prefer.model_dump(exclude_defaults=True)]
    beside = query.model_dump(include={"text", "include", "sort", "ranking"}, exclude_defaults=True)
    return " AND ".join([*kept, *([told] if told else [])]) or None, [*left, *beside]


def _conditions(query: SearchQuery) -> list[tuple[str, list[str] | None]]:
    """Return the filters that are set, each with its terms, all of which hold; None: no term says it."""
    found: list[tuple[str, list[str] | None]] = []
    for part, filters in (("filters", query.filters), ("exclude", query.exclude)):
        for name in rules():
            value = getattr(filters, name)
            if value is not None and value != []:
                terms = _written(name, value)
                found.append((f"{part}.{name}", _not(terms) if part == "exclude" and terms else terms))
    if ids := query.filters.exclude_candidate_ids:
        found.append(("filters.exclude_candidate_ids", _not(_written("candidate_ids", ids) or [])))
    return found


def _not(terms: list[str]) -> list[str]:
    return [f"NOT {one}" for one in terms]


def _in_and(expression: str) -> str:
    """Return an expression as it stands beside others."""
    tree = parse_expression(expression)
    return written(tree if isinstance(tree, And) else And((tree,)))


def _parses(text: str) -> bool:
    try:
        parse_expression(text)
    except InvalidInput:
        return False
    return True


def _written(name: str, value: Any) -> list[str] | None:
    """Return the terms that a filter's value is, all of which hold; None where the language cannot say it."""
    if name == "positions":
        return [_position(one.model_dump(exclude_defaults=True)) for one in value]
    if name in _LIMITED:
        field, least = _LIMITED[name]
        return [f"{field}:{written_limits(*((value, None) if least else (None, value)))}"]
    word = _WORDS.get(name) or rules()[name].word
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
    if name == "skill_groups":
        groups = [[_term(word, one) for one in group] for group in value if group]
        return None if any(None in group for group in groups) else [_either(_said(group)) for group in groups]
    values = value if isinstance(value, list) else [value]
    if name == "languages":
        spoken = [(language_label(one.code.lower()), one.at_least) for one in value]
        values = [f"{label} {level}" if level else label for label, level in spoken if label]
        if len(values) < len(spoken):
            return None
    terms = [_term(word, one) for one in values]
    if None in terms:
        return None
    return _said(terms) if name in _EVERY else [_either(_said(terms))]


def _said(terms: list[str | None]) -> list[str]:
    return [one for one in terms if one]


def _term(word: str, value: str | Experience) -> str | None:
    """Return one value as it is typed; None where a name would be read as more than a name."""
    name = value if isinstance(value, str) else value.of
    if word in _TIMED and time_at(name) is not None:
        return None
    text = name if isinstance(value, str) else written_time(value)
    return f"{word}:{text if text.isalpha() and text not in ('AND', 'OR', 'NOT') else quoted(text)}"


def _position(given: dict[str, Any]) -> str:
    parts: list[str] = []
    for name, value in given.items():
        match name:
            case "current":
                parts.append(f"held:{'now' if value else 'past'}")
            case "min_years":
                parts.append(f"years:>={value}")
            case "within_years":
                parts.append(f"held:@{value}y")
            case _:
                parts.append(_either([f"{_IN_POSITION[name]}:{quoted(one)}" for one in value]))
    return f"position:({' AND '.join(parts)})"


def _either(terms: list[str]) -> str:
    return terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})"


def nothing_asked(query: SearchQuery) -> bool:
    """Return whether a query sets no condition and likes nothing."""
    empty = Filters()
    filters = (query.filters, query.exclude, query.prefer)
    return not query.text and not query.expression and all(one == empty for one in filters)
