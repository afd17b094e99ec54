"""An MCP unit behind its door, at both protocol revisions."""

from typing import Any

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS

from tests.support.sample_units import Hold, sample_server
from tests.support.units import BOB, OpenGate, hosted, mcp_client

REVISIONS = pytest.mark.parametrize(
    ("mode", "revision"), [("2026-07-28", "2026-07-28"), ("legacy", "2025-11-25")], ids=["2026", "2025"]
)


async def structured(client: Client, tool: str, **arguments: Any) -> Any:
    return (await client.call_tool(tool, arguments)).structured_content


@REVISIONS
async def test_one_endpoint_speaks_both_revisions(mode: str, revision: str) -> None:
    async with hosted(sample_server()) as unit, unit.mcp(mode=mode) as client:
        assert client.protocol_version == revision
        assert "whoami" in {tool.name for tool in (await client.list_tools()).tools}


@REVISIONS
async def test_the_handler_acts_as_whom_the_door_let_in(mode: str, revision: str) -> None:
    async with hosted(sample_server(), gate=OpenGate(BOB)) as unit, unit.mcp(mode=mode) as client:
        assert await structured(client, "whoami") == {"subject": "person:bob", "tenant": "bolt"}


@REVISIONS
async def test_progress_arrives_while_the_tool_works(mode: str, revision: str) -> None:
    told: list[tuple[float, str | None]] = []

    async def listen(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message))

    async with hosted(sample_server()) as unit, unit.mcp(mode=mode) as client:
        result = await client.call_tool("count_to", {"number": 3}, progress_callback=listen)
    assert told == [(1, "at 1"), (2, "at 2"), (3, "at 3")]
    assert result.structured_content == {"result": [1, 2, 3]}


@REVISIONS
async def test_an_expected_failure_is_a_result_with_a_structured_error(mode: str, revision: str) -> None:
    gate = OpenGate()
    async with hosted(sample_server(), gate=gate) as unit, unit.mcp(mode=mode) as client:
        result = await client.call_tool("look_up", {"id": "x"})
    assert result.is_error
    assert result.structured_content == {
        "code": "not_found",
        "message": "no such thing",
        "field": "id",
        "fix": "List the things first.",
        "retryable": False,
    }
    assert gate.not_found == ["sample.look_up"]


@REVISIONS
async def test_an_unforeseen_failure_tells_the_caller_nothing_but_an_id(mode: str, revision: str) -> None:
    async with hosted(sample_server()) as unit, unit.mcp(mode=mode) as client:
        result = await client.call_tool("crash", {})
    assert result.is_error
    assert result.structured_content["code"] == "internal"
    assert "err_" in result.structured_content["message"]
    assert "candidate" not in result.model_dump_json()


@REVISIONS
async def test_a_bad_argument_is_named(mode: str, revision: str) -> None:
    async with hosted(sample_server()) as unit, unit.mcp(mode=mode) as client:
        error = await structured(client, "repeat", text="a", times=0)
    assert (error["code"], error["field"]) == ("invalid_input", "times")


@REVISIONS
async def test_an_unknown_tool_is_a_protocol_error(mode: str, revision: str) -> None:
    async with hosted(sample_server()) as unit, unit.mcp(mode=mode) as client:
        with pytest.raises(MCPError, match="Unknown tool: nope") as caught:
            await client.call_tool("nope", {})
    assert caught.value.code == INVALID_PARAMS


@REVISIONS
async def test_the_policy_decides_with_the_risk_that_the_tool_publishes(mode: str, revision: str) -> None:
    gate = OpenGate(risks=frozenset({"read"}))
    async with hosted(sample_server(), gate=gate) as unit, unit.mcp(mode=mode) as client:
        refused = await client.call_tool("decide", {})
        allowed = await client.call_tool("whoami", {})
    assert refused.structured_content["code"] == "denied"
    assert not allowed.is_error
    assert gate.decided == [("sample.decide", "decide"), ("sample.whoami", "read")]


async def test_a_caller_that_gives_up_cancels_the_handler() -> None:
    hold = Hold()
    async with hosted(sample_server(hold)) as unit, unit.mcp() as client:
        with pytest.raises(MCPError):
            await client.call_tool("wait_for_ever", {}, read_timeout_seconds=0.2)
        await hold.cancelled.wait()
    assert hold.began.is_set()


async def test_a_2025_caller_that_goes_away_cancels_the_handler() -> None:
    hold = Hold()
    async with hosted(sample_server(hold)) as unit:
        async with unit.mcp(mode="legacy") as client:
            with pytest.raises(MCPError):
                await client.call_tool("wait_for_ever", {}, read_timeout_seconds=0.2)
        await hold.cancelled.wait()
    assert hold.began.is_set()


async def test_a_server_in_memory_is_guarded_the_same_way() -> None:
    async with mcp_client(sample_server(), gate=OpenGate(BOB)) as client:
        assert await structured(client, "whoami") == {"subject": "person:bob", "tenant": "bolt"}
        assert (await structured(client, "look_up", id="x"))["code"] == "not_found"


async def test_a_foreign_host_header_is_refused() -> None:
    async with hosted(sample_server()) as unit, unit.http() as http:
        answer = await http.post("/mcp", json={}, headers={"Host": "evil.example"})
    assert answer.status_code == 421


async def test_health_and_card_need_no_protocol() -> None:
    async with hosted(sample_server()) as unit, unit.http() as http:
        assert (await http.get("/healthz")).json() == {"unit": "sample", "alive": True}
        assert (await http.get("/readyz")).json()["ready"] is True
        card = (await http.get("/.well-known/mcp-card.json")).json()
    assert card["name"] == "sample"
    assert {"name", "description", "inputSchema", "outputSchema", "_meta"} <= card["tools"][0].keys()
