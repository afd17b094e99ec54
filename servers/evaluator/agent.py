"""The A2A face: typed skills over the core."""

from servers.evaluator.card import build_card
from servers.evaluator.core.judging import Judging
from servers.evaluator.core.models import (
    EvaluateCandidateRequest,
    EvaluateCandidateResult,
    EvaluateCandidatesRequest,
    EvaluateCandidatesResult,
    ExplainVerdictRequest,
    ExplainVerdictResult,
    GetEvaluationsRequest,
    GetEvaluationsResult,
)
from shared.edge.a2a import A2AUnit
from shared.edge.taxonomies import Taxonomies
from shared.edge.turn import Turn
from shared.kernel.call import current_idempotency_key
from shared.wire.facts import EvaluatedCandidate

TELL_EVERY = 10
"""Progress sentences come for every tenth candidate and the last; each outcome comes as a partial result."""


class _TurnReporter:
    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    async def judged(self, result: EvaluatedCandidate, done: int, total: int) -> None:
        await self._turn.partial(result)
        if done % TELL_EVERY == 0 or done == total:
            await self._turn.progress(f"Evaluated {done} of {total} candidates", done=done, total=total)


def build_agent(judging: Judging, taxonomies: Taxonomies | None = None) -> A2AUnit:
    """Return the agent with all skills; ``taxonomies`` widen what it knows for each organisation."""
    agent = A2AUnit(build_card())

    async def informed() -> Judging:
        return judging.knowing(await taxonomies.current()) if taxonomies else judging

    @agent.skill("evaluate_candidates")
    async def evaluate_candidates(request: EvaluateCandidatesRequest, turn: Turn) -> EvaluateCandidatesResult:
        call = current_idempotency_key()
        return await (await informed()).evaluate_candidates(
            turn.principal, request, _TurnReporter(turn), call
        )

    @agent.skill("evaluate_candidate")
    async def evaluate_candidate(request: EvaluateCandidateRequest, turn: Turn) -> EvaluateCandidateResult:
        return await (await informed()).evaluate_candidate(turn.principal, request)

    @agent.skill("get_evaluations")
    async def get_evaluations(request: GetEvaluationsRequest, turn: Turn) -> GetEvaluationsResult:
        return await judging.get_evaluations(turn.principal, request)

    @agent.skill("explain_verdict")
    async def explain_verdict(request: ExplainVerdictRequest, turn: Turn) -> ExplainVerdictResult:
        return await judging.explain_verdict(turn.principal, request)

    return agent
