"""Requirements and dossiers from the units that keep them."""

from pydantic import BaseModel

from shared.edge.units import UnitCalls
from shared.wire.profile import Dossier
from shared.wire.requirements import Requirements, RequirementsRef

BATCH = 50
"""How many dossiers ``candidates.get_dossiers`` returns at most."""


class _Dossiers(BaseModel):
    dossiers: list[Dossier]


class UnitSources:
    """Asks projects and candidates over MCP, on behalf of the current principal."""

    def __init__(self, units: UnitCalls) -> None:
        self._units = units

    async def requirements(self, ref: RequirementsRef) -> Requirements:
        """Return one stored revision."""
        return await self._units.call_tool(
            "projects", "get_requirements", ref.model_dump(), returns=Requirements
        )

    async def dossiers(self, candidate_ids: list[str]) -> list[Dossier]:
        """Return those of the candidates that exist, in the order asked for."""
        found: list[Dossier] = []
        for start in range(0, len(candidate_ids), BATCH):
            part = candidate_ids[start : start + BATCH]
            answer = await self._units.call_tool(
                "candidates", "get_dossiers", {"candidate_ids": part}, returns=_Dossiers
            )
            found += answer.dossiers
        return found
