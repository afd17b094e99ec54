"""The A2A edge of intake: translates, calls the core, translates back."""

from pydantic import TypeAdapter

from servers.intake.card import build_card
from servers.intake.core.draft import ENGINE, Intake
from servers.intake.core.models import CheckRequest, CheckResult, DraftRequest, DraftResult
from servers.intake.core.ports import PastRole
from shared.edge.a2a import A2AUnit
from shared.edge.taxonomies import Taxonomies
from shared.edge.turn import Turn
from shared.edge.units import UnitCalls
from shared.wire.requirements import Requirements

_PAST_LIMIT = 3
_TIMEOUT = 5.0


class ProjectsPastRoles:
    """Past roles as the projects unit keeps them."""

    def __init__(self, units: UnitCalls) -> None:
        self._units = units

    async def similar(self, title: str) -> list[PastRole]:
        """Return approved past roles with a similar title, newest first. Raises HiremeshError children."""
        page = await self._units.call_tool(
            "projects",
            "list_projects",
            {"similar_to": title, "limit": 10},
            dict[str, object],
            timeout=_TIMEOUT,
        )
        rows = TypeAdapter(list[dict[str, object]]).validate_python(page.get("projects", []))
        approved = [row for row in rows if row.get("approved_revision")][:_PAST_LIMIT]
        return [await self._past_role(row) for row in approved]

    async def _past_role(self, row: dict[str, object]) -> PastRole:
        arguments = {"project_id": row["project_id"], "revision": row["approved_revision"]}
        requirements = await self._units.call_tool(
            "projects", "get_requirements", arguments, Requirements, timeout=_TIMEOUT
        )
        return PastRole(str(row["project_id"]), str(row["title"]), requirements)


def build_agent(intake: Intake, taxonomies: Taxonomies | None = None) -> A2AUnit:
    """Return the agent with its skills; ``taxonomies`` widen what it knows for each organisation."""
    agent = A2AUnit(build_card())

    @agent.skill("draft_requirements")
    async def draft_requirements(request: DraftRequest, turn: Turn) -> DraftResult:
        await turn.progress("Reading the posting")
        reading = intake.knowing(await taxonomies.current()) if taxonomies else intake
        return await reading.draft(request)

    @agent.skill("check_qualification")
    async def check_qualification(request: CheckRequest, turn: Turn) -> CheckResult:
        del turn
        check = intake.check(request.text, request.context)
        said = f"Not lawful: {check.attribute}. {check.reason}" if not check.lawful else "Lawful."
        return CheckResult(
            lawful=check.lawful,
            attribute=check.attribute,
            reason=check.reason,
            rewording=check.rewording,
            note=check.note,
            engine=ENGINE,
            summary=" ".join(part for part in (said, check.note) if part),
        )

    return agent
