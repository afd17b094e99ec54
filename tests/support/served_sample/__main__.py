"""Serves the sample server behind a real door."""

import asyncio
from typing import Any

from mcp.server.mcpserver import MCPServer

from shared.edge.serve import Runtime, serve_unit
from shared.edge.settings import UnitSettings
from tests.support.sample_units import sample_server
from tests.support.served_sample import MANIFEST


async def build(_: Runtime) -> MCPServer[Any]:
    return sample_server()


if __name__ == "__main__":
    asyncio.run(serve_unit(MANIFEST, build, UnitSettings()))
