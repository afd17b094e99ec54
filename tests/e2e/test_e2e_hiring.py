"""The whole stack on free ports, nothing mocked: a posting in, an approval, a shortlist with evidence out."""

import asyncio
import json
from contextlib import aclosing
from typing import Any

import httpx
import pytest
from openai import AsyncOpenAI

from shared.edge.units import Units
from shared.kernel.ids import new_id
from shared.wire.evaluation import Verdict
from shared.wire.profile import Dossier
from supervisor.launch import Deployment
from tests.support.mailbox_nodes import Faults
from tests.support.talkers import PEOPLE, people_talking
from tests.support.whole_stack import (
    DEMANDS,
    INJECTED,
    POSTING,
    Recruiter,
    collect,
    interrupts,
    said,
    shortlist,
    steps_started,
)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


async def test_a_posting_becomes_a_shortlist_whose_quotes_stand_in_the_candidates_own_texts(
    recruiter: Recruiter, units: Units
) -> None:
    asked = await recruiter.say(POSTING)
    [approval] = interrupts(asked)
    assert "At least 3 years of experience with Python" in approval["message"]

    card = shortlist(await recruiter.approve(asked))

    assert card.candidates
    quotes = 0
    for candidate in card.candidates:
        arguments = {"candidate_id": candidate.candidate_id}
        dossier = await units.call_tool("candidates", "get_dossier", arguments, Dossier)
        texts = {source.id: source.text for source in dossier.sources}
        for judgement in candidate.judgements:
            assert judgement.verdict is not Verdict.MEETS or judgement.quotes
            for quote in judgement.quotes:
                assert texts[quote.source][quote.start : quote.end] == quote.text
                quotes += 1
    assert quotes > len(card.candidates)


async def test_no_step_runs_before_the_requirements_are_approved(recruiter: Recruiter) -> None:
    asked = await recruiter.say(POSTING)

    assert "Find candidates" not in steps_started(asked)
    assert "Approve requirements" not in steps_started(asked)


async def test_a_denied_approval_ends_the_run_and_nobody_is_searched(recruiter: Recruiter) -> None:
    asked = await recruiter.say(POSTING)

    ended = await collect(
        recruiter.client.answer(recruiter.thread, interrupts(asked), False, "the budget is gone")
    )

    assert ended[-1]["type"] == "RUN_ERROR"
    assert "the budget is gone" in ended[-1]["message"]
    assert not steps_started(ended)


async def test_a_supervisor_killed_in_the_middle_finishes_repeats_no_effect_and_answers_all_once_and_in_order(
    recruiter: Recruiter, units: Units, deployment: Deployment
) -> None:
    title = f"Data Engineer for {new_id('crew')}"
    asked = await recruiter.say(POSTING.replace("Senior Data Engineer", title))
    before = deployment.pid("supervisor")
    events = []
    async with (
        people_talking(deployment) as faults,
        aclosing(recruiter.client.answer(recruiter.thread, interrupts(asked), True, "")) as shown,
    ):
        async for event in shown:
            events.append(event)
            evaluating = event["type"] == "STEP_STARTED" and event["stepName"] == "Evaluate candidates"
            if evaluating and deployment.pid("supervisor") == before:
                await deployment.kill("supervisor")

    assert faults == [Faults()] * PEOPLE
    assert deployment.pid("supervisor") != before
    assert shortlist(events).candidates
    listed = await units.call_tool("projects", "list_projects", {"similar_to": title}, dict[str, Any])
    mine = [project for project in listed["projects"] if project["title"] == title]
    assert len(mine) == 1
    history = await units.call_tool(
        "projects", "requirements_history", {"project_id": mine[0]["project_id"]}, dict[str, Any]
    )
    assert [revision["revision"] for revision in history["revisions"]] == [1]


async def test_a_reader_who_loses_the_connection_sees_the_rest_once_and_in_order(
    recruiter: Recruiter,
) -> None:
    url = f"{recruiter.base_url}/agui"
    headers = {"Authorization": f"Bearer {recruiter.token}"}
    asked = await recruiter.say(POSTING)
    first: list[str] = []
    async with aclosing(recruiter.client.answer(recruiter.thread, interrupts(asked), True, "")) as shown:
        async for event in shown:
            first.append(event["type"])
            if event["type"] == "STEP_FINISHED":
                break

    state = await recruiter.client.state(recruiter.thread)
    whole = await collect(recruiter.client.follow(recruiter.thread, state["turn"]))
    again = await collect(recruiter.client.follow(recruiter.thread, state["turn"]))

    assert whole == again
    assert shortlist(whole).candidates
    assert len(steps_started(whole)) == len(set(steps_started(whole)))
    async with httpx.AsyncClient(trust_env=False) as http:
        kept = await http.get(
            f"{url}/threads/{recruiter.thread}/events", params={"follow": "false"}, headers=headers
        )
    ids = [int(line[4:]) for line in kept.text.splitlines() if line.startswith("id: ")]
    assert ids == sorted(set(ids))


