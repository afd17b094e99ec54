"""A partner's agent gets ten people judged at once, and told plainly what cannot be judged."""

from collections.abc import AsyncIterator

import httpx
import pytest

from shared.audit.verify import latest_entries
from supervisor.cli._operator import operator
from supervisor.launch import Deployment
from tests.support.partner import JsonObject, Partner, outcome, partials, problem, progress

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

ELSEWHERE = "globex"
QUALIFICATIONS = ["At least 3 years of experience with Python", "Experience with Apache Airflow"]
PEOPLE: list[JsonObject] = [
    {
        "key": f"applicant {number}",
        "resume": f"""PROFILE
Data engineer for shipping companies.

WORK EXPERIENCE
Data Engineer, Saltmarsh Analytics {number}
March 2019 - present
- Build pipelines in Python{" with Apache Airflow" if number % 2 else ""}
""",
    }
    for number in range(10)
]
READABLE: JsonObject = {"resume": PEOPLE[0]["resume"]}
TOO_LARGE = "Weld pipes under water. " * 10_000


@pytest.fixture(scope="module")
async def partner(deployment: Deployment) -> AsyncIterator[Partner]:
    """A partner of another organisation than the one whose pool there is; it may read its own people."""
    async with operator(deployment.folder.path) as issuer, httpx.AsyncClient(trust_env=False) as http:
        scopes = ["evaluator.write", "candidates.read"]
        identity = await issuer.register_partner("meadowlark", tenant=ELSEWHERE, scopes=scopes)
        credentials = httpx.BasicAuth(*identity)
        yield Partner(http, deployment.url("evaluator"), deployment.url("supervisor"), credentials)
        await issuer.remove_partner("meadowlark")


async def test_ten_people_are_judged_one_after_another_each_told_with_how_many_are_done(
    partner: Partner,
) -> None:
    events = await partner.send("evaluate_people", {"qualifications": QUALIFICATIONS, "people": PEOPLE})

    streamed = partials(events)
    assert [one["key"] for one in streamed] == [one["key"] for one in PEOPLE]
    assert progress(events) == [(done, 10) for done in range(1, 11)]
    assert outcome(events)["people"] == streamed
    verdicts = [[one["verdict"] for one in person["evaluation"]["judgements"]] for person in streamed]
    assert verdicts == [["meets", "no_evidence"], ["meets", "meets"]] * 5
    for person, sent in zip(streamed, PEOPLE, strict=True):
        for judgement in person["evaluation"]["judgements"]:
            for quote in judgement["quotes"]:
                assert sent["resume"][int(quote["start"]) : int(quote["end"])] == quote["text"]


@pytest.mark.parametrize(
    ("person", "field", "message", "fix"),
    [
        (
            {"resume": TOO_LARGE},
            "resume",
            "240,000 characters of text are more than 200,000",
            "Send the résumé",
        ),
        ({"resume": ""}, "resume", "there is no text to read", "a scan needs its text recognised first"),
        ({"resume": " \n\t "}, "resume", "there is no text to read", "Send the résumé's text"),
        ({"resume": "\x0c\n\u200b·\n- 1 -\x0c"}, "resume", "there is no text to read", "a scan needs"),
        ({"candidate_id": "cand_0"}, "candidate_id", "no such candidate", ""),
    ],
    ids=["too large", "empty", "whitespace", "an unreadable scan", "another tenant's"],
)
async def test_who_cannot_be_judged_is_named_before_anybody_is_judged_and_that_is_on_record(
    partner: Partner,
    deployment: Deployment,
    pool: int,
    person: JsonObject,
    field: str,
    message: str,
    fix: str,
) -> None:
    people = [READABLE, person]
    events = await partner.send("evaluate_people", {"qualifications": QUALIFICATIONS, "people": people})

    error = problem(events)
    assert (error["field"], error["message"]) == (f"people.1.{field}", message)
    assert fix in (error["fix"] or "")
    assert partials(events) == []
    newest = refusals(deployment)[-1]
    assert (newest["skill"], newest["outcome"]) == ("evaluate_people", error["code"])
    assert newest["detail"] == {"field": f"people.1.{field}"}


async def test_a_candidate_of_another_tenant_is_answered_as_one_that_nobody_has(
    partner: Partner, pool: int
) -> None:
    answers = [
        await partner.send("evaluate_candidate", {"qualifications": QUALIFICATIONS, "candidate_id": one})
        for one in ("cand_0", "cand_that_nobody_has")
    ]

    assert problem(answers[0]) == problem(answers[1])
    assert problem(answers[0])["code"] == "not_found"


def refusals(deployment: Deployment) -> list[JsonObject]:
    """Return what the evaluator refused the partner, newest last."""
    entries = latest_entries(deployment.run.postgres_url, ELSEWHERE, 500)
    return [one for one in entries if one["unit"] == "evaluator" and one["outcome"] != "allowed"]
