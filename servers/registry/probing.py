"""Reaching units: readiness, their cards, and MCP tool lists over the protocol itself."""

import time
from types import TracebackType
from typing import Any, Self

import httpx
from a2a.utils.errors import InvalidParamsError
from google.protobuf.json_format import ParseError

from servers.registry.core.models import Card, Probe, UnitKind
from shared.edge.a2a_cards import card_from_json
from shared.edge.app import MCP_CARD_PATH
from shared.edge.mcp_client import McpClients
from shared.edge.token_source import TokenSource
from shared.kernel.errors import InvalidInput, Unavailable

A2A_CARD_PATH = "/.well-known/agent-card.json"
SECONDS = 5.0
MAX_CARD_BYTES = 4 * 1024 * 1024


class HttpProber:
    """Probes units over HTTP; close it with ``aclose``.

    Args:
        tokens: gets tokens for units of the catalogue. Registered ones get none: their cards are public.
        own: the names of the catalogue's units.
    """

    def __init__(self, tokens: TokenSource, own: frozenset[str]) -> None:
        self._tokens = tokens
        self._own = own
        self._http = httpx.AsyncClient(timeout=SECONDS, trust_env=False)
        self._mcp = McpClients()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()
        await self._mcp.aclose()

    async def probe(self, name: str, kind: UnitKind, url: str) -> Probe:
        """Return the card and how long it took to say it is ready and show it, in milliseconds."""
        own = name in self._own
        token = await self._tokens.for_unit(name, None) if own and kind == "mcp" else None
        began = time.perf_counter()
        if own:
            await self._ready(url)
        card = await (self._agent_card(url) if kind == "a2a" else self._mcp_card(name, url, token))
        return Probe(card=card, latency_ms=(time.perf_counter() - began) * 1000)

    async def kind_at(self, url: str) -> UnitKind:
        """Say whether an agent or a tool server shows its card at ``url``."""
        if (await self._get(f"{url}{A2A_CARD_PATH}")).is_success:
            return "a2a"
        if (await self._get(f"{url}{MCP_CARD_PATH}")).is_success:
            return "mcp"
        raise InvalidInput(
            "no card is published there", field="url", fix=f"It needs {A2A_CARD_PATH} or {MCP_CARD_PATH}."
        )

    async def _ready(self, url: str) -> None:
        answer = await self._get(f"{url}/readyz")
        if not answer.is_success:
            raise Unavailable("it is not ready")

    async def _agent_card(self, url: str) -> Card:
        card = await self._json(f"{url}{A2A_CARD_PATH}")
        try:
            card_from_json(card)
        except (ParseError, InvalidParamsError) as error:
            raise InvalidInput(f"its card is not a valid A2A card ({type(error).__name__})") from None
        return card

    async def _mcp_card(self, name: str, url: str, token: str | None) -> Card:
        card = await self._json(f"{url}{MCP_CARD_PATH}")
        if token is not None:
            tools = await self._mcp.list_tools(url, token, name, SECONDS)
            dumped = (tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools)
            card["tools"] = sorted(dumped, key=lambda tool: tool["name"])
        return card

    async def _json(self, url: str) -> dict[str, Any]:
        answer = await self._get(url)
        try:
            body = answer.json() if answer.is_success else None
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise InvalidInput("it publishes no card")
        return body

    async def _get(self, url: str) -> httpx.Response:
        """Fetch without following redirects. Raises Unavailable, InvalidInput for something far too large."""
        try:
            async with self._http.stream("GET", url) as answer:
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
