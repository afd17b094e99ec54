"""Which skills there are: whatever the registry says is active, asked anew when it says that this changed."""

import time
from typing import Any

from pydantic import BaseModel

from shared.edge.units import UnitCalls
from shared.kernel.errors import NotFound
from shared.wire.planning import Skill

FRESH_SECONDS = 15.0


class SkillPage(BaseModel):
    """The registry's answer."""

    skills: list[Skill]
    next_cursor: str | None = None


class Discovery:
    """The plannable skills of all active units, cached for a few seconds.

    Args:
        units: how the registry is reached.
    """

    def __init__(self, units: UnitCalls) -> None:
        self._units = units
        self._skills: dict[str, Skill] = {}
        self._asked_at = float("-inf")

    async def skills(self) -> list[Skill]:
        """Return all plannable skills. Raises Unavailable when the registry has never answered."""
        if time.monotonic() - self._asked_at > FRESH_SECONDS:
            await self._ask()
        return list(self._skills.values())

    async def skill(self, id: str) -> Skill:
        """Return one skill. Raises NotFound when no active unit has it."""
        if id not in self._skills:
            await self._ask()
        if id not in self._skills:
            raise NotFound(f"no active unit has the skill {id}", field="skill")
        return self._skills[id]

    async def on_change(self, _: dict[str, Any]) -> None:
        """Ask again at the next use: the registry says that something changed."""
        self._asked_at = float("-inf")

    async def _ask(self) -> None:
        arguments: dict[str, Any] = {"plannable": True, "limit": 500}
        page = await self._units.call_tool("registry", "search_skills", arguments, SkillPage)
        self._skills = {skill.id: skill for skill in page.skills}
        self._asked_at = time.monotonic()
