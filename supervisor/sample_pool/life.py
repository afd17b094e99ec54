"""Walk one invented working life, month by month: jobs, promotions, gaps, moves, a change of career.

Months are counted as ``year * 12 + month - 1``. Positions never overlap, save a part-time job held
beside the first one, and skills appear in a job only once they existed.
"""

from dataclasses import dataclass, field
from random import Random

from supervisor.sample_pool.tables import Career, DatedSkill, load_careers
from supervisor.sample_pool.world import City, cities, firms

RUNG_YEARS = (0.0, 1.8, 4.8, 9.0, 14.0)


@dataclass
class Job:
    """One position: ``end`` is exclusive, None while it lasts."""

    career: Career
    rung: int
    title: str
    firm: str
    industry: str
    city: City
    start: int
    end: int | None
    skills: list[str] = field(default_factory=list[str])


@dataclass
class Life:
    """A career so far."""

    career: Career
    city: City
    jobs: list[Job]
    graduated: int
    years: float
    known: dict[str, float]


def _rung(rng: Random, career: Career, years: float, ambition: float) -> int:
    reached = sum(1 for threshold in RUNG_YEARS if years * ambition >= threshold) - 1
    if reached >= 3 and rng.random() < 0.45:  # not everybody leads
        reached = 2
    return min(reached, len(career.ladder) - 1)


def _title(rng: Random, career: Career, rung: int) -> str:
    names = career.ladder[rung]
    return names[int(rng.random() * len(names))]


def _stack(rng: Random, career: Career) -> list[DatedSkill]:
    """The order in which this person meets the career's skills: basics first, then by habit and chance."""
    ranked = [(i * 0.06 + rng.random(), skill) for i, skill in enumerate(career.more)]
    ranked.sort(key=lambda pair: pair[0])
    return [*career.core, *(skill for _, skill in ranked)]


def _used(rng: Random, stack: list[DatedSkill], years: float, year: int, core: int) -> list[str]:
    reach = core + int(1.5 + years * 0.9 + rng.random() * 3)
    return [s.name for s in stack[:reach] if s.since <= year and rng.random() < 0.85]


def _draw_years(rng: Random) -> float:
    """Years of work: many with 2 to 15, some beginners, fewer with 30."""
    draw = 1 - (1 - rng.random()) ** 0.42  # dense below 15 years, thin towards 35
    return 0.3 + 36 * draw


def _job_months(rng: Random, rung: int) -> int:
    longest = 24 if rung == 0 else 66  # nobody stays a trainee for years
    return 9 + int(longest * rng.random() * (0.4 + 0.6 * rng.random()))


def live(rng: Random, career: Career, now: int) -> Life:
    """Return a whole working life that ends about the month ``now``."""
    home = cities().draw(rng)
    years = _draw_years(rng)
    month = now - int(years * 12)
    graduated = month - int(rng.random() * 4)
    city = cities().neighbour(rng, home) if rng.random() < 0.25 else home
    ambition = 0.75 + rng.random() * 0.5
    switch = month + int((2 + rng.random() * 8) * 12) if career.moves and rng.random() < 0.12 else None
    careers = load_careers()
    current = careers[career.moves[int(rng.random() * len(career.moves))]] if switch else career
    life = Life(career, home, [], graduated, years, {})
    stack = _stack(rng, current)
    worked = 0.0
    firm, industry = "", ""
    while month < now - 2:
        if switch and month >= switch and current is not career:
            current, stack, worked, firm = career, _stack(rng, career), worked * 0.4, ""
        rung = _rung(rng, current, worked, ambition)
        length = min(_job_months(rng, rung), now - month)
        if not firm or rng.random() > 0.3:
            industry = current.industries[int(rng.random() * len(current.industries))]
            names = firms(industry)
            firm = names[int(rng.random() * len(names))]
        if city is not home and rng.random() < 0.5:
            city = home
        end = month + length
        skills = _used(rng, stack, worked + length / 24, end // 12, len(current.core))
        last = end >= now - 2
        where, until = (home, None) if last else (city, end)
        title = _title(rng, current, rung)
        life.jobs.append(Job(current, rung, title, firm, industry, where, month, until, skills))
        for name in skills:
            life.known[name] = life.known.get(name, 0.0) + length / 12
        worked += length / 12
        month = end + _gap(rng)
    return life


def _gap(rng: Random) -> int:
    draw = rng.random()
    if draw < 0.72:
        return 0
    return int(1 + rng.random() * 3) if draw < 0.93 else int(5 + rng.random() * 16)
