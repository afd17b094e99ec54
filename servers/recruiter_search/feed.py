"""The candidates unit's change feed, read over MCP as this unit itself."""

from typing import Any

from pydantic import BaseModel, Field

from servers.recruiter_search.card import NAME
from servers.recruiter_search.core.ports import Change, Changes
from shared.edge.units import UnitCalls
from shared.kernel.principal import Principal, acting_as


class _Change(BaseModel):
    seq: int
    candidate_id: str
    deleted: bool = False
    dossier: dict[str, Any] | None = None


class _Page(BaseModel):
    changes: list[_Change] = Field(default_factory=list[_Change])
    next: int


class CandidatesFeed:
    """Implements ``ChangeFeed`` with ``candidates.list_changes``."""

    def __init__(self, units: UnitCalls) -> None:
        self._units = units

    async def after(self, tenant: str, seq: int, limit: int) -> Changes:
        itself = Principal(subject=f"service:{NAME}", kind="service", tenant=tenant)
        with acting_as(itself):
            page = await self._units.call_tool(
                "candidates", "list_changes", {"after": seq, "limit": limit}, _Page, timeout=60
            )
        return Changes(
            [Change(c.seq, c.candidate_id, None if c.deleted else c.dossier) for c in page.changes], page.next
        )
