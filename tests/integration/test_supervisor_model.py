"""The supervisor with a language model: what it may choose, and what it can never do."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from shared.engines import EmbeddedNats
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.llm.compatible import OpenAICompatible
from tests.support.catalogue import hiring_catalogue
from tests.support.engines import OpenUnitDatabase
from tests.support.openai_server import FakeOpenAI, Reply, fake_openai
from tests.support.scripted_units import ScriptedUnits
from tests.support.supervisor_desk import Desk, interrupts, open_desk, said

SCRIPT = {
    "intake.draft_requirements": lambda _, n: {"requirements": {"draft": n}},
    "projects.create_project": lambda _, n: {"project": {"id": n}},
    "projects.approve_requirements": lambda _, n: {"approved": {"revision": n}},
}


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.fixture
async def desk(
    server: FakeOpenAI, unit_database: OpenUnitDatabase, nats: EmbeddedNats
) -> AsyncIterator[Desk]:
    ada = Principal(subject=f"person:{new_id('ada')}", kind="person", tenant="acme")
    async with AsyncExitStack() as closing:
        model = await closing.enter_async_context(OpenAICompatible(server.url))
        database = await unit_database("supervisor")
        units = ScriptedUnits(hiring_catalogue(), SCRIPT)
        yield await open_desk(closing, database, nats.url, units, ada, model)


@pytest.mark.parametrize("answer", ["decision", "approve", "projects.approve_requirements"])
async def test_a_model_never_approves(desk: Desk, server: FakeOpenAI, answer: str) -> None:
    await desk.say("hire a nurse in Oslo")
    server.say(json.dumps({"intent": answer}))

    await desk.say("that is rather lovely of you")

    assert desk.units.calls["projects.approve_requirements"] == 0
    assert "approved" not in [one["status"] for one in desk.units.approvals.values()]


async def test_what_may_be_a_decision_is_asked_for_in_plain_words(desk: Desk, server: FakeOpenAI) -> None:
    [before] = interrupts(await desk.say("hire a nurse in Oslo"))
    server.say(json.dumps({"intent": "decision"}))

    events = await desk.say("that is rather lovely of you")

    assert "say “approve”" in said(events)
    assert desk.units.approvals[before["id"]]["status"] == "pending"


async def test_a_change_in_free_words_is_taken_as_one(desk: Desk, server: FakeOpenAI) -> None:
    await desk.say("hire a nurse in Oslo")
    server.say(json.dumps({"intent": "refine"}))

    [again] = interrupts(await desk.say("stop asking for Norwegian"))

    assert desk.units.approvals[again["id"]]["status"] == "pending"
    changes = [arguments.get("changes") for _, arguments in desk.units.arguments]
    assert ["stop asking for Norwegian"] in changes


async def test_a_model_that_is_down_is_said_aloud_and_the_rules_go_on(desk: Desk, server: FakeOpenAI) -> None:
    await desk.say("hire a nurse in Oslo")
    server.say(Reply(status=503))

    events = await desk.say("Norwegian at B2")

    assert "The language model could not be reached, so the rules engine answered." in said(events)
    assert "I will change the requirements accordingly." in said(events)


async def test_an_unclear_rule_is_chosen_among_those_there_are_and_said_back(
    desk: Desk, server: FakeOpenAI
) -> None:
    server.say(json.dumps({"what": "stages", "how": "never"}))
    chosen = said(await desk.say("please don't bug me about that stuff"))
    server.say(json.dumps({"what": "unclear", "how": "digest"}))
    asked = said(await desk.say("please don't bug me about that stuff"))

    assert chosen.startswith("I take this to mean “don't tell me about moves in the pipeline”. Understood.")
    assert "Not at all: moves in the pipeline." in chosen
    assert "Say the number, or it in other words:" in asked


async def test_limits_in_free_words_are_taken_from_them_and_confirmed(desk: Desk, server: FakeOpenAI) -> None:
    await desk.say("hire a nurse in Oslo")
    server.say(json.dumps({"intent": "limits"}))

    events = await desk.say("could we keep this to about 300 people or so")

    assert said(events) == "I will look at no more than 300 people."
