"""README's requests, sent as they are printed there to a running deployment."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.kernel.ids import new_id
from supervisor.cli._operator import operator
from supervisor.launch import Deployment
from tests.support.whole_stack import TENANT, Recruiter

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
REQUEST = re.compile(
    r"127\.0\.0\.1:(\d+/[\w/]+) (?:(?!127\.0\.0\.1)[^{])*-d '(\{.*?\})'$", re.DOTALL | re.MULTILINE
)
BODIES = {address: json.loads(body) for address, body in REQUEST.findall(README)}
EVALUATE, AGUI, COMPLETIONS = BODIES["8113/a2a"], BODIES["8120/agui"], BODIES["8120/v1/chat/completions"]


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
async def partner(deployment: Deployment, http: httpx.AsyncClient) -> dict[str, str]:
    """A partner with the scope README gives; returns the headers README sends."""
    async with operator(deployment.folder.path) as issuer:
        client = await issuer.register_partner(
            new_id("p").replace("_", "-"), tenant=TENANT, scopes=["evaluator.write"]
        )
    form = {"grant_type": "client_credentials", "audience": "evaluator", "scope": "evaluator.write"}
    granted = await http.post(f"{deployment.run.issuer_url}/token", data=form, auth=client)
    return {"Authorization": f"Bearer {granted.json()['access_token']}", "A2A-Version": "1.0"}


async def test_the_card_that_readme_fetches_names_the_address_it_calls(http, deployment):
    card = (await http.get(f"{deployment.url('evaluator')}/.well-known/agent-card.json")).json()

    assert f"{deployment.url('evaluator')}/a2a" in [one["url"] for one in card["supportedInterfaces"]]
    assert "evaluate_candidate" in [skill["id"] for skill in card["skills"]]


async def test_a_partner_gets_the_verdicts_that_readme_shows(http, deployment, partner):
    answer = await http.post(f"{deployment.url('evaluator')}/a2a", json=EVALUATE, headers=partner)

    task = answer.json()["result"]["task"]
    judgements: list[dict[str, Any]] = task["artifacts"][0]["parts"][0]["data"]["evaluation"]["judgements"]
    assert task["status"]["state"] == "TASK_STATE_COMPLETED"
    shown = [json.loads(line) for line in re.findall(r'^\{"reason".*\}$', README, re.MULTILINE)]
    for expected, judgement in zip(shown, judgements, strict=True):
        assert {key: judgement[key] for key in expected} == expected


async def test_the_chat_requests_of_readme_ask_for_approval_and_explain(http, recruiter: Recruiter):
    headers = {"Authorization": f"Bearer {recruiter.token}"}
    turn = AGUI | {"threadId": recruiter.thread, "runId": new_id("turn")}

    asked = await http.post(f"{recruiter.base_url}/agui", json=turn, headers=headers)
    explained = await http.post(
        f"{recruiter.base_url}/v1/chat/completions",
        json=COMPLETIONS | {"metadata": {"thread": recruiter.thread}},
        headers=headers,
    )

    last = json.loads([line for line in asked.text.splitlines() if line.startswith("data:")][-1][5:])
    assert last["type"] == "RUN_FINISHED"
    assert last["outcome"]["interrupts"][0]["message"].startswith("Approve requirements?")
    assert "waits for your approval" in explained.json()["choices"][0]["message"]["content"]
