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

    async def role(self, title: str, project: str, listed: list[str], *, shown: bool = False) -> None:
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
                "shortlist.current": {
                    **ref,
                    "entries": [{**one, "recommendation": "good_match"} for one in entries],
                    "wanted": 2,
                    "found": 2,
                },
                **({"shortlist.complete": True} if shown else {}),
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


class Listed:
    """A project's shortlist as units tell it: who came out how, before and after they are judged anew."""

    def __init__(self, place: Place, people: dict[str, str], after: dict[str, str]) -> None:
        self.people = people
        place.units.answers |= {
            "projects.get_shortlist": lambda _, n: {
                "revision": 1,
                "wanted": 2,
                "found": 2,
                "exhausted": True,
                "entries": [
                    {"candidate_id": one, "rank": rank, "evaluation_id": "eval_1", **counts(how)}
                    for rank, (one, how) in enumerate(people.items(), 1)
                ],
            },
            "candidates.get_dossiers": lambda given, _: {
                "dossiers": [
                    {"candidate_id": one, "profile": {"basics": {"name": NAMES[one]}}, "sources": []}
                    for one in given["candidate_ids"]
                ]
            },
            "evaluator.get_evaluations": lambda given, _: {
                "evaluations": [evaluation(one) for one in given["candidate_ids"]]
            },
            "evaluator.evaluate_candidates": lambda given, n: {
                "evaluated": {
                    "evaluation_id": f"eval_{n}",
                    "project_id": "proj_1",
                    "revision": 1,
                    "results": [
                        {"candidate_id": one, **counts(after[one])}
                        for one in given["candidates"]["candidate_ids"]
                    ],
                }
            },
        }


NAMES = {"cand_a": "Ann Example", "cand_b": "Bo Example", "cand_c": "Cy Example"}


def counts(recommendation: str) -> dict[str, Any]:
    met = int(recommendation == "strong_match")
    return {"recommendation": recommendation, "meets": met, "partial": 0, "not_met": 0, "no_evidence": 0}


def evaluation(candidate: str) -> dict[str, Any]:
    return {
        "candidate_id": candidate,
        "recommendation": "good_match",
        "summary": "",
        "engine": "rules",
        "input_hash": "x",
        "judgements": [],
        "flags": [],
    }


async def at_its_hour(place: Place) -> None:
    """Let the hour of the refresh that is on its way come."""
    mailbox = f"supervisor.refresh:{place.ada.subject}"
    async with place.database.transaction("acme") as tx:
        await tx.execute("update mailbox.mailbox set ready_at = now() where id = %s", [mailbox])
    await Mailboxes(place.database, place.bus).wake("supervisor.refresh")


async def test_new_matches_of_a_saved_search_are_told_to_its_owner_and_to_nobody_else(
    place: Place, desk: Desk
) -> None:
    await place.role("Nurse", "proj_1", ["cand_a"])
    await desk.say("tell me at once about new matches", thread="t-proj_1")
    found = {"search_id": "ssrch_1", "project_id": "proj_1", "candidate_ids": ["c1", "c2"], "number": 2}
    for owner, name in (("person:somebody-else", "Theirs"), (place.ada.subject, "Rust")):
        await place.happens("recruiter_search", "search_matched", owner=owner, name=name, **found)
    told = (await place.heard(desk, "candidates newly match."))[-1]
    assert told == "Saved search “Rust”: 2 candidates newly match."


async def test_a_role_is_judged_anew_every_night_and_who_changed_is_told_by_name(
    place: Place, desk: Desk
) -> None:
    await place.role("Nurse", "proj_1", ["cand_a", "cand_b"], shown=True)
    Listed(
        place,
        dict.fromkeys(NAMES, "good_match"),
        dict.fromkeys(NAMES, "good_match") | {"cand_b": "strong_match"},
    )
    kept = said(await desk.say("refresh the pipeline every night at 3:00", thread="t-proj_1"))
    await desk.say("tell me at once about changed profiles", thread="t-proj_1")

    await at_its_hour(place)
    told = (await place.heard(desk, "of 3 changed"))[-1]
    later = said(await desk.say("stop the nightly refresh", thread="t-proj_1"))

    assert "- Every day at 03:00 I judge anew what changed: Nurse." in kept
    assert "- If a night changes nothing, I say nothing." in kept
    assert told == "Nurse: Judged anew, 1 of 3 changed: Bo Example."
    assert "I no longer judge anew every night: Nurse." in later
    assert "judge anew what changed:" not in later


async def test_a_refresh_whose_supervisor_dies_in_the_middle_is_begun_once(place: Place) -> None:
    await place.role("Nurse", "proj_1", ["cand_a"], shown=True)
    Listed(place, {"cand_a": "good_match"}, {"cand_a": "good_match"})
    async with AsyncExitStack() as closing:
        first = await place.desk(closing)
        await first.say("refresh all my roles every night", thread="t-proj_1")
        await first.say("tell me even if nothing changed", thread="t-proj_1")
        await first.say("tell me at once about changed profiles", thread="t-proj_1")
    await at_its_hour(place)
    async with AsyncExitStack() as closing:
        second = await place.desk(closing)
        told = (await place.heard(second, "nothing changed."))[-1]
        rules = said(await second.say("what will you tell me about?", thread="t2"))

    assert told == "Nurse: I judged 1 candidate anew: nothing changed."
    assert place.units.calls["evaluator.evaluate_candidates"] == 1
    assert "- Every day at 02:00 I judge anew what changed: all your roles." in rules


async def test_a_move_is_told_with_the_name_that_the_shortlist_shows(place: Place, desk: Desk) -> None:
    await place.role("Nurse", "proj_1", ["cand_a", "cand_b"], shown=True)
    Listed(place, dict.fromkeys(["cand_a", "cand_b"], "good_match"), {})
    await place.moved("cand_b")
    at_once = (await place.heard(desk, "moved"))[-1]
    await desk.say(quiet_now(), thread="t-proj_1")
    async with place.database.transaction("acme") as tx:
        await tx.execute("update happening set told_at = null")
    await place.moved("cand_a")
    await place.moved("cand_c")
    await kept(place, 3)
    await desk.say("no quiet hours", thread="t-proj_1")

    assert at_once == "Nurse: Bo Example (candidate 2 of your shortlist) was moved to interview by ben."
    assert (
        "3 candidates were moved to interview by ben: Ann Example, Bo Example and one more."
        in (await place.heard(desk, "meanwhile"))[-1]
    )


async def test_an_unclear_rule_is_asked_about_with_the_closest_as_choices(place: Place, desk: Desk) -> None:
    await place.moved("cand_a")
    await place.heard(desk, "moved")

    asked = said(await desk.say("please don't bug me about that stuff", thread="t-proj_1"))
    chosen = said(await desk.say("2", thread="t-proj_1"))
    again = said(await desk.say("2", thread="t-proj_1"))

    assert "1. “don't tell me about moves in the pipeline”" in asked
    assert "2. “keep moves in the pipeline for the digest”" in asked
    assert "In the digest: new applicants, moves in the pipeline" in chosen
    assert "In the digest" not in again
