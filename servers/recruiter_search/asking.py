"""The units that know what no profile says, asked over MCP on behalf of the current principal."""

from typing import Any, TypeVar

from pydantic import BaseModel

from servers.recruiter_search.core.elsewhere import EmployersWithin
from servers.recruiter_search.core.values import InStage
from shared.edge.units import UnitCalls
from shared.kernel.errors import HiremeshError, Unavailable

T = TypeVar("T", bound=BaseModel)
SECONDS = 15.0
MOST_PROJECTS = 100
"""Projects of a similar title that one of a name is looked for among."""


class _Move(BaseModel):
    candidate_id: str
    to_stage: str


class _Moves(BaseModel):
    moves: list[_Move]


class _Project(BaseModel):
    project_id: str
    title: str


class _Projects(BaseModel):
    projects: list[_Project]


class UnitSources:
    """Implements ``Sources``: each unit's door decides for whom it answers."""

    def __init__(self, units: UnitCalls) -> None:
        self._units = units

    async def employers(self, limits: dict[str, float]) -> EmployersWithin:
        return await self._ask("talent_insights", "employers_within", dict(limits), EmployersWithin)

    async def in_stage(self, asked: InStage) -> list[str]:
        given = {"project_id": asked.project_id}
        told = await self._ask("projects", "stage_history", given, _Moves)
        last = {move.candidate_id: move.to_stage for move in told.moves}  # the oldest move comes first
        return [candidate_id for candidate_id, stage in last.items() if stage in asked.at]

    async def projects_called(self, name: str) -> list[str]:
        """Return the ids of the newest projects with the title ``name``. Raises what the unit raises."""
        given = {"similar_to": name, "limit": MOST_PROJECTS}
        told = await self._ask("projects", "list_projects", given, _Projects)
        return [one.project_id for one in told.projects if one.title.casefold() == name.casefold()]

    async def _ask(self, unit: str, tool: str, given: dict[str, Any], returns: type[T]) -> T:
        try:
            return await self._units.call_tool(unit, tool, given, returns, timeout=SECONDS)
        except HiremeshError as error:
            if not error.retryable:
                raise
            raise Unavailable(
                f"{unit} is asked for a filter of this query and does not answer: {error.message}",
                fix="Try again, or search without that filter.",
                retry_after=error.retry_after,
            ) from error
