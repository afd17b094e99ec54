"""Units in process: hosted behind an open door, called by MCP and A2A clients over ASGI, or faked."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import uvicorn
from a2a.client import Client as A2AClient
from a2a.client import ClientConfig, ClientFactory
from a2a.server.tasks import TaskStore
from a2a.utils.constants import TransportProtocol
from mcp import Client as McpClient
from mcp.server.mcpserver import MCPServer
from pydantic import BaseModel, TypeAdapter
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.edge.a2a_cards import card_from_json
from shared.edge.app import UnitEdge, unit_app
from shared.edge.cards import McpCard
from shared.edge.mcp import protect
from shared.edge.ports import Gate
from shared.edge.progress import OnProgress
from shared.edge.units import Units
from shared.kernel.errors import Denied, HiremeshError, InvalidInput, NotFound
from shared.kernel.principal import Principal, acting_as
from shared.wire.planning import Risk

BASE_URL = "http://127.0.0.1:8000"
ADA = Principal(
    subject="person:ada", kind="person", tenant="acme", scopes=frozenset({"*.read", "*.write"}), token="t-ada"
)
BOB = Principal(
    subject="person:bob", kind="person", tenant="bolt", scopes=frozenset({"*.read"}), token="t-bob"
)
T = TypeVar("T")


@dataclass
class OpenGate:
    """A door that lets ``principal`` in and allows every risk in ``risks``; it remembers what was decided."""

    principal: Principal = ADA
    risks: frozenset[Risk] = frozenset({"read", "write", "contact", "decide"})
    decided: list[tuple[str, Risk]] = field(default_factory=list)
    not_found: list[str] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)

    def guard(self, app: ASGIApp) -> ASGIApp:
        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "lifespan":
                await app(scope, receive, send)
                return
            scope.setdefault("state", {})["principal"] = self.principal
            with acting_as(self.principal):
                await app(scope, receive, send)

        return guarded

    async def authorise(
        self, principal: Principal, *, unit: str, skill: str, risk: Risk, approved: bool = False
    ) -> None:
        self.decided.append((f"{unit}.{skill}", risk))
        if risk not in self.risks:
            raise Denied(f"{risk} is not permitted on {unit}.{skill}")

    @asynccontextmanager
    async def admitted(
        self, principal: Principal, *, unit: str, skill: str, risk: Risk, approved: bool = False
    ) -> AsyncGenerator[None]:
        await self.authorise(principal, unit=unit, skill=skill, risk=risk, approved=approved)
        yield

    async def refused(
        self, principal: Principal, *, unit: str, skill: str, risk: Risk, error: NotFound | InvalidInput
    ) -> None:
        (self.not_found if isinstance(error, NotFound) else self.invalid).append(f"{unit}.{skill}")


class FixedTokens:
    """Hands out ``token for <unit>`` and remembers for which units it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def for_unit(self, unit: str, principal: Principal) -> str:
        self.asked.append(unit)
        return f"token-for-{unit}"


@dataclass(frozen=True)
class Hosted:
    """A unit that listens on a loopback port."""

    url: str

    @asynccontextmanager
    async def mcp(self, *, mode: str = "2026-07-28") -> AsyncGenerator[McpClient]:
        """Connect over streamable HTTP. ``mode="legacy"`` speaks 2025-11-25."""
        async with McpClient(f"{self.url}/mcp", mode=mode) as client:
            yield client

    @asynccontextmanager
    async def a2a(
        self, *, binding: TransportProtocol = TransportProtocol.JSONRPC
    ) -> AsyncGenerator[A2AClient]:
        """Connect with the published card, over JSON-RPC or REST."""
        async with httpx.AsyncClient(timeout=30) as http:
            config = ClientConfig(httpx_client=http, supported_protocol_bindings=[binding.value])
            card = card_from_json((await http.get(f"{self.url}/.well-known/agent-card.json")).json())
            yield ClientFactory(config).create(card)

    @asynccontextmanager
    async def http(self) -> AsyncGenerator[httpx.AsyncClient]:
        """Connect without any protocol."""
        async with httpx.AsyncClient(base_url=self.url) as http:
            yield http


