"""Requirements, people and what the market is like, from the units that keep them."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from servers.sourcing.core.leads import Market, MarketQuestion
from servers.sourcing.core.models import PlannedQuery
from servers.sourcing.core.ports import FoundPeople, FoundPerson
from servers.sourcing.insights import read_market
from shared.edge.units import UnitCalls
from shared.kernel.errors import NotFound
from shared.wire.facts import Shortlisted
from shared.wire.ranking import ApprovedRanking
from shared.wire.requirements import Requirements, RequirementsRef
from shared.wire.standing import Stage

PAGE = 100
MOST_SIMILAR = 50
"""So many similar people recruiter_search names at most."""
MOST_ASKED = 5_000
"""Of so many people candidates is asked at once who remains of them."""
MOST_RUNNERS_UP = 500
"""So many runners-up of past projects are looked among, the latest."""


class _Similar(BaseModel):
    hit: FoundPerson


class _SimilarPage(BaseModel):
    similar: list[_Similar]


class _Move(BaseModel):
    candidate_id: str
    to_stage: Stage


class _Moves(BaseModel):
    moves: list[_Move]


class _Merged(BaseModel):
    remaining: dict[str, str]


class _People(BaseModel):
    candidate_ids: list[str]


class _Listed(BaseModel):
    entries: list[Shortlisted]
    next_cursor: str | None = None


class UnitSources:
    """Asks projects, recruiter_search and talent_insights over MCP, on behalf of the current principal."""

    def __init__(self, units: UnitCalls) -> None:
        self._units = units

    async def requirements(self, ref: RequirementsRef) -> Requirements:
        return await self._units.call_tool(
            "projects", "get_requirements", ref.model_dump(), returns=Requirements
        )

    async def people(self, query: PlannedQuery, exclude: list[str], limit: int) -> FoundPeople:
        arguments = query.arguments
        if query.similar_to:
            return await self._similar(query.similar_to, arguments.filters, exclude, limit)
        given = {
            "text": arguments.text,
            "filters": arguments.filters,
            "exclude": arguments.exclude | {"candidate_ids": exclude},
            "prefer": arguments.prefer,
            "limit": limit,
        } | ({"ranking": arguments.ranking.given} if arguments.ranking.given else {})
        return await self._units.call_tool(
            "recruiter_search", "search_candidates", given, returns=FoundPeople
        )

    async def _similar(
        self, candidate_id: str, filters: dict[str, Any], exclude: list[str], limit: int
    ) -> FoundPeople:
        asked = min(limit, MOST_SIMILAR)
        given = {
            "candidate_id": candidate_id,
            "filters": filters | {"exclude_candidate_ids": exclude},
            "limit": asked,
        }
        try:
            page = await self._units.call_tool(
                "recruiter_search", "similar_profiles", given, returns=_SimilarPage
            )
        except NotFound:  # the record is gone meanwhile: nobody is like nobody
            return FoundPeople()
        hits = [one.hit for one in page.similar]
        return FoundPeople(hits=hits, total=len(hits) + (len(hits) == asked))

    async def findable(self, candidate_ids: list[str]) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(candidate_ids), PAGE):
            given = {"filters": {"candidate_ids": candidate_ids[start : start + PAGE]}, "limit": PAGE}
            page = await self._units.call_tool(
                "recruiter_search", "search_candidates", given, returns=FoundPeople
            )
            found |= {hit.candidate_id for hit in page.hits}
        return found

    async def stages(self, project_id: str) -> dict[str, Stage]:
        told = await self._units.call_tool(
            "projects", "stage_history", {"project_id": project_id}, returns=_Moves
        )
        stages: dict[str, Stage] = {}
        for move in reversed(told.moves):  # the oldest move comes first
            stages.setdefault(move.candidate_id, move.to_stage)
        return stages

    async def remaining(self, candidate_ids: Sequence[str]) -> dict[str, str]:
        remaining: dict[str, str] = {}
        for start in range(0, len(candidate_ids), MOST_ASKED):
            given = {"candidate_ids": list(candidate_ids[start : start + MOST_ASKED])}
            told = await self._units.call_tool("candidates", "merged_candidates", given, returns=_Merged)
            remaining |= told.remaining
        return remaining

    async def runners_up(self, project_id: str) -> list[str]:
        given = {"but": project_id, "limit": MOST_RUNNERS_UP}
        told = await self._units.call_tool("projects", "runners_up", given, returns=_People)
        return told.candidate_ids

    async def ranking(self, project_id: str) -> ApprovedRanking:
        return await self._units.call_tool(
            "projects", "get_ranking", {"project_id": project_id}, returns=ApprovedRanking
        )

    async def listed(self, ref: RequirementsRef) -> list[Shortlisted]:
        entries: list[Shortlisted] = []
        given: dict[str, Any] = ref.model_dump() | {"listed_only": True, "limit": PAGE}
        while True:
            page = await self._units.call_tool("projects", "get_shortlist", given, returns=_Listed)
            entries += page.entries
            if page.next_cursor is None:
                return entries
            given["cursor"] = page.next_cursor

    async def market(self, question: MarketQuestion) -> Market:
        return await read_market(self._units, question)
