"""What talent_insights tells of a role's market, as far as a search is planned by it."""

import asyncio
from typing import Any, TypeVar

from pydantic import BaseModel

from servers.sourcing.core.leads import Market, MarketQuestion
from shared.edge.units import UnitCalls
from shared.kernel.errors import HiremeshError

T = TypeVar("T", bound=BaseModel)
SECONDS = 10.0
"""How long an answer may take; then the search is planned without it."""
COMPANIONS = 4
"""So many skills count as what goes with another."""
GROUPS = 12


class _Group(BaseModel):
    value: str
    label: str


class _Workforce(BaseModel):
    groups: list[_Group]


class _Flow(BaseModel):
    origin: _Group
    target: _Group


class _Flows(BaseModel):
    flows: list[_Flow]


class _Signals(BaseModel):
    layoffs: list[_Group]


class _Pipeline(BaseModel):
    school: _Group


class _Pipelines(BaseModel):
    pipelines: list[_Pipeline]


class _Skills(BaseModel):
    skills: list[_Group]


async def read_market(units: UnitCalls, question: MarketQuestion) -> Market:
    """Ask talent_insights all that it may tell, at once; what it does not answer is named in the market."""
    asking = _Asking(units)
    work = {"occupation": question.occupation} | ({"place": question.country} if question.country else {})
    some = {"limit": GROUPS}
    async with asyncio.TaskGroup() as group:
        ask = group.create_task
        skills = {
            skill: ask(asking("skills", "adjacent_skills", {"skill": skill, "limit": COMPANIONS}, _Skills))
            for skill in question.skills
        }
        if question.occupation:
            staff = ask(asking("employers", "workforce_trends", {"work": work, **some}, _Workforce))
            moves = ask(asking("moves", "talent_flows", {"work": work, **some}, _Flows))
            schools = ask(asking("schools", "school_pipelines", {"segment": work, **some}, _Pipelines))
            signals = ask(asking("layoffs", "market_signals", some, _Signals))
        else:
            staff = moves = schools = signals = None
    told = {skill: answer for skill, task in skills.items() if (answer := task.result())}
    market = Market(
        skills={skill: [one.value for one in answer.skills] for skill, answer in told.items()},
        unanswered=asking.unanswered,
    )
    if staff and (found := staff.result()):
        market.employers = [one.label for one in found.groups]
    if moves and (found := moves.result()):
        market.origins = list(dict.fromkeys(flow.origin.label for flow in found.flows))
    if schools and (found := schools.result()):
        market.schools = list(dict.fromkeys(one.school.label for one in found.pipelines))
    if signals and (found := signals.result()):
        market.laid_off = [one.label for one in found.layoffs]
    return market


class _Asking:
    """Asks one question after the other and remembers which were not answered."""

    def __init__(self, units: UnitCalls) -> None:
        self._units = units
        self._refused: dict[str, list[str]] = {}

    @property
    def unanswered(self) -> list[str]:
        """What was not answered, by the reason, in words."""
        return [
            f"market knowledge of {', '.join(dict.fromkeys(what))} ({why})"
            for why, what in self._refused.items()
        ]

    async def __call__(self, what: str, tool: str, given: dict[str, Any], returns: type[T]) -> T | None:
        try:
            return await self._units.call_tool(
                "talent_insights", tool, given, returns=returns, timeout=SECONDS
            )
        except HiremeshError as error:
            self._refused.setdefault(error.message, []).append(what)
            return None
