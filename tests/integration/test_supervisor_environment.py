"""What others do to a recruiter's roles: heard once, told by the recruiter's rules, acted on, never lost."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.engines import EmbeddedNats
from shared.events import EventBus, UnitEvent
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.mailbox import Mailboxes
from shared.storage import Database
from supervisor.core.models import Fact, Goal
from supervisor.environment import minding
from supervisor.environment.following import Following
from supervisor.store import RunStore
from tests.support.catalogue import hiring_catalogue
from tests.support.engines import OpenUnitDatabase
from tests.support.scripted_units import ScriptedUnits
from tests.support.supervisor_desk import Desk, interrupts, open_desk, said

pytestmark = pytest.mark.timeout(180)
SHORTLIST = {"project_id": "proj_1", "revision": 1, "wanted": 2, "found": 2}


class Place:
    """A tenant's database with one recruiter and their role, and what units publish."""

    def __init__(self, database: Database, bus: EventBus, nats_url: str) -> None:
        self.database = database
        self.bus = bus
        self.nats_url = nats_url
        self.ada = Principal(subject=f"person:{new_id('ada')}", kind="person", tenant="acme")
        self.units = ScriptedUnits(
            hiring_catalogue(),
            {
                "intake.draft_requirements": lambda _, n: {"requirements": {"draft": n}},
                "projects.create_project": lambda _, n: {
                    "project": {"project_id": f"proj_{n}", "revision": 1}
                },
                "projects.approve_requirements": lambda _, n: {
                    "approved": {"project_id": "proj_1", "revision": 1}
                },
                "sourcing.find_candidates": lambda _, n: {"found": {"round": n}, "exhausted": True},
                "evaluator.evaluate_candidates": lambda given, n: {
                    "evaluated": {"of": given["candidates"], "n": n}
                },
                "projects.update_shortlist": lambda _, n: {
                    "shortlist": SHORTLIST | {"n": n},
                    "complete": True,
                },
            },
        )

    async def role(self, title: str, project: str, listed: list[str]) -> None:
        """Keep a finished role with its shortlist and posting, in a conversation called like its project."""
        async with self.database.transaction("acme") as tx:
            runs, run = RunStore(tx, "acme"), f"run_{project}"
            await runs.remember_agent(self.ada)
            goal = Goal(kind="shortlist", title=f"Shortlist for: {title}", wants=["shortlist.complete"])
            await runs.create_run(run, self.ada.subject, f"t-{project}", "t.1", goal)
            ref = {"project_id": project, "revision": 1}
            entries = [{"candidate_id": one} for one in listed]
            for name, value in {
                "project.ref": ref,
                "requirements.approved": ref,
                "posting.id": f"post_{project}",
                "shortlist.current": {**ref, "entries": entries},
            }.items():
                await runs.put_fact(run, Fact.of(name, value))
            await runs.set_status(run, "done")

    async def desk(self, closing: AsyncExitStack) -> Desk:
        return await open_desk(closing, self.database, self.nats_url, self.units, self.ada)

    async def happens(self, unit: str, what: str, tenant: str = "acme", **payload: Any) -> None:
        await self.bus.publish_unit(tenant, unit, what, {"by": "person:ben", **payload})

    async def moved(
        self, candidate: str, stage: str = "interview", project: str = "proj_1", **more: Any
    ) -> None:
        await self.happens(
            "projects", "stage_moved", project_id=project, candidate_id=candidate, to_stage=stage, **more
        )

    async def heard(self, desk: Desk, last: str, thread: str = "t-proj_1") -> list[str]:
        """Return what was said in a conversation, up to the words ``last``."""
        words: list[str] = []
        async with aclosing(desk.chat.thread(self.ada, thread, 0)) as shown:
            async for _, event in shown:
                words += [event["delta"]] if event["type"] == "TEXT_MESSAGE_CONTENT" else []
                if words and last in words[-1]:
                    return words
        raise AssertionError("the log ended")


@pytest.fixture
async def place(unit_database: OpenUnitDatabase, nats: EmbeddedNats) -> AsyncIterator[Place]:
    async with await EventBus.open(nats.url) as bus:
        here = Place(await unit_database("supervisor"), bus, nats.url)
        await here.role("Nurse", "proj_1", ["cand_a", "cand_b"])
        yield here


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as closing:
        yield await place.desk(closing)


