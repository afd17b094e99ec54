"""How the candidates of a large evaluation came out, from the evaluator."""

from pydantic import BaseModel

from shared.edge.units import UnitCalls
from shared.wire.facts import CandidatesEvaluated, EvaluatedCandidate

PAGE = 1_000


class _Outcomes(BaseModel):
    results: list[EvaluatedCandidate]
    more: bool


class UnitOutcomes:
    """Asks the evaluator over A2A, on behalf of the current principal."""

    def __init__(self, units: UnitCalls) -> None:
        self._units = units

    async def all(self, evaluated: CandidatesEvaluated) -> list[EvaluatedCandidate]:
        """Return every outcome; those beyond the ones that are named are read page by page."""
        found = evaluated.results
        if evaluated.total is None or evaluated.total <= len(found):
            return found
        found, more = [], True
        while more:
            asked = {"evaluation_id": evaluated.evaluation_id, "offset": len(found), "limit": PAGE}
            page = await self._units.send("evaluator", "get_outcomes", asked, returns=_Outcomes, timeout=30)
            found, more = [*found, *page.results], page.more
        return found
