"""What holds for every A2A unit of the catalogue, over JSON-RPC and REST."""

from typing import Any

import pytest
from a2a.client import Client
from a2a.helpers.proto_helpers import get_data_parts, new_data_message
from a2a.types.a2a_pb2 import GetTaskRequest, Role, SendMessageRequest, TaskState
from a2a.utils.constants import TransportProtocol
from a2a.utils.errors import InvalidParamsError

from shared.edge.a2a_cards import card_from_json, card_json, planning_params
from shared.edge.cards import card_of
from shared.edge.manifest import Manifest
from shared.wire.planning import Planning
from tests.support.catalogued import A2A_UNITS, all_skills, bare_agent
from tests.support.units import hosted

SKILLS = all_skills()
DEMANDING = [skill for skill in SKILLS if skill[2]["input_schema"].get("required")]

BINDINGS = pytest.mark.parametrize(
    "binding", [TransportProtocol.JSONRPC, TransportProtocol.HTTP_JSON], ids=["jsonrpc", "rest"]
)
EACH_UNIT = pytest.mark.parametrize("unit", A2A_UNITS, ids=lambda unit: unit.name)
EACH_SKILL = pytest.mark.parametrize(
    ("unit", "id", "params"), SKILLS, ids=[f"{unit.name}.{id}" for unit, id, _ in SKILLS]
)


def asking_for(skill: str, fields: dict[str, Any]) -> SendMessageRequest:
    return SendMessageRequest(
        message=new_data_message({"skill": skill, "input": fields}, role=Role.ROLE_USER)
    )


@EACH_UNIT
def test_its_card_is_valid_and_has_code_for_each_skill(unit: Manifest) -> None:
    card = card_from_json(card_json(card_of(unit)))
    skills = [skill.id for skill in card.skills]
    assert skills
    assert sorted(bare_agent(unit).skills) == sorted(skills) == sorted(planning_params(card))
    assert card.capabilities.streaming
    assert card.security_requirements


@EACH_UNIT
def test_each_skill_is_described(unit: Manifest) -> None:
    assert [skill.id for skill in card_of(unit).skills if len(skill.description) < 15 or not skill.tags] == []


@EACH_SKILL
def test_each_skill_says_how_it_fits_into_a_plan(unit: Manifest, id: str, params: dict[str, Any]) -> None:
    planning = Planning.model_validate(params["planning"])
    taken = {*planning.requires, *planning.optional}
    assert taken <= params["input_schema"].get("properties", {}).keys()
    assert planning.produces.keys() <= params["output_schema"].get("properties", {}).keys()


@BINDINGS
@EACH_UNIT
async def test_an_unknown_skill_is_misuse(unit: Manifest, binding: TransportProtocol) -> None:
    async with (
        hosted(bare_agent(unit), name=unit.name) as served,
        served.a2a(binding=binding) as client,
    ):
        with pytest.raises(InvalidParamsError, match="no_such_skill"):
            await anext(aiter(client.send_message(asking_for("no_such_skill", {}))))


@BINDINGS
@EACH_UNIT
async def test_a_missing_field_is_named(unit: Manifest, binding: TransportProtocol) -> None:
    required = {id: params["input_schema"]["required"] for owner, id, params in DEMANDING if owner == unit}
    async with (
        hosted(bare_agent(unit), name=unit.name) as served,
        served.a2a(binding=binding) as client,
    ):
        errors = {id: await _error(client, asking_for(id, {})) for id in required}
    assert {id: error["code"] for id, error in errors.items()} == dict.fromkeys(required, "invalid_input")
    assert [id for id, error in errors.items() if error["field"] not in required[id]] == []


async def _error(client: Client, request: SendMessageRequest) -> dict[str, Any]:
    events = [event async for event in client.send_message(request)]
    task = await client.get_task(GetTaskRequest(id=events[-1].status_update.task_id))
    assert task.status.state == TaskState.TASK_STATE_FAILED
    return get_data_parts(task.status.message.parts)[0]["error"]


@EACH_UNIT
async def test_its_public_card_names_where_it_was_fetched(unit: Manifest) -> None:
    async with hosted(bare_agent(unit), name=unit.name) as served, served.http() as http:
        card = (await http.get("/.well-known/agent-card.json")).json()
    assert {one["protocolBinding"] for one in card["supportedInterfaces"]} == {"JSONRPC", "HTTP+JSON"}
    assert all(one["url"].startswith(served.url) for one in card["supportedInterfaces"])
