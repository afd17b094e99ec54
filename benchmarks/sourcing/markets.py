"""Roles to fill in four kinds of market, and who truly fits.

Every role is done from anywhere and asks for years in a trade, for skills, and for two things done before that no
search can ask for: who worked for some of the employers has done them.

- rich: it asks for what most in the trade have, and many fit.
- thin: it asks for what few have besides; few fit.
- wrong words: it asks for what some have, but names a neighbouring trade and two of the skills by neighbours of them.
- saturated: a rich one of which nine in ten who fit were handed on before, with as many who do not.

Somebody fits by the evaluator's rule for a good match: nothing against them (years), and three quarters of what is
asked shown. Work in a neighbouring trade counts half.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from random import Random
from typing import Literal

from benchmarks.market.world import Trade
from benchmarks.sourcing.people import Pool
from servers.sourcing.core.leads import Market
from shared.taxonomy import Taxonomy
from shared.wire.requirements import Qualification, QualificationKind, Requirements

Kind = Literal["rich", "thin", "wrong words", "saturated"]
KINDS: tuple[Kind, ...] = ("rich", "thin", "wrong words", "saturated")
FITTING: dict[Kind, tuple[int, int]] = {
    "rich": (100, 3_000),
    "thin": (10, 60),
    "wrong words": (30, 400),
    "saturated": (100, 3_000),
}
"""How many people may fit a role, at least and at most, for it to be of a kind."""
SEEN = 0.9
CREDIT = 0.75
TRIES = 1_000
MANY_HAVE, SOME_HAVE, FEW_HAVE = slice(0, 6), slice(0, 12), slice(12, 30)
"""Which of a trade's skills roles ask for: of its core, and of those beside it, the most common first."""
GIVING, LONG_ENOUGH = 0.25, 24
"""Share of the employers at which one does what a role asks for, and after how many months one has done it."""
DEEDS = ("first deed", "second deed")
FEWEST = 5
"""Insights tell of no fewer people."""
GROUPS = 12


@dataclass(frozen=True)
class Opening:
    """A role in a market.

    Attributes:
        written: the requirements as a recruiter wrote them.
        fitting: the numbers of those who truly fit.
        lacking: by number, which qualifications somebody cannot show.
        seen: who was handed on for the project before.
        market: what insights tell of it.
    """

    kind: Kind
    seed: int
    written: Requirements
    fitting: frozenset[int]
    lacking: dict[int, list[str]]
    seen: frozenset[int]
    market: Market


@dataclass(frozen=True)
class _Role:
    """What is truly wanted."""

    seed: str
    trade: Trade
    skills: tuple[str, ...]
    years: int


def opening(kind: Kind, pool: Pool, seed: int) -> Opening:
    """Return the role of a seed. Raises LookupError where the world has none of that kind."""
    chance = Random(f"{kind}:{seed}")
    least, most = FITTING[kind]
    for _ in range(TRIES):
        role = _drawn(kind, pool, chance)
        written = _written(kind, pool, role, chance) if role else None
        if role is None or written is None:
            continue
        lacks, around = _lacks(pool, role), _around(pool, role)
        fitting = frozenset(number for number in around if _fits(role, lacks(number)))
        if least <= len(fitting) <= most:
            seen = _seen(pool, role, fitting, chance) if kind == "saturated" else frozenset[int]()
            lacking = {number: list(lacks(number)) for number in around}
            return Opening(kind, seed, written, fitting - seen, lacking, seen, _market(pool, written))
    raise LookupError(f"no {kind} market for seed {seed}")


def _drawn(kind: Kind, pool: Pool, chance: Random) -> _Role | None:
    """Return a role in a trade, the common ones more often; None where the trade has too few skills."""
    trades = pool.world.trades
    trade = trades[int(len(trades) * chance.random() ** 3)]
    match kind:
        case "rich" | "saturated":
            asked = ((trade.core[MANY_HAVE], 2),)
        case "wrong words":
            asked = ((trade.core[MANY_HAVE], 1), (trade.near[SOME_HAVE], 2))
        case "thin":
            asked = ((trade.core[MANY_HAVE], 1), (trade.near[FEW_HAVE], 2))
    if any(len(skills) < count for skills, count in asked):
        return None
    drawn = tuple(skill for skills, count in asked for skill in chance.sample(skills, count))
    return _Role(str(chance.random()), trade, drawn, chance.choice((2, 4, 6)))


def _around(pool: Pool, role: _Role) -> list[int]:
    """Return the numbers of all who ever worked in the trade or beside it."""
    trades = pool.world.trades
    return pool.worked_in({role.trade.id, *(trades[number].id for number in role.trade.moves)})


