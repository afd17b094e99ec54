"""The MCP half of ``Units``: one short-lived client per call over pooled connections.

A client whose server goes away stays closed for good (python-sdk #3522), so none is kept. With the
protocol revision pinned a call is a single POST: no handshake, no session.
"""

from typing import Any, cast

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    REQUEST_TIMEOUT,
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    ListToolsRequest,
    ListToolsResult,
    TextContent,
    Tool,
)

from shared.edge.calls import Endpoint, call_headers
from shared.edge.errors import error_from_body, error_of_status
from shared.edge.mcp import REVISIONS
from shared.kernel.errors import DeadlineExceeded, HiremeshError, InvalidInput, Unavailable

MAX_EVENT_BYTES = 64 * 1024 * 1024
CONNECT_SECONDS = 5.0
_LIMITS = httpx2.Limits(max_connections=256, max_keepalive_connections=64, keepalive_expiry=30)


class McpClients:
    """Calls tools of MCP units; ``transport`` replaces the network in tests."""

    def __init__(self, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._transport = transport or httpx2.AsyncHTTPTransport(limits=_LIMITS, trust_env=False)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def call(self, endpoint: Endpoint, tool: str, arguments: dict[str, Any], seconds: float) -> Any:
        """Return the structured content of a tool's result. Raises HiremeshError children."""
        params = CallToolRequestParams(name=tool, arguments=arguments)
        result = await self._request(endpoint, seconds, CallToolRequest(params=params), CallToolResult)
        if result.is_error:
            raise _reported(result)
        return result.structured_content

    async def list_tools(self, endpoint: Endpoint, seconds: float) -> list[Tool]:
        """Return what the unit offers. Raises HiremeshError children."""
        listed = await self._request(endpoint, seconds, ListToolsRequest(), ListToolsResult)
        return listed.tools

    async def _request(self, endpoint: Endpoint, seconds: float, request: Any, answer: type[Any]) -> Any:
        unit, refusal = endpoint.unit, _Refusal()
        # An AsyncClient that only carries this call's headers; the connections are the transport's.
        http = httpx2.AsyncClient(
            transport=self._transport,
            trust_env=False,
            headers=call_headers(endpoint.token, own=endpoint.own),
            timeout=httpx2.Timeout(seconds, connect=CONNECT_SECONDS),
            event_hooks={"response": [refusal.look]},
        )
        transport = streamable_http_client(endpoint.url, http_client=http, max_sse_event_size=MAX_EVENT_BYTES)
        failure: MCPError | None = None
        try:
            async with Client(transport, mode=REVISIONS[0] if endpoint.own else "auto", cache=None) as client:
                try:
                    return await client.session.send_request(request, answer)
                except MCPError as error:
                    failure = error
        except MCPError as error:  # no revision could be agreed on
            failure = error
        except BaseExceptionGroup as group:
            # The SDK reports a broken connection by cancelling the body and raising from its task group.
            broken, rest = group.split((httpx2.HTTPError, HiremeshError, MCPError))
            if rest is not None:
                raise
            if told := refusal.error or _first(group):
                raise told from broken
            if group.subgroup(httpx2.ReadTimeout):
                raise DeadlineExceeded(f"{unit} did not answer in time") from broken
            raise Unavailable(f"{unit} does not answer", retry_after=1.0) from broken
        raise refusal.error or _translated(failure, unit)


def _first(group: BaseExceptionGroup[BaseException]) -> HiremeshError | None:
    """Return what our own transport refused, from among what the SDK made of it."""
    found = group.subgroup(HiremeshError)
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found


class _Refusal:
    """Keeps what an HTTP-level refusal said, which the MCP transport would reduce to one sentence."""

    def __init__(self) -> None:
        self.error: HiremeshError | None = None

    async def look(self, response: httpx2.Response) -> None:
        self.error = None  # what went wrong before, while a revision was negotiated, is over
        if response.status_code < 400:
            return
        await response.aread()
        self.error = error_of_status(response.status_code, response.content)


def _reported(result: CallToolResult) -> HiremeshError:
    if isinstance(result.structured_content, dict):
        return error_from_body(cast("dict[str, Any]", result.structured_content))
    texts = [block.text for block in result.content if isinstance(block, TextContent)]
    return HiremeshError(" ".join(texts) or "the tool failed")


def _translated(error: MCPError | None, unit: str) -> HiremeshError:
    """Map a protocol error; one that carries an error body is that error."""
    if error is None:
        return Unavailable(f"{unit} closed the connection", retry_after=1.0)
    if isinstance(error.data, dict) and "code" in error.data:
        return error_from_body(cast("dict[str, Any]", error.data))
    match error.code:
        case code if code in (INVALID_PARAMS, METHOD_NOT_FOUND):
            return InvalidInput(error.message)
        case code if code == REQUEST_TIMEOUT:
            return DeadlineExceeded(f"{unit} did not answer in time")
        case _:
            return Unavailable(f"{unit}: {error.message}")
