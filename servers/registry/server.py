"""The MCP face: names, schemas and descriptions of the tools."""

from typing import Annotated

from mcp.server import MCPServer
from pydantic import Field

from servers.registry.card import INSTRUCTIONS, NAME
from servers.registry.core.directory import Directory
from servers.registry.core.models import FoundSkill, SkillPage, UnitInfo, UnitList
from shared.kernel.principal import current_principal
from shared.wire.partners import Access, DataClass, Partner
from shared.wire.planning import Planning, Risk, planning_meta

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
        return directory.list_units(current_principal().tenant)

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
            current_principal().tenant,
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
        return directory.get(id, current_principal().tenant)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def refresh(
        name: Annotated[str | None, Field(description="one unit; all of them when omitted")] = None,
    ) -> UnitList:
        """Probe units now instead of at the next round, and list them."""
        tenant = current_principal().tenant
        await (directory.probe(name, tenant) if name else directory.probe_all(tenant))
        return directory.list_units(tenant)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def get_partner(name: UnitName) -> Partner:
        """Get how a unit that was registered by address is called: where, how, and with what it may receive."""
        return directory.partner(name, current_principal().tenant)


def _add_deciding(mcp: MCPServer, directory: Directory) -> None:
    @mcp.tool(meta=planning_meta(risk="decide", plannable=False))
    async def pin_unit(name: UnitName) -> UnitInfo:
        """Accept the card that a unit shows now, which ends its quarantine."""
        caller = current_principal()
        return await directory.pin(name, caller.subject, caller.tenant)

    @mcp.tool(meta=planning_meta(risk="decide", plannable=False))
    async def register_unit(
        name: UnitName,
        url: Annotated[
            str, Field(description="an agent's base URL, where its card is, or a tool server's endpoint")
        ],
        access: Annotated[
            Access | None, Field(description="how it is called; secrets by the operator's name for them")
        ] = None,
        data: Annotated[
            list[DataClass] | None, Field(description="the classes of data it may receive; omit for none")
        ] = None,
        planning: Annotated[
            dict[str, Planning] | None,
            Field(description="by skill: the facts it takes and gives, where its own card does not say"),
        ] = None,
    ) -> UnitInfo:
        """Add an agent or tool server of another organisation by its address, and accept its card.

        It serves this organisation alone, is called with its own credentials, and gets only the agreed data.
        """
        caller = current_principal()
        return await directory.register(
            name, url, caller.subject, caller.tenant, access=access, data=data or [], planning=planning
        )

    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def retire_unit(name: UnitName) -> UnitList:
        """Take away a unit that was registered by address. It is not called any more from now on."""
        tenant = current_principal().tenant
        await directory.retire(name, tenant)
        return directory.list_units(tenant)
