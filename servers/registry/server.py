"""The MCP face: names, schemas and descriptions of the tools."""

from typing import Annotated

from mcp.server import MCPServer
from pydantic import Field

from servers.registry.card import INSTRUCTIONS, NAME
from servers.registry.core.directory import Directory
from servers.registry.core.models import FoundSkill, SkillPage, UnitInfo, UnitList
from shared.kernel.principal import current_principal
from shared.wire.planning import Risk, planning_meta

UnitName = Annotated[
    str, Field(description="a unit's name, such as evaluator", pattern=r"^[a-z][a-z0-9_]{1,62}$")
]


def build_server(directory: Directory) -> MCPServer:
    """Return the server; the directory is only used when a tool is called."""
    mcp = MCPServer(name=NAME, instructions=INSTRUCTIONS)
    _add_reading(mcp, directory)
    _add_deciding(mcp, directory)
    return mcp


def _add_reading(mcp: MCPServer, directory: Directory) -> None:
    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def list_units() -> UnitList:
        """List all units with their state, health, measured latency and any drift from their card."""
        return directory.list_units()

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def search_skills(
        query: Annotated[str, Field(description="words for what it should do; empty for all")] = "",
        produces: Annotated[str | None, Field(description="a fact it must produce")] = None,
        requires: Annotated[str | None, Field(description="a fact it must take")] = None,
        risk: Annotated[Risk | None, Field(description="only skills of this risk")] = None,
        plannable: Annotated[
            bool | None, Field(description="only skills a planner may (true) or may not (false) use")
        ] = None,
        limit: Annotated[int, Field(ge=1, le=500, description="how many to return")] = 100,
        cursor: Annotated[str | None, Field(description="next_cursor of the page before")] = None,
    ) -> SkillPage:
        """Find skills of all units that are as accepted, best match first, with schemas and planning data."""
        return directory.search(
            query=query,
            produces=produces,
            requires=requires,
            risk=risk,
            plannable=plannable,
            limit=limit,
            cursor=cursor,
        )

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def get_skill(
        id: Annotated[str, Field(description="unit.skill, such as projects.get_project")],
    ) -> FoundSkill:
        """Get one skill: what it does, its schemas, how it fits into a plan, whether its unit answers."""
        return directory.get(id)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def refresh(
        name: Annotated[str | None, Field(description="one unit; all of them when omitted")] = None,
    ) -> UnitList:
        """Probe units now instead of at the next round, and list them."""
        await (directory.probe(name) if name else directory.probe_all())
        return directory.list_units()


def _add_deciding(mcp: MCPServer, directory: Directory) -> None:
    @mcp.tool(meta=planning_meta(risk="decide", plannable=False))
    async def pin_unit(name: UnitName) -> UnitInfo:
        """Accept the card that a unit shows now, which ends its quarantine."""
        return await directory.pin(name, current_principal().subject)

    @mcp.tool(meta=planning_meta(risk="decide", plannable=False))
    async def register_unit(
        name: UnitName, url: Annotated[str, Field(description="base URL where it publishes its card")]
    ) -> UnitInfo:
        """Add an agent or tool server of somebody else by its address, and accept its card."""
        return await directory.register(name, url, current_principal().subject)
