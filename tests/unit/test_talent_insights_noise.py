"""An attacker who adds and subtracts figures of many answers, and what noise leaves of that."""

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers.talent_insights.core.noise import Noise
from servers.talent_insights.core.segments import Segment
from servers.talent_insights.core.supply import SupplyQuestions
from tests.support.market import TENANT, caught_up, desk_on, job, people, worker
from tests.support.talent import FakeFeed

K = 5
NOISE = Noise(b"a secret of the tests", K - 1, least=K)
EXACT = Noise(b"", 0, least=K)
PARTS = (40, 30, 10, 8)
TRIALS = 400
COUNTS, CELLS = st.integers(0, 10**9), st.lists(st.text(max_size=8), min_size=1, max_size=3)


@given(COUNTS, CELLS)
def test_a_figure_is_off_by_no_more_than_it_says_the_same_each_time_and_never_below_k(
    n: int, cell: list[str]
) -> None:
    told = NOISE.on(n, *cell)
    assert told == NOISE.on(n, *cell)
    assert told == 0 if n == 0 else told >= K
    assert n < K or abs(told - n) < K


def test_noise_adds_nothing_on_average_and_is_another_one_for_each_figure_and_each_count() -> None:
    off = [NOISE.on(1_000, f"cell{i}") - 1_000 for i in range(4_000)]
    later = [NOISE.on(1_001, f"cell{i}") - 1_001 for i in range(4_000)]
    assert abs(fmean(off)) < 0.1
    assert {*off} == set(range(1 - K, K))
    assert abs(fmean(a * b for a, b in zip(off, later, strict=True))) < 0.2


def test_one_person_changes_how_likely_a_figure_is_by_epsilon_at_most() -> None:
    seen = [NOISE.on(1_000, f"cell{i}") - 1_000 for i in range(40_000)]
    likely = [seen.count(off) / len(seen) for off in range(1 - K, K)]
    ratios = [max(a / b, b / a) for a, b in pairwise(likely)]
    assert max(ratios) < math.exp(NOISE.epsilon) * 1.15
    assert likely[0] == pytest.approx(NOISE.tail, abs=0.01)


def _guessed_right(noise: Noise, segments: int) -> float:
    """Return how often somebody who knows all other people tells whether one is counted, from so many segments.

    Each segment gives five figures: everybody of it, told once, and the four parts that all others are in.
    """
    right = 0
    for trial in range(TRIALS):
        counted = trial % 2
        left_over = [
            noise.on(sum(PARTS) + counted, "all", f"{trial}.{segment}")
            - sum(noise.on(n, f"part{i}", f"{trial}.{segment}") for i, n in enumerate(PARTS))
            for segment in range(segments)
        ]
        right += (fmean(left_over) > 0.5) == bool(counted)
    return right / TRIALS


@pytest.mark.parametrize(("segments", "at_most"), [(1, 0.62), (3, 0.67), (10, 0.75)])
def test_differences_over_several_segments_stay_near_to_guessing(segments: int, at_most: float) -> None:
    assert _guessed_right(EXACT, segments) == 1.0
    assert _guessed_right(NOISE, segments) < at_most


async def test_all_less_the_sum_of_the_parts_asked_one_by_one_finds_a_person_only_without_noise(
    tmp_path: Path,
) -> None:
    feed = FakeFeed()
    alone = worker("alone", job("Odd Ltd", "Data Engineer", "Berlin", "2020-01"))
    feed.put(TENANT, *people(), alone)
    async with desk_on(tmp_path, feed) as desk:
        await caught_up(desk)

        async def left_over(noise: Noise) -> int:
            ask = SupplyQuestions(replace(desk, noise=noise)).supply
            firms = (None, "Acme Data", "Kestrel Foods", "Amber Bank", "Cobalt Works")
            segments = [Segment(occupation="Data engineer", company=firm) for firm in firms]
            all_of_them, *parts = [(await ask(TENANT, one, None, 5)).people or 0 for one in segments]
            return all_of_them - sum(parts)

        assert await left_over(EXACT) == 1
        guesses = [await left_over(replace(NOISE, secret=bytes([i]))) for i in range(8)]
    assert max(guesses) - min(guesses) >= 4


async def test_one_figure_is_told_the_same_by_every_tool_and_whatever_else_is_said_of_it(
    tmp_path: Path,
) -> None:
    feed = FakeFeed()
    feed.put(TENANT, *people())
    async with desk_on(tmp_path, feed, noise=K - 1) as desk:
        await caught_up(desk)
        ask = SupplyQuestions(desk)
        role = Segment(occupation="Data engineer", place="Berlin")
        told = (await ask.supply(TENANT, role, None, 5)).people
        said_otherwise = Segment(occupation="data-engineer", function="data", place="Berlin, Germany")
        skilled = role.model_copy(update={"skills": ["Python", "Kubernetes"]})
        turned = role.model_copy(update={"skills": ["Kubernetes", "Python"]})
        by_place = await ask.supply(TENANT, Segment(occupation="Data engineer"), "place", 5)
        assert told == (await ask.what_if(TENANT, role)).people
        assert told == (await ask.supply(TENANT, said_otherwise, None, 5)).people
        assert told == {group.value: group.people for group in by_place.groups}["DE//berlin"]
        assert (await ask.what_if(TENANT, skilled)).people == (await ask.what_if(TENANT, turned)).people
        assert by_place.basis.noise == K - 1
