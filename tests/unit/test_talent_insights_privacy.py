"""No figure about fewer than k people, asked for or worked out from two answers; and increments like rebuilds."""

from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servers.talent_insights.core.models import PeopleDimension
from servers.talent_insights.core.privacy import Cell, overlapping, parts_of, publishable, without
from servers.talent_insights.core.segments import FULL, Segment, WorkSegment
from servers.talent_insights.core.supply import SupplyQuestions
from servers.talent_insights.core.work import WorkQuestions
from shared.wire.profile import Dossier
from tests.support.market import TENANT, caught_up, desk_on, job, people, worker
from tests.support.talent import FakeFeed

K = 5
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
BITS = 4
MARKETS = st.dictionaries(st.integers(0, 2**BITS - 1), st.integers(0, 12), min_size=1)


def _masks(market: dict[int, int]) -> dict[int, int]:
    """Return people by mask where the lowest bits are asked for and the others are not."""
    return {FULL & ~(2**BITS - 1) | asked: n for asked, n in market.items()}


@UNHURRIED
@given(MARKETS)
def test_two_nested_figures_that_are_both_told_never_differ_by_a_few(market: dict[int, int]) -> None:
    masks = _masks(market)
    told = {
        dropped: without(masks, dropped)[FULL]
        for dropped in range(2**BITS)
        if publishable(without(masks, dropped), K)
    }
    nested = [(a, b) for a in told for b in told if a & b == a]
    assert [told[b] - told[a] for a, b in nested if 0 < told[b] - told[a] < K] == []


@UNHURRIED
@given(st.dictionaries(st.integers(0, 20), st.integers(1, 40)), st.integers(0, 12))
def test_what_is_hidden_of_a_total_is_nobody_or_at_least_k(groups: dict[int, int], unknown: int) -> None:
    total = sum(groups.values()) + unknown
    shown = parts_of([Cell(name, {FULL: n}) for name, n in groups.items()], total, K)
    hidden = total - sum(cell.n for cell in shown)
    assert all(cell.n >= K for cell in shown)
    assert not shown or hidden == 0 or hidden >= K


@UNHURRIED
@given(st.dictionaries(st.integers(0, 20), st.integers(1, 40)))
def test_groups_that_overlap_leave_out_nobody_or_at_least_k(groups: dict[int, int]) -> None:
    total = max(groups.values(), default=0)
    shown = overlapping([Cell(name, {FULL: n}) for name, n in groups.items()], total, K)
    assert all(cell.n >= K and (cell.n == total or total - cell.n >= K) for cell in shown)


async def test_a_difference_between_two_questions_does_not_tell_of_a_few(tmp_path: Path) -> None:
    feed = FakeFeed()
    feed.put(
        TENANT,
        *people(),
        *(worker(f"x{i}", job("Odd Ltd", "Data Engineer", "Berlin", "2020-01")) for i in range(3)),
    )
    async with desk_on(tmp_path, feed) as desk:
        await caught_up(desk)
        ask = SupplyQuestions(desk).supply
        wide = await ask(TENANT, Segment(occupation="Data engineer", place="Berlin"), None, 5)
        narrow = await ask(
            TENANT, Segment(occupation="Data engineer", place="Berlin", company="Odd"), None, 5
        )
        rest = await SupplyQuestions(desk).what_if(
            TENANT, Segment(occupation="Data engineer", place="Berlin", min_years=5)
        )
        by_company = await ask(TENANT, Segment(occupation="Data engineer"), "company", 50)
    assert wide.people == 53
    assert (narrow.people, narrow.basis.note) == (None, "Fewer than 5 people meet all conditions.")
    assert [
        c.people for c in rest.relax if c.people is not None and 0 < abs(c.people - (rest.people or 0)) < K
    ] == []
    assert "odd" not in {group.value for group in by_company.groups}
    assert 91 - sum(group.people for group in by_company.groups) >= K


