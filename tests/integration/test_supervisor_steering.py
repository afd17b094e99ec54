"""Steering on real PostgreSQL and NATS: limits, which role goes first, and pausing all work, while evaluations run."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.edge.progress import Progress
from shared.engines import EmbeddedNats
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.wire.planning import Skill
from supervisor import watching
from tests.support.catalogue import hiring_catalogue
from tests.support.engines import OpenUnitDatabase
from tests.support.scripted_units import ScriptedUnits
from tests.support.supervisor_desk import Desk, Events, open_desk, said

pytestmark = pytest.mark.timeout(180)
BOUNDS = {"deadline": "limits.deadline", "budget": "limits.budget", "window": "limits.window"}


def catalogue() -> list[Skill]:
    """Return the hiring catalogue with an evaluator that works in the background within limits."""
    skills = {skill.id: skill for skill in hiring_catalogue()}
    judging = skills["evaluator.evaluate_candidates"]
    planning = judging.planning.model_copy(update={"mode": "background", "optional": BOUNDS})
    skills[judging.id] = judging.model_copy(update={"protocol": "a2a", "planning": planning})
    return [*skills.values()]


class Judges(ScriptedUnits):
    """Units whose evaluator works on a role until the test lets it finish, and hears when it is given up."""

    def __init__(self) -> None:
        super().__init__(
            catalogue(),
            {
                "intake.draft_requirements": lambda given, _: {"requirements": {"of": given["text"]}},
                "projects.create_project": lambda given, _: {"project": given["requirements"]},
                "projects.approve_requirements": lambda given, _: {"approved": given["project"]},
                "sourcing.find_candidates": lambda given, n: {
                    "found": {"of": given["requirements"]["of"], "total": 60, "round": n},
                    "state": {"round": n},
                },
                "projects.update_shortlist": lambda given, n: {"shortlist": {"n": n}},
            },
        )
        self.begun: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.given_up: asyncio.Queue[str] = asyncio.Queue()
        self.finish: dict[str, asyncio.Event] = {}
        self.waits_until: datetime | None = None

    async def send(self, unit: str, skill: str, input: Any, returns: Any, **how: Any) -> Any:
        role = input["candidates"]["of"]
        self.begun.put_nowait(input)
        try:
            if self.waits_until and "window" in input:
                data = {"state": "waiting", "until": self.waits_until.isoformat()}
                await how["on_progress"](Progress(text="Waits", data=data))
            await self.finish.setdefault(role, asyncio.Event()).wait()
        except asyncio.CancelledError:
            self.given_up.put_nowait(role)
            raise
        return {"evaluated": {"of": role}}


@pytest.fixture
async def desk(
    unit_database: OpenUnitDatabase, nats: EmbeddedNats, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.05)
    ada = Principal(subject=f"person:{new_id('ada')}", kind="person", tenant="acme")
    async with AsyncExitStack() as closing:
        yield await open_desk(closing, await unit_database("supervisor"), nats.url, Judges(), ada)


async def judging(desk: Desk, role: str, thread: str) -> tuple["asyncio.Task[Events]", dict[str, Any]]:
    """Begin a role, approve it, and return its turn and the evaluator's call once that works on it."""
    await desk.say(role, thread=thread)
    turn = asyncio.ensure_future(desk.say("approve", thread=thread))
    return turn, await desk.units.begun.get()


async def test_limits_of_a_running_evaluation_are_confirmed_shown_and_kept(desk: Desk) -> None:
    turn, before = await judging(desk, "hire a nurse", "t1")

    understood = said(await desk.say("be done by tomorrow 9:00 and look at no more than 50 people"))
    given_up, call = await desk.units.given_up.get(), await desk.units.begun.get()
    shown = said(await desk.say("what are you doing?"))
    desk.units.finish["hire a nurse"].set()
    end = said(await turn)

    assert "I will be done by 09:00 tomorrow (UTC)" in understood
    assert "I will look at no more than 50 people." in understood
    assert given_up == "hire a nurse"
    assert not before.keys() & BOUNDS.keys()
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    assert call["deadline"] == f"{tomorrow.isoformat()}T09:00:00+00:00"
    assert call["budget"] == {"candidates": 50}
    assert "Limits: until 09:00 tomorrow, at most 50 people (UTC)." in shown
    assert "I stop here: you asked me to look at no more than 50 people." in end
    assert desk.units.calls["sourcing.find_candidates"] == 1


