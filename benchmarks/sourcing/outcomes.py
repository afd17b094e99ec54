"""What each way of spending evaluations finds, role by role; any process can measure any of them."""

from collections.abc import Sequence
from functools import cache

from benchmarks.market.world import world_of
from benchmarks.sourcing.markets import Kind, Opening, opening
from benchmarks.sourcing.methods import (
    Desk,
    Method,
    best_shown,
    fixed,
    foreseen,
    in_turn,
    one_broad,
    ours,
    round_robin,
)
from benchmarks.sourcing.people import Pool

METHODS: dict[str, Method] = {
    "one fixed query": fixed,
    "round-robin": round_robin,
    "one broad query": one_broad,
    "strictest first": in_turn,
    "sourcing": ours,
    "if it were known which profiles fit most often": best_shown,
    "if it were known who fits": foreseen,
}
Outcome = dict[str, list[bool]]
"""By way: of each who was judged, in order, whether they fit."""


def outcomes_of(kind: Kind, world: int, people: int, budget: int, seeds: range) -> list[Outcome]:
    """Return what each way found for the roles of these seeds."""
    pool = _pool(world, people)
    outcomes: list[Outcome] = []
    for seed in seeds:
        role = opening(kind, pool, seed)
        desk = Desk(pool, role)
        judged = {name: method(desk, budget) for name, method in METHODS.items()}
        for some in judged.values():
            _check(role, some, budget)
        outcomes.append({name: [one in role.fitting for one in some] for name, some in judged.items()})
    return outcomes


@cache
def _pool(world: int, people: int) -> Pool:
    return Pool(world_of(world), people)


def _check(role: Opening, judged: Sequence[int], budget: int) -> None:
    """Fail where somebody was judged twice or once more, or more than the budget was spent."""
    if len(set(judged)) != len(judged) or len(judged) > budget or set(judged) & set(role.seen):
        raise AssertionError(f"{role.kind} {role.seed}: a budget was spent twice or overspent")
