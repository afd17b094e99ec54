"""Whom a question is about, from a query as recruiter_search reads words to a segment as talent_insights counts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from supervisor.core.talent_query import in_words

YEARS = (15, 10, 5, 2)
"""Years of work that people are counted by."""
MOST_SKILLS = 5
MOST_OTHERS = 3
"""Alternatives that are each counted by, beside the first."""
OF_WORK = frozenset({"occupation", "function", "place", "seniority", "company", "remote"})
"""What a question about work may ask."""
OF_WHAT = frozenset({"occupation", "function", "skills", "company"})
"""What says who somebody is; the rest says which of them."""
OF_PEOPLE = OF_WORK | {"skills", "min_years"}
"""What a question about people may ask."""
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
        unsaid: what is not counted by, in words, each after the argument that it is of; empty: of none.
        others: alternatives to what an argument says, each after the argument.
    """

    segment: dict[str, Any] = field(default_factory=dict[str, Any])
    unsaid: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    others: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    @property
    def left(self) -> list[str]:
        """What is not counted by, in words."""
        return [says for _, says in self.unsaid]

    def leave(self, says: str, of: str = "") -> None:
        """Note what is not counted by."""
        self.unsaid.append((of, says))

    def also(self, other: "Whom") -> None:
        """Count by what another one counts by too, as far as that says nothing else."""
        skills = [*dict.fromkeys([*self.segment.get("skills", []), *other.segment.get("skills", [])])]
        self.segment = other.segment | self.segment | ({"skills": skills[:MOST_SKILLS]} if skills else {})

    def within(self, names: Collection[str]) -> "Whom":
        """Return the same as far as a question that takes these arguments may ask it."""
        kept = {name: value for name, value in self.segment.items() if name in names}
        lost = [
            (name, f"{name.replace('_', ' ')}: {listed(value)}")
            for name, value in self.segment.items()
            if name not in kept
        ]
        return Whom(kept, [*self.unsaid, *lost], [one for one in self.others if one[0] in kept])

    def each(self) -> list["Whom"]:
        """Return it once for each alternative, where one argument has a few; else as it is."""
        names = {name for name, _ in self.others}
        if len(names) != 1 or len(self.others) > MOST_OTHERS:
            return [self]
        [name] = names
        values = [value for _, value in self.others]
        rest = [(of, says) for of, says in self.unsaid if of != name or says.partition(": ")[2] not in values]
        return [Whom(self.segment | {name: value}, rest) for value in (self.segment[name], *values)]

    def in_words(self) -> str:
        """Return whom it counts, in words that are read as the same again."""
        said = dict(self.segment)
        for name, value in self.others:
            said[name] = f"{said[name]} or {value}"
        work = said.get("occupation") or (f"people in {said['function']}" if "function" in said else "people")
        parts = [
            f"{str(said['seniority']).replace('_', ' ')} {work}" if "seniority" in said else work,
            f"in {said['place']}" if "place" in said else "",
            f"with {' and '.join(said['skills'])}" if said.get("skills") else "",
            f", now at {said['company']}" if "company" in said else "",
            ", remote" if "remote" in said else "",
            f", at least {said['min_years']} years" if "min_years" in said else "",
        ]
        return " ".join(part for part in parts if part).replace(" ,", ",")


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
                whom.others += [(_TAKEN[name], one) for one in others]
                for one in others:
                    whom.leave(f"{name.replace('_', ' ')}: {one}", _TAKEN[name])
                if name == "companies":
                    whom.leave(f"who was at {first} before: only who is there now is counted", "company")
            case _:
                whom.leave(f"{name.replace('_', ' ')}: {listed(value)}", _TAKEN.get(name, ""))
    for part, says in (("exclude", "not "), ("prefer", "liked ")):
        held: Mapping[str, Any] = query.get(part) or {}
        for name, value in held.items():
            if value not in (None, [], {}):
                whom.leave(f"{says}{name.replace('_', ' ')}: {listed(value)}")
    if query.get("text"):
        whom.leave(f"in words: {query['text']}")
    return whom


def _take_skills(whom: Whom, asked: dict[str, Any]) -> None:
    groups: list[list[Any]] = asked.pop("skill_groups", None) or []
    named = [one for name in _PROVEN for one in asked.pop(name, None) or []]
    named += [group[0] for group in groups if len(group) == 1]
    skills = [one for one in named if isinstance(one, str)]
    left = [f"one of: {listed(group)}" for group in groups if len(group) > 1]
    left += [f"how long or how lately: {in_words(one)}" for one in named if not isinstance(one, str)]
    for says in [*left, *(f"skill: {one}" for one in skills[MOST_SKILLS:])]:
        whom.leave(says, "skills")
    if skills:
        whom.segment["skills"] = skills[:MOST_SKILLS]


def _take_years(whom: Whom, years: float) -> None:
    counted = next((step for step in YEARS if step <= years), None)
    if counted:
        whom.segment["min_years"] = counted
    if counted != years:
        also = f": who has {counted} is counted too" if counted else ""
        whom.leave(f"{years:g} years of work{also}", "min_years")


def listed(value: Any) -> str:
    """Return a value, or several, as people would say it."""
    if isinstance(value, Iterable) and not isinstance(value, str | Mapping):
        each: Iterable[Any] = value
        return ", ".join(in_words(one) for one in each)
    return in_words(value)
