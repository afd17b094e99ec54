"""What is asked: each named question of everybody and of roles that the market is full of."""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from benchmarks.market.world import NOW, World, draw
from servers.talent_insights.core.segments import WITHIN_BITS, Conditions, Reading, Segment
from shared.taxonomy import Taxonomy

K = 5
LIMIT = 20
MOST = 1_000_000
NARROW_SKILLS = 5


@dataclass(frozen=True)
class Asked:
    """A question by its name in the unit, with its parameters; ``name`` and ``about`` say what is measured."""

    question: str
    name: str
    about: str
    parameters: dict[str, Any]


def questions_on(world: World, roles: int) -> list[Asked]:
    """Return every question, of everybody, of so many plain roles, and the pool of as many narrow ones."""
    reading, rng = Reading(Taxonomy.compact()), Random(f"insights:{world.seed}")
    everybody = _asked("everybody", reading.conditions(Segment()), world)
    plain, narrow = list[Asked](), list[Asked]()
    for _ in range(roles):
        trade = _trade(world, rng)
        place = world.places[draw(world.place_shares, rng.random())].label
        wide = Segment(occupation=trade.id, place=place, skills=[*trade.core[:2]], min_years=2)
        plain += _asked("a role", reading.conditions(wide), world)
        skills = [*trade.core, *trade.near][:NARROW_SKILLS]
        most = wide.model_copy(update={"skills": skills, "min_years": 5, "seniority": "senior"})
        narrow += [
            asked
            for asked in _asked("ten conditions", reading.conditions(most), world)
            if asked.question in ("pool", "people_by_skill", "schools", "emerging")
        ]
    return [*everybody, *plain, *narrow]


def _trade(world: World, rng: Random) -> Any:
    while True:
        trade = world.trades[draw(world.trade_shares, rng.random())]
        if len(trade.core) >= 2:
            return trade


def _asked(about: str, conditions: Conditions, world: World) -> list[Asked]:
    common = {"now": NOW, "day": date(NOW // 12, NOW % 12 + 1, 1).toordinal(), "k": K, "limit": LIMIT}
    known = {**common, "focus": None, "school": None, **conditions.with_()}
    postings = {**known, **conditions.of_postings()}
    largest = max(world.companies, key=lambda company: company.size)
    lately = known["unasked"] & ~sum(WITHIN_BITS.values())
    listed: list[tuple[str, str, dict[str, Any]]] = [
        ("pool", "", known),
        *(("people_by", by, {**known, "by": by}) for by in ("company", "occupation")),
        ("people_by", "place", {**known, "by": "place", "limit": MOST}),
        ("flows", "company", {**known, "kind": "company", "months": 36}),
        ("flows", "place", {**known, "kind": "place", "months": 12, "unasked": lately}),
        ("flows", "focus", {**known, "kind": "company", "months": 36, "focus": largest.name.casefold()}),
        *(("workforce", by, {**known, "by": by, "sort": "headcount"}) for by in ("company", "function")),
        ("occupancy", "", known),
        ("demand", "", postings),
        ("demand_by", "place", {**postings, "by": "place", "limit": MOST}),
        ("demand_by_skill", "", {**postings, "limit": MOST}),
        ("demand_over_time", "", postings),
        ("pay", "occupation", {**postings, "by": "occupation"}),
    ]
    if conditions.parameters["skill1"]:
        listed += [
            ("people_by_skill", "", known),
            ("emerging", "", known),
            ("schools", "", known),
            ("adjacent", "", {**known, "skill": conditions.parameters["skill1"]}),
        ]
    else:  # the skills and the schools of everybody have questions of their own
        listed += [
            ("emerging_of_all", "", known),
            ("schools_of_all", "", known),
            ("skills", "", {**known, "limit": MOST}),
            *(("layoffs", by, {**known, "by": by}) for by in ("company", "function", "place")),
            ("workforce", "growth", {**known, "by": "company", "sort": "growth"}),
        ]
    return [Asked(name, f"{name} {by}".strip(), about, parameters) for name, by, parameters in listed]
