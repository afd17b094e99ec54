"""Other organisations' servers: the plain SDKs, their own bearer tokens, nothing of ours. They keep what they hear."""

import base64
from dataclasses import dataclass, field
from typing import Any

from a2a.helpers.proto_helpers import get_data_parts, new_data_part, new_task_from_user_message
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.events import EventQueue
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.routes import create_agent_card_routes, create_jsonrpc_routes
from a2a.server.tasks import InMemoryTaskStore, TaskUpdater
from a2a.types.a2a_pb2 import AgentCapabilities, AgentCard, AgentInterface, AgentSkill
from mcp.server.mcpserver import MCPServer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass
class Heard:
    """What reached an outsider: every request's headers."""

    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def calls(self) -> list[dict[str, str]]:
        """Return the headers of calls that have a name: those of plans."""
        return [headers for headers in self.headers if "idempotency-key" in headers]

    @property
    def tokens(self) -> set[str]:
        """Return the bearer tokens that were sent."""
        sent = (headers.get("authorization", "") for headers in self.headers)
        return {value.removeprefix("Bearer ") for value in sent if value}

    def behind(self, app: ASGIApp, bearer: str | None) -> ASGIApp:
        """Put a bearer check before everything but the card, and listen."""

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                request = Request(scope)
                self.headers.append(dict(request.headers))
                public = request.url.path.startswith("/.well-known/")
                if bearer and not public and request.headers.get("authorization") != f"Bearer {bearer}":
                    await Response("who are you?", 401)(scope, receive, send)
                    return
            await app(scope, receive, send)

        return guarded


class _Benchmarking(AgentExecutor):
    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        assert context.message is not None
        task = new_task_from_user_message(context.message)
        await event_queue.enqueue_event(task)
        updater = TaskUpdater(event_queue, task.id, task.context_id)
        await updater.start_work()
        asked = next(iter(get_data_parts(context.message.parts)))["input"]
        result = {"band": f"{asked['role']}: 50-60k", "summary": "Looked it up."}
        await updater.add_artifact([new_data_part(result)], name="benchmark")
        await updater.complete()

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        raise NotImplementedError


def salary_agent(url: str, heard: Heard, bearer: str | None, *, description: str = "Knows pay.") -> ASGIApp:
    """Return a plain A2A agent that knows what a role pays."""
    card = AgentCard(
        name="Salaries",
        description="Pay benchmarks.",
        version="3.1",
        supported_interfaces=[
            AgentInterface(url=f"{url}/rpc", protocol_binding="JSONRPC", protocol_version="1.0")
        ],
        capabilities=AgentCapabilities(streaming=True),
        default_input_modes=["application/json"],
        default_output_modes=["application/json"],
        skills=[AgentSkill(id="benchmark", name="Benchmark", description=description, tags=["pay"])],
    )
    handler = DefaultRequestHandler(_Benchmarking(), InMemoryTaskStore(), agent_card=card)
    routes = [*create_agent_card_routes(card), *create_jsonrpc_routes(handler, "/rpc")]
    return heard.behind(Starlette(routes=routes), bearer)


def licence_server(heard: Heard, bearer: str | None) -> ASGIApp:
    """Return a plain MCP server that looks into a register of licences."""
    mcp = MCPServer[Any](name="licences")

    @mcp.tool()
    def check_rules(band: str) -> dict[str, str]:
        """Look up which rules hold for a pay band."""
        return {"rules": f"rules for {band}"}

    return heard.behind(mcp.streamable_http_app(stateless_http=True), bearer)


def partner_issuer(url: str, client: tuple[str, str], token: str, heard: Heard) -> ASGIApp:
    """Return an OAuth issuer that knows one client and grants it one token."""

    async def discovery(_: Request) -> Response:
        return JSONResponse({"issuer": url, "token_endpoint": f"{url}/oauth/token"})

    async def grant(request: Request) -> Response:
        given = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        if given != ":".join(client):
            return JSONResponse({"error": "invalid_client"}, 401)
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": 300})

    routes = [
        Route("/.well-known/openid-configuration", discovery),
        Route("/oauth/token", grant, methods=["POST"]),
    ]
    return heard.behind(Starlette(routes=routes), None)
