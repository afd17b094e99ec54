"""Approvals: one durable record in the projects unit, whoever shows it and however it is answered."""

from typing import Any, Literal

from pydantic import BaseModel

from shared.edge.units import UnitCalls
from shared.kernel.call import idempotent_call

ApprovalStatus = Literal["pending", "approved", "refused", "used", "expired"]


class Approval(BaseModel):
    """What the supervisor needs of an approval; the record behind it also keeps who asked and decided."""

    approval_id: str
    action: str
    summary: str
    status: ApprovalStatus
    reason: str | None = None


class Approvals:
    """Asks for and reads approvals as the current principal.

    Args:
        units: how the projects unit is reached.
    """

    def __init__(self, units: UnitCalls) -> None:
        self._units = units

    async def request(self, action: str, arguments: dict[str, Any], summary: str, *, key: str) -> Approval:
        """Ask for ``action`` with exactly these arguments; the same ``key`` asks once."""
        with idempotent_call(key):
            return await self._units.call_tool(
                "projects",
                "request_approval",
                {"action": action, "arguments": arguments, "summary": summary},
                Approval,
            )

    async def get(self, id: str) -> Approval:
        """Return an approval as it stands now."""
        return await self._units.call_tool("projects", "get_approval", {"approval_id": id}, Approval)

    async def record(self, id: str) -> dict[str, Any]:
        """Return all that is on record about an approval: what was asked, who decided, when and why."""
        return await self._units.call_tool("projects", "get_approval", {"approval_id": id}, dict[str, Any])

    async def decide(self, id: str, *, approved: bool, reason: str) -> Approval:
        """Record the current person's decision. Raises Conflict if it was decided or has expired."""
        return await self._units.call_tool(
            "projects",
            "decide_approval",
            {"approval_id": id, "approve": approved, "reason": reason},
            Approval,
        )
