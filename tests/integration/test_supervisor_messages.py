"""What an agent shows, kept: the same to whoever watches, comes back later, or reads the export, with its ids."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from typing import Any

import pytest
from ag_ui.core import Interrupt

from shared.engines import EmbeddedNats
from shared.events import EventBus
from shared.kernel.errors import NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, acting_as
from shared.storage import Database
from supervisor.agents.history import HistoryQuery, KeptMessage
from supervisor.agents.journal import Journal
from supervisor.core.models import PlanStep, StepStatus
from supervisor.environment.digests import DIGEST, Telling
from supervisor.environment.following import ENVIRONMENT
from supervisor.environment.happened import OWN
from supervisor.mailboxes import agent_mailbox, run_mailbox
from supervisor.stage import Stage
from supervisor.store import RunStore
from tests.support.catalogue import hiring_catalogue
from tests.support.engines import OpenUnitDatabase
from tests.support.scripted_units import ScriptedUnits
from tests.support.supervisor_desk import Desk, Events, open_desk, said

TENANT = "acme"
CARD = {"project_id": "proj_1", "found": 2, "candidates": [{"rank": 1, "name": "Ines Halvorsen"}]}
NOT_REPEATED = {"STEP_STARTED", "STEP_FINISHED", "STATE_SNAPSHOT"}


class Office(Desk):
    """A desk with its live log."""

    events: EventBus
    database: Database


@pytest.fixture
async def office(unit_database: OpenUnitDatabase, nats: EmbeddedNats) -> AsyncIterator[Office]:
    ada = Principal(subject=f"person:{new_id('ada')}", kind="person", tenant=TENANT)
    answers: dict[str, Any] = {
        "intake.draft_requirements": lambda _, n: {"requirements": {"draft": n}},
        "projects.create_project": lambda _, n: {"project": {"project_id": "proj_1", "revision": n}},
    }
    async with AsyncExitStack() as closing:
        database = await unit_database("supervisor")
        desk = await open_desk(closing, database, nats.url, ScriptedUnits(hiring_catalogue(), answers), ada)
        office = Office(desk.chat, desk.units, ada, desk.backstage)
        office.events = await closing.enter_async_context(await EventBus.open(nats.url))
        office.database = database
        yield office


async def live(office: Office, thread: str) -> Events:
    return [event async for _, event in office.chat.thread(office.principal, thread, 0, follow=False)]


async def kept(office: Office) -> list[KeptMessage]:
    page = await office.backstage.history.page(TENANT, office.principal.subject, HistoryQuery(), None, 100)
    return page.messages


def parts(message: KeptMessage) -> list[dict[str, Any]]:
    return message.message["parts"]


def worth_restoring(events: Events) -> Events:
    """Leave out what is not repeated: how steps went, the words beside a card, and that a turn was over."""
    told = [event for event in events if event["type"] not in NOT_REPEATED]
    told = [event for event in told if ":shortlist:" not in event.get("messageId", "")]
    told = [event for event in told if event.get("activityType") != "progress"]
    return [event for event in told if event.get("outcome", {}).get("type") != "success"]


def without_ids(events: Events) -> Events:
    """Leave out what the log adds to events: nothing of it is shown."""
    return [{name: value for name, value in event.items() if name != "timestamp"} for event in events]


async def test_cards_questions_progress_and_errors_are_kept_typed_and_shown_again_as_they_were_live(
    office: Office,
) -> None:
    await office.say("help")
    agent = office.principal.subject
    stage = Stage(
        Journal(office.events, office.database), tenant=TENANT, agent=agent, thread="t1", turn="t1.9"
    )
    step = PlanStep(
        key="k",
        skill="evaluator.sweep",
        unit="evaluator",
        title="Evaluate",
        risk="read",
        status=StepStatus.RUNNING,
    )
    question = Interrupt(id="ask_1", reason="question", message="Which city?", metadata={"step": "Evaluate"})

    await stage.step_started(step)
    await stage.progress(step, "120 of 300 judged", 120, 300)
    await stage.progress(step, "300 of 300 judged", 300, 300)
    await stage.step_finished(step)
    for _ in range(2):  # the second time after a crash
        await stage.card("shortlist", CARD, "**Shortlist.** Two good matches.", "t1.9:shortlist")
        await stage.say(
            "Meanwhile one candidate replied.", key="t1.9:told", data={"type": "digest", "news": []}
        )
        await stage.interrupted([question])
    await Stage(
        Journal(office.events, office.database), tenant=TENANT, agent=agent, thread="t1", turn="t1.10"
    ).failed(NotFound("there is no such role"))

    [_, _, progress, shortlist, digest, asked, error] = await kept(office)
    restored = await office.chat.restored(office.principal, "t1")
    assert parts(progress)[1]["data"] | {"step": "Evaluate"} == parts(progress)[1]["data"]
    assert parts(progress)[0]["text"] == "Evaluate: 300 of 300 judged"
    assert parts(shortlist) == [
        {"text": "**Shortlist.** Two good matches."},
        {"data": {"type": "shortlist", **CARD}},
    ]
    assert parts(digest)[1]["data"]["type"] == "digest"
    assert parts(asked)[1]["data"]["type"] == "question"
    assert parts(error)[1]["data"] == {"type": "error", "code": "not_found"}
    assert without_ids(restored.events) == without_ids(worth_restoring(await live(office, "t1")))


async def test_a_conversation_comes_back_a_page_at_a_time_and_goes_on_where_the_newest_page_ends(
    office: Office,
) -> None:
    for _ in range(3):
        await office.say("help")
    newest = await office.chat.restored(office.principal, "t1", None, 4)
    older = await office.chat.restored(office.principal, "t1", newest.older, 4)
    await office.say("thanks")
    came = [
        event
        async for _, event in office.chat.thread(office.principal, "t1", newest.position or 0, follow=False)
    ]
    nobody = office.principal.model_copy(update={"subject": "person:nobody"})

    everything = without_ids(worth_restoring(await live(office, "t1")))
    again = [*older.events, *newest.events, *worth_restoring(came)]
    assert without_ids(again) == everything
    assert older.older is None
    assert (await office.chat.restored(nobody, "t1")).events == []


async def test_ids_lead_from_a_message_to_its_run_the_calls_of_units_the_replies_and_later_news_and_digests(
    office: Office,
) -> None:
    agent, mailboxes = office.principal.subject, office.backstage.mailboxes
    await office.say("hire a nurse in Oslo")
    async with office.database.transaction(TENANT) as tx:
        [run] = await RunStore(tx, TENANT).open_runs(agent)
    [asked, *told] = await kept(office)
    [advance] = await mailboxes.history(TENANT, run_mailbox(run.id))
    called = [key for skill, key in office.units.effects if skill == "intake.draft_requirements"]
    event = new_id("ev")
    moved = {"project_id": "proj_1", "candidate_id": "cand_1", "to_stage": "interview", "by": "person:bo"}
    await office.events.publish_unit(TENANT, "projects", "stage_moved", moved, message_id=event)
    async with aclosing(office.chat.thread(office.principal, "t1", 0)) as shown:
        await anext(one async for _, one in shown if "moved to interview" in one.get("delta", ""))
    digest = {"messageId": "digest:1", "role": "ROLE_USER", "parts": [{"data": {"digest": 0}}]}
    sent = await mailboxes.send(TENANT, f"{DIGEST}:{agent}", digest, key="digest:1")
    await Telling(Journal(office.events, office.database)).say(
        TENANT, agent, "t1", "digest:1:a", "What happened:"
    )

    [*_, news, summary] = await kept(office)
    [heard] = await mailboxes.history(TENANT, f"{ENVIRONMENT}:{agent}")
    assert asked.id == f"{agent_mailbox(agent)}#1"
    assert {one.correlation_id for one in [asked, *told, news, summary]} == {"t1"}
    assert (advance.correlation_id, advance.causation_id) == (run.id, asked.id)
    assert [key.partition("/")[0] for key in called if key] == [run.id]
    assert {one.causation_id for one in told} == {asked.id}
    assert heard.causation_id == event
    assert news.causation_id == f"{ENVIRONMENT}:{agent}#{heard.seq}"
    assert summary.causation_id == f"{DIGEST}:{agent}#{sent.seq}"


async def test_a_fresh_agent_hears_of_others_and_not_of_what_its_recruiter_did_in_the_chat(
    office: Office,
) -> None:
    ada, lifecycle = office.principal.subject, office.backstage.lifecycle
    await office.say("help")
    await lifecycle.close(TENANT, ada, "left")
    with acting_as(office.principal):
        (await office.backstage.exporter.export(TENANT, ada)).close()
    await lifecycle.retire(TENANT, ada)
    await office.say("hire a nurse in Oslo", thread="t2")

    moved = {"project_id": "proj_1", "candidate_id": "cand_1"}
    for stage, by, via in (("offer", ada, OWN), ("interview", ada, "ats"), ("hired", "person:bo", None)):
        told = {**moved, "to_stage": stage, "by": by, "via": via}
        await office.events.publish_unit(TENANT, "projects", "stage_moved", told)
    heard: list[str] = []
    async with aclosing(office.chat.thread(office.principal, "t2", 0)) as shown:
        async for _, event in shown:
            heard += [delta] if "moved to" in (delta := event.get("delta", "")) else []
            if heard and "hired" in heard[-1]:
                break

    assert [one.partition("One candidate was ")[2] for one in heard] == [
        "moved to interview by you.",
        "moved to hired by bo.",
    ]


async def test_who_wrote_what_cannot_be_handled_is_told_and_the_next_message_is_answered(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.say("hire a nurse in Oslo")
    with monkeypatch.context() as mistaken:
        mistaken.delattr(ScriptedUnits, "_decide_approval")
        set_aside = await office.say("approve")
    answered = await office.say("help")

    letters = await office.backstage.mailboxes.dead_letters(TENANT)
    restored = await office.chat.restored(office.principal, "t1")
    assert set_aside[-1]["type"] == "RUN_ERROR"
    assert set_aside[-1]["message"] == "something went wrong inside"
    assert [(one.code, one.body["parts"][0]["text"]) for one in letters] == [("internal", "approve")]
    assert said(answered).startswith("Paste a posting")
    assert "something went wrong inside" in str(restored.events)
