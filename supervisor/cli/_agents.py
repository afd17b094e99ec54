"""A client of the supervisor's routes about agents, signed in as somebody who may operate them."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import httpx

from shared.edge.errors import error_from_body
from shared.kernel.errors import HiremeshError, Unavailable
from supervisor.cli._operator import operator

SCOPES = ("*.read", "*.write", "supervisor.decide", "agents.read", "agents.write")
SIGN_IN = timedelta(minutes=15)
SECONDS = 60.0


class AgentsClient:
    """Asks the supervisor about agents.

    Args:
        base_url: the supervisor's.
        token: a bearer token for it.
    """

    def __init__(self, http: httpx.AsyncClient, base_url: str, token: str) -> None:
        self._http = http
        self._url = f"{base_url}/agents"
        self._headers = {"Authorization": f"Bearer {token}"}

    async def get(self, agent: str | None, what: str = "", **asked: object) -> Any:
        """Return an agent, or something of it; without one the list of all. Raises HiremeshError."""
        parameters = {name: str(value) for name, value in asked.items() if value is not None}
        return (await self._ask("GET", self._of(agent, what), parameters)).json()

    async def post(self, agent: str, what: str, body: Mapping[str, str]) -> Any:
        """Have something done with an agent. Raises HiremeshError."""
        return (await self._ask("POST", self._of(agent, what), body=body)).json()

    async def export(self, agent: str, to: IO[bytes]) -> None:
        """Write an agent's export to an open file. Raises HiremeshError."""
        url = self._of(agent, "/export")
        try:
            async with self._http.stream("GET", url, headers=self._headers, timeout=SECONDS) as response:
                if response.is_error:
                    await response.aread()
                    raise _refusal(response)
                async for chunk in response.aiter_bytes():
                    to.write(chunk)
        except httpx.TransportError:
            raise _away() from None

    def _of(self, agent: str | None, what: str) -> str:
        return f"{self._url}/{quote(agent, safe='')}{what}" if agent else self._url

    async def _ask(
        self,
        method: str,
        url: str,
        parameters: Mapping[str, str] | None = None,
        body: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        try:
            response = await self._http.request(
                method, url, params=parameters, json=body, headers=self._headers, timeout=SECONDS
            )
        except httpx.TransportError:
            raise _away() from None
        if response.is_error:
            raise _refusal(response)
        return response


@asynccontextmanager
async def agents_client(data: Path | None, tenant: str, subject: str) -> AsyncGenerator[AgentsClient]:
    """Lend a client of the running deployment, with which ``subject`` looks after a tenant's agents."""
    from supervisor.launch.folder import DataFolder

    url = DataFolder(data).running().units["supervisor"]
    async with operator(data) as issuer:
        token, _ = await issuer.mint(
            subject, tenant=tenant, scopes=SCOPES, audiences=["supervisor"], lifetime=SIGN_IN
        )
    async with httpx.AsyncClient(trust_env=False) as http:
        yield AgentsClient(http, url, token)


def _refusal(response: httpx.Response) -> HiremeshError:
    return error_from_body(response.json()["error"])


def _away() -> Unavailable:
    return Unavailable("the supervisor does not answer.", fix="Look with: hiremesh status")
