"""The end of a recruiter's agent: closed, exported and retired, and what comes after it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from shared.engines import EmbeddedNats
from shared.kernel.errors import Conflict
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.mailbox import Mailboxes
from shared.storage import Database
from supervisor.agents.history import HistoryQuery
from supervisor.conversation import Said
from supervisor.mailboxes import agent_mailbox, body_of
from supervisor.store import RunStore
from tests.support.catalogue import hiring_catalogue
from tests.support.engines import OpenUnitDatabase
from tests.support.scripted_units import ScriptedUnits
from tests.support.supervisor_desk import Desk, exported, messages, open_desk, said, words

TENANT = "acme"


@pytest.fixture
async def database(unit_database: OpenUnitDatabase) -> Database:
    return await unit_database("supervisor")


@pytest.fixture
async def desk(database: Database, nats: EmbeddedNats) -> AsyncIterator[Desk]:
    ada = Principal(subject=f"person:{new_id('ada')}", kind="person", tenant=TENANT)
    answers: dict[str, Any] = {
        "intake.draft_requirements": lambda _, n: {"requirements": {"draft": n}},
        "projects.create_project": lambda _, n: {"project": {"project_id": "proj_1", "revision": n}},
    }
    async with AsyncExitStack() as closing:
        yield await open_desk(closing, database, nats.url, ScriptedUnits(hiring_catalogue(), answers), ada)


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
    kept = await at.history.page(TENANT, new.id, HistoryQuery())
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