@asynccontextmanager
async def listening(app_at: Callable[[str], ASGIApp]) -> AsyncGenerator[str]:
    """Serve the app that ``app_at(its URL)`` returns on a loopback port, and lend the URL."""
    # With the protocol named, asyncio sets TCP_NODELAY on what it accepts; without, each call waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(
        uvicorn.Config(app_at(url), log_level="error", lifespan="on", timeout_graceful_shutdown=2)
    )
    server.capture_signals = nullcontext  # pyright: ignore[reportAttributeAccessIssue]
    started = asyncio.Event()
    startup = server.startup

    async def tell_when_started(sockets: Any = None) -> None:
        await startup(sockets)
        started.set()

    server.startup = tell_when_started
    task = asyncio.create_task(server.serve([listener]))
    await started.wait()
    try:
        yield url
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def hosted(
    edge: UnitEdge,
    *,
    name: str = "sample",
    gate: Gate | None = None,
    tasks: TaskStore | None = None,
    card: McpCard | None = None,
) -> AsyncGenerator[Hosted]:
    """Serve a unit on a loopback port behind ``gate``, with streaming and disconnects as in production."""

    def app_at(url: str) -> ASGIApp:
        return unit_app(edge, name=name, gate=gate or OpenGate(), base_url=url, tasks=tasks, card=card)

    async with listening(app_at) as url:
        yield Hosted(url)


@asynccontextmanager
async def units_at(**urls: str) -> AsyncGenerator[Units]:
    """Open a client to hosted units, as Ada."""
    async with Units(urls, FixedTokens()) as units:
        with acting_as(ADA):
            yield units


@asynccontextmanager
async def mcp_client(
    server: MCPServer[Any], *, name: str = "sample", gate: OpenGate | None = None, mode: str = "2026-07-28"
) -> AsyncGenerator[McpClient]:
    """Connect to a server in memory, as the gate's principal. ``mode="legacy"`` speaks 2025-11-25."""
    gate = gate or OpenGate()
    with acting_as(gate.principal):
        async with McpClient(protect(server, unit=name, gate=gate), mode=mode) as client:
            yield client


Reply = Callable[[Any], Any] | BaseModel | dict[str, Any] | list[Any] | HiremeshError


class FakeUnits:
    """Stands in for ``Units``: replies by ``unit.skill``, and remembers every call.

    A reply is a value, an error to raise, or a function of the input that returns or awaits to either.
    """

    def __init__(self, replies: dict[str, Reply] | None = None) -> None:
        self.replies: dict[str, Reply] = dict(replies or {})
        self.calls: list[tuple[str, Any]] = []

    def inputs(self, what: str) -> list[Any]:
        """Return what ``unit.skill`` was called with, in order."""
        return [given for name, given in self.calls if name == what]

    async def call_tool(
        self,
        unit: str,
        tool: str,
        arguments: dict[str, Any],
        returns: type[T],
        *,
        timeout: float = 30,
    ) -> T:
        return await self._reply(f"{unit}.{tool}", arguments, returns)

    async def send(
        self,
        unit: str,
        skill: str,
        input: BaseModel | dict[str, Any],
        returns: type[T],
        *,
        on_progress: OnProgress | None = None,
        timeout: float = 600,
        context_id: str | None = None,
        task_id: str | None = None,
    ) -> T:
        fields = input.model_dump(mode="json") if isinstance(input, BaseModel) else input
        return await self._reply(f"{unit}.{skill}", fields, returns)

    async def _reply(self, what: str, given: Any, returns: type[T]) -> T:
        self.calls.append((what, given))
        if what not in self.replies:
            raise NotFound(f"no reply is prepared for {what}")
        reply = self.replies[what]
        value = reply(given) if callable(reply) else reply
        value = await value if isinstance(value, Awaitable) else value
        if isinstance(value, HiremeshError):
            raise value
        plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
        return TypeAdapter(returns).validate_python(plain)
