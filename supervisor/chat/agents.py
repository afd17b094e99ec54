"""Agents over HTTP: looking into them, reading what was said, pausing, exporting and retiring them.

``me`` is the caller's own agent, for which the supervisor's ordinary scopes do. A colleague's, and one that is
retired, takes ``agents.read`` to look at and ``agents.write`` to change; without it, it is not found.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from pydantic import AwareDatetime, BaseModel, Field, ValidationError
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from shared.edge.errors import invalid_from
from shared.edge.ports import Gate, principal_of
from shared.kernel.errors import Denied, NotFound
from shared.kernel.principal import Principal
from shared.wire.planning import Risk
from supervisor.agents.export import Exporter
from supervisor.agents.history import MOST, History, HistoryQuery
from supervisor.agents.inspection import Inspector
from supervisor.agents.lifecycle import Lifecycle
from supervisor.agents.records import Agent
from supervisor.chat.agui import UNIT, Asked, allowed, guarded, valid

OPERATORS_READ = "agents.read"
OPERATORS_WRITE = "agents.write"
ME = "me"
CHUNK = 65_536

Handler = Callable[[Request, str, str], Awaitable[Response]]


class Reason(BaseModel):
    """Why somebody pauses or retires an agent."""

    reason: str = Field(min_length=1, max_length=200)


class Pause(Reason):
    """A pause, for good or until a time."""

    until: AwareDatetime | None = None


class Listing(BaseModel):
    """Which page of agents."""

    cursor: str | None = None
    limit: int = Field(default=50, ge=1, le=200)


class MessageListing(HistoryQuery):
    """Which page of messages."""

    cursor: str | None = None
    limit: int = Field(default=50, ge=1, le=MOST)


def agent_routes(
    inspector: Inspector, lifecycle: Lifecycle, history: History, exporter: Exporter, gate: Gate
) -> list[Route]:
    """Return the routes."""

    async def agents(request: Request) -> Response:
        principal = await allowed(request, gate, "agents.list", "read")
        if OPERATORS_READ not in principal.scopes:
            raise Denied("listing agents is for operators.", fix=f"It takes the scope {OPERATORS_READ}.")
        asked = valid(Listing, dict(request.query_params))
        return _json(await inspector.page(principal.tenant, asked.cursor, asked.limit))

    async def show(_: Request, tenant: str, agent: str) -> Response:
        return _json(await inspector.agent(tenant, agent))

    async def messages(request: Request, tenant: str, agent: str) -> Response:
        asked = valid(MessageListing, dict(request.query_params))
        query = HistoryQuery(**asked.model_dump(exclude={"cursor", "limit"}))
        return _json(await history.page(tenant, agent, query, asked.cursor, asked.limit))

    async def pause(request: Request, tenant: str, agent: str) -> Response:
        asked = _read(Pause, await request.body())
        await lifecycle.pause(tenant, agent, asked.reason, asked.until)
        return _json(await inspector.agent(tenant, agent))

    async def resume(_: Request, tenant: str, agent: str) -> Response:
        await lifecycle.resume(tenant, agent)
        return _json(await inspector.agent(tenant, agent))

    async def close(request: Request, tenant: str, agent: str) -> Response:
        await lifecycle.close(tenant, agent, _read(Reason, await request.body()).reason)
        return _json(await inspector.agent(tenant, agent))

    async def retire(_: Request, tenant: str, agent: str) -> Response:
        unanswered = await lifecycle.retire(tenant, agent)
        return JSONResponse({"agent": (await inspector.agent(tenant, agent)).agent, "unanswered": unanswered})

    async def export(_: Request, tenant: str, agent: str) -> Response:
        file = await exporter.export(tenant, agent)
        chunks = iter(partial(file.read, CHUNK), b"")
        return StreamingResponse(chunks, media_type="application/zip", background=BackgroundTask(file.close))

    def about(path: str, handler: Handler, risk: Risk, method: str = "GET") -> Route:
        endpoint = _about_one(handler, inspector, gate, f"agents.{handler.__name__}", risk)
        # Another issuer's subjects may hold a slash.
        return Route(f"/agents/{{agent:path}}{path}", guarded(endpoint), methods=[method])

    return [
        Route("/agents", guarded(agents)),
        about("/messages", messages, "read"),
        about("/export", export, "read"),
        about("/pause", pause, "write", "POST"),
        about("/resume", resume, "write", "POST"),
        about("/close", close, "decide", "POST"),
        about("/retire", retire, "decide", "POST"),
        about("", show, "read"),
    ]


def _about_one(
    handler: Handler, inspector: Inspector, gate: Gate, skill: str, risk: Risk
) -> Callable[[Request], Awaitable[Response]]:
    """Have ``handler`` do its work if the caller may; an agent that is none of theirs is not found."""

    async def endpoint(request: Request) -> Response:
        principal = principal_of(request.scope)
        name = request.path_params["agent"]
        name = principal.subject if name == ME else name
        await gate.authorise(principal, unit=UNIT, skill=skill, risk=risk)
        try:
            found = await inspector.find(principal.tenant, name)
            if not _theirs(principal, found, risk):
                raise NotFound("there is no such agent", field="agent")
            return await handler(request, principal.tenant, found.id)
        except NotFound as error:
            await gate.refused(principal, unit=UNIT, skill=skill, risk=risk, error=error)
            raise

    return endpoint


def _theirs(principal: Principal, agent: Agent, risk: Risk) -> bool:
    needed = OPERATORS_READ if risk == "read" else OPERATORS_WRITE
    own = agent.subject == principal.subject and agent.retired_at is None
    return own or needed in principal.scopes


def _read(model: type[Asked], body: bytes) -> Asked:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise invalid_from(error) from None


def _json(answer: BaseModel) -> Response:
    return JSONResponse(answer.model_dump(mode="json"))
