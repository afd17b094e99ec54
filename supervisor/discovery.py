"""Which skills there are: whatever the registry says is active, asked anew when it says that this changed."""

import time
from typing import Any

from pydantic import BaseModel

from shared.edge.units import UnitCalls
from shared.kernel.errors import NotFound
from shared.kernel.principal import current_principal
from shared.wire.planning import Skill

FRESH_SECONDS = 15.0
MOST_TENANTS = 64


class SkillPage(BaseModel):
    """The registry's answer."""

    skills: list[Skill]
    next_cursor: str | None = None


class Discovery:
    """The plannable skills of all active units, cached for a few seconds for the tenants that work now.

    Args:
        units: how the registry is reached.
    """

    def __init__(self, units: UnitCalls) -> None:
        self._units = units
        self._known: dict[str, tuple[dict[str, Skill], float]] = {}

    async def skills(self) -> list[Skill]:
        """Return all plannable skills of the caller's tenant. Raises Unavailable where none were ever known."""
        skills, asked_at = self._known.get(current_principal().tenant, ({}, float("-inf")))
        if time.monotonic() - asked_at > FRESH_SECONDS:
            skills = await self._ask()
        return list(skills.values())

    async def skill(self, id: str) -> Skill:
        """Return one skill. Raises NotFound when no active unit of the caller's tenant has it."""
        skills, _ = self._known.get(current_principal().tenant, ({}, 0.0))
        if id not in skills:
            skills = await self._ask()
        if id not in skills:
            raise NotFound(f"no active unit has the skill {id}", field="skill")
        return skills[id]

    async def on_change(self, _: dict[str, Any]) -> None:
        """Ask again at the next use: the registry says that something changed."""
        self._known.clear()

    async def _ask(self) -> dict[str, Skill]:
        arguments: dict[str, Any] = {"plannable": True, "limit": 500}
        page = await self._units.call_tool("registry", "search_skills", arguments, SkillPage)
        skills = {skill.id: skill for skill in page.skills}
        tenant = current_principal().tenant
        self._known.pop(tenant, None)
        self._known[tenant] = (skills, time.monotonic())
        if len(self._known) > MOST_TENANTS:
            del self._known[next(iter(self._known))]  # the one asked for longest ago
        return skills
