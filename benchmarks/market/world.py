"""The invented market itself: employers, trades, places and schools, and what is true of them.

Months are counted as ``year * 12 + month - 1``; the market ends with ``NOW``.
"""

import tomllib
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate
from random import Random
from typing import Any

from shared.taxonomy import Taxonomy
from supervisor.sample_pool.world import City, cities, school_towns

NOW = 2026 * 12 + 5
FIRST_YEAR = 1985
COMPANIES = 20_000
EMERGING = 12
FOLLOW = 0.35
"""Share of the leavers who go where their employer's people usually go."""
DESTINATION_SHARES = (0.5, 0.25, 0.15, 0.1)
_PARTS = ("company_head", "company_tail", "company_middle")


@dataclass(frozen=True, slots=True)
class Company:
    """An invented employer.

    Attributes:
        size: what its hiring weighs at first; Zipf over all.
        growth: by which its hiring is multiplied each year, for ten years from ``founded`` (a year).
        layoff: the month in which it let people go and the share of its people, or None.
        destinations: where its leavers usually go, numbers of companies, by ``DESTINATION_SHARES``.
    """

    number: int
    name: str
    field: str
    industry: str
    size: float
    founded: int
    growth: float
    layoff: tuple[int, float] | None
    destinations: tuple[int, ...]

    def hires(self, year: int) -> float:
        """Return what its hiring weighs in a year."""
        if year < self.founded:
            return 0.0
        return self.size * self.growth ** min(10, max(0, year - max(self.founded, 2014)))


@dataclass(frozen=True, slots=True)
class Trade:
    """An occupation of the taxonomy with the skills of those who work in it, by weight."""

    id: str
    titles: tuple[str, ...]
    field: str
    core: tuple[str, ...]
    near: tuple[str, ...]
    near_weights: tuple[float, ...]
    moves: tuple[int, ...]


def zipf(count: int, *, flat: float = 2.0, exponent: float = 1.0) -> list[float]:
    """Return ``count`` falling weights; ``flat`` ranks at the top are less steep."""
    return [1.0 / (rank + flat) ** exponent for rank in range(count)]


def draw(cumulative: Sequence[float], chance: float) -> int:
    """Return the place that a chance in [0, 1) falls on."""
    return bisect(cumulative, chance * cumulative[-1])


@cache
def tables() -> dict[str, Any]:
    """Return the written part of the world."""
    return tomllib.loads((files("benchmarks.market") / "world.toml").read_text(encoding="utf-8"))


def lines(name: str) -> tuple[str, ...]:
    """Return the sentences or names of one list."""
    return tuple(str(tables()["texts"][name]).strip().splitlines())


@cache
def plain_skills() -> frozenset[str]:
    """Return the skills whose names mean the same whatever stands beside them."""
    taxonomy = Taxonomy.compact()

    def plain(skill: str, label: str) -> bool:
        alone = [mention.skill for mention in taxonomy.find_skills(f"Used {label} every day")]
        among = [mention.skill for mention in taxonomy.find_skills(f"Python\n{label}\nPython skills")]
        return alone == [skill] and among[1:-1] == [skill]

    return frozenset(entry.id for entry in taxonomy.skills if plain(entry.id, entry.label))


