"""What others do outside the chat reaches the recruiter in it, over the whole stack."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.edge.units import Units
from shared.kernel.ids import new_id
from supervisor.cli._operator import operator
from supervisor.cli._signed_in import signed_in_units
from supervisor.launch import Deployment
from tests.support.whole_stack import POSTING, TENANT, Recruiter, collect, said, shortlist

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture
async def colleague(deployment: Deployment) -> AsyncIterator[Units]:
    """All units, called by hand as another person of the same organisation."""
    async with AsyncExitStack() as closing:
        issuer = await closing.enter_async_context(operator(deployment.folder.path))
        signed_in = signed_in_units(issuer, deployment.run.units, TENANT, "person:ben", "*.decide")
        yield await closing.enter_async_context(signed_in)


async def told(recruiter: Recruiter, thread: str, last: str) -> str:
    """Return what a conversation says next that holds ``last``."""
    async with aclosing(recruiter.client.follow(thread, "")) as shown:
        async for event in shown:
            if last in event.get("delta", ""):
                return event["delta"]
    raise AssertionError("the conversation ended")


async def test_all_that_others_do_by_hand_is_told_by_the_rules_and_who_applies_is_evaluated(
    newcomer: Recruiter, colleague: Units
) -> None:
    title = f"Data Engineer {new_id('crew')}"
    rules = said(await newcomer.say("tell me at once about everything"))
    card = shortlist(
        await newcomer.approve(await newcomer.say(POSTING.replace("Senior Data Engineer", title)))
    )
    first, second = card.candidates[:2]
    listed = {one.candidate_id for one in card.candidates}
    project = {"project_id": card.project_id}

    async def by_hand(unit: str, tool: str, **arguments: Any) -> dict[str, Any]:
        return await colleague.call_tool(unit, tool, arguments, dict[str, Any])

    posting = {"posting_id": (await by_hand("projects", "get_project", **project))["posting_id"]}
    pool = (await by_hand("candidates", "list_candidates", limit=100))["candidates"]
    applicant = next(one["candidate_id"] for one in pool if one["candidate_id"] not in listed)
    dossier = await by_hand("candidates", "get_dossier", candidate_id=first.candidate_id)
    basics = {name: dossier["profile"]["basics"][name] for name in ("name", "email")}
    renamed = [{"basics": {**basics, "label": "Data Platform Engineer"}}]
    asked = {"action": "projects.move_stage", "arguments": {}, "summary": "May we?", **project}

    await by_hand("jobs", "add_applicant", candidate_id=applicant, **posting)
    moved = {"candidate_id": second.candidate_id, "to_stage": "interview", "reason": "met at a fair"}
    await by_hand("projects", "move_stage", **moved, **project)
    await by_hand("candidates", "record_engagement", candidate_id=first.candidate_id, kind="replied")
    await by_hand("candidates", "import_profiles", source="fair", items=renamed, format="json_resume")
    approval = (await by_hand("projects", "request_approval", **asked))["approval_id"]
    await by_hand("projects", "decide_approval", approval_id=approval, approve=True)
    await by_hand("jobs", "set_posting_status", status="closed", **posting)

    parts = ("applied.", "moved to", "replied.", "profile of", "approval was", "was closed")
    assert {await told(newcomer, newcomer.thread, part) for part in parts} == {
        f"{title}: One candidate applied.",
        f"{title}: {second.name} (candidate 2 of your shortlist) was moved to interview by ben.",
        f"{title}: {first.name} (candidate 1 of your shortlist) replied.",
        f"{title}: The profile of one candidate changed: {first.name}.",
        f"{title}: An approval was given by ben.",
        f"{title}: The posting was closed by ben.",
    }
    await told(newcomer, f"applicants-{card.project_id}", ": done.")
    whole = await by_hand("projects", "get_shortlist", limit=100, **project)
    assert "At once: new applicants" in rules
    assert said(await collect(newcomer.client.history(newcomer.thread))).count("An approval was") == 1
    assert applicant in {one["candidate_id"] for one in whole["entries"]}


def found(events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the search that a turn showed."""
    [card] = [event["content"] for event in events if event.get("activityType") == "search"]
    return card


