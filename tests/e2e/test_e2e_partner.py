"""A partner's agent gets a candidate judged, with nothing but the public A2A SDK and an HTTP client."""

from collections.abc import AsyncIterator

import httpx
import pytest
from a2a.utils.constants import TransportProtocol

from shared.audit.verify import latest_entries
from supervisor.cli._operator import operator
from supervisor.launch import Deployment
from tests.support.partner import JsonObject, Partner, outcome, problem

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

TENANT = "acme"

RESUME = """Peregrine Holloway
peregrine.holloway@mail.example · Porto, Portugal

PROFILE
Data engineer for shipping companies.

WORK EXPERIENCE
Data Engineer, Saltmarsh Analytics, Porto
March 2019 - present
- Build pipelines in Python with Apache Airflow
- Model shipment data in PostgreSQL

Junior Developer, Copperkettle Software, Porto
September 2016 - February 2019
- Wrote web services in Java

EDUCATION
Master of Science in Computer Science, University of Porto, 2016

LANGUAGES
German (B2), Portuguese (native)
"""
QUALIFICATIONS = [
    "At least 5 years of experience with Python",
    "Experience with Apache Airflow",
    "Bachelor's degree in computer science",
    "German at B1 or better",
    "Experience with Rust",
]
BINDINGS = pytest.mark.parametrize(
    "binding", [TransportProtocol.JSONRPC, TransportProtocol.HTTP_JSON], ids=["jsonrpc", "rest"]
)


@pytest.fixture(scope="module")
async def partner(deployment: Deployment) -> AsyncIterator[Partner]:
    """A partner, registered as ``hiremesh token add-partner fairweather --scope evaluator.write`` does."""
    async with operator(deployment.folder.path) as issuer, httpx.AsyncClient(trust_env=False) as http:
        identity = await issuer.register_partner(
            "fairweather", tenant=TENANT, scopes=["evaluator.write", "supervisor.read"]
        )
        credentials = httpx.BasicAuth(*identity)
        yield Partner(http, deployment.url("evaluator"), deployment.url("supervisor"), credentials)
        await issuer.remove_partner("fairweather")


async def test_both_cards_say_without_a_token_what_the_agents_do_and_how_to_get_in(partner: Partner) -> None:
    evaluator, supervisor = await partner.card(partner.evaluator), await partner.card(partner.supervisor)

    assert "evaluate_candidate" in [skill.id for skill in evaluator.skills]
    assert "hire" in [skill.id for skill in supervisor.skills]
    for card, url in ((evaluator, partner.evaluator), (supervisor, partner.supervisor)):
        assert card.capabilities.streaming
        assert {one.protocol_binding for one in card.supported_interfaces} == {"JSONRPC", "HTTP+JSON"}
        assert all(one.url.startswith(url) for one in card.supported_interfaces)
        assert card.security_requirements


@BINDINGS
async def test_a_candidate_is_judged_by_the_text_of_a_resume_streaming_with_quotes_from_it(
    partner: Partner, binding: TransportProtocol
) -> None:
    events = await partner.send(
        "evaluate_candidate", {"qualifications": QUALIFICATIONS, "resume": RESUME}, binding
    )

    evaluation = outcome(events)["evaluation"]
    verdicts = [judgement["verdict"] for judgement in evaluation["judgements"]]
    assert len(events) > 1
    assert verdicts == ["meets", "meets", "meets", "meets", "no_evidence"], evaluation
    for judgement in evaluation["judgements"]:
        assert judgement["reason"]
        for quote in judgement["quotes"]:
            assert RESUME[int(quote["start"]) : int(quote["end"])] == quote["text"]
    assert "Apache Airflow" in evaluation["judgements"][1]["quotes"][0]["text"]


async def test_the_same_resume_gets_the_same_verdicts_over_either_binding(partner: Partner) -> None:
    asked = {"qualifications": QUALIFICATIONS, "resume": RESUME}
    outcomes = [
        outcome(await partner.send("evaluate_candidate", asked, binding))
        for binding in (TransportProtocol.JSONRPC, TransportProtocol.HTTP_JSON)
    ]

    assert outcomes[0] == outcomes[1]


async def test_a_request_that_gives_the_person_in_no_way_says_what_to_send(partner: Partner) -> None:
    error = problem(await partner.send("evaluate_candidate", {"qualifications": QUALIFICATIONS}))

    assert (error["code"], error["field"]) == ("invalid_input", "resume")
    assert error["fix"] == "Send dossier, resume or candidate_id."


async def test_it_cannot_look_into_the_pool_through_the_evaluator(
    partner: Partner, deployment: Deployment, pool: int
) -> None:
    asked = {"qualifications": QUALIFICATIONS, "candidate_id": "cand_0"}

    error = problem(await partner.send("evaluate_candidate", asked))

    assert error["code"] == "denied"
    refused = [one for one in audited(deployment) if one["outcome"] == "denied"]
    assert ("candidates", "service:evaluator") in {(one["unit"], one["actor"]) for one in refused}


async def test_where_its_scopes_end_it_is_refused_and_that_is_on_record(
    partner: Partner, deployment: Deployment
) -> None:
    error = problem(await partner.send("get_evaluations", {"candidate_ids": ["cand_0"]}))
    elsewhere = await partner.token(partner.evaluator, "candidates")

    assert error["code"] == "denied"
    assert error["fix"] == "Ask for a token with the scope evaluator.read."
    assert (elsewhere.status_code, elsewhere.json()["error"]) == (400, "invalid_target")
    assert "may not call candidates" in elsewhere.json()["error_description"]
    refused = [(one["unit"], one["skill"]) for one in audited(deployment) if one["outcome"] == "denied"]
    assert ("evaluator", "get_evaluations") in refused


async def test_without_a_token_or_with_one_for_another_agent_nothing_is_judged(partner: Partner) -> None:
    token = (await partner.token(partner.supervisor, "supervisor")).json()["access_token"]
    headers: list[dict[str, str]] = [{}, {"Authorization": f"Bearer {token}"}]

    answers = [await partner.http.post(f"{partner.evaluator}/a2a", json={}, headers=one) for one in headers]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert ["resource_metadata" in answer.headers["WWW-Authenticate"] for answer in answers] == [True, True]


def audited(deployment: Deployment) -> list[JsonObject]:
    """Return what the partner did, newest last."""
    entries = latest_entries(deployment.run.postgres_url, TENANT, 500)
    return [entry for entry in entries if entry["subject"] == "partner:fairweather"]
