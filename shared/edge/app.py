"""One unit as an ASGI app: its protocol, its public card and its health, behind the door."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import RequestBodyLimitMiddleware
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.edge.cards import McpCard, with_tools
from shared.edge.mcp import MAX_REQUEST_BYTES, mcp_app, mcp_lifespan, protect
from shared.edge.ports import Gate
from shared.telemetry import TraceMiddleware

if TYPE_CHECKING:
    from a2a.server.tasks import TaskStore

    from shared.edge.a2a import A2AUnit

MCP_CARD_PATH = "/.well-known/mcp-card.json"
UnitEdge: TypeAlias = "MCPServer[Any] | A2AUnit"
Checks = Callable[[], Awaitable[dict[str, bool]]]


async def _nothing_to_check() -> dict[str, bool]:
    return {}


def unit_app(
    edge: UnitEdge,
    *,
    name: str,
    gate: Gate,
    base_url: str,
    allowed_hosts: list[str] | None = None,
    tasks: "TaskStore | None" = None,
    checks: Checks = _nothing_to_check,
    routes: list[BaseRoute] | None = None,
    card: McpCard | None = None,
    pages: list[Route] | None = None,
    model: Callable[[], str] | None = None,
) -> ASGIApp:
    """Return the app of one unit; nothing but health, public cards and ``pages`` is reachable past ``gate``.

    Args:
        edge: what the unit built.
        base_url: how others reach it, for its card.
        allowed_hosts: ``Host`` headers to accept besides loopback names.
        tasks: keeps A2A tasks; in memory when there is no database.
        checks: engine name → whether it is in reach.
        routes: further routes of the unit, behind the door too.
        card: an MCP unit's prose; by default what its server says of itself.
        pages: static files for everybody, by exact path; none of them may answer with data.
        model: says what answers where the unit could ask a model; None for a unit that never does.
    """
    app = (
        _mcp(edge, name, gate, allowed_hosts or [], card)
        if isinstance(edge, MCPServer)
        else _a2a(edge, name, gate, base_url, tasks)
    )
    app.router.routes[:0] = [*_health(name, checks, model), *(routes or [])]
    bounded = RequestBodyLimitMiddleware(app, MAX_REQUEST_BYTES)
    return TraceMiddleware(_in_front_of(gate.guard(bounded), pages or []))


def _mcp(
    server: MCPServer[Any], name: str, gate: Gate, allowed_hosts: list[str], card: McpCard | None
) -> Starlette:
    protect(server, unit=name, gate=gate)
    endpoint = mcp_app(server, allowed_hosts=allowed_hosts)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        async with mcp_lifespan(server):
            yield

    prose = card or McpCard(
        name=name,
        title=server.title or name,
        description=server.description or "",
        instructions=server.instructions or "",
        version=server.version or "1.0.0",
    )

    async def published(_: Request) -> Response:
        return JSONResponse((await with_tools(prose, server)).model_dump(mode="json"))

    return Starlette(routes=[Route(MCP_CARD_PATH, published), *endpoint.routes], lifespan=lifespan)


def _a2a(unit: "A2AUnit", name: str, gate: Gate, base_url: str, tasks: "TaskStore | None") -> Starlette:
    # Imported here: a tool server has no use for the A2A SDK, which takes long to import.
    from a2a.server.tasks import InMemoryTaskStore

    from shared.edge.a2a_cards import at_url
    from shared.edge.a2a_serving import a2a_routes, request_handler

    served = at_url(unit.card, base_url)
    handler = request_handler(unit, name=name, gate=gate, tasks=tasks or InMemoryTaskStore())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        yield
        await handler.aclose()

    return Starlette(routes=a2a_routes(handler, served), lifespan=lifespan)


def _in_front_of(guarded: ASGIApp, pages: list[Route]) -> ASGIApp:
    public = {page.path: page for page in pages}

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        page = public.get(scope["path"]) if scope["type"] == "http" else None
        await (page.handle if page else guarded)(scope, receive, send)

    return served


def _health(name: str, checks: Checks, model: Callable[[], str] | None) -> list[BaseRoute]:
    async def alive(_: Request) -> Response:
        return JSONResponse({"unit": name, "alive": True})

    async def ready(_: Request) -> Response:
        engines = await checks()
        good = all(engines.values())
        said: dict[str, object] = {"unit": name, "ready": good, "engines": engines}
        return JSONResponse(said | ({"model": model()} if model else {}), 200 if good else 503)

    return [Route("/healthz", alive), Route("/readyz", ready)]
