"""The supervisor on real PostgreSQL and NATS: runs, approvals, steering, retries, replay."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from shared.agents.threads import Reached, Threads
from shared.engines import EmbeddedNats
from shared.kernel.errors import Conflict, Denied, InvalidInput, Unavailable
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from supervisor.conversation import Answer, Answered, Said
from supervisor.stage import Stage
from tests.support.catalogue import hiring_catalogue
from tests.support.engines import OpenUnitDatabase
from tests.support.scripted_units import ScriptedUnits
from tests.support.supervisor_desk import Desk, Events, interrupts, open_desk, said


def answers(full_after: int = 1) -> dict[str, Any]:
    return {
        "intake.draft_requirements": lambda _, n: {"requirements": {"draft": n}},
        "projects.create_project": lambda _, n: {"project": {"id": n}},
        "projects.approve_requirements": lambda _, n: {"approved": {"revision": n}},
        "sourcing.find_candidates": lambda _, n: {"found": [n], "state": {"round": n}},
        "evaluator.evaluate_candidates": lambda _, n: {"evaluated": [n]},
        "projects.update_shortlist": lambda _, n: {
            "shortlist": {"found": n},
            "complete": n >= full_after or None,
        },
    }


OpenDesk = Callable[..., Any]


@pytest.fixture
def ada() -> Principal:
    """A recruiter of her own for each test: the live log is shared by all of them."""
    return Principal(subject=f"person:{new_id('ada')}", kind="person", tenant="acme")


@pytest.fixture
async def desk(
    ada: Principal, unit_database: OpenUnitDatabase, nats: EmbeddedNats
) -> AsyncIterator[OpenDesk]:
    async with AsyncExitStack() as closing:
        database = await unit_database("supervisor")

        async def open_one(script: dict[str, Any] | None = None) -> Desk:
            units = ScriptedUnits(hiring_catalogue(), script or answers())
            return await open_desk(closing, database, nats.url, units, ada)

        yield open_one


def types(events: Events) -> list[str]:
    return [event["type"] for event in events]


async def test_a_role_runs_to_the_approval_and_stops_there(desk: OpenDesk) -> None:
    at = await desk()

    events = await at.say("hire a nurse in Oslo")

    assert types(events)[0] == "RUN_STARTED"
    [interrupt] = interrupts(events)
    assert interrupt["metadata"]["action"] == "projects.approve_requirements"
    assert at.units.calls["projects.approve_requirements"] == 0
    assert at.units.calls["sourcing.find_candidates"] == 0


async def test_an_approved_run_goes_on_to_the_shortlist(desk: OpenDesk) -> None:
    at = await desk(answers(full_after=2))
    await at.say("hire a nurse in Oslo")

    events = await at.say("approve")

    assert events[-1]["outcome"] == {"type": "success"}
    assert at.units.calls == {
        "intake.draft_requirements": 1,
        "projects.create_project": 1,
        "projects.approve_requirements": 1,
        "sourcing.find_candidates": 2,
        "evaluator.evaluate_candidates": 2,
        "projects.update_shortlist": 2,
    }
    [approval] = at.units.approvals.values()
    assert approval["by"] == at.principal.subject


async def test_an_answer_just_as_the_run_comes_to_stand_still_is_not_taken_for_a_question(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, answered, go_on = await desk(), Said(thread="t1", turn="t1.2", text="approve"), Threads.go_on

    async def answered_meanwhile(self: Threads, tenant: str, thread: str, begin: Any) -> Reached:
        reached = await go_on(self, tenant, thread, begin)
        if reached.asks:
            await at.chat.post(at.principal, answered)
            for _ in range(1_000):
                if (await at.chat.state(at.principal, "t1")).turn == answered.turn:
                    break
                await asyncio.sleep(0.01)
        return reached

    monkeypatch.setattr(Threads, "go_on", answered_meanwhile)

    before = await at.say("hire a nurse in Oslo")
    events = await at.take(answered)

    assert before[-1]["result"] == {"continued_in": answered.turn}
    assert types(events).count("RUN_FINISHED") == 1
    assert events[-1]["outcome"] == {"type": "success"}
    assert at.units.calls["projects.update_shortlist"] == 1


async def test_a_run_that_was_cut_off_before_its_last_words_says_them(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, finished, cut = await desk(), Stage.finished, 0
    await at.say("hire a nurse in Oslo")

    async def cut_off(self: Stage, result: dict[str, Any] | None = None) -> None:
        nonlocal cut
        if result and "run" in result and not cut:
            cut += 1
            raise Unavailable("cut off")
        await finished(self, result)

    monkeypatch.setattr(Stage, "finished", cut_off)

    events = await at.say("approve")

    assert cut == 1
    assert events[-1]["outcome"] == {"type": "success"}


async def test_an_approval_is_answered_by_its_interrupt_too(desk: OpenDesk) -> None:
    at = await desk()
    [interrupt] = interrupts(await at.say("hire a nurse in Oslo"))

    events = await at.take(
        Answered(thread="t1", turn="t1.9", answers=[Answer(to=interrupt["id"], approved=True)])
    )

    assert events[-1]["outcome"] == {"type": "success"}


async def test_a_denied_approval_ends_the_run_with_the_reason(desk: OpenDesk) -> None:
    at = await desk()
    await at.say("hire a nurse in Oslo")

    events = await at.say("no, the grade is wrong")

    assert events[-1]["type"] == "RUN_ERROR"
    assert "the grade is wrong" in events[-1]["message"]
    assert at.units.calls["sourcing.find_candidates"] == 0


async def test_an_answer_to_something_that_is_not_pending_is_refused(desk: OpenDesk) -> None:
    at = await desk()
    await at.say("hire a nurse in Oslo")

    events = await at.take(Answered(thread="t1", turn="t1.9", answers=[Answer(to="appr_x", approved=True)]))

    assert events[-1]["code"] == Conflict.code
    assert at.units.calls["projects.approve_requirements"] == 0


async def test_the_same_message_sent_twice_is_handled_once(desk: OpenDesk) -> None:
    at = await desk()
    message = Said(thread="t1", turn="t1.1", text="hire a nurse in Oslo")
    await at.take(message)

    events = await at.take(message)

    assert types(events).count("RUN_STARTED") == 1
    assert at.units.calls["intake.draft_requirements"] == 1


async def test_a_change_of_the_requirements_drafts_them_again_and_asks_again(desk: OpenDesk) -> None:
    at = await desk()
    [first] = interrupts(await at.say("hire a nurse in Oslo"))

    [second] = interrupts(await at.say("make Norwegian a nice-to-have"))

    assert first["id"] != second["id"]
    assert at.units.approvals[first["id"]]["status"] == "refused"
    assert at.units.arguments[-2][1]["changes"] == ["make Norwegian a nice-to-have"]


async def test_a_unit_that_is_down_is_tried_again_and_said_so(desk: OpenDesk) -> None:
    script = answers()
    script["intake.draft_requirements"] = lambda _, n: (
        Unavailable("intake does not answer", retry_after=0.2) if n == 1 else {"requirements": {"draft": n}}
    )
    at = await desk(script)

    events = await at.say("hire a nurse in Oslo")

    assert "intake does not answer" in said(events)
    assert interrupts(events)


async def test_a_step_that_can_never_work_ends_the_run_and_names_the_reason(desk: OpenDesk) -> None:
    script = answers()
    script["intake.draft_requirements"] = lambda _, n: InvalidInput(
        "nothing here is a requirement", field="text"
    )
    at = await desk(script)

    events = await at.say("hire a nurse in Oslo")

    assert events[-1]["type"] == "RUN_ERROR"
    assert "nothing here is a requirement" in events[-1]["message"]


async def test_a_run_that_cannot_even_be_planned_ends_and_says_so(desk: OpenDesk) -> None:
    at = await desk()
    at.units.skills = Denied("the registry is closed")

    events = await at.say("hire a nurse in Oslo")

    assert events[-1]["type"] == "RUN_ERROR"
    assert "the registry is closed" in events[-1]["message"]
    assert (await at.chat.state(at.principal, "t1")).status == "failed"


async def test_a_question_about_the_work_is_answered_while_it_waits(desk: OpenDesk) -> None:
    at = await desk()
    await at.say("hire a nurse in Oslo")

    events = await at.say("what are you doing?")

    assert "waits for your approval" in said(events)


async def test_a_cancelled_run_stays_cancelled(desk: OpenDesk) -> None:
    at = await desk()
    await at.say("hire a nurse in Oslo")
    await at.say("stop")

    events = await at.say("approve")

    assert (await at.chat.state(at.principal, "t1")).status == "cancelled"
    assert at.units.calls["projects.approve_requirements"] == 0
    assert events[-1]["type"] == "RUN_FINISHED"


async def test_a_conversation_of_another_tenant_does_not_exist(desk: OpenDesk) -> None:
    at = await desk()
    await at.say("hire a nurse in Oslo")

    with pytest.raises(Exception, match="no such conversation"):
        await at.chat.state(at.principal.model_copy(update={"tenant": "other"}), "t1")


async def test_whoever_attaches_later_sees_everything_from_the_beginning(desk: OpenDesk) -> None:
    at = await desk()
    shown = await at.say("hire a nurse in Oslo")

    replayed: Events = []
    async for _, event in at.chat.thread(at.principal, "t1", 0):
        replayed.append(event)
        if event["type"] == "RUN_FINISHED":
            break

    assert replayed == shown


async def test_checkpoints_stay_small_and_go_with_the_end_of_the_run(desk: OpenDesk) -> None:
    at = await desk(answers(full_after=5))

    async def kept() -> int:
        async with at.chat._database.transaction("acme") as tx:  # pyright: ignore[reportPrivateUsage]
            cursor = await tx.execute(
                "select (select coalesce(sum(pg_column_size(c)), 0) from checkpoints c)"
                " + (select coalesce(sum(pg_column_size(b)), 0) from checkpoint_blobs b)"
                " + (select coalesce(sum(pg_column_size(w)), 0) from checkpoint_writes w) as bytes"
            )
            [row] = await cursor.fetchall()
        return row["bytes"]

    await at.say("hire a nurse in Oslo")
    asking = await kept()
    await at.say("approve")

    assert 0 < asking < 16_000
    assert await kept() == 0