async def test_an_evaluation_that_waits_for_its_hours_holds_nothing_and_is_begun_early_by_a_word(
    desk: Desk,
) -> None:
    desk.units.waits_until = datetime.now(UTC) + timedelta(hours=5)
    begun = said(await desk.say("hire a nurse, do it between 3:00 and 3:01"))
    turn = asyncio.ensure_future(desk.say("approve, at most 60 people"))
    call = await desk.units.begun.get()
    await desk.units.given_up.get()
    overview = await until_said(desk, "waits until")
    understood = said(await desk.say("do it now"))
    again = await desk.units.begun.get()
    desk.units.finish["hire a nurse"].set()

    assert "I will judge only from 03:00 to 03:01 (UTC)" in begun
    assert call["window"] == "03:00-03:01 UTC"
    assert "“Shortlist for: hire a nurse” waits until" in overview
    assert understood == "I will work at any hour."
    assert "window" not in again
    assert ": done." in said(await turn)


async def until_said(desk: Desk, words: str) -> str:
    """Ask in another conversation how all work stands, until the answer holds ``words``."""
    told = ""
    while words not in told:
        told = said(await desk.say("what are you doing?", thread="t9"))
    return told


async def test_the_role_that_goes_first_is_judged_alone_and_the_other_goes_on_after_it(desk: Desk) -> None:
    cook, _ = await judging(desk, "hire a cook", "t1")
    nurse, _ = await judging(desk, "hire a nurse", "t2")

    unclear = said(await desk.say("do the plumber role first", thread="t3"))
    understood = said(await desk.say("do the nurse role first", thread="t3"))
    given_up = await desk.units.given_up.get()
    held = await until_held(desk)
    limits = await desk.say("at most 60 people", thread="t2")
    desk.units.finish["hire a nurse"].set()
    first = said(await nurse)
    again = await desk.units.begun.get()
    while again["candidates"]["of"] != "hire a cook":
        again = await desk.units.begun.get()
    cook.cancel()
    with suppress(asyncio.CancelledError):
        await cook

    assert unclear.startswith("Which of them goes first?")
    assert understood.startswith(
        "“Shortlist for: hire a nurse” goes first now. “Shortlist for: hire a cook” waits"
    )
    assert given_up == "hire a cook"
    assert "I hold “Shortlist for: hire a cook” until “Shortlist for: hire a nurse” is done" in held
    assert limits
    assert ": done." in first


async def until_held(desk: Desk) -> str:
    """Ask how the cook's role stands until it is held."""
    told = ""
    while "I hold" not in told:
        told = said(await desk.say("what are you doing?", thread="t1"))
    return told


async def test_who_pauses_all_work_in_the_chat_is_still_answered_and_resumes_it_there(desk: Desk) -> None:
    turn, _ = await judging(desk, "hire a nurse", "t1")
    agent = desk.principal.subject

    understood = said(await desk.say("stop everything until Monday 9:00", thread="t2"))
    stopped = said(await turn)
    view = await desk.backstage.inspector.agent("acme", agent)
    answer = said(await desk.say("what are you doing?"))
    noted = said(await desk.say("hire a cook", thread="t3"))
    drafted = desk.units.calls["intake.draft_requirements"]
    after = await desk.chat._events.position()  # pyright: ignore[reportPrivateUsage]
    back = said(await desk.say("resume", thread="t2"))
    begun = (await desk.units.begun.get())["candidates"]["of"]

    assert "I pause all my work until 09:00 on Monday" in understood or "09:00 tomorrow" in understood
    assert "“Shortlist for: hire a nurse” stands still." in understood
    assert "I am paused (as you asked in the chat) until Monday" in stopped
    assert view.state == "paused"
    assert view.paused_until is not None
    assert answer.startswith("I am paused until 09:00")
    assert "I have noted it and go on with it then" in noted
    assert drafted == 1
    assert back.startswith("I am back and go on with")
    assert begun == "hire a nurse"
    async for _, event in desk.chat.thread(desk.principal, "t3", after):
        if "approval" in str(event):
            break
    assert desk.units.calls["intake.draft_requirements"] == 2