async def test_people_are_looked_up_in_words_the_query_is_changed_and_who_comes_to_match_is_told(
    newcomer: Recruiter, colleague: Units
) -> None:
    await newcomer.say("tell me at once about new matches")
    asked = "find me senior data engineers in Lisbon who worked at a bank, at least 3 years, not at Acme"
    first = found(await newcomer.say(asked))
    dropped = found(await newcomer.say("drop the bank"))
    wider = found(await newcomer.say("drop the years"))
    edited = found(await newcomer.say("query: seniority:senior NOT company:Acme"))
    more = found(await newcomer.say("more"))
    refused = await newcomer.say("query: female AND skill:python")
    named = found(await newcomer.say('query: location:Lisbon AND "tidal ledger"'))
    saved = said(await newcomer.say("tell me when new ones come"))
    person = {
        "basics": {
            "name": "Orla Wexcombe",
            "email": "orla.wexcombe@mail.example",
            "location": {"city": "Lisbon"},
        },
        "work": [{"name": "Tallow Bank", "position": "Data Engineer", "summary": "Ran the tidal ledger."}],
    }
    new = {"items": [person], "source": "fair", "format": "json_resume"}
    await colleague.call_tool("candidates", "import_profiles", new, dict[str, Any])

    alert = await told(newcomer, newcomer.thread, "newly matches.")
    news = found(await newcomer.say("who is new?"))
    listed = [one for one in await newcomer.client.threads() if one["thread"] == newcomer.thread]

    conditions = {"industry:Banking", "years:>=3", "NOT current_company:Acme"}
    assert conditions <= {one["says"] for one in first["clauses"]}
    assert dropped["changed"] == ["Dropped: industry:Banking"]
    assert "industry:Banking" not in dropped["expression"]
    assert wider["changed"] == ["Dropped: years:>=3"]
    assert dropped["before"] == first["total"] <= dropped["total"] <= wider["total"] <= edited["total"]
    assert (edited["beside"], edited["more"], more["first"]) == ([], True, 11)
    assert not {one["candidate_id"] for one in more["hits"]} & {one["candidate_id"] for one in edited["hits"]}
    assert "nobody may be selected by this" in refused[-1]["message"]
    assert (named["total"], "0 match today" in saved) == (0, True)
    assert "One candidate newly matches." in alert
    assert [one["matched"][-1]["passages"] for one in news["hits"]] == [["Ran the tidal ledger."]], news
    assert "Orla" not in str(news)
    assert [(one["kind"], one["status"]) for one in listed] == [("search", None)]


@pytest.fixture
async def counted(units: Units) -> None:
    """Everybody is counted by talent_insights."""
    status: dict[str, Any] = {"caught_up": False}
    while not status["caught_up"]:
        status = await units.call_tool("talent_insights", "insight_status", {}, dict[str, Any])
        await asyncio.sleep(0.2)


