"""Questions about the market beside a role that is worked on, and what is left of them when an agent is retired."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from shared.engines import EmbeddedNats
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.storage import Database
from supervisor.market.store import MarketQuestions
from tests.support.catalogue import hiring_catalogue
from tests.support.engines import OpenUnitDatabase
from tests.support.scripted_units import ScriptedUnits
from tests.support.supervisor_desk import Desk, Events, exported, interrupts, open_desk, said

TENANT = "acme"
SUPPLY: dict[str, Any] = {
    "basis": {
        "as_of": "2026-11-02",
        "about": "Nurse",
        "n": 412,
        "how": "By heads.",
        "k": 5,
        "complete": True,
    },
    "people": 412,
    "open_postings": 7,
    "people_per_posting": 58.9,
    "groups": [],
}
READ: dict[str, Any] = {
    "query": {"filters": {"occupations": ["Nurse"]}},
    "expression": "occupation:Nurse",
}


@pytest.fixture
async def database(unit_database: OpenUnitDatabase) -> Database:
    return await unit_database("supervisor")


@pytest.fixture
async def desk(database: Database, nats: EmbeddedNats) -> AsyncIterator[Desk]:
    ada = Principal(subject=f"person:{new_id('ada')}", kind="person", tenant=TENANT)
    answers: dict[str, Any] = {
        "intake.draft_requirements": lambda _, n: {"requirements": {"draft": n}},
        "projects.create_project": lambda _, n: {"project": {"project_id": "proj_1", "revision": n}},
        "recruiter_search.query_from_words": lambda _, n: READ,
        "talent_insights.talent_supply": lambda _, n: SUPPLY,
    }
    async with AsyncExitStack() as closing:
        yield await open_desk(closing, database, nats.url, ScriptedUnits(hiring_catalogue(), answers), ada)


def changed(events: Events) -> list[str]:
    [card] = [event["content"] for event in events if event.get("activityType") == "market"]
    return card["changed"]


async def test_what_changes_a_question_about_the_market_decides_no_approval_and_changes_no_role(
    desk: Desk,
) -> None:
    asked = interrupts(await desk.say("hire a nurse in Oslo"))
    await desk.say("How many nurses do we have by country?")
    first = changed(await desk.say("by seniority instead"))
    refused = said(await desk.say("and last year?"))

    assert asked
    assert first == ["By seniority"]
    assert "cannot be told of another time" in refused
    assert {one["status"] for one in desk.units.approvals.values()} == {"pending"}
    assert desk.units.calls["intake.draft_requirements"] == 1


async def test_the_last_question_goes_with_the_agent(desk: Desk, database: Database) -> None:
    agent, at = desk.principal.subject, desk.backstage
    await desk.say("How many nurses do we have by country?")
    await at.lifecycle.close(TENANT, agent, "left")
    await exported(desk)
    await at.lifecycle.retire(TENANT, agent)

    async with database.transaction(TENANT) as tx:
        assert await MarketQuestions(tx, TENANT).take(agent, "t1") is None
