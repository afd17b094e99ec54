"""The sample MCP server hosted as the unit ``projects``: ``python -m tests.support.served_sample``."""

import asyncio
from typing import Any

from mcp.server.mcpserver import MCPServer

from shared.edge.manifest import Manifest
from shared.edge.serve import Runtime, serve_unit
from shared.edge.settings import UnitSettings
from tests.support.sample_units import sample_server

MANIFEST = Manifest(
    name="projects",
    package="tests.support.served_sample",
    kind="mcp",
    port=8103,
    engines=("postgres",),
    summary="For tests",
)


async def build(_: Runtime) -> MCPServer[Any]:
    return sample_server()


if __name__ == "__main__":
    asyncio.run(serve_unit(MANIFEST, build, UnitSettings()))