def figures(events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the answer about the market that a turn showed."""
    [card] = [event["content"] for event in events if event.get("activityType") == "market"]
    return card


@pytest.mark.usefixtures("counted")
async def test_a_question_about_the_market_goes_on_in_few_words_and_a_kill_loses_nothing_of_it(
    newcomer: Recruiter, deployment: Deployment
) -> None:
    first = figures(await newcomer.say("How scarce are software engineers with Python?"))
    other = figures(await newcomer.say("and with SQL?"))
    await deployment.kill("supervisor")
    less = figures(await newcomer.say("and without Python?"))
    by = figures(await newcomer.say("by seniority instead"))
    unsaid = said(await newcomer.say("and last year?"))
    again = figures(await newcomer.say("and for data engineers?"))
    more = found(await newcomer.say("more"))
    only = found(await newcomer.say("only seniors"))

    unknown = said(await newcomer.say("Wie viele Grobbelwocker gibt es in Berlin?"))
    either = figures(await newcomer.say("Was verdienen Softwareentwickler in Berlin oder Wien?"))
    one = figures(await newcomer.say("ohne Wien"))
    employer = figures(await newcomer.say("Is Tallow Bank growing?"))
    moves = figures(await newcomer.say("and who do they lose people to?"))
    unread = said(await newcomer.say("how long is their notice period?"))

    assert first["basis"]["about"] == "Software engineer, Python"
    assert (other["changed"], other["basis"]["about"]) == (
        ["Now Python, SQL"],
        "Software engineer, Python, SQL",
    )
    assert (less["changed"], less["basis"]["about"]) == (["Without Python"], "Software engineer, SQL")
    assert by["changed"] == ["By seniority"]
    assert "cannot be told of another time" in unsaid
    assert again["changed"] == ["Data engineer instead of Software engineer"]
    assert more["asked"] == "Data engineer with SQL", "who was asked about can be looked at"
    assert only["changed"] == ["Added: seniority:senior"], "what was talked about last is changed"
    assert "no work, skill or employer is known in “Grobbelwocker”" in unknown
    assert either["basis"]["about"].split("; ") == [
        "Software engineer, in Berlin, Germany",
        "Software engineer, in Vienna, Austria",
    ]
    assert (one["changed"], one["basis"]["about"]) == (
        ["Without Vienna, Austria"],
        "Software engineer, in Berlin, Germany",
    )
    assert (employer["title"], moves["title"]) == ("Workforce, Tallow Bank", "Who moves where, Tallow Bank")
    assert unread.startswith("I did not understand this question")


@pytest.mark.usefixtures("counted")
async def test_questions_about_the_market_are_answered_with_figures_whoever_they_are_about(
    newcomer: Recruiter,
) -> None:
    async def asked(words: str) -> dict[str, Any]:
        return figures(await newcomer.say(words))

    nobody = said(await newcomer.say("What do they earn?"))
    pool = await asked("What would dropping Python do to the pool of software engineers with Python?")
    named = await asked("How many people do we have by country?")
    earned = await asked("What do they earn?")
    listed = [one for one in await newcomer.client.threads() if one["thread"] == newcomer.thread]
    refused = await asked("Where do most young software engineers live?")
    found(await newcomer.say("find me software engineers with Python"))
    searched = await asked("Which of these requirements costs the most people?")
    more = found(await newcomer.say("more"))
    await newcomer.say(POSTING)
    role = await asked("How is the market for this role?")
    less = await asked("What if we dropped Python?")
    other = await asked("and SQL?")
    remote = await asked("and in Berlin?")

    assert "nobody is talked about yet" in nobody
    relaxed = pool["tables"][0]
    assert relaxed["rows"][relaxed["marked"]][0] == "drop Python"
    assert pool["told"].split(". ")[1].startswith("Drop Python: ")
    assert (named["title"], named["basis"]["about"]) == ("Supply and demand", "the whole pool")
    assert [table["columns"][1] for table in named["tables"]] == ["People"]
    assert named["basis"]["n"] >= 5
    assert (earned["title"], earned["basis"]["about"]) == (
        "What postings pay a year",
        "Software engineer, Python",
    )
    assert [(one["kind"], one["goal"]) for one in listed] == [("search", "software engineers with Python")]
    assert [one["words"] for one in refused["refused"]] == ["young"]
    assert searched["basis"]["about"] == pool["basis"]["about"] == "Software engineer, Python"
    assert more["first"] == 11, "the search is still what is talked about"
    assert role["title"] == "The market for this role"
    assert role["left"], "what cannot be counted is said"
    assert "Python" in role["basis"]["about"]
    assert "Drop Python" in less["told"]
    assert less["basis"]["about"] == role["basis"]["about"] == other["basis"]["about"]
    assert other["changed"] == ["SQL instead of Python"]
    assert remote["changed"] == ["Berlin, Germany instead of Portugal"], "the role stays as it is"


async def test_a_supervisor_killed_between_an_event_and_its_digest_loses_nothing(
    recruiter: Recruiter, colleague: Units, deployment: Deployment
) -> None:
    card = shortlist(await recruiter.approve(await recruiter.say(POSTING)))
    move = {"project_id": card.project_id, "to_stage": "screening", "reason": "met at a fair"}
    first, second = (one.candidate_id for one in card.candidates[:2])
    now = datetime.now(UTC)
    await recruiter.say(f"quiet hours {now - timedelta(hours=2):%H:%M} to {now + timedelta(hours=2):%H:%M}")

    await colleague.call_tool("projects", "move_stage", {**move, "candidate_id": first}, dict[str, Any])
    await deployment.kill("supervisor")
    await colleague.call_tool("projects", "move_stage", {**move, "candidate_id": second}, dict[str, Any])
    await deployment.kill("projects")
    await recruiter.say("no quiet hours")

    # Each is in the digest, or was told at once because the stream brought it after the quiet was over.
    assert await all_moves(recruiter, "screening", 2) == 2


async def all_moves(recruiter: Recruiter, stage: str, number: int) -> int:
    """Return how many candidates the conversation says were moved to a stage, once it is that many."""
    found = 0
    async with aclosing(recruiter.client.follow(recruiter.thread, "")) as shown:
        async for event in shown:
            words = event.get("delta", "")
            found += words.count(f"was moved to {stage}") + 2 * words.count(
                f"2 candidates were moved to {stage}"
            )
            if found >= number:
                break
    return found
