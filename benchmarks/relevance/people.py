"""Invented people whose work is known, told in other words than those they are asked for by.

A person tells of all work in one way: ``plain`` mostly in the words that queries use, ``named`` by other names
of the same things, ``deeds`` by what was done alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Literal

from benchmarks.relevance.occupations import Occupation, Skill, occupations
from shared.wire.profile import Basics, Dossier, Education, Place, Profile, SkillItem, Work

SEED = 11
PEOPLE = 2_000
NOW = 2026 * 12 + 5
"""The month that it is, counted from year 0."""
Way = Literal["plain", "named", "deeds"]
WAYS: tuple[Way, ...] = ("plain", "named", "named", "deeds", "deeds")
TRAPPED = 8
"""Each eighth person has lines that sound like other work than theirs."""
NEAR = 0.25
"""So often somebody did something of the neighbouring work too."""
_FIRMS = (
    "Cobalt",
    "Juniper",
    "Larkfield",
    "Osprey",
    "Tamarisk",
    "Quillon",
    "Vantry",
    "Halden",
    "Merrow",
    "Pell",
)
_KINDS = ("Works", "Group", "Partners", "Services", "House", "Union")
_GIVEN = ("Mara", "Ilan", "Teo", "Runa", "Odel", "Sanna", "Brix", "Yori", "Vesna", "Kolt", "Liv", "Arno")
_FAMILY = (
    "Voss",
    "Tamm",
    "Quill",
    "Ferrow",
    "Lunde",
    "Ashby",
    "Corvin",
    "Dray",
    "Elmar",
    "Sarn",
    "Wick",
    "Hollow",
)
_CITIES = (
    ("Lisbon", "PT"),
    ("Leeds", "GB"),
    ("Graz", "AT"),
    ("Utrecht", "NL"),
    ("Turku", "FI"),
    ("Denver", "US"),
)
_SAYS = (
    "Daily work with {}",
    "Responsible for {}",
    "{} for two sites",
    "Introduced {}",
    "Took over {} from a colleague",
)
_FILLER = (
    "Showed two newcomers how things are done here",
    "Wrote down what the next shift must know",
    "Sat in the weekly round of all teams",
    "Moved with the office to another floor",
    "Stood in for the lead during holidays",
    "Kept the shared calendar in order",
    "Answered questions of visitors from other sites",
    "Helped to choose new chairs and lamps",
)
_STUDIES = (
    ("Bachelor", "General studies"),
    ("Diploma", "Evening college"),
    ("Certificate", "Continuing education"),
)


@dataclass(frozen=True)
class Held:
    """A position: what work it was, the months ``[start, end)`` counted from year 0, and the skills used in it."""

    work: str
    start: int
    end: int
    skills: frozenset[str]


@dataclass(frozen=True)
class Person:
    """What is true of somebody, the newest position first, and how it is told."""

    id: str
    way: Way
    held: tuple[Held, ...]
    dossier: Dossier


def people(count: int = PEOPLE, seed: int = SEED) -> list[Person]:
    """Return so many people, the same for the same seed."""
    kinds = list(occupations().values())
    return [_Teller(Random(f"{seed}:{number}"), number, kinds).person() for number in range(count)]


class _Teller:
    """Makes up one life and writes it down."""

    def __init__(self, rng: Random, number: int, kinds: list[Occupation]) -> None:
        self._rng, self._number, self._kinds = rng, number, kinds
        self._way: Way = rng.choice(WAYS)
        self._listed: list[str] = []

    def person(self) -> Person:
        now = self._kinds[self._number % len(self._kinds)]
        end, held, work = NOW, list[Held](), list[Work]()
        for place, kind in enumerate(self._works(now)):
            start = end - self._rng.randint(14, 84)
            skills = self._skills(kind, near=place == 0 and self._rng.random() < NEAR)
            held.append(Held(kind.title, start, end, frozenset(skill.name for skill in skills)))
            work.append(self._written(kind, skills, start, None if place == 0 else end))
            end = start - self._rng.randint(0, 3)
        id = f"cand_made_{self._number:05}"
        profile = self._profile(now, work)
        return Person(id, self._way, tuple(held), Dossier(candidate_id=id, profile=profile, sources=[]))

    def _works(self, now: Occupation) -> list[Occupation]:
        """Return one to three positions' work, the newest first: mostly the same, sometimes changed."""
        earlier = [now] * self._rng.choice((0, 1, 1, 2))
        if earlier and self._rng.random() < 0.35:
            changed = self._rng.choice((occupations()[now.near], self._rng.choice(self._kinds)))
            earlier = [changed] * len(earlier)
        return [now, *earlier]

    def _skills(self, kind: Occupation, *, near: bool) -> list[Skill]:
        own = self._rng.sample(kind.skills, self._rng.randint(1, 4))
        return own + ([self._rng.choice(occupations()[kind.near].skills)] if near else [])

    def _written(self, kind: Occupation, skills: list[Skill], start: int, end: int | None) -> Work:
        plain = self._way == "plain" and self._rng.random() < 0.8
        title = kind.title if plain else self._rng.choice(kind.others)
        lines = [self._told(skill) for skill in skills] + self._rng.sample(_FILLER, self._rng.randint(1, 3))
        if self._number % TRAPPED == 0:
            lines += self._traps(kind)
        self._rng.shuffle(lines)
        return Work(
            name=f"{self._rng.choice(_FIRMS)} {self._rng.choice(_KINDS)}",
            position=title,
            start_date=_month(start),
            end_date=None if end is None else _month(end - 1),
            current=end is None,
            highlights=lines,
        )

    def _told(self, skill: Skill) -> str:
        """Return a line that shows a skill; where it has a name there, half of them are listed too."""
        if self._way == "deeds" or self._rng.random() < 0.25:
            return self._rng.choice(skill.deeds)
        plain = self._way == "plain" and self._rng.random() < 0.8
        name = skill.name if plain else self._rng.choice(skill.others)
        if self._rng.random() < 0.5:
            self._listed.append(name)
        said = self._rng.choice(_SAYS).format(name)
        return said[0].upper() + said[1:]

    def _traps(self, kind: Occupation) -> Iterable[str]:
        other = self._rng.choice([one for one in self._kinds if one.title not in (kind.title, kind.near)])
        return [skill.trap for skill in self._rng.sample(other.skills, 3)]

    def _profile(self, now: Occupation, work: list[Work]) -> Profile:
        city, country = self._rng.choice(_CITIES)
        name = f"{self._rng.choice(_GIVEN)} {self._rng.choice(_FAMILY)}"
        degree, area = self._rng.choice(_STUDIES)
        return Profile(
            basics=Basics(name=name, label=work[0].position, location=Place(city=city, country_code=country)),
            work=work,
            education=[Education(institution="Ashford College", study_type=degree, area=area)],
            skills=[SkillItem(name=name) for name in dict.fromkeys(self._listed)],
        )


def _month(number: int) -> str:
    return f"{number // 12}-{number % 12 + 1:02}"
