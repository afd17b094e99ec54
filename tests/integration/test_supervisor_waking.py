"""Runs that wait for a unit: woken when the registry says it is back, and ended when it never comes back."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from shared.engines import EmbeddedNats
from shared.events import EventBus
from shared.kernel.errors import Unavailable
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from supervisor import executor as executor_module
from supervisor import mailboxes as mailboxes_module
from supervisor.conversation import Said
from tests.support.catalogue import hiring_catalogue
from tests.support.engines import OpenUnitDatabase
from tests.support.scripted_units import ScriptedUnits
from tests.support.supervisor_desk import Desk, interrupts, open_desk

FAR_OFF = 3600.0
"""Seconds that a unit which is down asks to be left alone for: far more than a test may take."""


class Pool:
    """A supervisor whose intake unit is down until it is told to be up."""

    def __init__(self) -> None:
        self.up = False
        self.retry_after: float | None = FAR_OFF
        self.units = ScriptedUnits(
            hiring_catalogue(),
            {
                "intake.draft_requirements": self.draft,
                "projects.create_project": lambda _, n: {"project": {"id": n}},
            },
        )

    def draft(self, _: dict[str, Any], n: int) -> Any:
        if self.up:
            return {"requirements": {"draft": n}}
        return Unavailable("intake does not answer", retry_after=self.retry_after)


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture
async def desk(pool: Pool, unit_database: OpenUnitDatabase, nats: EmbeddedNats) -> AsyncIterator[Desk]:
    ada = Principal(subject=f"person:{new_id('ada')}", kind="person", tenant="acme")
    async with AsyncExitStack() as closing:
        yield await open_desk(closing, await unit_database("supervisor"), nats.url, pool.units, ada)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("threads", [["t1"], ["t1", "t2", "t3"]], ids=["one run", "three runs"])
async def test_runs_go_on_as_soon_as_the_unit_they_wait_for_is_back(
    desk: Desk, pool: Pool, nats: EmbeddedNats, threads: list[str]
) -> None:
    said = [Said(thread=thread, turn=f"{thread}.1", text="hire a nurse in Oslo") for thread in threads]
    marks = [await desk.chat.post(desk.principal, message) for message in said]
    async with await EventBus.open(nats.url) as registry:
        for message, mark in zip(said, marks, strict=True):
            ends = [event async for event in failures(desk, message, mark)]
            assert "intake does not answer" in ends[-1]
        pool.up = True
        turns = [
            desk.chat.turn(desk.principal, message, mark) for message, mark in zip(said, marks, strict=True)
        ]
        await keep_telling(registry, desk, threads)
        shown = [[event async for _, event in turn] for turn in turns]

    assert all(interrupts(events) for events in shown)


async def failures(desk: Desk, message: Said, after: int) -> AsyncIterator[str]:
    """Yield what is said, up to the first failure."""
    async for _, event in desk.chat.turn(desk.principal, message, after):
        if event["type"] == "TEXT_MESSAGE_CONTENT":
            yield event["delta"]
            if "does not answer" in event["delta"]:
                return


async def keep_telling(registry: EventBus, desk: Desk, threads: list[str]) -> None:
    """Say that intake is back, as the registry does, until no run waits for it any more."""
    for thread in threads:
        while (await desk.chat.state(desk.principal, thread)).status in {"running", "retrying"}:
            await registry.publish_unit("-", "registry", "changed", {"unit": "intake", "status": "active"})


@pytest.mark.timeout(180)
async def test_a_step_that_fails_at_its_last_attempt_too_ends_the_run_and_says_why(
    desk: Desk, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor_module, "LONGEST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(executor_module, "MAX_ATTEMPTS", 3)
    pool.retry_after = None

    events = await desk.say("hire a nurse in Oslo")

    assert events[-1]["type"] == "RUN_ERROR"
    assert "intake does not answer" in events[-1]["message"]
    assert pool.units.calls["intake.draft_requirements"] == 3
    assert (await desk.chat.state(desk.principal, "t1")).status == "failed"


@pytest.mark.timeout(180)
async def test_a_run_whose_every_attempt_fails_is_given_up_at_the_last_and_the_person_is_told(
    pool: Pool, unit_database: OpenUnitDatabase, nats: EmbeddedNats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes_module, "ATTEMPTS", 2)
    asked: list[int] = []

    class RegistryIsDown(ScriptedUnits):
        async def call_tool(self, unit: str, tool: str, arguments: Any, returns: Any, **how: Any) -> Any:
            asked.append(1)
            raise Unavailable("the registry does not answer")

    ada = Principal(subject=f"person:{new_id('ada')}", kind="person", tenant="acme")
    async with AsyncExitStack() as closing:
        database = await unit_database("supervisor")
        desk = await open_desk(closing, database, nats.url, RegistryIsDown(hiring_catalogue(), {}), ada)
        events = await desk.say("hire a nurse in Oslo")
        state = await desk.chat.state(ada, "t1")

    assert events[-1]["type"] == "RUN_ERROR"
    assert events[-1]["code"] == Unavailable.code
    assert "the registry does not answer" in events[-1]["message"]
    assert state.status == "failed"
    assert len(asked) == 2
