"""What others do outside the chat reaches the recruiter in it, over the whole stack."""

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


async def test_a_stage_moved_by_hand_over_mcp_is_told_in_the_chat(
    recruiter: Recruiter, colleague: Units
) -> None:
    card = shortlist(await recruiter.approve(await recruiter.say(POSTING)))
    move = {
        "project_id": card.project_id,
        "candidate_id": card.candidates[1].candidate_id,
        "to_stage": "interview",
        "reason": "met at a fair",
    }

    await colleague.call_tool("projects", "move_stage", move, dict[str, Any])

    words = await told(recruiter, recruiter.thread, "moved to")
    name = card.candidates[1].name
    assert (
        words
        == f"Senior Data Engineer: {name} (candidate 2 of your shortlist) was moved to interview by ben."
    )
    assert "An approval was" not in said(await collect(recruiter.client.history(recruiter.thread)))


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


async def test_an_applicant_is_evaluated_as_they_come_and_the_recruiter_reads_and_changes_the_rules(
    recruiter: Recruiter, units: Units, colleague: Units
) -> None:
    rules = said(await recruiter.say("tell me at once about new applicants"))
    asked = await recruiter.say(POSTING.replace("Senior Data Engineer", f"Data Engineer {new_id('crew')}"))
    card = shortlist(await recruiter.approve(asked))
    project = await units.call_tool(
        "projects", "get_project", {"project_id": card.project_id}, dict[str, Any]
    )
    pool = await units.call_tool("candidates", "list_candidates", {"limit": 100}, dict[str, Any])
    listed = {one.candidate_id for one in card.candidates}
    applicant = next(one for one in pool["candidates"] if one["candidate_id"] not in listed)
    applied = {"posting_id": project["posting_id"], "candidate_id": applicant["candidate_id"]}

    await colleague.call_tool("jobs", "add_applicant", applied, dict[str, Any])

    assert "At once: new applicants" in rules
    assert "One candidate applied." in await told(recruiter, recruiter.thread, "applied")
    await told(recruiter, f"applicants-{card.project_id}", ": done.")
    whole = await units.call_tool(
        "projects", "get_shortlist", {"project_id": card.project_id, "limit": 100}, dict[str, Any]
    )
    assert applicant["candidate_id"] in {one["candidate_id"] for one in whole["entries"]}