CONDITIONS = {
    "occupation": "Data engineer",
    "place": "Berlin",
    "company": "Acme Data",
    "skills": ["Python"],
}


async def test_no_two_answers_about_one_group_within_another_differ_by_a_few(tmp_path: Path) -> None:
    feed = FakeFeed()
    odd = job("Odd Ltd", "Data Engineer", "Berlin", "2020-01")
    feed.put(TENANT, *people(), *(worker(f"odd{i}", odd, skills=["Python"]) for i in range(3)))
    dimensions: list[PeopleDimension] = ["company", "country"]
    told: dict[frozenset[str], int] = {}
    async with desk_on(tmp_path, feed) as desk:
        await caught_up(desk)
        for names in (chosen for size in range(5) for chosen in combinations(CONDITIONS, size)):
            segment = Segment.model_validate({name: CONDITIONS[name] for name in names})
            for by in dimensions:
                supply = await SupplyQuestions(desk).supply(TENANT, segment, by, 50)
                told |= {frozenset(names): supply.people} if supply.people is not None else {}
                told |= {frozenset({*names, f"{by}={g.value}"}): g.people for g in supply.groups}
    nested = [(inner, outer) for inner in told for outer in told if outer < inner]
    assert len(nested) > 20
    assert all(n >= K for n in told.values())
    assert [pair for pair in nested if 0 < told[pair[1]] - told[pair[0]] < K] == []


async def test_the_four_figures_of_an_employer_never_give_away_a_hidden_one(tmp_path: Path) -> None:
    feed = FakeFeed()
    left = [
        worker(f"gone{i}", job("Umberfield Clinic", "Registered Nurse", "Berlin", "2018-01", "2025-12"))
        for i in range(3)
    ]
    feed.put(TENANT, *people(), *left)
    async with desk_on(tmp_path, feed) as desk:
        await caught_up(desk)
        trends = await WorkQuestions(desk).trends(
            TENANT, "company", "Umberfield Clinic", WorkSegment(), "headcount", 5
        )
    clinic = trends.groups[0]
    assert (clinic.headcount, clinic.hired, clinic.departed) == (12, 0, None)
    assert (clinic.headcount_before, clinic.growth, clinic.attrition_rate) == (None, None, None)


POOL = people()[:60]
BATCH = 3
STEPS = st.lists(
    st.tuples(st.sampled_from(range(12)), st.sampled_from([*range(8), None])), min_size=1, max_size=20
)


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_what_changes_gave_step_by_step_is_what_a_rebuild_gives(
    steps: list[tuple[int, int | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("steps")
    feed = FakeFeed()
    async with desk_on(folder / "one", feed) as desk, desk_on(folder / "other", feed) as again:
        for number, (who, career) in enumerate(steps, 1):
            _put(feed, who, career)
            if number % BATCH == 0:
                await caught_up(desk)
        await caught_up(desk)
        await caught_up(again)
        assert await _counted(desk) == await _counted(again)


def _put(feed: FakeFeed, who: int, career: int | None) -> None:
    if career is None:
        feed.delete(TENANT, f"c{who}")
    else:
        feed.put(TENANT, _as(POOL[career * 7], f"c{who}"))


def _as(dossier: Dossier, candidate_id: str) -> Dossier:
    return dossier.model_copy(update={"candidate_id": candidate_id})


async def _counted(desk: object) -> dict[str, Counter[str]]:
    market = desk.market  # type: ignore[attr-defined]
    counted: dict[str, Counter[str]] = {}
    for table in ("person", "span", "move", "skill", "study"):
        columns = "* exclude (person)" if table == "person" else "candidate_id, t.* exclude (person)"
        source = table if table == "person" else f"{table} t join person using (person)"
        rows = await market.in_thread(
            TENANT,
            lambda kept, c=columns, s=source: (
                kept.connection.cursor().execute(f"select {c} from {s}").fetchall()
            ),
        )
        counted[table] = Counter(map(str, rows))
    return counted