def quiet_now() -> str:
    """Return the words for quiet hours around this moment."""
    now = datetime.now(UTC)
    return f"quiet hours {now - timedelta(hours=2):%H:%M} to {now + timedelta(hours=2):%H:%M}"


async def test_a_colleagues_move_is_told_in_the_roles_conversation(place: Place, desk: Desk) -> None:
    await place.moved("cand_b")

    assert await place.heard(desk, "moved") == [
        "Nurse: Candidate 2 of your shortlist was moved to interview by ben."
    ]


async def test_an_event_that_is_delivered_three_times_is_told_once(place: Place, desk: Desk) -> None:
    mailboxes = Mailboxes(place.database, place.bus)
    payload = {"project_id": "proj_1", "candidate_id": "cand_a", "to_stage": "offer", "by": "person:ben"}
    event = UnitEvent("acme", "projects", "stage_moved", payload, 1, new_id("ev"), datetime.now(UTC))
    for _ in range(3):
        await Following(mailboxes).on_event(event)
    await place.moved("cand_b", "rejected")

    assert [one.rpartition("moved to ")[2] for one in await place.heard(desk, "rejected")] == [
        "offer by ben.",
        "rejected by ben.",
    ]
    assert len(await mailboxes.history("acme", f"supervisor.environment:{place.ada.subject}")) == 2


async def test_what_happens_in_quiet_hours_waits_for_the_digest_which_groups_it_by_role(
    place: Place, desk: Desk
) -> None:
    await place.role("Cook", "proj_2", ["cand_c"])
    assert "Quiet from" in said(await desk.say(quiet_now(), thread="t-proj_2"))
    async with place.database.transaction("acme") as tx:
        await tx.execute("update happening set told_at = null")
    await place.moved("cand_a")
    await place.moved("cand_b")
    await place.moved("cand_c", project="proj_2")
    await place.happens("candidates", "engaged", candidate_id="cand_c", kind="replied")
    await kept(place, 4)

    await desk.say("no quiet hours", thread="t-proj_2")

    told = (await place.heard(desk, "meanwhile", thread="t-proj_2"))[-1]
    assert told.split("\n\n") == [
        "What happened meanwhile:",
        "**Nurse**\n- 2 candidates were moved to interview by ben.",
        "**Cook**\n- One candidate was moved to interview by ben.\n- One candidate replied.",
    ]


async def kept(place: Place, number: int) -> None:
    """Return once so many events wait to be told."""
    waiting = -1
    while waiting < number:
        async with place.database.transaction("acme") as tx:
            found = await tx.execute("select count(*) as n from happening where told_at is null")
            row = await found.fetchone()
        waiting = row["n"] if row else 0


async def test_a_supervisor_that_goes_away_between_an_event_and_its_digest_loses_nothing(
    place: Place,
) -> None:
    async with AsyncExitStack() as closing:
        first = await place.desk(closing)
        await first.say(quiet_now(), thread="t-proj_1")
        await place.moved("cand_a")
        await kept(place, 1)
    # Nobody is there, but the stream and the mailbox take what comes.
    await place.moved("cand_b", "offer")
    async with AsyncExitStack() as closing:
        second = await place.desk(closing)
        await kept(place, 2)
        await second.say("you can disturb me any time", thread="t-back")

        told = (await place.heard(second, "meanwhile"))[-1]

    assert "moved to interview by ben" in told
    assert "moved to offer by ben" in told


async def test_events_of_other_tenants_never_arrive(place: Place, desk: Desk) -> None:
    move = {"project_id": "proj_1", "candidate_id": "cand_a", "to_stage": "hired"}
    await place.happens("projects", "stage_moved", tenant="globex", **move)
    await place.moved("cand_b")

    assert await place.heard(desk, "moved") == [
        "Nurse: Candidate 2 of your shortlist was moved to interview by ben."
    ]


async def test_what_a_recruiter_does_in_the_chat_is_not_told_to_them(place: Place, desk: Desk) -> None:
    await place.moved("cand_a", "offer", by=place.ada.subject, via="service:supervisor")
    await place.moved("cand_b", "hired", by=place.ada.subject, via=None)

    assert await place.heard(desk, "moved") == [
        "Nurse: Candidate 2 of your shortlist was moved to hired by you."
    ]