def _lacks(pool: Pool, role: _Role) -> Callable[[int], Iterator[str]]:
    """Return what tells by number, one by one, what somebody lacks."""
    trades = pool.world.trades
    beside = {trades[number].id for number in role.trade.moves} - {role.trade.id}

    @cache
    def gives(employer: str, deed: str) -> bool:
        return Random(f"{role.seed}:{employer}:{deed}").random() < GIVING

    def lacked_by(number: int) -> Iterator[str]:
        truth = pool.truths[number]
        yield from (f"q{n}" for n, skill in enumerate(role.skills) if skill not in truth.shown)
        months = truth.months[role.trade.id] + sum(truth.months[other] for other in beside) / 2
        if months < role.years * 12:
            yield "years"
        long_held = [one.employer for one in pool.career(number) if one.months >= LONG_ENOUGH]
        yield from (deed for deed in DEEDS if not any(gives(employer, deed) for employer in long_held))

    return lacked_by


def _fits(role: _Role, lacking: Iterable[str]) -> bool:
    """Tell whether that is little enough; no more of it is looked at than is needed to tell."""
    asked = len(role.skills) + 1 + len(DEEDS)
    most = int((1 - CREDIT) * asked)
    some = list(islice(lacking, most + 1))
    return len(some) <= most and "years" not in some


def _written(kind: Kind, pool: Pool, role: _Role, chance: Random) -> Requirements | None:
    """Return the role in a recruiter's words; None where there are no wrong ones."""
    taxonomy, trades = Taxonomy.compact(), pool.world.trades
    occupation, skills = role.trade.id, list(role.skills)
    if kind == "wrong words":
        others = sorted({trades[n].id for n in role.trade.moves} - {occupation})
        near = [[other for other, _ in taxonomy.related(s) if other not in role.trade.core] for s in skills]
        if not others or not (near[0] and near[1]):
            return None
        occupation = chance.choice(others)
        skills[:2] = chance.choice(near[0][:5]), chance.choice(near[1][:5])
    asked = [
        Qualification(id=f"q{n}", statement=skill, kind=QualificationKind.SKILL, skills=[skill])
        for n, skill in enumerate(skills)
    ]
    worked = Qualification(
        id="years", statement="years", kind=QualificationKind.EXPERIENCE, years=float(role.years)
    )
    done = [
        Qualification(id=deed, statement="has done such a thing", kind=QualificationKind.EXPERIENCE)
        for deed in DEEDS
    ]
    return Requirements(
        title=taxonomy.occupation(occupation).label,
        occupations=[occupation],
        work_mode="remote",
        qualifications=[*asked, worked, *done],
    )


def _seen(pool: Pool, role: _Role, fitting: frozenset[int], chance: Random) -> frozenset[int]:
    some = chance.sample(sorted(fitting), int(SEEN * len(fitting)))
    others = sorted(pool.holding(role.trade.id) - fitting)
    return frozenset((*some, *chance.sample(others, min(len(some), len(others)))))


def _market(pool: Pool, written: Requirements) -> Market:
    """Return what insights would tell, counted over what people write; nothing of fewer than five people."""
    schools, work = pool.world.schools, written.occupations[0]
    staff, origins, studied = Counter[str](), Counter[str](), Counter[str]()
    for number in pool.holding(work):
        career = pool.career(number)
        at = next((n for n, spell in enumerate(career) if spell.trade == work), None)
        studied[schools[pool.school(number)]] += 1
        if at is not None:
            staff[career[at].employer] += 1
            origins.update({spell.employer for spell in career[at + 1 : at + 2]})
    skills = {one.skills[0]: _companions(pool, one.skills[0]) for one in written.qualifications if one.skills}
    return Market(employers=_most(staff), origins=_most(origins), schools=_most(studied), skills=skills)


def _companions(pool: Pool, skill: str) -> list[str]:
    holders, everybody = pool.naming(skill), len(pool.everybody)
    together = Counter(other for number in holders for other in pool.skills_of(number) if other != skill)
    lift = {
        other: n * everybody / (len(holders) * len(pool.naming(other)))
        for other, n in together.items()
        if n >= FEWEST
    }
    return sorted(lift, key=lambda other: (-lift[other], other))[:4]


def _most(counted: Counter[str]) -> list[str]:
    told = [(name, n) for name, n in counted.items() if n >= FEWEST]
    return [name for name, _ in sorted(told, key=lambda one: (-one[1], one[0]))[:GROUPS]]
