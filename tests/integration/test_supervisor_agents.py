"""Recruiters' agents on real PostgreSQL and NATS: paused, resumed, looked into, exported and retired."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.engines import EmbeddedNats
from shared.kernel.errors import InvalidInput, NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.storage import Database
from supervisor.agents.history import HistoryQuery
from supervisor.agents.orders import Orders
from supervisor.agents.records import AgentCounts
from supervisor.store import RunStore
from tests.support.catalogue import hiring_catalogue
from tests.support.engines import OpenUnitDatabase
from tests.support.scripted_units import ScriptedUnits
from tests.support.supervisor_desk import Desk, Events, interrupts, messages, open_desk, said, words

TENANT = "acme"
EVERYTHING = HistoryQuery()


class SlowIntake(ScriptedUnits):
    """Units of which intake takes as long as it is held; nothing it began before that is an effect."""

    def __init__(self) -> None:
        answers: dict[str, Any] = {
            "intake.draft_requirements": lambda _, n: {"requirements": {"draft": n}},
            "projects.create_project": lambda _, n: {"project": {"project_id": "proj_1", "revision": n}},
        }
        super().__init__(hiring_catalogue(), answers)
        self.held: defaultdict[str, Any] = defaultdict(lambda: self._at_once, intake=self._when_released)
        self.begun: asyncio.Queue[str] = asyncio.Queue()
        self.released = asyncio.Event()
        self.released.set()

    async def _at_once(self, _: str) -> None:
        pass

    async def _when_released(self, tool: str) -> None:
        await self.begun.put(tool)
        await self.released.wait()

    async def call_tool(self, unit: str, tool: str, arguments: Any, returns: Any, **more: Any) -> Any:
        await self.held[unit](tool)
        return await super().call_tool(unit, tool, arguments, returns, **more)


@pytest.fixture
def ada() -> Principal:
    return Principal(subject=f"person:{new_id('ada')}", kind="person", tenant=TENANT)


@pytest.fixture
async def database(unit_database: OpenUnitDatabase) -> Database:
    return await unit_database("supervisor")


@pytest.fixture
async def desk(ada: Principal, database: Database, nats: EmbeddedNats) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as closing:
        yield await open_desk(closing, database, nats.url, SlowIntake(), ada)


async def shown_until(desk: Desk, closings: int, after: int) -> Events:
    """Return what the conversation shows after a place, until so many turns have ended."""
    events: Events = []
    async with aclosing(desk.chat.thread(desk.principal, "t1", after)) as shown:
        async for _, event in shown:
            events.append(event)
            closings -= event["type"] in {"RUN_FINISHED", "RUN_ERROR"}
            if closings == 0:
                break
    return events


async def place(desk: Desk) -> int:
    return max([seq async for seq, _ in desk.chat.thread(desk.principal, "t1", 0, follow=False)], default=0)


async def test_a_paused_agent_keeps_messages_says_so_and_answers_them_in_order_when_resumed(
    desk: Desk,
) -> None:
    agent = desk.principal.subject
    await desk.say("hire a nurse in Oslo")
    await desk.backstage.lifecycle.pause(TENANT, agent, "on holiday")

    first = await desk.say("make Norwegian a nice-to-have")
    second = await desk.say("what are you doing?")
    while_paused = desk.units.calls["intake.draft_requirements"]
    after = await place(desk)
    await desk.backstage.lifecycle.resume(TENANT, agent)
    shown = await shown_until(desk, 2, after)

    assert said(first) == said(second)
    assert said(first).startswith("I am paused (on holiday). I have kept your message")
    assert first[-1]["result"] == {"status": "paused"}
    assert while_paused == 1
    begun = [event["runId"] for event in shown if event["type"] == "RUN_STARTED"]
    assert begun == ["t1.2~", "t1.3~"]
    assert "I will change the requirements accordingly" in said(shown)
    assert "I am working on" in said(shown)


async def test_a_run_is_stopped_by_a_pause_and_goes_on_with_the_step_it_was_in(desk: Desk) -> None:
    agent = desk.principal.subject
    desk.units.released.clear()
    turn = asyncio.create_task(desk.say("hire a nurse in Oslo"))
    await desk.units.begun.get()

    await desk.backstage.lifecycle.pause(TENANT, agent, "audit")
    ended = await turn
    effects = dict(desk.units.effects)
    desk.units.released.set()
    after = await place(desk)
    await desk.backstage.lifecycle.resume(TENANT, agent)
    shown = await shown_until(desk, 1, after)

    assert "I am paused (audit). I will go on here once I am resumed." in said(ended)
    assert effects == {}
    assert "I go on with" in said(shown)
    [interrupt] = interrupts(shown)
    assert interrupt["metadata"]["action"] == "projects.approve_requirements"
    assert desk.units.calls["intake.draft_requirements"] == 1


async def test_an_agent_ordered_to_pause_ends_its_turn_and_goes_on_by_itself_at_the_time_it_was_given(
    desk: Desk,
) -> None:
    agent, at = desk.principal.subject, desk.backstage
    desk.units.released.clear()
    turn = asyncio.create_task(desk.say("hire a nurse in Oslo"))
    await desk.units.begun.get()

    async with at.mailboxes.transaction(TENANT) as tx:
        await Orders(at.mailboxes).pause(tx, TENANT, agent, "lunch")
    ended = await turn
    desk.units.released.set()
    until = await at.mailboxes.now() + timedelta(seconds=1)
    await at.lifecycle.pause(TENANT, agent, "lunch", until)
    shown = await shown_until(desk, 2, 0)

    assert ended[-1]["result"] == {"status": "paused"}
    assert "I am paused (lunch). I will go on here once I am resumed." in said(ended)
    assert "I go on with" in said(shown)
    assert interrupts(shown)
    assert (await at.inspector.agent(TENANT, agent)).paused_until is None


async def test_a_pause_that_was_changed_does_not_end_when_the_first_would_have(desk: Desk) -> None:
    agent, lifecycle = desk.principal.subject, desk.backstage.lifecycle
    await desk.say("my time zone is Europe/Oslo")
    monday, friday = datetime(2100, 1, 4, 7, tzinfo=UTC), datetime(2100, 1, 8, 7, tzinfo=UTC)
    await lifecycle.pause(TENANT, agent, "on holiday", monday)
    await lifecycle.pause(TENANT, agent, "on holiday", friday)

    await lifecycle.resume_as_planned(TENANT, agent, monday)
    kept = said(await desk.say("are you there?"))
    await lifecycle.resume_as_planned(TENANT, agent, friday)

    until = "until Friday, 08 January 2100, 08:00 (Europe/Oslo)"
    assert kept == f"I am paused (on holiday) {until}. I have kept your message and will answer it then."
    assert (await desk.backstage.inspector.agent(TENANT, agent)).state != "paused"
    with pytest.raises(InvalidInput, match="over"):
        await lifecycle.pause(TENANT, agent, "too late", datetime(2020, 1, 1, tzinfo=UTC))


async def test_a_look_into_an_agent_shows_the_plan_the_running_step_and_what_waits(desk: Desk) -> None:
    agent = desk.principal.subject
    await desk.say("always remote")
    desk.units.released.clear()
    turn = asyncio.create_task(desk.say("hire a nurse in Oslo"))
    await desk.units.begun.get()

    during = await desk.backstage.inspector.agent(TENANT, agent)
    desk.units.released.set()
    await turn
    waiting = await desk.backstage.inspector.agent(TENANT, agent)

    assert during.state == "working"
    assert during.memory == ["remote"]
    assert ("intake", "running") in {(step.unit, step.status) for step in during.work[0].steps}
    assert "projects" in {step.unit for step in during.work[0].steps}
    assert [step.status for step in waiting.work[0].steps][:2] == ["done", "done"]
    assert waiting.mailbox.oldest_at is None
    [asked] = waiting.work[0].waiting
    assert (asked.kind, asked.step) == ("approval", "Approve requirements")
    assert waiting.mailbox.waiting == 0
    assert waiting.errors == []


async def test_agents_are_listed_a_page_at_a_time_counted_once_and_only_those_of_the_tenant(
    desk: Desk, database: Database
) -> None:
    inspector = desk.backstage.inspector
    await desk.say("hire a nurse in Oslo")
    async with database.transaction(TENANT) as tx:
        for name in ("person:zoe", "person:zora"):
            await RunStore(tx, TENANT).remember_agent(desk.principal.model_copy(update={"subject": name}))
    await desk.backstage.lifecycle.pause(TENANT, "person:zora", "on leave")

    first = await inspector.page(TENANT, None, 2)
    second = await inspector.page(TENANT, first.next_cursor, 2)
    others = await inspector.page("bolt", None, 10)

    assert [(one.agent, one.state) for one in [*first.agents, *second.agents]] == [
        (desk.principal.subject, "working"),
        ("person:zoe", "idle"),
        ("person:zora", "paused"),
    ]
    assert first.agents[0].messages >= 2
    assert first.counts == AgentCounts(idle=1, working=1, paused=1, retiring=0, retired=0)
    assert (second.counts, second.next_cursor) == (None, None)
    assert others.agents == []


async def test_another_tenants_agent_is_not_found(desk: Desk) -> None:
    await desk.say("help")
    agent, at = desk.principal.subject, desk.backstage
    for looked in (
        at.inspector.agent("bolt", agent),
        at.history.page("bolt", agent, EVERYTHING),
        at.exporter.export("bolt", agent),
        at.lifecycle.pause("bolt", agent, "why not"),
        at.lifecycle.resume("bolt", agent),
        at.lifecycle.close("bolt", agent, "why not"),
        at.lifecycle.retire("bolt", agent),
    ):
        with pytest.raises(NotFound):
            await looked


async def test_both_sides_of_a_conversation_are_kept_each_with_what_led_to_it(desk: Desk) -> None:
    await desk.say("hire a nurse in Oslo")
    kept = await messages(desk)

    asked, *told = kept
    assert asked.message["role"] == "ROLE_USER"
    assert words(asked) == "hire a nurse in Oslo"
    assert {one.message["role"] for one in told} == {"ROLE_AGENT"}
    assert {one.causation_id for one in told} == {asked.id}
    assert {one.correlation_id for one in kept} == {"t1"}
    [question] = [one for one in told if "data" in one.message["parts"][-1]]
    assert question.message["parts"][-1]["data"]["metadata"]["action"] == "projects.approve_requirements"


async def test_history_is_found_by_project_and_text_and_paged_both_ways(desk: Desk) -> None:
    agent, history = desk.principal.subject, desk.backstage.history
    await desk.say("hire a nurse in Oslo")
    for number in range(4):
        await desk.say(f"always prefer number {number}", thread="t2")
    everything = await messages(desk)

    newest = await history.page(TENANT, agent, EVERYTHING, None, 3)
    older = await history.page(TENANT, agent, EVERYTHING, newest.older, 3)
    back = await history.page(TENANT, agent, EVERYTHING, older.newer, 3)
    of_project = await messages(desk, HistoryQuery(project="proj_1"))
    with_text = await messages(desk, HistoryQuery(text="NUMBER 2"))

    seqs = [one.seq for one in everything]
    assert [one.seq for one in newest.messages] == seqs[-3:]
    assert [one.seq for one in older.messages] == seqs[-6:-3]
    assert back.messages == newest.messages
    assert {one.correlation_id for one in of_project} == {"t1"}
    assert {words(one)[:6] for one in with_text} == {"always", "I will"}
    with pytest.raises(InvalidInput):
        await history.page(TENANT, agent, HistoryQuery(text="else"), newest.older, 3)


async def test_what_comes_later_is_found_from_the_newest_page(desk: Desk) -> None:
    agent, history = desk.principal.subject, desk.backstage.history
    await desk.say("help")
    newest = await history.page(TENANT, agent, EVERYTHING)
    nothing_yet = await history.page(TENANT, agent, EVERYTHING, newest.newer)
    await desk.say("thanks")

    later = await history.page(TENANT, agent, EVERYTHING, nothing_yet.newer)

    assert nothing_yet.messages == []
    assert words(later.messages[0]) == "thanks"


async def test_asked_where_nothing_goes_on_the_agent_tells_what_does_elsewhere(desk: Desk) -> None:
    await desk.say("hire a nurse in Oslo")

    told = said(await desk.say("what are you doing?", thread="t2"))

    assert "“Shortlist for: hire a nurse in Oslo” waits for your answer." in told