async def test_a_topic_that_is_not_wanted_is_kept_silent(place: Place, desk: Desk) -> None:
    reply = said(await desk.say("don't tell me about moves", thread="t-proj_1"))
    await place.moved("cand_a")
    await place.happens("jobs", "posting_closed", posting_id="post_proj_1")

    words = await place.heard(desk, "was closed")

    assert "Not at all: moves in the pipeline." in reply
    assert words[-1] == "Nurse: The posting was closed by ben."
    assert not [one for one in words if "moved to" in one]


async def test_a_flood_is_told_together_and_not_one_by_one(
    place: Place, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minding, "MOST_AT_ONCE", 2)
    for _ in range(5):
        await place.moved("cand_a")
    await kept(place, 3)

    await place.heard(desk, "moved")
    async with place.database.transaction("acme") as tx:
        found = await (await tx.execute("select count(*) as n from happening where at_once")).fetchone()
    assert found == {"n": 2}


async def test_a_run_goes_on_when_a_colleague_decides_its_approval_elsewhere(
    place: Place, desk: Desk
) -> None:
    [asked] = interrupts(await desk.say("hire a nurse in Oslo", thread="t9"))
    place.units.approvals[asked["id"]] |= {"status": "approved", "by": "person:ben"}

    decided = {"approval_id": asked["id"], "project_id": "proj_1", "status": "approved"}
    await place.happens("projects", "approval_decided", **decided)

    words = await place.heard(desk, ": done.", thread="t9")
    assert "Shortlist for: hire a nurse in Oslo: done." in words[-1]
    assert place.units.calls["projects.approve_requirements"] == 1


async def test_who_applies_is_evaluated_by_the_approved_requirements_several_together(
    place: Place, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minding, "GATHER", timedelta(seconds=2))
    for candidate in ("cand_x", "cand_y"):
        await place.happens("jobs", "applicant_added", posting_id="post_proj_1", candidate_id=candidate)

    await place.heard(desk, ": done.", thread="applicants-proj_1")

    evaluated = [given for skill, given in place.units.arguments if skill == "evaluator.evaluate_candidates"]
    assert [given["candidates"]["candidate_ids"] for given in evaluated] == [["cand_x", "cand_y"]]
    assert evaluated[0]["requirements"] == {"project_id": "proj_1", "revision": 1}


async def test_a_watched_project_of_a_colleague_is_told_of_too(place: Place, desk: Desk) -> None:
    place.units.answers["projects.get_project"] = lambda given, _: {"title": "Welder", **given}

    reply = said(await desk.say("watch proj_7", thread="t-proj_1"))
    await place.moved("cand_q", project="proj_7")

    assert "Beside your own roles I watch: Welder." in reply
    assert (await place.heard(desk, "moved to"))[-1] == "Welder: One candidate was moved to interview by ben."


async def test_projects_are_watched_by_words_of_their_titles(place: Place, desk: Desk) -> None:
    known = [{"project_id": "proj_7", "title": "Night Nurse"}, {"project_id": "proj_8", "title": "Nurse"}]
    place.units.answers["projects.list_projects"] = lambda _, n: {"projects": known}

    watched = said(await desk.say("follow the night nurse role", thread="t-proj_1"))
    unknown = said(await desk.say("follow the welder role", thread="t-proj_1"))
    await desk.say("stop following the night nurse role", thread="t-proj_1")

    assert "I watch: Night Nurse." in watched
    assert "there is no project called “welder”" in unknown
    assert "I watch" not in said(await desk.say("what will you tell me about?", thread="t-proj_1"))


async def test_rules_are_told_when_asked_for_and_outlive_a_restart(place: Place) -> None:
    async with AsyncExitStack() as closing:
        first = await place.desk(closing)
        await first.say(
            "my time zone is Lisbon, daily digest at 7:30 and tell me at once about new applicants"
        )
    async with AsyncExitStack() as closing:
        second = await place.desk(closing)
        told = said(await second.say("what will you tell me about?", thread="t2"))

    assert "Times are in Europe/Lisbon." in told
    assert "The digest comes at 07:30" in told
    assert "At once: new applicants, candidates who reply" in told
