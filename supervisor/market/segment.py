"""Whom a question is about, from a query as recruiter_search reads words to a segment as talent_insights counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from supervisor.core.talent_query import in_words

YEARS = (15, 10, 5, 2)
"""Years of work that people are counted by."""
MOST_SKILLS = 5
OF_WORK = frozenset({"occupation", "function", "place", "seniority", "company", "remote"})
"""What a question about work may ask; the rest is asked of people."""
_TAKEN: dict[str, str] = {
    "occupations": "occupation",
    "current_occupations": "occupation",
    "titles": "occupation",
    "current_titles": "occupation",
    "functions": "function",
    "current_functions": "function",
    "seniority": "seniority",
    "companies": "company",
    "current_companies": "company",
    "locations": "place",
    "countries": "place",
}
"""What of a query says the same of a segment, which takes one of each; what comes first is taken."""
_PROVEN = ("skills_all", "skills")


@dataclass
class Whom:
    """A segment, and what of the words it cannot say.

    Args:
        segment: arguments as talent_insights takes them.
        left: what is not counted by, in words.
    """

    segment: dict[str, Any] = field(default_factory=dict[str, Any])
    left: list[str] = field(default_factory=list[str])

    def of_work(self) -> "Whom":
        """Return the same as far as a question about work may ask it."""
        kept = {name: value for name, value in self.segment.items() if name in OF_WORK}
        lost = [
            f"{name.replace('_', ' ')}: {_listed(value)}"
            for name, value in self.segment.items()
            if name not in kept
        ]
        return Whom(kept, [*self.left, *lost])


def whom_of(query: Mapping[str, Any]) -> Whom:
    """Return the segment that a query's conditions come to."""
    whom = Whom()
    asked = dict(query.get("filters") or {})
    for position in asked.pop("positions", None) or []:
        called = {"locations": "worked_in"}
        called |= {"companies": "current_companies"} if position.get("current") else {}
        for part, value in position.items():
            name = called.get(part, part)
            if isinstance(value, list) and value:
                asked[name] = [*(asked.get(name) or []), *value]
            elif value is not None and name != "current":
                asked[name] = value
    _take_skills(whom, asked)
    for name, value in asked.items():
        if value in (None, [], {}):
            continue
        match name:
            case "min_years":
                _take_years(whom, float(value))
            case "work_modes" if value == ["remote"]:
                whom.segment["remote"] = True
            case _ if name in _TAKEN and _TAKEN[name] not in whom.segment:
                first, *others = value
                whom.segment[_TAKEN[name]] = first
                whom.left += [f"{name.replace('_', ' ')}: {one}" for one in others]
                if name == "companies":
                    whom.left.append(f"who was at {first} before: only who is there now is counted")
            case _:
                whom.left.append(f"{name.replace('_', ' ')}: {_listed(value)}")
    for part, says in (("exclude", "not "), ("prefer", "liked ")):
        held: Mapping[str, Any] = query.get(part) or {}
        whom.left += [
            f"{says}{name.replace('_', ' ')}: {_listed(value)}"
            for name, value in held.items()
            if value not in (None, [], {})
        ]
    if query.get("text"):
        whom.left.append(f"in words: {query['text']}")
    return whom


def _take_skills(whom: Whom, asked: dict[str, Any]) -> None:
    groups: list[list[Any]] = asked.pop("skill_groups", None) or []
    named = [one for name in _PROVEN for one in asked.pop(name, None) or []]
    named += [group[0] for group in groups if len(group) == 1]
    whom.left += [f"one of: {_listed(group)}" for group in groups if len(group) > 1]
    skills = [one for one in named if isinstance(one, str)]
    whom.left += [f"how long or how lately: {in_words(one)}" for one in named if not isinstance(one, str)]
    whom.left += [f"skill: {one}" for one in skills[MOST_SKILLS:]]
    if skills:
        whom.segment["skills"] = skills[:MOST_SKILLS]


def _take_years(whom: Whom, years: float) -> None:
    counted = next((step for step in YEARS if step <= years), None)
    if counted:
        whom.segment["min_years"] = counted
    if counted != years:
        whom.left.append(
            f"{years:g} years of work" + (f": who has {counted} is counted too" if counted else "")
        )


def _listed(value: Any) -> str:
    if isinstance(value, Iterable) and not isinstance(value, str | Mapping):
        each: Iterable[Any] = value
        return ", ".join(in_words(one) for one in each)
    return in_words(value)
