"""The pooled connections over which calls go, one client a protocol."""

from typing import TYPE_CHECKING

import httpx
import httpx2

from shared.edge.mcp_client import McpClients

if TYPE_CHECKING:
    from shared.edge.a2a_client import A2AClients


class Lines:
    """Both protocols' clients over their own connections; a ``transport`` replaces the network."""

    def __init__(
        self,
        mcp_transport: httpx2.AsyncBaseTransport | None = None,
        a2a_transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.mcp = McpClients(mcp_transport)
        self._a2a: A2AClients | None = None
        self._a2a_transport = a2a_transport

    @property
    def a2a(self) -> "A2AClients":
        """The A2A half; most tool servers never call an agent, and its SDK takes long to import."""
        if self._a2a is None:
            from shared.edge.a2a_client import A2AClients

            self._a2a = A2AClients(self._a2a_transport)
        return self._a2a

    async def aclose(self) -> None:
        """Close all connections."""
        await self.mcp.aclose()
        if self._a2a is not None:
            await self._a2a.aclose()
