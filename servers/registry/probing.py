"""Reaching units: readiness, their cards, and MCP tool lists over the protocol itself."""

import asyncio
import time
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from a2a.utils.constants import TransportProtocol
from a2a.utils.errors import InvalidParamsError
from google.protobuf.json_format import ParseError

from servers.registry.core.models import Card, Probe, UnitKind, UnitState
from shared.edge.a2a_cards import card_from_json
from shared.edge.app import MCP_CARD_PATH
from shared.edge.calls import MCP_PATH, Endpoint
from shared.edge.mcp_client import McpClients
from shared.edge.partners import Outside
from shared.edge.token_source import TokenSource
from shared.kernel.errors import Denied, InvalidInput, Unauthenticated, Unavailable
from shared.wire.partners import Access

A2A_CARD_PATH = "/.well-known/agent-card.json"
SECONDS = 5.0
MAX_CARD_BYTES = 4 * 1024 * 1024


class HttpProber:
    """Probes units over HTTP; close it with ``aclose``.

    Args:
        tokens: gets tokens for units of the catalogue; nobody else ever gets one.
        outside: how registered units are reached, and with which credentials.
    """

    def __init__(self, tokens: TokenSource, outside: Outside) -> None:
        self._tokens = tokens
        self._outside = outside
        self._http = httpx.AsyncClient(timeout=SECONDS, trust_env=False)
        self._mcp = McpClients()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()
        await self._mcp.aclose()

    async def probe(self, unit: UnitState) -> Probe:
        """Return the card and how long it took to show it, in milliseconds."""
        began = time.perf_counter()
        try:
            async with asyncio.timeout(2 * SECONDS):
                found = await (
                    self._own(unit) if unit.access is None else self._registered(unit, unit.access)
                )
        except TimeoutError:
            raise Unavailable("it does not answer in time") from None
        return found.model_copy(update={"latency_ms": (time.perf_counter() - began) * 1000})

    async def kind_at(self, url: str) -> UnitKind:
        """Say that an agent shows its card at ``url``, or else that it must be a tool server."""
        answer = await self._get(self._outside.http, f"{url}{A2A_CARD_PATH}")
        return "a2a" if answer.is_success else "mcp"

    async def _own(self, unit: UnitState) -> Probe:
        if not (await self._get(self._http, f"{unit.url}/readyz")).is_success:
            raise Unavailable("it is not ready")
        if unit.kind == "a2a":
            return Probe(card=await self._agent_card(self._http, unit.url), latency_ms=0)
        token = await self._tokens.for_unit(unit.name, None)
        card = await self._json(self._http, f"{unit.url}{MCP_CARD_PATH}")
        endpoint = Endpoint(unit.name, unit.url + MCP_PATH, token)
        return Probe(card=card | {"tools": await self._tools(self._mcp, endpoint)}, latency_ms=0)

    async def _registered(self, unit: UnitState, access: Access) -> Probe:
        token = await self._outside.credentials.token(unit.tenant, access)
        if unit.kind == "a2a":
            card = await self._agent_card(self._outside.http, unit.url)
            return Probe(card=card, latency_ms=0, **_spoken_at(card, unit.url))
        url = unit.url if urlsplit(unit.url).path else unit.url + MCP_PATH
        endpoint = Endpoint(unit.name, url, token, own=False)
        try:
            tools = await self._tools(self._outside.lines.mcp, endpoint)
        except (Unauthenticated, Denied) as error:
            raise Denied(
                f"it does not accept our credentials ({error.message})",
                field="access",
                fix="Check the secret that it is registered with.",
            ) from error
        return Probe(card={"name": unit.name, "tools": tools}, latency_ms=0, endpoint=url)

    async def _tools(self, clients: McpClients, endpoint: Endpoint) -> list[dict[str, Any]]:
        tools = await clients.list_tools(endpoint, SECONDS)
        dumped = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]
        return sorted(dumped, key=lambda tool: tool["name"])

    async def _agent_card(self, http: httpx.AsyncClient, url: str) -> Card:
        card = await self._json(http, f"{url}{A2A_CARD_PATH}")
        try:
            card_from_json(card)
        except (ParseError, InvalidParamsError) as error:
            raise InvalidInput(f"its card is not a valid A2A card ({type(error).__name__})") from None
        return card

    async def _json(self, http: httpx.AsyncClient, url: str) -> dict[str, Any]:
        answer = await self._get(http, url)
        try:
            body = answer.json() if answer.is_success else None
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise InvalidInput("it publishes no card")
        return body

    async def _get(self, http: httpx.AsyncClient, url: str) -> httpx.Response:
        """Fetch without following redirects. Raises Unavailable, InvalidInput for something far too large."""
        try:
            async with http.stream("GET", url, timeout=SECONDS) as answer:
                content = b""
                async for chunk in answer.aiter_bytes():
                    content += chunk
                    if len(content) > MAX_CARD_BYTES:
                        raise InvalidInput("its answer is too large for a card")
        except httpx.HTTPError as error:
            raise Unavailable(f"it does not answer ({type(error).__name__})") from error
        return httpx.Response(
            answer.status_code, headers={"content-type": "application/json"}, content=content
        )


def _spoken_at(card: Card, url: str) -> dict[str, Any]:
    """Return where and how an agent speaks JSON-RPC. Its card may not send us, and our token, elsewhere."""
    for interface in card_from_json(card).supported_interfaces:
        if interface.protocol_binding != TransportProtocol.JSONRPC.value:
            continue
        if urlsplit(interface.url)[:2] != urlsplit(url)[:2]:
            raise InvalidInput(
                "its card names another host than the one it is registered at",
                field="url",
                fix="Register that.",
            )
        return {
            "endpoint": interface.url,
            "protocol_version": interface.protocol_version,
            "streaming": bool(card.get("capabilities", {}).get("streaming")),
        }
    raise InvalidInput("its card names no JSON-RPC interface", field="url")
