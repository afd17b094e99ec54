"""The candidates unit's change feed, read over MCP as this unit itself."""

from pydantic import BaseModel

from servers.recruiter_search.card import NAME
from servers.recruiter_search.core.ports import Changes
from shared.edge.units import UnitCalls
from shared.kernel.principal import Principal, acting_as


class _Page(BaseModel):
    json_lines: str
    next: int


class CandidatesFeed:
    """Implements ``ChangeFeed`` with ``candidates.list_changes``."""

    def __init__(self, units: UnitCalls) -> None:
        self._units = units

    async def after(self, tenant: str, seq: int, limit: int) -> Changes:
        itself = Principal(subject=f"service:{NAME}", kind="service", tenant=tenant)
        arguments = {"after": seq, "limit": limit, "as_lines": True}
        with acting_as(itself):
            page = await self._units.call_tool("candidates", "list_changes", arguments, _Page, timeout=60)
        return Changes(page.json_lines.split("\n") if page.json_lines else [], page.next)
