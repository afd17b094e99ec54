"""Requirements, people and dossiers from the units that keep them."""

from pydantic import BaseModel

from shared.edge.units import UnitCalls
from shared.wire.facts import CandidatesFound
from shared.wire.profile import Dossier
from shared.wire.requirements import Requirements, RequirementsRef

BATCH = 50
"""How many dossiers ``candidates.get_dossiers`` returns at most."""
PAGE = 1_000


class _Dossiers(BaseModel):
    dossiers: list[Dossier]


class _Found(BaseModel):
    candidate_ids: list[str]
    more: bool


class UnitSources:
    """Asks projects, candidates and sourcing, on behalf of the current principal."""

    def __init__(self, units: UnitCalls) -> None:
        self._units = units

    async def requirements(self, ref: RequirementsRef) -> Requirements:
        """Return one stored revision."""
        return await self._units.call_tool(
            "projects", "get_requirements", ref.model_dump(), returns=Requirements
        )

    async def people(self, found: CandidatesFound) -> list[str]:
        """Return the ids of all that were found; those beyond the named ones are read from sourcing."""
        ids = found.candidate_ids
        if found.total is None or found.total <= len(ids):
            return ids
        ids, more = [], True
        while more:
            asked = {
                "search_id": found.search_id,
                "round": found.round,
                "offset": len(ids),
                "limit": PAGE,
            }
            page = await self._units.send("sourcing", "get_found", asked, returns=_Found, timeout=30)
            ids, more = [*ids, *page.candidate_ids], page.more
        return ids

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
