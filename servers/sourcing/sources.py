"""Requirements and people, from the units that keep them."""

from servers.sourcing.core.models import SearchArguments
from servers.sourcing.core.ports import FoundPeople
from shared.edge.units import UnitCalls
from shared.wire.requirements import Requirements, RequirementsRef


class UnitSources:
    """Asks projects and recruiter_search over MCP, on behalf of the current principal."""

    def __init__(self, units: UnitCalls) -> None:
        self._units = units

    async def requirements(self, ref: RequirementsRef) -> Requirements:
        return await self._units.call_tool(
            "projects", "get_requirements", ref.model_dump(), returns=Requirements
        )

    async def people(self, arguments: SearchArguments, exclude: list[str], limit: int) -> FoundPeople:
        given = {
            "text": arguments.text,
            "filters": arguments.filters,
            "exclude": {"candidate_ids": exclude},
            "prefer": arguments.prefer,
            "limit": limit,
        }
        return await self._units.call_tool(
            "recruiter_search", "search_candidates", given, returns=FoundPeople
        )
