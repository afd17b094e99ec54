"""The simulated markets of the sourcing benchmark, and the ways to spend evaluations in them."""

from random import Random

import pytest

from benchmarks.market.world import world_of
from benchmarks.sourcing.markets import Opening, opening
from benchmarks.sourcing.methods import Desk
from benchmarks.sourcing.outcomes import METHODS
from benchmarks.sourcing.people import Pool

BUDGET = 60


@pytest.fixture(scope="module")
def pool() -> Pool:
    return Pool(world_of(11), 3_000)


@pytest.fixture(scope="module")
def thin(pool: Pool) -> Opening:
    return opening("thin", pool, 1)


@pytest.mark.parametrize("way", METHODS)
def test_no_way_judges_anybody_twice_or_spends_more_than_there_is(
    pool: Pool, thin: Opening, way: str
) -> None:
    judged = METHODS[way](Desk(pool, thin), BUDGET)
    assert len(set(judged)) == len(judged) <= BUDGET


def test_the_same_seed_gives_the_same_role_and_the_same_search(pool: Pool, thin: Opening) -> None:
    assert opening("thin", pool, 1) == thin
    assert METHODS["sourcing"](Desk(pool, thin), BUDGET) == METHODS["sourcing"](Desk(pool, thin), BUDGET)


def test_the_simulated_search_finds_exactly_those_of_whom_the_filters_hold(pool: Pool, thin: Opening) -> None:
    desk = Desk(pool, thin)
    core = desk.planned[0].arguments.filters
    holding = pool.holding(core["occupations"][0])
    skilled = [set().union(*(pool.naming(skill) for skill in group)) for group in core["skill_groups"]]
    long_enough = {n for n in holding if sum(pool.truths[n].months.values()) >= 12 * core["min_years"]}
    assert set(desk.found(desk.planned[0])) == long_enough.intersection(*skilled)


def test_who_fits_has_the_years_and_lacks_little(thin: Opening) -> None:
    some = Random(1).sample(sorted(thin.fitting), 5)
    assert all("years" not in thin.lacking[n] and len(thin.lacking[n]) <= 1 for n in some)
