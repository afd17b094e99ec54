"""The verbs: judge one, read again, explain."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import UTC, datetime
from typing import TypeVar

from servers.evaluator.core.drafting import Draft
from servers.evaluator.core.engine import RulesEngine
from servers.evaluator.core.evaluating import evaluate
from servers.evaluator.core.explaining import Explanation, explain
from servers.evaluator.core.models import (
    Demanded,
    EvaluateCandidateRequest,
    EvaluateCandidateResult,
    ExplainVerdictRequest,
    ExplainVerdictResult,
    GetEvaluationsRequest,
    GetEvaluationsResult,
    GetOutcomesRequest,
    GetOutcomesResult,
    Person,
    StoredRun,
)
from servers.evaluator.core.ports import Bench, Evaluations, Explainer, Sources
from servers.evaluator.core.reader import from_statements
from servers.evaluator.core.shadowing import Shadowing
from servers.evaluator.core.versions import JudgeVersion
from shared.kernel.clock import Clock
from shared.kernel.errors import InvalidInput, NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.resume import parse_resume
from shared.taxonomy import Taxonomy
from shared.wire.evaluation import Judgement
from shared.wire.profile import Dossier, SourceText
from shared.wire.requirements import Requirements, RequirementsRef

T = TypeVar("T")

LONGEST_TEXT = 200_000
RESUME_SOURCE = "resume"
INLINE_CANDIDATE = "inline"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Judging:
    """Judges on behalf of callers. CPU work runs in ``executor``, so that others are still served."""

    def __init__(
        self,
        sources: Sources,
        evaluations: Evaluations,
        taxonomy: Taxonomy,
        clock: Clock,
        executor: Executor,
        bench: Bench,
        shadowing: Shadowing,
        explainer: Explainer | None = None,
    ) -> None:
        self._bench = bench
        self._explainer = explainer
        self._shadowing = shadowing
        self._sources = sources
        self._evaluations = evaluations
        self._taxonomy = taxonomy
        self._clock = clock
        self._executor = executor

    def knowing(self, taxonomy: Taxonomy) -> "Judging":
        """Return a judging that reads by another taxonomy."""
        if taxonomy is self._taxonomy:
            return self
        return Judging(
            self._sources,
            self._evaluations,
            taxonomy,
            self._clock,
            self._executor,
            self._bench,
            self._shadowing,
            self._explainer,
        )

    async def evaluate_candidate(
        self, caller: Principal, request: EvaluateCandidateRequest
    ) -> EvaluateCandidateResult:
        """Judge one person; only a stored candidate's evaluation is stored."""
        requirements, dossier = await self.demands(request), await self.person(request)
        stored = request.candidate_id is not None
        return await self.judge(caller, requirements, dossier, request.requirements_ref, stored=stored)

    async def judge(
        self,
        caller: Principal,
        requirements: Requirements,
        dossier: Dossier,
        ref: RequirementsRef | None,
        *,
        stored: bool,
    ) -> EvaluateCandidateResult:
        """Judge somebody by demands, which are stored under ``ref``, if anywhere; keep it of a ``stored`` candidate."""

        async def drafts(engine: RulesEngine) -> list[Draft]:
            return [await self._run(lambda: engine.draft(requirements, dossier))]

        judge = await self._bench.serving()
        [judged] = await evaluate(requirements, self._engine, drafts, judge, "people")
        evaluation = judged.evaluation
        if not stored:
            self._shadowing.look(caller.tenant, None, requirements, dossier, judged)
            return EvaluateCandidateResult(evaluation=evaluation, summary=evaluation.summary)
        run = StoredRun(
            evaluation_id=new_id("eval"),
            project_id=ref.project_id if ref else None,
            revision=ref.revision if ref else None,
            engine=evaluation.engine,
            created_by=caller.subject,
        )
        await self._evaluations.save(caller.tenant, run, judged)
        self._shadowing.look(caller.tenant, run.evaluation_id, requirements, dossier, judged)
        return EvaluateCandidateResult(
            evaluation=evaluation, evaluation_id=run.evaluation_id, summary=evaluation.summary
        )

    async def get_evaluations(
        self, caller: Principal, request: GetEvaluationsRequest
    ) -> GetEvaluationsResult:
        """Return full evaluations with their quotes."""
        limit = request.limit + 1
        if request.evaluation_id:
            found = await self._evaluations.of_run(
                caller.tenant, request.evaluation_id, request.candidate_ids, request.offset, limit
            )
            if found is None:
                raise NotFound("no such evaluation", field="evaluation_id")
        elif request.candidate_ids:
            found = await self._evaluations.newest(
                caller.tenant, request.candidate_ids, request.offset, limit
            )
        else:
            raise InvalidInput(
                "say which evaluations", field="evaluation_id", fix="Give evaluation_id or candidate_ids."
            )
        return GetEvaluationsResult(evaluations=found[: request.limit], more=len(found) > request.limit)

    async def get_outcomes(self, caller: Principal, request: GetOutcomesRequest) -> GetOutcomesResult:
        """Return how the candidates of an evaluation came out, in counts."""
        found = await self._evaluations.outcomes(
            caller.tenant, request.evaluation_id, request.offset, request.limit + 1
        )
        if found is None:
            raise NotFound("no such evaluation", field="evaluation_id")
        return GetOutcomesResult(results=found[: request.limit], more=len(found) > request.limit)

    async def explain_verdict(
        self, caller: Principal, request: ExplainVerdictRequest
    ) -> ExplainVerdictResult:
        """Say in words why one verdict came out so."""
        asked = GetEvaluationsRequest(
            evaluation_id=request.evaluation_id, candidate_ids=[request.candidate_id], limit=1
        )
        found = (await self.get_evaluations(caller, asked)).evaluations
        if not found:
            raise NotFound("this candidate has not been evaluated", field="candidate_id")
        for judgement in found[0].judgements:
            if judgement.qualification_id == request.qualification_id:
                told = await self._explained(judgement)
                return ExplainVerdictResult(
                    explanation=told.text,
                    worded_by=told.by,
                    judgement=judgement,
                    engine=found[0].engine,
                    input_hash=found[0].input_hash,
                )
        raise NotFound("no such qualification in this evaluation", field="qualification_id")

    async def _explained(self, judgement: Judgement) -> Explanation:
        if self._explainer is None:
            return Explanation(explain(judgement))
        return await self._explainer.explain(judgement)

    async def demands(self, request: Demanded) -> Requirements:
        """Return what is asked. Raises InvalidInput where that is nothing, or not said in exactly one way."""
        requirements = await self._demanded(request)
        if not requirements.qualifications:
            raise InvalidInput(
                "nothing is asked of the candidate",
                field="qualifications",
                fix="Send at least one testable statement.",
            )
        return requirements

    async def _demanded(self, request: Demanded) -> Requirements:
        given = [request.requirements, request.qualifications, request.requirements_ref]
        if sum(one is not None for one in given) != 1:
            raise InvalidInput(
                "give the demands in exactly one way",
                field="requirements",
                fix="Send requirements, qualifications or requirements_ref.",
            )
        if request.requirements_ref:
            return await self._sources.requirements(request.requirements_ref)
        if request.requirements:
            return request.requirements
        statements = [text for text in request.qualifications or [] if text.strip()]
        return await self._run(lambda: from_statements(statements, request.title, self._taxonomy))

    async def person(self, request: Person, at: str = "") -> Dossier:
        """Return who is meant. ``at`` leads the names of fields in errors.

        Raises InvalidInput for texts that are too large, empty or unreadable, NotFound for a candidate that is not
        in the caller's tenant.
        """
        given = [request.dossier, request.resume, request.candidate_id]
        if sum(one is not None for one in given) != 1:
            raise InvalidInput(
                "give the person in exactly one way",
                field=f"{at}resume",
                fix="Send dossier, resume or candidate_id.",
            )
        if request.candidate_id is not None:
            found = await self._sources.dossiers([request.candidate_id])
            if not found:
                raise NotFound("no such candidate", field=f"{at}candidate_id")
            return found[0]
        if request.dossier is not None:
            _check_texts([source.text for source in request.dossier.sources], f"{at}dossier")
            return request.dossier
        text = request.resume or ""
        _check_texts([text], f"{at}resume")
        return await self._run(lambda: _as_dossier(text))

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def _engine(self, judge: JudgeVersion | None) -> RulesEngine:
        return RulesEngine(self._taxonomy, self._clock.today(), judge)


def _check_texts(texts: list[str], field: str) -> None:
    """Raise InvalidInput for more than anybody's résumé, and for what has nothing in it that can be read."""
    length = sum(map(len, texts))
    if length > LONGEST_TEXT:
        raise InvalidInput(
            f"{length:,} characters of text are more than {LONGEST_TEXT:,}",
            field=field,
            fix="Send the résumé itself only.",
        )
    if not any(char.isalpha() for text in texts for char in text):
        raise InvalidInput(
            "there is no text to read",
            field=field,
            fix="Send the résumé's text; a scan needs its text recognised first.",
        )


def _as_dossier(text: str) -> Dossier:
    source = SourceText(id=RESUME_SOURCE, kind="resume", name="résumé", text=text, first_seen=_EPOCH)
    profile = parse_resume(text, RESUME_SOURCE)
    return Dossier(candidate_id=INLINE_CANDIDATE, profile=profile, sources=[source])
