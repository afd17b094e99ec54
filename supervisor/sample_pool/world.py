"""The invented world of the pool: real cities, coined employers, schools and personal names.

Personal names are coined from syllables, drawn without regard to place or occupation, so that a name
says nothing about anybody and belongs to nobody. Employers and schools are coined the same way.
"""

import tomllib
from bisect import bisect
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from random import Random
from typing import Any

FIRMS_PER_INDUSTRY = 60


@cache
def _world() -> dict[str, Any]:
    return tomllib.loads((files("supervisor.sample_pool") / "world.toml").read_text(encoding="utf-8"))


@cache
def _words(name: str) -> tuple[str, ...]:
    return tuple(str(_world()[name]).split())


@cache
def school_towns() -> tuple[str, ...]:
    """Return the coined towns that schools are named after."""
    return tuple(head + tail for head in _words("town_head") for tail in _words("town_tail"))


@dataclass(frozen=True)
class City:
    """A real city, so that location search has something to chew on."""

    name: str
    region: str
    country_code: str
    country: str
    languages: tuple[str, ...]

    @property
    def label(self) -> str:
        """The way a résumé writes it: ``Porto, Portugal``."""
        return f"{self.name}, {self.country}"


class Cities:
    """All cities, drawn by weight."""

    def __init__(self) -> None:
        raw = _world()
        lines = (line for line in raw["places"].splitlines() if line.strip())
        rows = [[cell.strip() for cell in line.split("|")] for line in lines]
        self.all = tuple(
            City(n, r, c, raw["countries"][c], tuple(spoken.split(","))) for n, r, c, spoken, _ in rows
        )
        self.language_names: dict[str, str] = raw["languages"]
        self._cumulative = list(accumulate(float(row[4]) for row in rows))
        self._by_country: dict[str, list[City]] = {}
        for city in self.all:
            self._by_country.setdefault(city.country_code, []).append(city)

    def draw(self, rng: Random) -> City:
        return self.all[bisect(self._cumulative, rng.random() * self._cumulative[-1])]

    def neighbour(self, rng: Random, city: City) -> City:
        """Return a place somebody from ``city`` may have lived before: mostly in the same country."""
        peers = self._by_country[city.country_code]
        return peers[int(rng.random() * len(peers))] if rng.random() < 0.7 else self.draw(rng)


@cache
def cities() -> Cities:
    """Return the cities, read once."""
    return Cities()


@cache
def firms(industry: str) -> tuple[str, ...]:
    """Return the coined employers of one industry, the same in every pool."""
    rng = Random(f"firms:{industry}")  # noqa: S311 - reproducible, not secret
    kinds = str(_world()["firm_kinds"].get(industry, "Group|Company|& Co|Services")).split("|")
    names: dict[str, None] = {}
    while len(names) < FIRMS_PER_INDUSTRY:
        head, tail, kind = rng.choice(_words("firm_head")), rng.choice(_words("firm_tail")), rng.choice(kinds)
        names[f"{head} {kind}" if rng.random() < 0.3 else f"{head} {tail} {kind}"] = None
    return tuple(names)


def coin_name(rng: Random) -> tuple[str, str]:
    """Return a coined given and family name."""

    def pick(name: str) -> str:
        words = _words(name)
        return words[int(rng.random() * len(words))]

    given = pick("given_head") + pick("given_tail")
    return given, pick("family_head") + pick("family_middle") + pick("family_tail")
