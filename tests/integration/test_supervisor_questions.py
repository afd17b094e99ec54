"""A unit that asks in the middle of a step asks the recruiter, and goes on with the answer.

The unit is a real A2A agent on a real socket, whose tasks are in PostgreSQL.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from shared.edge.a2a import A2AUnit
from shared.edge.errors import InputRequired
from shared.edge.tasks import PostgresTasks
from shared.edge.turn import Turn
from shared.edge.units import Units
from shared.engines import EmbeddedNats
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, acting_as
from shared.storage import Database
from supervisor.agent import build_agent
from supervisor.chat.openai import openai_routes
from supervisor.conversation import Answer, Answered, Said
from tests.support.catalogue import skill
from tests.support.engines import OpenUnitDatabase
from tests.support.sample_units import Work, Worked, sample_card
from tests.support.scripted_units import ScriptedUnits
from tests.support.supervisor_desk import Desk, interrupts, open_desk, said
from tests.support.units import FixedTokens, OpenGate, hosted

ASKER = "evaluator"  # whose database the agent's tasks are kept in


class AskingAgent:
    """Asks for a city and a year before it drafts anything; it counts how often it came to an end."""

    def __init__(self) -> None:
        self.ended = 0

    def unit(self) -> A2AUnit:
        agent = A2AUnit(sample_card())

        @agent.skill("work")
        async def work(request: Work, turn: Turn) -> Worked:
            city = await turn.ask("Which city?", data={"options": ["Oslo", "Riga"]})
            year = await turn.ask("Which year?")
            self.ended += 1
            return Worked(summary=f"{request.text}: {city.text} {year.text}", subject="asked")

        return agent


class WithAgent(ScriptedUnits):
    """Scripted tools, and one agent behind a real A2A client."""

    def __init__(self, agent: Units) -> None:
        work = skill(
            "sample.work", requires={"text": "role.brief"}, produces={"summary": "shortlist.complete"}
        )
        super().__init__([work.model_copy(update={"protocol": "a2a"})], {})
        self.agent = agent
        self.lose_next_result = False

    async def send(self, unit: str, skill: str, input: Any, returns: Any, **how: Any) -> Any:
        result = await self.agent.send(unit, skill, input, returns, **how)
        if self.lose_next_result:
            self.lose_next_result = False
            raise ConnectionResetError("the process was killed here")
        return result


class Scene:
    """A supervisor and an agent that can each be stopped and started again."""

    def __init__(self, supervisor: Database, tasks: Database, nats_url: str) -> None:
        self.databases = supervisor, tasks
        self.nats_url = nats_url
        self.agent = AskingAgent()
        self.ada = Principal(subject=f"person:{new_id('ada')}", kind="person", tenant="acme", token="t")
        self.closing = AsyncExitStack()
        self.turns = 0

    async def start(self) -> Desk:
        """Start both, from what is in the databases alone."""
        await self.closing.aclose()
        self.closing = AsyncExitStack()
        supervisor, database = self.databases
        tasks = PostgresTasks(database, ASKER)
        await self.closing.enter_async_context(tasks.kept())
        gate = OpenGate(self.ada)
        host = await self.closing.enter_async_context(hosted(self.agent.unit(), gate=gate, tasks=tasks))
        units = await self.closing.enter_async_context(Units({"sample": host.url}, FixedTokens()))
        return await open_desk(self.closing, supervisor, self.nats_url, WithAgent(units), self.ada)

    def words(self, text: str) -> Said:
        self.turns += 1
        return Said(thread="t1", turn=f"t1.{self.turns}", text=text)


@pytest.fixture
async def scene(unit_database: OpenUnitDatabase, nats: EmbeddedNats) -> AsyncIterator[Scene]:
    scene = Scene(await unit_database("supervisor"), await unit_database(ASKER), nats.url)
    yield scene
    await scene.closing.aclose()


async def test_what_a_unit_asks_becomes_a_question_in_the_chat(scene: Scene) -> None:
    at = await scene.start()

    events = await at.take(scene.words("hire a nurse"))

    [asked] = interrupts(events)
    assert asked["reason"] == "question"
    assert asked["message"] == "Which city?"
    assert asked["metadata"]["data"] == {"options": ["Oslo", "Riga"]}
    assert "Which city?" in said(events)
    assert (await at.chat.state(at.principal, "t1")).interrupts == [asked]


async def test_the_words_of_the_answer_go_back_to_the_task_that_asked(scene: Scene) -> None:
    at = await scene.start()
    await at.take(scene.words("hire a nurse"))

    [second] = interrupts(await at.take(scene.words("Oslo")))
    events = await at.take(scene.words("2031"))

    assert second["message"] == "Which year?"
    assert events[-1]["outcome"] == {"type": "success"}
    assert scene.agent.ended == 1


async def test_a_question_and_its_answer_survive_a_restart_of_both_sides(scene: Scene) -> None:
    await (await scene.start()).take(scene.words("hire a nurse"))

    again = await scene.start()
    [asked] = (await again.chat.state(again.principal, "t1")).interrupts
    answer = Answer(to=asked["id"], text="Riga")
    [second] = interrupts(await again.take(Answered(thread="t1", turn="t1.a", answers=[answer])))
    third = await scene.start()
    events = await third.take(scene.words("2031"))

    assert second["message"] == "Which year?"
    assert events[-1]["outcome"] == {"type": "success"}
    assert scene.agent.ended == 1


async def test_an_answer_whose_result_was_lost_is_not_given_to_the_next_question(scene: Scene) -> None:
    at = await scene.start()
    await at.take(scene.words("hire a nurse"))
    [asked] = interrupts(await at.take(scene.words("Oslo")))
    units: WithAgent = at.units
    units.lose_next_result = True

    lost = await at.take(scene.words("2031"))
    facts = await facts_after_retry(scene)

    assert asked["message"] == "Which year?"
    assert lost[-1]["type"] == "RUN_ERROR"
    assert facts == "hire a nurse: Oslo 2031"
    assert scene.agent.ended == 1


async def facts_after_retry(scene: Scene) -> Any:
    """Send the kept answer once more, as a supervisor does that was killed before it took in the result."""
    from supervisor.execution import call_skill
    from supervisor.store import RunStore

    supervisor, _ = scene.databases
    at = await scene.start()
    async with supervisor.transaction("acme") as tx:
        store = RunStore(tx, "acme")
        run = await store.latest_run(scene.ada.subject, "t1")
        assert run is not None
        [step] = await store.steps(run.id)
    units: WithAgent = at.units
    assert isinstance(units.skills, list)

    async def unheard(_: Any) -> None:
        pass

    with acting_as(scene.ada):
        result = await call_skill(
            units,
            units.skills[0],
            {"text": "hire a nurse"},
            on_behalf_of=scene.ada,
            key=f"{run.id}/{step.id}",
            on_progress=unheard,
            seconds=30,
            answered=step.question,
        )
    return result["summary"]


async def test_a_question_back_is_answered_and_the_question_stays_open(scene: Scene) -> None:
    at = await scene.start()
    [asked] = interrupts(await at.take(scene.words("hire a nurse")))

    events = await at.take(scene.words("what are you doing, and why?"))

    assert "waits for your answer" in said(events)
    assert (await at.chat.state(at.principal, "t1")).interrupts == [asked]


async def test_a_run_that_waits_for_an_answer_can_be_stopped(scene: Scene) -> None:
    at = await scene.start()
    await at.take(scene.words("hire a nurse"))

    await at.take(scene.words("stop"))

    state = await at.chat.state(at.principal, "t1")
    assert (state.status, state.interrupts) == ("cancelled", [])


async def test_an_empty_answer_is_refused_and_the_question_stays_open(scene: Scene) -> None:
    at = await scene.start()
    [asked] = interrupts(await at.take(scene.words("hire a nurse")))

    empty = Answered(thread="t1", turn="t1.e", answers=[Answer(to=asked["id"])])
    events = await at.take(empty)

    assert events[-1]["code"] == "invalid_input"
    assert (await at.chat.state(at.principal, "t1")).interrupts == [asked]


async def test_another_agent_is_asked_over_a2a_and_answers_in_the_same_task(scene: Scene) -> None:
    at = await scene.start()
    gate = OpenGate(scene.ada)
    async with (
        hosted(build_agent(at.chat), name="supervisor", gate=gate) as host,
        Units({"supervisor": host.url}, FixedTokens()) as units,
    ):
        with acting_as(scene.ada):
            with pytest.raises(InputRequired, match="Which city") as city:
                await units.send("supervisor", "hire", {"text": "hire a nurse"}, dict[str, Any])
            ids = {"task_id": city.value.task_id, "context_id": city.value.context_id}
            with pytest.raises(InputRequired, match="Which year"):
                await units.send("supervisor", "hire", {"text": "Oslo"}, dict[str, Any], **ids)
            result = await units.send("supervisor", "hire", {"text": "2031"}, dict[str, Any], **ids)

    assert result["status"] == "done"
    assert scene.agent.ended == 1


async def test_the_openai_endpoint_asks_in_its_text_and_takes_the_next_message_as_the_answer(
    scene: Scene,
) -> None:
    at = await scene.start()
    gate = OpenGate(scene.ada)
    app = gate.guard(Starlette(routes=openai_routes(at.chat, gate)))

    async def complete(text: str) -> str:
        said = {"messages": [{"role": "user", "content": text}], "metadata": {"thread": "t1"}}
        return (await http.post("/v1/chat/completions", json=said)).json()["choices"][0]["message"]["content"]

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://supervisor") as http:
        asked = await complete("hire a nurse")
        then = await complete("Oslo")
        done = await complete("2031")

    assert "Which city?" in asked
    assert "Reply with the answer" in asked
    assert "Which year?" in then
    assert "done" in done
