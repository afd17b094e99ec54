"""Recruiters' agents on real PostgreSQL and NATS: paused, resumed, looked into, exported and retired."""

import asyncio
import json
import zipfile
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.engines import EmbeddedNats
from shared.kernel.errors import Conflict, InvalidInput, NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, acting_as
from shared.mailbox import Mailboxes
from shared.storage import Database
from supervisor.agents.history import HistoryQuery, KeptMessage
from supervisor.agents.orders import Orders
from supervisor.agents.records import AgentCounts
from supervisor.conversation import Said
from supervisor.mailboxes import agent_mailbox, body_of
from supervisor.store import RunStore
from tests.support.catalogue import hiring_catalogue
from tests.support.engines import OpenUnitDatabase
from tests.support.scripted_units import ScriptedUnits
from tests.support.supervisor_desk import Desk, Events, interrupts, open_desk, said

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


async def messages(desk: Desk, query: HistoryQuery = EVERYTHING) -> list[KeptMessage]:
    agent = desk.principal.subject
    return (await desk.backstage.history.page(TENANT, agent, query, None, 100)).messages


def words(message: KeptMessage) -> str:
    return " ".join(part["text"] for part in message.message["parts"] if "text" in part)


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


async def exported(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """Return what an export of the agent holds, by file."""
    with acting_as(desk.principal):
        file = await desk.backstage.exporter.export(TENANT, desk.principal.subject)
    with file, zipfile.ZipFile(file) as archive:
        return {
            name: [json.loads(line) for line in archive.read(name).decode().splitlines()]
            for name in archive.namelist()
            if name.endswith(".jsonl")
        }


async def test_an_agent_is_retired_only_once_it_takes_no_messages_and_was_exported_since(desk: Desk) -> None:
    agent, at = desk.principal.subject, desk.backstage
    await desk.say("help")

    await exported(desk)
    with pytest.raises(Conflict, match="still takes messages"):
        await at.lifecycle.retire(TENANT, agent)
    await at.lifecycle.close(TENANT, agent, "left")
    with pytest.raises(Conflict, match="not exported"):
        await at.lifecycle.retire(TENANT, agent)
    await exported(desk)
    await at.lifecycle.retire(TENANT, agent)
    await at.lifecycle.close(TENANT, agent, "left")
    await at.lifecycle.retire(TENANT, agent)

    assert (await at.inspector.agent(TENANT, agent)).state == "retired"


class Died(Exception):
    """The process that closed an agent was killed."""


class DyingMailboxes:
    """Mailboxes of which the process dies at the nth thing it does to one."""

    def __init__(self, mailboxes: Mailboxes, at: int) -> None:
        self._mailboxes = mailboxes
        self._left = at

    def __getattr__(self, name: str) -> Any:
        if name in {"pause", "retire"}:
            self._left -= 1
            if self._left < 0:
                raise Died
        return getattr(self._mailboxes, name)


async def test_a_message_sent_while_an_agent_ends_is_refused_or_exported_wherever_its_end_is_cut_short(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, at = desk.principal.subject, desk.backstage
    await desk.say("hire a nurse in Oslo")
    await at.lifecycle.pause(TENANT, agent, "left")
    await desk.say("kept before")
    taken: list[str] = ["kept before"]
    refused: list[str] = []

    for cut in range(5):
        with monkeypatch.context() as dying:
            dying.setattr(at.lifecycle, "_mailboxes", DyingMailboxes(at.mailboxes, cut))
            with pytest.raises(Died):
                await at.lifecycle.close(TENANT, agent, "left")
        with pytest.raises(Conflict, match="is being retired"):
            await desk.say(f"through the door {cut}")
        # Somebody who was through the door before it was shut.
        sending = at.mailboxes.send(
            TENANT, agent_mailbox(agent), body_of(Said(thread="t1", turn=f"c{cut}", text=f"cut {cut}"))
        )
        outcome = await asyncio.gather(sending, return_exceptions=True)
        (refused if isinstance(outcome[0], Conflict) else taken).append(f"cut {cut}")
    await at.lifecycle.close(TENANT, agent, "left")
    archive = await exported(desk)
    with pytest.raises(Conflict, match="retired"):
        await at.mailboxes.send(
            TENANT, agent_mailbox(agent), body_of(Said(thread="t1", turn="late", text="late"))
        )
    unanswered = await at.lifecycle.retire(TENANT, agent)

    written = [one for one in archive["messages.jsonl"] if one["message"]["role"] == "ROLE_USER"]
    assert [one["message"]["parts"][0]["text"] for one in written] == ["hire a nurse in Oslo", *taken]
    assert refused == []
    assert unanswered == len(taken)
    assert [run["status"] for run in archive["runs.jsonl"]] == ["cancelled"]
    assert "I am retired (left) and will not go on." in str(archive["messages.jsonl"])
    assert len(await messages(desk)) == len(archive["messages.jsonl"])


async def test_who_comes_back_after_their_agent_was_retired_gets_a_new_one_that_knows_nothing_of_it(
    desk: Desk,
) -> None:
    agent, at = desk.principal.subject, desk.backstage
    await desk.say("always remote")
    await desk.say("hire a nurse in Oslo")
    await at.lifecycle.close(TENANT, agent, "left")
    await exported(desk)
    await at.lifecycle.retire(TENANT, agent)

    shown = await desk.say("what do you keep in mind?")
    threads = await desk.chat.threads(desk.principal)
    conversation = [event async for _, event in desk.chat.thread(desk.principal, "t1", 0, follow=False)]
    new, old = await at.inspector.find(TENANT, agent), await at.inspector.find(TENANT, f"{agent}~1")
    kept = await at.history.page(TENANT, new.id, EVERYTHING)
    listed = (await at.inspector.page(TENANT, None, 10)).agents

    assert said(shown) == "Nothing beyond our roles so far."
    assert threads == []
    assert conversation == shown
    assert (new.id, new.generation, old.id, old.generation) == (f"{agent}~2", 2, agent, 1)
    assert [words(one) for one in kept.messages] == ["what do you keep in mind?", said(shown)]
    assert [(one.agent, one.state) for one in listed] == [(f"{agent}~1", "retired"), (agent, "idle")]


async def test_a_name_that_looks_like_anothers_second_agent_never_opens_it(
    desk: Desk, database: Database
) -> None:
    agent = desk.principal.subject
    impostor = desk.principal.model_copy(update={"subject": f"{agent}~2"})
    await desk.say("help")
    await desk.backstage.lifecycle.close(TENANT, agent, "left")
    await exported(desk)
    await desk.backstage.lifecycle.retire(TENANT, agent)
    await desk.say("help")

    with pytest.raises(Conflict):
        async with database.transaction(TENANT) as tx:
            await RunStore(tx, TENANT).remember_agent(impostor)


async def test_an_export_holds_messages_runs_decisions_and_wishes(desk: Desk) -> None:
    await desk.say("always remote")
    await desk.say("hire a nurse in Oslo")
    kept = await messages(desk)

    told = await exported(desk)

    assert [one["seq"] for one in told["messages.jsonl"]] == [one.seq for one in kept]
    [run] = told["runs.jsonl"]
    assert run["goal"]["title"]
    assert "intake.draft_requirements" in {step["skill"] for step in run["steps"]}
    [decision] = told["decisions.jsonl"]
    assert (decision["run"], decision["status"]) == (run["id"], "pending")
    assert told["wishes.jsonl"] == [{"wish": "remote"}, {"rules": {}}]


async def test_a_retired_agent_takes_nothing_and_has_forgotten_and_stays_on_record(
    desk: Desk, database: Database
) -> None:
    agent, at = desk.principal.subject, desk.backstage
    await desk.say("always remote")
    await desk.say("daily digest at 8")
    await desk.say("hire a nurse in Oslo")
    await at.lifecycle.close(TENANT, agent, "left the company")
    await exported(desk)
    await at.lifecycle.retire(TENANT, agent)

    with pytest.raises(Conflict, match="retired"):
        await at.lifecycle.resume(TENANT, agent)
    with pytest.raises(Conflict, match="retired"):
        await at.lifecycle.pause(TENANT, agent, "once more")
    gone = await at.inspector.agent(TENANT, agent)
    async with database.transaction(TENANT) as tx:
        left = await (
            await tx.execute(
                "select (select count(*) from checkpoints) as places, (select count(*) from store) as memory,"
                " (select count(*) from agent where delegation is not null) as sign_ins,"
                " (select count(*) from attention) as rules,"
                " (select string_agg(status, ',') from run) as runs"
            )
        ).fetchone()
    assert (gone.state, gone.work, gone.memory) == ("retired", [], [])
    assert left == {"places": 0, "memory": 0, "sign_ins": 0, "rules": 0, "runs": "cancelled"}
    assert "hire a nurse in Oslo" in {words(one) for one in await messages(desk)}


async def test_asked_where_nothing_goes_on_the_agent_tells_what_does_elsewhere(desk: Desk) -> None:
    await desk.say("hire a nurse in Oslo")

    told = said(await desk.say("what are you doing?", thread="t2"))

    assert "“Shortlist for: hire a nurse in Oslo” waits for your answer." in told
