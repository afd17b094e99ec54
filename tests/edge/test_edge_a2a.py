"""An A2A unit behind its door, over JSON-RPC and REST."""

import asyncio
from typing import Any

import httpx
import pytest
from a2a.client import Client, ClientCallContext
from a2a.helpers.proto_helpers import get_data_parts, get_message_text, new_data_message, new_text_message
from a2a.types.a2a_pb2 import (
    CancelTaskRequest,
    GetExtendedAgentCardRequest,
    GetTaskRequest,
    ListTasksRequest,
    Message,
    Role,
    SendMessageRequest,
    StreamResponse,
    Task,
    TaskState,
)
from a2a.utils.constants import TransportProtocol
from a2a.utils.errors import InvalidParamsError

from shared.edge.a2a_cards import planning_params
from shared.edge.turn import RESULT_ARTIFACT
from tests.support.sample_units import Hold, sample_agent
from tests.support.units import BOB, OpenGate, hosted

BINDINGS = pytest.mark.parametrize(
    "binding", [TransportProtocol.JSONRPC, TransportProtocol.HTTP_JSON], ids=["jsonrpc", "rest"]
)


def asking_for(skill: str = "work", **fields: Any) -> SendMessageRequest:
    message = new_data_message({"skill": skill, "input": fields}, role=Role.ROLE_USER)
    return SendMessageRequest(message=message)


async def events_of(client: Client, request: SendMessageRequest) -> list[StreamResponse]:
    context = ClientCallContext(timeout=20)
    return [event async for event in client.send_message(request, context=context)]


async def final_task(client: Client, request: SendMessageRequest) -> Task:
    events = await events_of(client, request)
    return await client.get_task(GetTaskRequest(id=events[-1].status_update.task_id))


def data_of(message: Message) -> dict[str, Any]:
    return get_data_parts(message.parts)[0]


@BINDINGS
async def test_a_turn_streams_task_progress_parts_result_and_closing_words(
    binding: TransportProtocol,
) -> None:
    async with hosted(sample_agent()) as unit, unit.a2a(binding=binding) as client:
        events = await events_of(client, asking_for(text="it", steps=2))
    told = [
        data_of(event.status_update.status.message)["progress"]
        for event in events
        if event.HasField("status_update")
        and event.status_update.status.state == TaskState.TASK_STATE_WORKING
        and event.status_update.status.HasField("message")
    ]
    artifacts = [event.artifact_update.artifact for event in events if event.HasField("artifact_update")]
    assert events[0].HasField("task")
    assert [(one["text"], one["done"], one["total"]) for one in told] == [("step 1", 1, 2), ("step 2", 2, 2)]
    assert [artifact.name for artifact in artifacts] == ["partial", "partial", RESULT_ARTIFACT]
    assert get_data_parts(artifacts[-1].parts) == [
        {"summary": "it done", "subject": "person:ada", "items": [], "count": 4326}
    ]
    assert get_message_text(events[-1].status_update.status.message) == "it done"
    assert events[-1].status_update.status.state == TaskState.TASK_STATE_COMPLETED


@BINDINGS
async def test_plain_text_goes_to_the_skill_that_takes_text(binding: TransportProtocol) -> None:
    request = SendMessageRequest(message=new_text_message("just words", role=Role.ROLE_USER))
    async with hosted(sample_agent()) as unit, unit.a2a(binding=binding) as client:
        task = await final_task(client, request)
    assert get_data_parts(task.artifacts[0].parts)[0]["summary"] == "just words done"


@BINDINGS
async def test_an_expected_failure_is_a_failed_task_with_a_structured_error(
    binding: TransportProtocol,
) -> None:
    async with hosted(sample_agent()) as unit, unit.a2a(binding=binding) as client:
        task = await final_task(client, asking_for(outcome="conflict"))
    assert task.status.state == TaskState.TASK_STATE_FAILED
    assert data_of(task.status.message)["error"] == {
        "code": "conflict",
        "message": "it changed meanwhile",
        "field": "revision",
        "fix": "Read it again.",
        "retryable": False,
    }


@BINDINGS
async def test_an_unforeseen_failure_tells_nothing_but_an_id(binding: TransportProtocol) -> None:
    async with hosted(sample_agent()) as unit, unit.a2a(binding=binding) as client:
        task = await final_task(client, asking_for(outcome="crash"))
    assert task.status.state == TaskState.TASK_STATE_FAILED
    assert "err_" in get_message_text(task.status.message)
    assert "candidate" not in str(task)


@BINDINGS
async def test_a_bad_field_is_named(binding: TransportProtocol) -> None:
    async with hosted(sample_agent()) as unit, unit.a2a(binding=binding) as client:
        task = await final_task(client, asking_for(steps=-1))
    assert data_of(task.status.message)["error"]["field"] == "steps"


