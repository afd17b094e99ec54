"""Who is let through when only a few may be."""

import asyncio

import pytest

from shared.kernel.errors import RateLimited
from shared.llm.lanes import BACKGROUND, PEOPLE, Lanes


class Visits:
    """Requests through two slots, each of which ends when it is told to."""

    def __init__(self) -> None:
        self.lanes = Lanes(2, most=10)
        self.inside: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, name: str, priority: int) -> None:
        self._ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._visit(name, priority))
        await settle()

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await settle()

    async def _visit(self, name: str, priority: int) -> None:
        async with self.lanes.slot(priority):
            self.inside.append(name)
            await self._ends[name].wait()
        self.inside.remove(name)


async def settle() -> None:
    """Let every task go as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_background_leaves_a_slot_to_people() -> None:
    visits = Visits()
    await visits.come("sweep one", BACKGROUND)
    await visits.come("sweep two", BACKGROUND)
    assert visits.inside == ["sweep one"]
    await visits.come("person", PEOPLE)
    assert visits.inside == ["sweep one", "person"]


async def test_a_person_who_comes_late_goes_before_the_background() -> None:
    visits = Visits()
    await visits.come("first", PEOPLE)
    await visits.come("second", PEOPLE)
    await visits.come("sweep", BACKGROUND)
    await visits.come("third", PEOPLE)
    await visits.end("first")
    assert visits.inside == ["second", "third"]


async def test_who_gave_up_waiting_takes_no_slot() -> None:
    visits = Visits()
    await visits.come("first", PEOPLE)
    await visits.come("second", PEOPLE)
    await visits.come("impatient", PEOPLE)
    await visits.come("patient", PEOPLE)
    visits.tasks["impatient"].cancel()
    await settle()
    await visits.end("first")
    assert visits.inside == ["second", "patient"]


async def test_all_slots_are_free_again_when_everybody_has_gone() -> None:
    visits = Visits()
    for name in ("first", "second", "third"):
        await visits.come(name, PEOPLE)
    visits.tasks["second"].cancel()
    for name in ("first", "third"):
        await visits.end(name)
    await visits.come("fourth", PEOPLE)
    await visits.come("fifth", PEOPLE)
    assert set(visits.inside) - {"second"} == {"fourth", "fifth"}


def test_where_its_lane_is_full_the_background_is_sent_away_and_people_are_not() -> None:
    lanes = Lanes(2, most=8)
    with lanes.admitted(BACKGROUND, requests=20):
        with pytest.raises(RateLimited) as refused, lanes.admitted(BACKGROUND):
            pass
        with lanes.admitted(PEOPLE):
            pass
    assert refused.value.retry_after
    with lanes.admitted(BACKGROUND):
        pass
