"""A recruiter has hundreds judged, talks meanwhile, changes a requirement in the middle, leaves and comes back."""

import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from typing import Any

import httpx
import pytest

from shared.edge.units import Units
from shared.kernel.ids import new_id
from supervisor.cli._chat_client import ChatClient
from supervisor.cli._operator import operator
from supervisor.cli._signed_in import signed_in_units
from supervisor.launch import Deployment
from tests.support.whole_stack import POSTING, Recruiter, collect, interrupts, said, shortlist

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

WHO = "person:bea"
ASKED = 300
IN_THE_MIDDLE = re.compile(rf"Evaluated [12]\d\d of {ASKED} candidates")
COUNTS = re.compile(r"([\d,]+) verdicts? stands? as before, .*?; ([\d,]+) were made anew")


def engineer(number: int) -> dict[str, Any]:
    """Return one of a crowd of fictional data engineers, as JSON Resume."""
    skills = ["Python", "SQL", "Apache Airflow", "Apache Kafka"][: 2 + number % 3]
    work = {
        "name": f"Madeup Freight {number}",
        "position": "Data Engineer",
        "startDate": f"{2012 + number % 9}-03",
        "endDate": "2024-06",
        "summary": f"Built {number + 2} pipelines with {', '.join(skills)}.",
    }
    return {
        "basics": {"name": f"Fictional Person{number:03}", "label": "Data Engineer"},
        "work": [work],
        "skills": [{"name": skill} for skill in skills],
    }


@pytest.fixture
def tenant() -> str:
    """Return an organisation of the test's own, in which nothing was judged before."""
    return new_id("org")


@pytest.fixture
async def units(deployment: Deployment, tenant: str) -> AsyncIterator[Units]:
    async with AsyncExitStack() as closing:
        issuer = await closing.enter_async_context(operator(deployment.folder.path))
        signed_in = signed_in_units(issuer, deployment.run.units, tenant, WHO)
        yield await closing.enter_async_context(signed_in)


@pytest.fixture
async def recruiter(deployment: Deployment, units: Units, tenant: str) -> AsyncIterator[Recruiter]:
    """A recruiter of an organisation that knows a crowd of data engineers."""
    for start in range(0, ASKED, 150):
        items = [engineer(number) for number in range(start, start + 150)]
        arguments = {"items": items, "source": "crowd", "format": "json_resume"}
        await units.call_tool("candidates", "import_profiles", arguments, dict[str, Any], timeout=120)
    changes = await units.call_tool("candidates", "list_changes", {"after": 0, "limit": 500}, dict[str, Any])
    await units.call_tool(
        "recruiter_search", "index_status", {"at_least_seq": changes["next"]}, dict[str, Any], timeout=120
    )
    async with operator(deployment.folder.path) as issuer, httpx.AsyncClient(trust_env=False) as http:
        token, _ = await issuer.mint(
            WHO,
            tenant=tenant,
            scopes=["*.read", "*.write", "*.decide"],
            audiences=["supervisor"],
            lifetime=Recruiter.SIGN_IN,
        )
        client = ChatClient(http, deployment.url("supervisor"), token)
        yield Recruiter(client, new_id("thread"), token, deployment.url("supervisor"))


async def test_a_sweep_leaves_the_recruiter_free_adapts_to_a_change_and_is_there_on_return(
    recruiter: Recruiter, deployment: Deployment
) -> None:
    asked = await recruiter.say(f"Evaluate {ASKED} candidates for this role:\n{POSTING}")
    evaluator = deployment.pid("evaluator")
    assert evaluator is not None
    async with aclosing(recruiter.client.answer(recruiter.thread, interrupts(asked), True, "")) as shown:
        async for event in shown:
            if IN_THE_MIDDLE.search(str(event)):
                break
    os.kill(evaluator, signal.SIGSTOP)  # so that the change surely comes in the middle
    try:
        talk = await recruiter.say("What are you doing, and why?")
        change = await recruiter.say("make Apache Kafka a must-have")
    finally:
        os.kill(evaluator, signal.SIGCONT)
    async with aclosing(recruiter.client.answer(recruiter.thread, interrupts(change), True, "")) as shown:
        opened = await anext(shown)  # and leaves
    # The turn shows that it began before it is written down, so the state may still name the one before.
    finished = await collect(recruiter.client.follow(recruiter.thread, opened["runId"]))
    on_return = await recruiter.say("Status?")

    assert "Evaluate candidates" in said(talk)
    assert "I stop “Evaluate candidates” (Evaluated" in said(change)
    counts = COUNTS.search(said(finished))
    assert counts, said(finished)
    kept, redone = (int(number.replace(",", "")) for number in counts.groups())
    assert kept > 0
    assert 0 < redone < 5 * ASKED
    card = shortlist(finished)
    assert card.revision == 2
    assert "as before" in said(on_return)


@pytest.mark.parametrize("killed", ["evaluator", "supervisor"])
async def test_a_sweep_survives_the_death_of_a_unit_with_everybody_judged_once(
    recruiter: Recruiter, units: Units, deployment: Deployment, killed: str
) -> None:
    asked = await recruiter.say(f"Evaluate {ASKED} candidates for this role:\n{POSTING}")
    before, events = deployment.pid(killed), []
    async with aclosing(recruiter.client.answer(recruiter.thread, interrupts(asked), True, "")) as shown:
        async for event in shown:
            events.append(event)
            if IN_THE_MIDDLE.search(str(event)) and deployment.pid(killed) == before:
                await deployment.kill(killed)

    assert deployment.pid(killed) != before
    evaluation = shortlist(events).candidates[0].evaluation_id
    asked_for = {"evaluation_id": evaluation, "limit": 1_000}
    outcomes = await units.send("evaluator", "get_outcomes", asked_for, dict[str, Any])
    people = [one["candidate_id"] for one in outcomes["results"]]
    assert len(people) == len(set(people)) == ASKED


async def test_a_paused_sweep_goes_on_where_it_was_when_it_is_resumed(recruiter: Recruiter) -> None:
    asked = await recruiter.say(f"Evaluate {ASKED} candidates for this role:\n{POSTING}")
    async with aclosing(recruiter.client.answer(recruiter.thread, interrupts(asked), True, "")) as shown:
        async for event in shown:
            if IN_THE_MIDDLE.search(str(event)):
                break
    paused = await recruiter.say("pause")
    resumed = await recruiter.say("resume")

    assert "Paused" in said(paused)
    assert shortlist(resumed).candidates
    assert "as before" not in said(resumed)  # what was judged before the pause is part of the same evaluation
