"""Layoffs and fast growth are told by employer, function and place, from a market where each is known."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from servers.talent_insights.core.figures import Desk
from servers.talent_insights.core.models import WorkDimension
from servers.talent_insights.core.work import WorkQuestions
from tests.support.market import TENANT, caught_up, desk_on, job, worker
from tests.support.talent import FakeFeed

EMPLOYERS = ("Table Example", "Plate Example", "Spoon Example")


@pytest.fixture(scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Desk]:
    """Four of thirty engineers in Paris left each of three employers; nurses in Berlin became six more than 20.

    At each employer that is fewer than k, and work of the place and of the function ended 12 times.
    """
    feed = FakeFeed()
    feed.put(
        TENANT,
        *(
            worker(f"{name}{i:02}", job(name, "Data Engineer", "Paris", "2021-01", "2026-03" if i < 4 else None))
            for name in EMPLOYERS
            for i in range(10)
        ),
        *(
            worker(f"nurse{i:02}", job("Clinic Example", "Registered Nurse", "Berlin", "2026-01" if i >= 20 else "2019-01"))
            for i in range(26)
        ),
    )  # fmt: skip
    async with desk_on(Path(tmp_path_factory.mktemp("signals")), feed, []) as opened:
        await caught_up(opened)
        yield opened


@pytest.mark.parametrize(
    ("by", "left", "growing"),
    [
        ("function", [("data", 12, 0.4)], [("healthcare", 0.3)]),
        ("place", [("FR/île-de-france/paris", 12, 0.4)], [("DE//berlin", 0.3)]),
        ("country", [("FR", 12, 0.4)], [("DE", 0.3)]),
    ],
)
async def test_work_that_ended_at_once_and_work_that_grows_are_told_by_function_and_place(
    desk: Desk, by: WorkDimension, left: list[tuple[str, int, float]], growing: list[tuple[str, float]]
) -> None:
    signals = await WorkQuestions(desk).signals(TENANT, by, 10)
    assert [(s.value, s.departed, s.share) for s in signals.layoffs] == left
    assert [(s.month, s.usual) for s in signals.layoffs] == [("2026-03", None)]
    assert [(g.value, g.growth) for g in signals.fast_growth] == growing
    assert signals.basis.about == f"all work by {by}"


async def test_an_employer_that_fewer_than_k_people_left_is_not_told(desk: Desk) -> None:
    assert (await WorkQuestions(desk).signals(TENANT, "company", 10)).layoffs == []
