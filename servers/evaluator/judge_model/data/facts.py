"""The tables of facts: what there is to know of each occupation, and in which words it is said."""

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Literal

HERE = Path(__file__).parent
Part = Literal["train", "tune", "test"]
_WORD = re.compile(r"[^\W\d_]+")
_STEM = 5


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """Something that people of an occupation know, do or hold.

    Attributes:
        ask: what a posting calls it; ``also``: other words for the same.
        narrower: what implies it; ``broader`` and ``adjacent``: what comes close to it and does not imply it.
        deeds: in the past tense, what somebody did that shows it.
        close: in the past tense, what somebody did that comes near and does not show it.
        foreign: what shows it, in other languages.
        homonyms: passages that hold its words in another sense.
    """

    occupation: str
    kind: str
    ask: str
    also: tuple[str, ...]
    narrower: tuple[str, ...]
    broader: tuple[str, ...]
    adjacent: tuple[str, ...]
    deeds: tuple[str, ...]
    close: tuple[str, ...]
    foreign: tuple[str, ...]
    homonyms: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return (self.ask, *self.also)


@dataclass(frozen=True, slots=True, eq=False)
class Occupation:
    """An occupation: its titles, those close to it, what is studied for it, and which part its rows are for.

    Where nothing is studied for it, it stands for what people of many occupations know.
    """

    name: str
    part: Part
    sector: str
    titles: tuple[str, ...]
    near: tuple[str, ...]
    field: str
    near_field: str


@dataclass(frozen=True, slots=True, eq=False)
class Sector:
    """An industry, other words for it, and what its employers are called after their name."""

    names: tuple[str, ...]
    workplaces: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """All facts."""

    facts: tuple[Fact, ...]
    occupations: Mapping[str, Occupation]
    sectors: Mapping[str, Sector]
    verbs: Mapping[str, tuple[str, str]]
    words: Mapping[str, tuple[str, ...]]

    def of(self, part: Part) -> tuple[Fact, ...]:
        """Return the facts of the occupations that rows of this part are about.

        What is learnt of anybody is left out of the other parts, whoever else does it.
        """
        learnt = frozenset[str]() if part == "train" else self._learnt()
        return tuple(
            one
            for one in self.facts
            if self.occupations[one.occupation].part == part and one.ask.casefold() not in learnt
        )

    def _learnt(self) -> frozenset[str]:
        return frozenset(name.casefold() for one in self.of("train") for name in one.names)


def _several(text: str) -> tuple[str, ...]:
    return tuple(one for one in text.split(";") if one)


def _table(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="|")


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines that are not empty."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


@lru_cache(maxsize=1)
def world() -> World:
    """Read all tables."""
    homonyms: dict[str, tuple[str, ...]] = {}
    for row in _table(HERE / "homonyms.csv"):
        homonyms[row["ask"]] = homonyms.get(row["ask"], ()) + _several(row["passages"])
    facts = [
        Fact(
            occupation=row["occupation"],
            kind=row["kind"],
            ask=row["ask"],
            also=_several(row["also"]),
            narrower=_several(row["narrower"]),
            broader=_several(row["broader"]),
            adjacent=_several(row["adjacent"]),
            deeds=_several(row["deeds"]),
            close=_several(row.get("close") or ""),
            foreign=tuple(one.partition(":")[2] for one in _several(row.get("foreign") or "")),
            homonyms=homonyms.get(row["ask"], ()),
        )
        for path in sorted((HERE / "facts").glob("*.csv"))
        for row in _table(path)
    ]
    occupations: dict[str, Occupation] = {}
    for row in _table(HERE / "occupations.csv"):
        part: Part = "test" if row["part"] == "test" else "tune" if row["part"] == "tune" else "train"
        occupations[row["occupation"]] = Occupation(
            row["occupation"],
            part,
            row["sector"],
            _several(row["titles"]),
            _several(row["adjacent"]),
            row["field"],
            row["adjacent_fields"],
        )
    sectors = {
        row["sector"]: Sector((row["industry"], *_several(row["also"])), _several(row["workplaces"]))
        for row in _table(HERE / "sectors.csv")
    }
    verbs = {row["past"]: (row["base"], row["gerund"]) for row in _table(HERE / "verbs.csv")}
    words = tomllib.loads((HERE / "words.toml").read_text("utf-8"))
    return World(
        tuple(facts), occupations, sectors, verbs, {name: lines_of(text) for name, text in words.items()}
    )


@cache  # some texts for each fact, asked for again and again
def _stems(texts: tuple[str, ...]) -> frozenset[str]:
    general = world().words["general"]
    words = chain.from_iterable(_WORD.findall(text.lower()) for text in texts)
    return frozenset(word[:_STEM] for word in words if len(word) > 1 and word not in general)


def are_apart(asked: Iterable[Fact], other: Fact) -> bool:
    """Tell whether ``other`` says nothing of what is asked, as far as their words show."""
    return not any(_touch(fact, other) for fact in asked)


@lru_cache(maxsize=500_000)
def _touch(fact: Fact, other: Fact) -> bool:
    said = _stems((*other.names, *other.narrower, *other.deeds))
    near = _stems((*other.adjacent, *other.broader))
    close = _stems((*fact.names, *fact.narrower, *fact.broader, *fact.adjacent))
    return bool(said & close or near & _stems(fact.names))


def retold(world: World, deed: str, form: Literal["base", "gerund"]) -> str:
    """Turn a deed from the past tense into another: ``dressed and fed`` becomes ``dressing and feeding``."""
    words = deed.split(" ")
    for index, word in enumerate(words):
        bare = word.rstrip(",")
        begins = index == 0 or words[index - 1].endswith(",") or words[index - 1] == "and"
        if begins and bare in world.verbs:
            words[index] = world.verbs[bare][form == "gerund"] + word[len(bare) :]
    return " ".join(words)
