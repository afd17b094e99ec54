"""One invented working life, month by month, on the market of a seed."""

from bisect import bisect
from dataclasses import dataclass, field
from random import Random

from benchmarks.market.world import (
    DESTINATION_SHARES,
    FIRST_YEAR,
    FOLLOW,
    NOW,
    Trade,
    World,
    draw,
    subjects,
)

ADOPTED = 0.25
"""Share of a field's people who have taken up an emerging skill forty months after it came."""
LEVELS = ("junior", "mid", "senior", "lead", "manager")
LEVEL_YEARS = (0.0, 2.0, 5.5, 10.0, 16.0)
_FOLLOWED = [sum(DESTINATION_SHARES[: n + 1]) for n in range(len(DESTINATION_SHARES))]
DEGREES = ("Apprenticeship", "Bachelor of Science", "Bachelor of Arts", "Master of Science", "Doctorate")


@dataclass(slots=True)
class Position:
    """A job from month ``start`` until before ``end``; None while it lasts. Companies and places by number."""

    trade: Trade
    title: str
    level: int
    company: int
    place: int
    remote: bool
    start: int
    end: int | None
    skills: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class Person:
    """Somebody who does not exist. ``skills`` maps a skill to the months [first, last] it was used in."""

    number: int
    place: int
    positions: list[Position]
    skills: dict[str, tuple[int, int]]
    school: int
    degree: str
    subject: str
    graduated: int
    do_not_contact: bool

    @property
    def candidate_id(self) -> str:
        return f"cand_{self.number:09d}"


def live(world: World, number: int) -> Person:
    """Return person ``number`` of the world, the same each time."""
    rng = Random(f"{world.seed}:{number}")
    r = rng.random
    trade = world.trades[draw(world.trade_shares, r())]
    draw_years = 1 - (1 - r()) ** 0.45  # dense below 15 years, thin towards 35
    month = max(FIRST_YEAR * 12, NOW - 3 - int(draw_years * 36 * 12))
    person = Person(
        number=number,
        place=draw(world.place_shares, r()),
        positions=[],
        skills={},
        school=draw(world.school_shares, r()),
        degree=DEGREES[min(4, int(5 * r() ** 1.3))],
        subject=(choices := subjects(trade.field))[int(len(choices) * r() ** 2)],
        graduated=month - int(r() * 6),
        do_not_contact=r() < 0.01,
    )
    _Walk(world, rng, person, trade, month).run()
    return person


class _Walk:
    """The way through the working life of one person."""

    def __init__(self, world: World, rng: Random, person: Person, trade: Trade, month: int) -> None:
        self._world = world
        self._rng = rng
        self._person = person
        self._trade = trade
        self._stack = _stack(rng, trade)
        self._month = month
        self._worked = 0
        self._company: int | None = None

    def run(self) -> None:
        """Fill the person's positions, oldest first, and the skills they used."""
        r = self._rng.random
        while self._month < NOW - 1:
            if self._company is not None and r() < 0.05:
                self._trade = self._world.trades[self._trade.moves[int(r() * len(self._trade.moves))]]
                self._stack = _stack(self._rng, self._trade)
            self._work()

    def _work(self) -> None:
        r, person, start = self._rng.random, self._person, self._month
        stays = self._company is not None and r() < 0.15
        company = self._company if stays and self._company is not None else self._next()
        if self._company is not None and not stays and r() < 0.15:
            ways = self._world.ways[person.place]
            person.place = ways[int(r() * len(ways))]
        end, gap = self._until(company, start)
        current = end >= NOW
        level = bisect(LEVEL_YEARS, self._worked / 12) - 1
        if level == 4 and r() < 0.6:  # not everybody leads
            level = 2
        job = Position(
            trade=self._trade,
            title=_title(self._trade, level, r()),
            level=level,
            company=company,
            place=person.place,
            remote=r() < (0.25 if start >= 2020 * 12 + 3 else 0.02),
            start=start,
            end=None if current else end,
            skills=self._skills(start, min(end, NOW)),
        )
        person.positions.append(job)
        self._company = company
        self._worked += min(end, NOW) - start
        self._month = end + gap

    def _next(self) -> int:
        """Return who hires: where one's colleagues went, or anybody by what they hire in that year."""
        r, world, year = self._rng.random, self._world, self._month // 12
        if self._company is not None and r() < FOLLOW:
            usual = world.companies[self._company].destinations
            chosen = bisect(_FOLLOWED, r() * _FOLLOWED[-1])
            if chosen < len(usual) and world.companies[usual[chosen]].founded <= year:
                return usual[chosen]
        hiring, weights = world.hiring(self._trade.field if r() < 0.85 else None, year)
        if not weights:
            hiring, weights = world.hiring(None, year)
        return hiring[draw(weights, r())]

    def _until(self, company: int, start: int) -> tuple[int, int]:
        """Return the month after the last one, and how many months pass until the next job."""
        r = self._rng.random
        end = start + 6 + int(self._rng.expovariate(1 / 30))
        layoff = self._world.companies[company].layoff
        if layoff is not None and start < layoff[0] < end and r() < layoff[1]:
            return layoff[0], 1 + int(r() * 6)
        return end, 0 if r() < 0.75 else 1 + int(r() * 5)

    def _skills(self, start: int, end: int) -> list[str]:
        """Return what is used in a job, and note it for the person."""
        r = self._rng.random
        reach = 3 + int(self._worked / 24 + r() * 3)
        used = [skill for skill in self._stack[:reach] if r() < 0.85]
        known = self._person.skills
        for skill in used:
            known[skill] = (known[skill][0] if skill in known else start, end - 1)
        for skill, since in self._world.taken_up.get(self._trade.field, ()):
            if end > since and r() < min(ADOPTED, (end - since) * ADOPTED / 40):
                used.append(skill)
                known[skill] = (known[skill][0] if skill in known else max(start, since), end - 1)
        return used


def _stack(rng: Random, trade: Trade) -> list[str]:
    """Return the skills that somebody meets in a trade, in that order: the core, then by habit and chance."""
    near = trade.near_weights
    more = (trade.near[draw(near, rng.random())] for _ in range(4 + int(rng.random() * 8)))
    return list(dict.fromkeys([*trade.core, *more]))


_PREFIXES = ("Junior ", "", "Senior ", "Lead ", "Head ")


def _title(trade: Trade, level: int, chance: float) -> str:
    """Return how a person writes what they are; seven of ten use the common name."""
    names = trade.titles
    name = names[0] if chance < 0.7 else names[int((chance - 0.7) / 0.3 * len(names))]
    return f"{_PREFIXES[level]}{name}" if level != 4 else f"Head of {name} team"
