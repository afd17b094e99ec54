"""A unit's change feed, read over MCP as the following unit itself."""

from collections.abc import Mapping

from pydantic import BaseModel

from shared.edge.units import UnitCalls
from shared.following.model import Changes
from shared.kernel.principal import Principal, acting_as


class _Page(BaseModel):
    json_lines: str
    next: int
    last: int | None = None


class UnitFeed:
    """Implements ``ChangeFeed`` with a tool that takes ``after``, ``limit`` and ``as_lines``.

    Args:
        itself: the unit that follows.
        unit, tool: where the changes are told, such as ``candidates.list_changes``.
        asked: what else the tool is asked, such as for ids alone.
    """

    def __init__(
        self, units: UnitCalls, itself: str, unit: str, tool: str, asked: Mapping[str, object] | None = None
    ) -> None:
        self._units = units
        self._itself = itself
        self._unit = unit
        self._tool = tool
        self._asked = dict(asked or {})

    async def after(self, tenant: str, seq: int, limit: int) -> Changes:
        itself = Principal(subject=f"service:{self._itself}", kind="service", tenant=tenant)
        arguments = {**self._asked, "after": seq, "limit": limit, "as_lines": True}
        with acting_as(itself):
            page = await self._units.call_tool(self._unit, self._tool, arguments, _Page, timeout=60)
        return Changes(page.json_lines.split("\n") if page.json_lines else [], page.next, page.last)