@BINDINGS
async def test_an_unknown_skill_is_misuse_and_leaves_no_task(binding: TransportProtocol) -> None:
    async with hosted(sample_agent()) as unit, unit.a2a(binding=binding) as client:
        with pytest.raises(InvalidParamsError, match="no skill 'nope'"):
            await events_of(client, asking_for("nope"))


@BINDINGS
async def test_a_refused_call_is_a_rejected_task(binding: TransportProtocol) -> None:
    gate = OpenGate(risks=frozenset({"read"}))
    async with hosted(sample_agent(), gate=gate) as unit, unit.a2a(binding=binding) as client:
        task = await final_task(client, asking_for(text="x"))
    assert task.status.state == TaskState.TASK_STATE_REJECTED
    assert gate.decided == [("sample.work", "write")]


@BINDINGS
async def test_cancelling_stops_the_handler(binding: TransportProtocol) -> None:
    hold = Hold()
    async with hosted(sample_agent(hold)) as unit, unit.a2a(binding=binding) as client:
        request = asking_for(outcome="wait")
        request.configuration.return_immediately = True
        stream = asyncio.create_task(events_of(client, request))
        await hold.began.wait()
        listed = await client.list_tasks(ListTasksRequest())
        cancelled = await client.cancel_task(CancelTaskRequest(id=listed.tasks[0].id))
        await hold.cancelled.wait()
        await stream
    assert cancelled.status.state == TaskState.TASK_STATE_CANCELED


@BINDINGS
async def test_a_question_parks_the_task_and_answers_resume_it(binding: TransportProtocol) -> None:
    async with hosted(sample_agent()) as unit, unit.a2a(binding=binding) as client:
        asked = await final_task(client, asking_for(outcome="ask"))
        again = await final_task(client, _answer(asked, {"city": "Riga"}))
        done = await final_task(client, _answer(asked, {"text": "2031"}))
    assert asked.status.state == TaskState.TASK_STATE_INPUT_REQUIRED
    assert data_of(asked.status.message)["question"] == {
        "text": "Which city?",
        "data": {"options": ["Oslo", "Riga"]},
    }
    assert get_message_text(again.status.message) == "Which year?"
    assert done.status.state == TaskState.TASK_STATE_COMPLETED
    assert get_data_parts(done.artifacts[0].parts)[0]["summary"] == "Riga 2031"


@BINDINGS
async def test_a_large_result_arrives_whole(binding: TransportProtocol) -> None:
    async with hosted(sample_agent()) as unit, unit.a2a(binding=binding) as client:
        task = await final_task(client, asking_for(outcome="large"))
    assert len(get_data_parts(task.artifacts[0].parts)[0]["items"]) == 3000


@BINDINGS
async def test_the_extended_card_describes_every_skill(binding: TransportProtocol) -> None:
    async with hosted(sample_agent()) as unit, unit.a2a(binding=binding) as client:
        card = await client.get_extended_agent_card(GetExtendedAgentCardRequest())
    work = planning_params(card)["work"]
    assert work["planning"]["requires"] == {"text": "work.order"}
    assert work["input_schema"]["properties"].keys() == {"text", "steps", "outcome"}
    assert work["output_schema"]["title"] == "Worked"


async def test_the_public_card_names_where_it_was_fetched() -> None:
    async with hosted(sample_agent()) as unit, unit.http() as http:
        card = (await http.get("/.well-known/agent-card.json")).json()
    assert [one["url"] for one in card["supportedInterfaces"]] == [f"{unit.url}/a2a", f"{unit.url}/a2a/v1"]


@pytest.mark.parametrize("path", ["/a2a", "/a2a/"])
async def test_json_rpc_answers_with_and_without_a_trailing_slash(path: str) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "ListTasks", "params": {}}
    async with hosted(sample_agent()) as unit, httpx.AsyncClient(base_url=unit.url) as http:
        answer = await http.post(path, json=call, headers={"A2A-Version": "1.0"})
    assert answer.json()["result"]["tasks"] == []


async def test_a_task_of_somebody_else_is_not_found() -> None:
    gate = OpenGate()
    async with hosted(sample_agent(), gate=gate) as unit, unit.a2a() as client:
        task = await final_task(client, asking_for(text="mine"))
        gate.principal = BOB
        with pytest.raises(Exception, match="not found"):
            await client.get_task(GetTaskRequest(id=task.id))


def _answer(task: Task, data: dict[str, Any]) -> SendMessageRequest:
    message = new_data_message(
        {"answer": data}, context_id=task.context_id, task_id=task.id, role=Role.ROLE_USER
    )
    return SendMessageRequest(message=message)
