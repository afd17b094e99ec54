"""What is asked: questions that any of the systems can be asked in its own words, drawn from the market."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

from benchmarks.market.careers import live
from benchmarks.market.world import Trade, World, draw
from shared.taxonomy import Taxonomy

Kind = Literal["filtered text", "boolean", "skills by years", "seven facets", "similar people", "deep page"]
KINDS: tuple[Kind, ...] = get_args(Kind)
OwnKind = Literal["one position", "counts per clause", "hybrid"]
OWN_KINDS: tuple[OwnKind, ...] = get_args(OwnKind)
"""What the others have no plain query for; hybrid is filtered text while meaning ranks too."""
MIXED: tuple[Kind, ...] = ("filtered text", "boolean", "skills by years")
PAGE = 25
"""Hits on a page."""
SIMILAR = 10
DEEP = range(20, 60)
"""Pages of a walk through a result that count as deep."""
FACETS = ("skills", "occupations", "seniority", "countries", "industries", "years", "current_company")
YEAR_STEPS = (0, 2, 5, 10, 15, 20)
FACET_SIZE = 10
_UNWANTED = ("lessons", "faults", "handbook", "month")


@dataclass(frozen=True, slots=True)
class Word:
    """A word that must occur, or, where it names a skill, the skill itself."""

    text: str
    skill: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question; all that is given must hold, and nobody who asked not to be contacted is wanted.

    Attributes:
        words: each occurs somewhere in the profile.
        title: words that stand side by side in a title held.
        company: where that title was held.
        skills, any_skill: all of these are shown or proven, and one of those.
        without: a word that must not occur.
        years: years of work, both ends included.
        like: the candidate to whom others are similar.
        page: which page of the result, from 0.
    """

    kind: Kind | OwnKind
    words: tuple[Word, ...] = ()
    title: str = ""
    company: str = ""
    skills: tuple[str, ...] = ()
    any_skill: tuple[str, ...] = ()
    without: str = ""
    countries: tuple[str, ...] = ()
    years: tuple[float, float | None] | None = None
    like: str = ""
    page: int = 0


class Questions:
    """Draws questions as recruiters ask them: common titles and skills more often than rare ones."""

    def __init__(self, world: World, people: int) -> None:
        self._world = world
        self._people = people
        self._countries = sorted({place.country_code for place in world.places[:12]})

    def of(self, kind: Kind | OwnKind, count: int, first: int = 0) -> list[Question]:
        """Return ``count`` questions of a kind from the ``first`` on, the same each time."""
        return [self._one(kind, Random(f"{kind}:{number}")) for number in range(first, first + count)]

    def mixed(self) -> Iterator[Question]:
        """Yield questions of several kinds without end, as many clients ask them."""
        number = 0
        while True:
            yield self._one(MIXED[number % len(MIXED)], Random(f"mixed:{number}"))
            number += 1

    def _one(self, kind: Kind | OwnKind, rng: Random) -> Question:
        trade = self._trade(rng)
        core = trade.core
        countries = tuple(rng.sample(self._countries, 3))
        match kind:
            case "filtered text" | "counts per clause" | "hybrid":
                words = (Word(trade.titles[0].split()[-1].lower()), self._skill_word(rng, trade))
                return Question(kind, words=words, countries=countries, years=(rng.randrange(1, 8), None))
            case "boolean":
                near = trade.near[: max(3, len(core))]
                either = (rng.choice(core), rng.choice(near))
                return Question(
                    kind, title=trade.titles[0].lower(), any_skill=either, without=rng.choice(_UNWANTED)
                )
            case "skills by years":
                least = rng.randrange(1, 10)
                return Question(kind, skills=tuple(rng.sample(core, 2)), years=(least, least + 8))
            case "seven facets":
                return Question(kind, title=_last_word(trade), countries=countries)
            case "similar people":
                return Question(kind, like=live(self._world, rng.randrange(self._people)).candidate_id)
            case "deep page":
                return Question(kind, title=("engineer", "developer", "manager", "analyst")[rng.randrange(4)])
            case "one position":
                job = rng.choice(live(self._world, rng.randrange(self._people)).positions)
                company = self._world.companies[job.company].name
                return Question(kind, title=job.trade.titles[0].lower(), company=company)

    def _trade(self, rng: Random) -> Trade:
        while True:
            trade = self._world.trades[draw(self._world.trade_shares, rng.random())]
            if len(trade.core) >= 2 and len(trade.near) >= 3 and trade.titles[0].isascii():
                return trade

    def _skill_word(self, rng: Random, trade: Trade) -> Word:
        """Return the last word of a skill's name, with the skill that the word alone names, if any."""
        skill = rng.choice((*trade.core, *trade.near[:6]))
        words = [word for word in self._world.labels[skill].lower().split() if word.isalpha()]
        text = words[-1] if words else "customers"
        return Word(text, Taxonomy.compact().resolve_skill(text))


def _last_word(trade: Trade) -> str:
    return trade.titles[0].split()[-1].lower()
