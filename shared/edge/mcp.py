"""Hosting a unit's ``MCPServer``: one endpoint for both protocol revisions, callers, policy and errors."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from types import CoroutineType
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from mcp.shared.inbound import x_mcp_header_map
from mcp_types import (
    INVALID_PARAMS,
    CallToolResult,
    InputRequiredResult,
    TextContent,
    Tool,
)
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request

from shared.edge.calls import MCP_PATH
from shared.edge.errors import error_body, internal_error, invalid_from, wire_of
from shared.edge.ports import Gate, principal_of
from shared.kernel.call import IDEMPOTENCY_HEADER, handling_call
from shared.kernel.errors import HiremeshError, InvalidInput, NotFound
from shared.kernel.principal import Principal, acting_as, current_principal
from shared.wire.planning import PLANNING_META, Planning, carries_approval

MAX_REQUEST_BYTES = 32 * 1024 * 1024
REVISIONS = ("2026-07-28", "2025-11-25")

_CallTool = Callable[..., "CoroutineType[Any, Any, CallToolResult | InputRequiredResult]"]


def planning_of(meta: dict[str, Any] | None) -> Planning:
    """Return the planning metadata of a tool's ``_meta``; a tool without any is not plannable."""
    fields = (meta or {}).get(PLANNING_META)
    return Planning.model_validate(fields) if fields is not None else Planning(plannable=False)


def failed_result(error: HiremeshError) -> CallToolResult:
    """Return the tool result that tells an expected failure."""
    return CallToolResult(
        content=[TextContent(type="text", text=str(error))],
        structured_content=error_body(error),
        is_error=True,
    )


def protect(server: MCPServer[Any], *, unit: str, gate: Gate) -> MCPServer[Any]:
    """Put policy, callers and error mapping around every request to ``server``; once per server."""
    server.middleware.append(_caller_middleware)
    server.call_tool = _guarded(server, server.call_tool, unit, gate)
    _look_once_for_mirrored_arguments(server)
    return server


def _look_once_for_mirrored_arguments(server: MCPServer[Any]) -> None:
    """Let the SDK look through a tool's input schema for arguments that headers repeat once, not at each call."""
    lowlevel = server._lowlevel_server  # pyright: ignore[reportPrivateUsage]  # there is no other way to it
    schema_of = lowlevel.get_tool_input_schema
    assert schema_of is not None  # the SDK's own server always says
    mirrors: dict[str, bool] = {}

    def mirrored_schema(name: str) -> Mapping[str, Any] | None:
        schema = schema_of(name)
        if schema is not None and name not in mirrors:
            mirrors[name] = bool(x_mcp_header_map(schema))
        return schema if mirrors.get(name) else None

    lowlevel.get_tool_input_schema = mirrored_schema


async def _caller_middleware(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    """Make the authenticated caller the principal of the handler, and hide what failed unexpectedly."""
    key = ctx.request.headers.get(IDEMPOTENCY_HEADER) if isinstance(ctx.request, Request) else None
    with acting_as(_caller(ctx)), handling_call(key):
        try:
            return await call_next(ctx)
        except (MCPError, ValidationError):
            raise
        except HiremeshError as error:
            raise _protocol_error(error) from None
        except Exception as error:
            raise _protocol_error(internal_error(error, f"mcp {ctx.method}")) from None


def _caller(ctx: ServerRequestContext[Any, Any]) -> Principal:
    """Over HTTP the door named the caller; in process it is whoever calls."""
    if isinstance(ctx.request, Request):
        return principal_of(ctx.request.scope)
    return current_principal()


def _protocol_error(error: HiremeshError) -> MCPError:
    return MCPError(wire_of(error).jsonrpc, error.message, error_body(error))


def _guarded(server: MCPServer[Any], call: _CallTool, unit: str, gate: Gate) -> _CallTool:
    """Wrap ``server.call_tool``: ask the policy first, then map what the tool raises."""

    tools: dict[str, Tool] = {}

    async def call_tool(
        name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        if name not in tools:
            tools.update({tool.name: tool for tool in await server.list_tools()})
        if name not in tools:
            raise MCPError(INVALID_PARAMS, f"Unknown tool: {name}")
        risk = planning_of(tools[name].meta).risk
        approved = carries_approval(tools[name].input_schema, arguments)
        try:
            async with gate.admitted(
                current_principal(), unit=unit, skill=name, risk=risk, approved=approved
            ):
                return await call(name, arguments, context)
        except MCPError:
            raise
        except (HiremeshError, ToolError) as error:
            reason = error if isinstance(error, HiremeshError) else _reason(error, f"{unit}.{name}")
            if isinstance(reason, (NotFound, InvalidInput)):
                await gate.refused(current_principal(), unit=unit, skill=name, risk=risk, error=reason)
            return failed_result(reason)

    return call_tool


def _reason(error: ToolError, where: str) -> HiremeshError:
    """Find what the tool itself raised behind the SDK's wrapper."""
    cause: BaseException = error
    while isinstance(cause, ToolError) and cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, HiremeshError):
        return cause
    if isinstance(cause, ValidationError) and not isinstance(error, UnexpectedToolError):
        return invalid_from(cause)
    return internal_error(cause, where)


def transport_security(allowed_hosts: list[str]) -> TransportSecuritySettings:
    """Accept the loopback names and ``allowed_hosts`` (``name`` or ``name:*``) as Host and Origin."""
    hosts = ["127.0.0.1", "127.0.0.1:*", "localhost", "localhost:*", "[::1]", "[::1]:*", *allowed_hosts]
    origins = [f"{scheme}://{host}" for scheme in ("http", "https") for host in hosts]
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)


def mcp_app(server: MCPServer[Any], *, allowed_hosts: list[str]) -> Starlette:
    """Return the ASGI app with the unit's endpoint at ``/mcp``; run it inside ``mcp_lifespan``.

    Streamable HTTP without sessions: each request stands for itself, so that any replica can answer it
    and a restart loses nobody. Results stream as SSE as soon as there is progress to tell.
    """
    return server.streamable_http_app(
        streamable_http_path=MCP_PATH,
        stateless_http=True,
        max_request_body_size=MAX_REQUEST_BYTES,
        transport_security=transport_security(allowed_hosts),
    )


@asynccontextmanager
async def mcp_lifespan(server: MCPServer[Any]) -> AsyncGenerator[None]:
    """Run what the endpoint needs while it serves. A mounted sub-app's own lifespan never runs."""
    async with server.session_manager.run():
        yield
