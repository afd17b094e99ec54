"""The sample MCP server hosted as the unit ``projects``: ``python -m tests.support.served_sample``."""

from shared.edge.manifest import Manifest

MANIFEST = Manifest(
    name="projects",
    package="tests.support.served_sample",
    kind="mcp",
    port=8103,
    engines=("postgres",),
    summary="For tests",
)
