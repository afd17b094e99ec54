"""The A2A face: typed skills over the core."""

from servers.sourcing.card import build_card
from servers.sourcing.core.explaining import explain
from servers.sourcing.core.finding import Finding
from servers.sourcing.core.models import (
    ExplainSearchRequest,
    ExplainSearchResult,
    FindCandidatesRequest,
    FindCandidatesResult,
    GetFoundRequest,
    GetFoundResult,
)
from servers.sourcing.core.ports import Shelf
from shared.edge.a2a import A2AUnit
from shared.edge.taxonomies import Taxonomies
from shared.edge.turn import Turn


class _TurnReporter:
    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    async def running(self, label: str, done: int, total: int) -> None:
        await self._turn.progress(f"Searching: {label}", done=done, total=total)

    async def ran(self, label: str, brought: int, why: str, done: int, total: int) -> None:
        who = "1 new person" if brought == 1 else f"{brought} new people"
        await self._turn.progress(f"{who}: {label} ({why})", done=done, total=total)


def build_agent(finding: Finding, shelf: Shelf, taxonomies: Taxonomies | None = None) -> A2AUnit:
    """Return the agent with all skills; ``taxonomies`` widen what it knows for each organisation."""
    agent = A2AUnit(build_card())

    @agent.skill("find_candidates")
    async def find_candidates(request: FindCandidatesRequest, turn: Turn) -> FindCandidatesResult:
        searching = finding.knowing(await taxonomies.current()) if taxonomies else finding
        return await searching.find(turn.principal, request, _TurnReporter(turn))

    @agent.skill("get_found")
    async def get_found(request: GetFoundRequest, turn: Turn) -> GetFoundResult:
        return await finding.found(turn.principal, request)

    @agent.skill("explain_search")
    async def explain_search(request: ExplainSearchRequest, turn: Turn) -> ExplainSearchResult:
        return await explain(shelf, turn.principal, request)

    return agent