class World:
    """All that a seed decides. ``companies``, ``trades``, ``places`` and ``schools`` are by number."""

    def __init__(self, seed: int) -> None:
        rng = Random(f"market:{seed}")
        self.seed = seed
        self.labels = {entry.id: entry.label for entry in Taxonomy.compact().skills}
        self.emerging = self._emerging(rng)
        self.taken_up: dict[str, list[tuple[str, int]]] = {}
        for skill, (field, since) in self.emerging.items():
            self.taken_up.setdefault(field, []).append((skill, since))
        self.trades = _trades(rng, frozenset(self.emerging))
        self.trade_shares = list(accumulate(zipf(len(self.trades), flat=6)))
        self.places: tuple[City, ...] = tuple(rng.sample(cities().all, len(cities().all)))
        self.place_shares = list(accumulate(zipf(len(self.places))))
        self.ways = tuple(self._ways(rng, home) for home in range(len(self.places)))
        towns = school_towns()
        self.schools = tuple(name.format(town=town) for name in lines("schools") for town in towns)
        self.school_shares = list(accumulate(zipf(len(self.schools))))
        self.companies = self._companies(rng)
        self._of_field: dict[str, list[int]] = {}
        for company in self.companies:
            self._of_field.setdefault(company.field, []).append(company.number)
        self.hiring = lru_cache(None)(self._hiring)

    def _emerging(self, rng: Random) -> dict[str, tuple[str, int]]:
        """Return skill → the field of work that takes it up, and from which month on."""
        taxonomy = Taxonomy.compact()
        software = {entry.id for entry in taxonomy.skills if entry.kind == "technology"}
        used = {skill for entry in taxonomy.occupations for skill in entry.skills}
        proven = {other for entry in taxonomy.skills for other in (*entry.broader, *entry.implies)}
        chosen = rng.sample(sorted(plain_skills() & software - used - proven), EMERGING)
        takers = ("software", "data", "it", "engineering")
        return {skill: (takers[n % 4], NOW - 6 - int(rng.random() * 72)) for n, skill in enumerate(chosen)}

    def _ways(self, rng: Random, home: int) -> tuple[int, ...]:
        """Return where people of a place move: a neighbour by weight, likewise, and one of the magnets."""
        return (*(draw(self.place_shares, rng.random()) for _ in range(2)), home % 5)

    def _companies(self, rng: Random) -> tuple[Company, ...]:
        sizes = zipf(COMPANIES, flat=8)
        taken: set[str] = set()
        weights = list(accumulate(zipf(len(self.trades), flat=6)))
        fields = [self.trades[draw(weights, rng.random())].field for _ in range(COMPANIES)]
        members: dict[str, list[int]] = {}
        for number, field in enumerate(fields):
            members.setdefault(field, []).append(number)
        shares = {field: list(accumulate(sizes[n] for n in own)) for field, own in members.items()}
        made: list[Company] = []
        for number, field in enumerate(fields):
            founded = 1950 + int(rng.random() * 72)
            rising = founded >= 2010 or rng.random() < 0.1
            made.append(
                Company(
                    number=number,
                    name=_name(rng, taken, field),
                    field=field,
                    industry=rng.choice(_cells("industries", field)),
                    size=sizes[number],
                    founded=founded,
                    growth=rng.choice((1.05, 1.15, 1.35)) if rising else rng.choice((0.93, 1.0, 1.0, 1.02)),
                    layoff=_layoff(rng) if rng.random() < (0.12 if number < 400 else 0.03) else None,
                    destinations=_others(rng, number, members[field], shares[field]),
                )
            )
        return tuple(made)

    def _hiring(self, field: str | None, year: int) -> tuple[list[int], list[float]]:
        """Return who hires in a field of work (None: in all) in a year, and the cumulative weights."""
        numbers = self._of_field.get(field, []) if field else list(range(COMPANIES))
        weights = (self.companies[number].hires(year) for number in numbers)
        hiring = [(number, weight) for number, weight in zip(numbers, weights, strict=True) if weight]
        return [number for number, _ in hiring], list(accumulate(weight for _, weight in hiring))


@cache
def world_of(seed: int) -> World:
    """Return the world of a seed, made once in a process."""
    return World(seed)


def _cells(table: str, field: str) -> list[str]:
    listed = tables()[table]
    return str(listed.get(field) or listed["any"]).split("|")


def subjects(field: str) -> list[str]:
    """Return what people of a field of work studied, the usual first."""
    return _cells("subjects", field)


def _name(rng: Random, taken: set[str], field: str) -> str:
    """Return a name that nobody has yet."""
    heads, tails, middles = (str(tables()[part]).split() for part in _PARTS)
    while True:
        coined = f"{rng.choice(heads)}{rng.choice(tails)}"
        middle = f" {rng.choice(middles)}" if rng.random() < 0.6 else ""
        name = f"{coined}{middle} {rng.choice(_cells('kinds', field))}"
        if name not in taken:
            taken.add(name)
            return name


def _layoff(rng: Random) -> tuple[int, float]:
    return NOW - 4 - int(rng.random() * 96), 0.2 + 0.3 * rng.random()


def _others(rng: Random, number: int, members: list[int], shares: list[float]) -> tuple[int, ...]:
    drawn = [members[draw(shares, rng.random())] for _ in range(12)]
    others = list(dict.fromkeys(other for other in drawn if other != number))
    return tuple(others[: len(DESTINATION_SHARES)])


def _trades(rng: Random, emerging: frozenset[str]) -> list[Trade]:
    """Return the taxonomy's occupations, in its order from the most common on."""
    taxonomy = Taxonomy.compact()
    entries = taxonomy.occupations
    usable = plain_skills() - emerging
    tail = sorted(usable)
    number = {entry.id: n for n, entry in enumerate(entries)}
    trades: list[Trade] = []
    for entry in entries:
        peers = [other for other in entries if other.field == entry.field]
        related = [skill for own in entry.skills for skill, _ in taxonomy.related(own)]
        shared = [skill for other in peers for skill in other.skills]
        near = dict.fromkeys([*related, *shared, *rng.sample(tail, 40)])
        kept = tuple(skill for skill in near if skill in usable and skill not in entry.skills)
        plain = [alias for alias in entry.aliases if alias[0] not in "=?"]
        titles = (entry.label, *(alias[0].upper() + alias[1:] for alias in plain[:2]))
        moves = sorted(taxonomy.neighbours(entry.id)) or [entry.id]
        trades.append(
            Trade(
                id=entry.id,
                titles=titles,
                field=entry.field,
                core=tuple(skill for skill in entry.skills if skill in usable),
                near=kept,
                near_weights=tuple(accumulate(zipf(len(kept)))),
                moves=tuple(number[other] for other in moves),
            )
        )
    return trades
