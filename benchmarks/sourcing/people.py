"""The people of the invented market as they write of themselves, and a search over what they write.

A skill that somebody has is named, described in other words (the evaluator understands it, a search by skills
does not), or not told at all; some positions carry a title of the house that names no trade. The search is a
simulation: it answers the filters that sourcing uses exactly, over sets, and ranks by how many of the liked skills
and occupations a profile names, rare ones first. What is true of a person only the verdicts look at.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from random import Random
from typing import Any

from benchmarks.market.careers import Person, live
from benchmarks.market.world import NOW, World
from servers.sourcing.core.models import PlannedQuery

NAMED, DESCRIBED = 0.6, 0.25
"""Shares of the skills somebody has that they name, and that they only describe; the rest stays untold."""
HOUSE_TITLED = 0.2
"""Share of the positions whose title names no trade."""
OPEN, ENGAGED = 0.08, 0.03
"""Shares of who say that they are open to work, and of who met the organisation in an earlier project."""
OCCUPATION_WEIGHT = 3.0
SETS = {
    "occupations": "occupation",
    "skills": "skill",
    "companies": "company",
    "schools": "school",
}
NUMBERS = {
    "min_years": ("years", 1),
    "min_months_in_role": ("in_role", 1),
    "max_months_in_role": ("in_role", -1),
}
"""What filters ask of which number, and whether it is at least (1) or at most (-1)."""

Filters = dict[str, Any]


@dataclass(frozen=True)
class Truth:
    """What is true of somebody: months in each trade by its id, and skills that the profile tells of."""

    months: Counter[str]
    shown: frozenset[str]


@dataclass(frozen=True)
class Spell:
    """A position: for whom, in which trade, and how many months."""

    employer: str
    trade: str
    months: int


class Pool:
    """So many people of a world. People are numbers; ``truths`` is by number."""

    def __init__(self, world: World, count: int) -> None:
        self.world = world
        self.truths: list[Truth] = []
        self._named: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        self._numbers: dict[str, list[float]] = {"years": [], "in_role": []}
        self._skills: list[frozenset[str]] = []
        self._jobs: list[frozenset[str]] = []
        self._careers: list[tuple[Spell, ...]] = []
        self._schools: list[int] = []
        for number in range(count):
            self._add(number, live(world, number))
        self.everybody = set(range(count))
        self._rarity = {skill: log(1 + count / (1 + len(who))) for skill, who in self._named["skill"].items()}

    def found(self, query: PlannedQuery) -> list[int]:
        """Return everybody whom a query finds, best first."""
        given = query.arguments
        people = self._held(given.filters)
        for name, values in given.exclude.items():
            people -= self._one(name, values)
        if query.similar_to is not None:
            model = int(query.similar_to)
            people.discard(model)
            return self._ranked(people, self._skills[model], self._jobs[model])
        return self._ranked(people, given.prefer.get("skills", []), given.prefer.get("occupations", []))

    def worked_in(self, trades: Iterable[str]) -> list[int]:
        """Return who truly worked in one of these trades."""
        return sorted(self._any("trade", trades))

    def holding(self, occupation: str) -> set[int]:
        """Return who names an occupation."""
        return self._named["occupation"][occupation]

    def naming(self, skill: str) -> set[int]:
        """Return who names a skill."""
        return self._named["skill"][skill]

    def skills_of(self, number: int) -> frozenset[str]:
        """Return the skills that somebody names."""
        return self._skills[number]

    def jobs_of(self, number: int) -> frozenset[str]:
        """Return the occupations that somebody names."""
        return self._jobs[number]

    def years(self, number: int) -> float:
        """Return somebody's years of work."""
        return self._numbers["years"][number]

    def career(self, number: int) -> tuple[Spell, ...]:
        """Return somebody's positions, newest first."""
        return self._careers[number]

    def school(self, number: int) -> int:
        """Return the number of the school that somebody names."""
        return self._schools[number]

    def _ranked(self, people: set[int], skills: Iterable[str], occupations: Iterable[str]) -> list[int]:
        scores = dict.fromkeys(people, 0.0)
        for skill in skills:
            for number in self._named["skill"][skill] & people:
                scores[number] += self._rarity[skill]
        for occupation in occupations:
            for number in self._named["occupation"][occupation] & people:
                scores[number] += OCCUPATION_WEIGHT
        return sorted(people, key=lambda number: (-scores[number], number))

    def _held(self, filters: Filters) -> set[int]:
        """Return of whom all filters hold: sets first, the smallest before others, numbers over what is left."""
        sets = [self._one(name, value) for name, value in filters.items() if name not in NUMBERS]
        groups = [self._any("skill", group) for group in filters.get("skill_groups", [])]
        people = set.intersection(*sorted([*sets, *groups, self.everybody], key=len))
        for name, (kind, sign) in NUMBERS.items():
            if name in filters:
                bound = sign * filters[name]
                people = {n for n in people if sign * self._numbers[kind][n] >= bound}
        return set(people)

    def _one(self, name: str, value: Any) -> set[int]:
        match name:
            case "skill_groups":
                return self.everybody
            case "open_to_work" | "engagement" | "engaged_in_projects":
                marks = value if isinstance(value, list) else [name]
                return self._any("mark", [str(mark) for mark in marks])
            case _:
                return self._any(SETS[name], value)

    def _any(self, kind: str, values: Iterable[str]) -> set[int]:
        return set[int]().union(*(self._named[kind][value] for value in values))

    def _add(self, number: int, person: Person) -> None:
        chance = Random(f"{self.world.seed}:told:{number}").random
        told = {skill: chance() for skill in sorted(person.skills)}
        named = frozenset(skill for skill, draw in told.items() if draw < NAMED)
        shown = frozenset(skill for skill, draw in told.items() if draw < NAMED + DESCRIBED)
        months: Counter[str] = Counter()
        jobs: set[str] = set()
        for job in person.positions:
            months[job.trade.id] += (job.end or NOW) - job.start
            if chance() >= HOUSE_TITLED:
                jobs.add(job.trade.id)
            self._note("trade", job.trade.id, number)
            self._note("company", self.world.companies[job.company].name, number)
        for kind, values in (("skill", named), ("occupation", jobs)):
            for value in values:
                self._note(kind, value, number)
        self._note("school", self.world.schools[person.school], number)
        if chance() < OPEN:
            self._note("mark", "open_to_work", number)
        if chance() < ENGAGED:
            self._note("mark", "meeting", number)
        last = person.positions[-1]
        self.truths.append(Truth(months, shown))
        self._numbers["years"].append(sum(months.values()) / 12)
        self._numbers["in_role"].append(NOW - last.start if last.end is None else 0)
        self._skills.append(named)
        self._jobs.append(frozenset(jobs))
        names = self.world.companies
        self._careers.append(
            tuple(
                Spell(names[job.company].name, job.trade.id, (job.end or NOW) - job.start)
                for job in reversed(person.positions)
            )
        )
        self._schools.append(person.school)

    def _note(self, kind: str, value: str, number: int) -> None:
        self._named[kind][value].add(number)