async def test_the_openai_endpoint_streams_the_same_job(recruiter: Recruiter) -> None:
    client = AsyncOpenAI(base_url=f"{recruiter.base_url}/v1", api_key=recruiter.token)
    metadata = {"thread": recruiter.thread}

    asked = await client.chat.completions.create(
        model="hiremesh", messages=[{"role": "user", "content": POSTING}], metadata=metadata
    )
    stream = await client.chat.completions.create(
        model="hiremesh", messages=[{"role": "user", "content": "approve"}], metadata=metadata, stream=True
    )
    deltas = [chunk.choices[0].delta.content or "" async for chunk in stream]

    first = asked.choices[0].message.content or ""
    assert "My plan:" in first
    assert "approve" in first
    assert len(deltas) > 5
    assert "Shortlist" in "".join(deltas)


async def test_a_unit_that_is_down_is_said_and_the_run_goes_on_when_it_is_back(
    recruiter: Recruiter, deployment: Deployment
) -> None:
    asked = await recruiter.say(POSTING)
    await deployment.halt("evaluator")
    events = []
    async with aclosing(recruiter.client.answer(recruiter.thread, interrupts(asked), True, "")) as shown:
        async for event in shown:
            events.append(event)
            if "did not work" in event.get("delta", ""):
                await deployment.restart("evaluator")

    assert "Evaluate candidates did not work" in said(events)
    assert events[-1]["type"] == "RUN_FINISHED", (said(events), events[-1])
    assert shortlist(events).candidates


async def test_instructions_in_a_profile_change_no_verdict(recruiter: Recruiter, units: Units) -> None:
    asked = await recruiter.say(POSTING)
    card = shortlist(await recruiter.approve(asked))
    listed = await units.call_tool(
        "candidates", "list_candidates", {"name": INJECTED["basics"]["name"]}, dict[str, Any]
    )
    [ozwin] = listed["candidates"]
    stored = await units.call_tool(
        "candidates", "get_dossier", {"candidate_id": ozwin["candidate_id"]}, dict[str, Any]
    )

    attacked = await judged(units, json.dumps(stored))
    honest = await judged(units, without_instructions(json.dumps(stored)))

    assert card.candidates[0].name != ozwin["name"]
    assert verdicts_of(attacked) == verdicts_of(honest)
    assert attacked["recommendation"] == honest["recommendation"]
    assert "instruction_like_text" in attacked["flags"]


def without_instructions(dossier: str) -> str:
    """Return the dossier with blanks for its orders to a machine, so that every span stays in place."""
    for sentence in (INJECTED["basics"]["summary"], INJECTED["work"][0]["summary"]):
        assert sentence in dossier
        dossier = dossier.replace(sentence, " " * len(sentence))
    return dossier


async def judged(units: Units, dossier: str) -> dict[str, Any]:
    asked = {"qualifications": DEMANDS, "dossier": json.loads(dossier)}
    return (await units.send("evaluator", "evaluate_candidate", asked, dict[str, Any]))["evaluation"]


def verdicts_of(evaluation: dict[str, Any]) -> list[str]:
    return [judgement["verdict"] for judgement in evaluation["judgements"]]


async def test_two_conversations_run_at_the_same_time(recruiter: Recruiter) -> None:
    other = Recruiter(recruiter.client, new_id("thread"), recruiter.token, recruiter.base_url)

    first, second = await asyncio.gather(recruiter.say(POSTING), other.say(POSTING))

    assert interrupts(first)[0]["id"] != interrupts(second)[0]["id"]


async def test_an_unreadable_request_names_the_field(recruiter: Recruiter) -> None:
    headers = {"Authorization": f"Bearer {recruiter.token}"}
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{recruiter.base_url}/agui", json={"runId": "r"}, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "threadId"


async def test_without_a_token_nothing_is_answered(recruiter: Recruiter) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{recruiter.base_url}/agui", json={})

    assert answer.status_code == 401
    assert "no bearer token" in answer.json()["error"]["message"]
