"""What holds for every MCP unit of the catalogue, at both protocol revisions."""

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, Tool

from shared.edge.cards import bare_server, prose_of, published
from shared.edge.manifest import Manifest
from shared.edge.mcp import planning_of
from shared.wire.planning import PLANNING_META
from tests.support.catalogued import MCP_UNITS, all_tools
from tests.support.units import hosted, mcp_client

TOOLS = all_tools()
DEMANDING = [(unit, tool) for unit, tool in TOOLS if tool.input_schema.get("required")]

REVISIONS = pytest.mark.parametrize(
    ("mode", "revision"), [("2026-07-28", "2026-07-28"), ("legacy", "2025-11-25")], ids=["2026", "2025"]
)
EACH_UNIT = pytest.mark.parametrize("unit", MCP_UNITS, ids=lambda unit: unit.name)
EACH_TOOL = pytest.mark.parametrize(
    ("unit", "tool"), TOOLS, ids=[f"{unit.name}.{tool.name}" for unit, tool in TOOLS]
)


@REVISIONS
@EACH_UNIT
async def test_it_lists_its_tools_over_http(unit: Manifest, mode: str, revision: str) -> None:
    async with hosted(bare_server(unit), name=unit.name) as served, served.mcp(mode=mode) as client:
        assert client.protocol_version == revision
        tools = (await client.list_tools()).tools
    assert tools
    assert all(tool.output_schema for tool in tools)


@REVISIONS
@EACH_UNIT
async def test_an_unknown_tool_is_a_protocol_error(unit: Manifest, mode: str, revision: str) -> None:
    async with mcp_client(bare_server(unit), name=unit.name, mode=mode) as client:
        with pytest.raises(MCPError, match="Unknown tool") as caught:
            await client.call_tool("no_such_tool", {})
    assert caught.value.code == INVALID_PARAMS


@REVISIONS
@EACH_UNIT
async def test_a_missing_argument_is_named(unit: Manifest, mode: str, revision: str) -> None:
    required = {tool.name: tool.input_schema["required"] for owner, tool in DEMANDING if owner == unit}
    async with mcp_client(bare_server(unit), name=unit.name, mode=mode) as client:
        errors = {name: (await client.call_tool(name, {})).structured_content for name in required}
    assert {name: error["code"] for name, error in errors.items()} == dict.fromkeys(required, "invalid_input")
    assert [name for name, error in errors.items() if error["field"] not in required[name]] == []


@EACH_TOOL
def test_each_tool_and_argument_is_described(unit: Manifest, tool: Tool) -> None:
    assert len(tool.description or "") >= 15
    properties = tool.input_schema.get("properties", {})
    assert [name for name, schema in properties.items() if not schema.get("description")] == []


@EACH_TOOL
def test_each_tool_says_how_it_fits_into_a_plan(unit: Manifest, tool: Tool) -> None:
    assert PLANNING_META in (tool.meta or {})
    planning = planning_of(tool.meta)
    taken = {*planning.requires, *planning.optional}
    given = tool.output_schema.get("properties", {}) if tool.output_schema else {}
    assert taken <= tool.input_schema.get("properties", {}).keys()
    assert planning.produces.keys() <= given.keys()


@EACH_UNIT
async def test_the_card_it_serves_is_the_published_one(unit: Manifest) -> None:
    served_card = hosted(bare_server(unit), name=unit.name, card=prose_of(unit))
    async with served_card as served, served.http() as http:
        card = (await http.get("/.well-known/mcp-card.json")).json()
    assert card == await published(unit)
    assert card["name"] == unit.name
    assert card["title"]
    assert card["description"]
    assert card["instructions"]
