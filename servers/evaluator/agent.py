"""The A2A face: typed skills over the core."""

import asyncio
from datetime import UTC, datetime

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
    GetOutcomesRequest,
    GetOutcomesResult,
)
from servers.evaluator.core.people import (
    EvaluatePeopleRequest,
    EvaluatePeopleResult,
    PersonJudged,
    evaluate_people,
)
from servers.evaluator.core.sweeping import Sweeping
from servers.evaluator.versions.engine_versions import EngineVersions
from servers.evaluator.versions.skills import add_operating
from shared.edge.a2a import A2AUnit
from shared.edge.taxonomies import Taxonomies
from shared.edge.turn import Turn
from shared.kernel.call import current_idempotency_key
from shared.mailbox import People
from shared.wire.facts import EvaluatedCandidate


class _TurnReporter:
    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    async def judged(self, result: EvaluatedCandidate) -> None:
        await self._turn.partial(result)

    async def person(self, judged: PersonJudged, total: int) -> None:
        await self._turn.partial(judged)
        done = judged.place + 1
        await self._turn.progress(f"Judged {done:,} of {total:,}", done=done, total=total)

    async def reached(self, done: int, total: int) -> None:
        text, state = f"Evaluated {done:,} of {total:,} candidates", {"state": "running", "until": None}
        await self._turn.progress(text, done=done, total=total, data=state)

    async def waits(self, until: datetime, done: int, total: int) -> None:
        state = {"state": "waiting", "until": until.astimezone(UTC).isoformat()}
        text = f"Waits until {until:%H:%M} {until.tzinfo}"
        await self._turn.progress(text, done=done, total=total, data=state)


def build_agent(
    judging: Judging,
    sweeping: Sweeping,
    versions: EngineVersions,
    taxonomies: Taxonomies | None = None,
    people: People | None = None,
) -> A2AUnit:
    """Return the agent with all skills.

    ``taxonomies`` widen what it knows for each organisation; ``people`` is told who waits, so that sweeps make room.
    """
    agent = A2AUnit(build_card())
    add_operating(agent, versions)
    waiting = people or People()

    async def informed() -> Judging:
        return judging.knowing(await taxonomies.current()) if taxonomies else judging

    @agent.skill("evaluate_candidates")
    async def evaluate_candidates(request: EvaluateCandidatesRequest, turn: Turn) -> EvaluateCandidatesResult:
        tenant = turn.principal.tenant
        sweep = await sweeping.open(turn.principal, request, current_idempotency_key())
        try:
            return await sweeping.follow(tenant, sweep, _TurnReporter(turn))
        except asyncio.CancelledError:
            if turn.cancelled:  # by the caller; where only this process stops, the sweep goes on
                await sweeping.cancel(tenant, sweep)
            raise

    @agent.skill("evaluate_candidate")
    async def evaluate_candidate(request: EvaluateCandidateRequest, turn: Turn) -> EvaluateCandidateResult:
        with waiting.served():
            return await (await informed()).evaluate_candidate(turn.principal, request)

    @agent.skill("evaluate_people")
    async def several(request: EvaluatePeopleRequest, turn: Turn) -> EvaluatePeopleResult:
        with waiting.served():
            return await evaluate_people(await informed(), turn.principal, request, _TurnReporter(turn))

    @agent.skill("get_evaluations")
    async def get_evaluations(request: GetEvaluationsRequest, turn: Turn) -> GetEvaluationsResult:
        return await judging.get_evaluations(turn.principal, request)

    @agent.skill("get_outcomes")
    async def get_outcomes(request: GetOutcomesRequest, turn: Turn) -> GetOutcomesResult:
        return await judging.get_outcomes(turn.principal, request)

    @agent.skill("explain_verdict")
    async def explain_verdict(request: ExplainVerdictRequest, turn: Turn) -> ExplainVerdictResult:
        with waiting.served():
            return await judging.explain_verdict(turn.principal, request)

    return agent
