"""The verbs: judge many, judge one, read again, explain."""

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import UTC, datetime
from typing import TypeVar

from servers.evaluator.core.engine import ENGINE, RulesEngine
from servers.evaluator.core.explaining import explain
from servers.evaluator.core.models import (
    EvaluateCandidateRequest,
    EvaluateCandidateResult,
    EvaluateCandidatesRequest,
    EvaluateCandidatesResult,
    ExplainVerdictRequest,
    ExplainVerdictResult,
    GetEvaluationsRequest,
    GetEvaluationsResult,
    StoredRun,
)
from servers.evaluator.core.ports import Evaluations, Reporter, Sources
from servers.evaluator.core.reader import from_statements
from shared.kernel.clock import Clock
from shared.kernel.errors import InvalidInput, NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.resume import parse_resume
from shared.taxonomy import Taxonomy
from shared.wire.evaluation import Evaluation, Verdict
from shared.wire.facts import CandidatesEvaluated, EvaluatedCandidate
from shared.wire.profile import Dossier, SourceText
from shared.wire.requirements import Requirements

T = TypeVar("T")

LONGEST_TEXT = 200_000
RESUME_SOURCE = "resume"
INLINE_CANDIDATE = "inline"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Judging:
    """Judges on behalf of callers. CPU work runs in ``executor``, so that others are still served."""

    def __init__(
        self, sources: Sources, evaluations: Evaluations, taxonomy: Taxonomy, clock: Clock, executor: Executor
    ) -> None:
        self._sources = sources
        self._evaluations = evaluations
        self._taxonomy = taxonomy
        self._clock = clock
        self._executor = executor

    def knowing(self, taxonomy: Taxonomy) -> "Judging":
        """Return a judging that reads by another taxonomy."""
        if taxonomy is self._taxonomy:
            return self
        return Judging(self._sources, self._evaluations, taxonomy, self._clock, self._executor)

    async def evaluate_candidates(
        self,
        caller: Principal,
        request: EvaluateCandidatesRequest,
        reporter: Reporter,
        call: str | None = None,
    ) -> EvaluateCandidatesResult:
        """Judge candidates by a stored revision; what was judged before on the same input is not redone.

        ``call`` is the name the caller gave this call; repeated, it is the same run and no second one.
        """
        ref, found = request.requirements, request.candidates
        if found.project_id != ref.project_id:
            raise InvalidInput("these candidates were found for another project", field="candidates")
        requirements = await self._sources.requirements(ref)
        ids = list(dict.fromkeys(found.candidate_ids))
        dossiers = await self._sources.dossiers(ids) if ids else []
        evaluations, reused = await self._judge_all(caller, requirements, dossiers, reporter)
        run = StoredRun(
            evaluation_id=_run_id(caller.tenant, call),
            project_id=ref.project_id,
            revision=ref.revision,
            engine=ENGINE,
            created_by=caller.subject,
        )
        await self._evaluations.save(caller.tenant, run, evaluations)
        there = {one.candidate_id for one in dossiers}
        unknown = [one for one in ids if one not in there]
        await self._evaluations.forget(caller.tenant, unknown)
        results = [counts_of(one) for one in evaluations]
        return EvaluateCandidatesResult(
            evaluated=CandidatesEvaluated(
                evaluation_id=run.evaluation_id,
                project_id=ref.project_id,
                revision=ref.revision,
                results=results,
            ),
            unknown=unknown,
            reused=reused,
            summary=_summary(results),
        )

    async def _judge_all(
        self, caller: Principal, requirements: Requirements, dossiers: list[Dossier], reporter: Reporter
    ) -> tuple[list[Evaluation], int]:
        engine = self._engine()
        hashes = await self._run(
            lambda: {one.candidate_id: engine.input_hash(requirements, one) for one in dossiers}
        )
        known = await self._evaluations.known(caller.tenant, hashes)
        evaluations: list[Evaluation] = []
        for number, dossier in enumerate(dossiers, start=1):
            evaluation = known.get(dossier.candidate_id)
            if evaluation is None:
                evaluation = await self._judge(engine, requirements, dossier)
            evaluations.append(evaluation)
            await reporter.judged(counts_of(evaluation), number, len(dossiers))
        return evaluations, len(known)

    async def evaluate_candidate(
        self, caller: Principal, request: EvaluateCandidateRequest
    ) -> EvaluateCandidateResult:
        """Judge one person; only a stored candidate's evaluation is stored."""
        requirements = await self._demands(request)
        if not requirements.qualifications:
            raise InvalidInput("nothing is asked of the candidate", field="qualifications")
        dossier = await self._person(request)
        evaluation = await self._judge(self._engine(), requirements, dossier)
        if request.candidate_id is None:
            return EvaluateCandidateResult(evaluation=evaluation, summary=evaluation.summary)
        ref = request.requirements_ref
        run = StoredRun(
            evaluation_id=new_id("eval"),
            project_id=ref.project_id if ref else None,
            revision=ref.revision if ref else None,
            engine=ENGINE,
            created_by=caller.subject,
        )
        await self._evaluations.save(caller.tenant, run, [evaluation])
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
                return ExplainVerdictResult(
                    explanation=explain(judgement),
                    judgement=judgement,
                    engine=found[0].engine,
                    input_hash=found[0].input_hash,
                )
        raise NotFound("no such qualification in this evaluation", field="qualification_id")

    async def _demands(self, request: EvaluateCandidateRequest) -> Requirements:
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

    async def _person(self, request: EvaluateCandidateRequest) -> Dossier:
        given = [request.dossier, request.resume, request.candidate_id]
        if sum(one is not None for one in given) != 1:
            raise InvalidInput(
                "give the person in exactly one way",
                field="resume",
                fix="Send dossier, resume or candidate_id.",
            )
        if request.candidate_id is not None:
            found = await self._sources.dossiers([request.candidate_id])
            if not found:
                raise NotFound("no such candidate", field="candidate_id")
            return found[0]
        if request.dossier is not None:
            _check_size(sum(len(source.text) for source in request.dossier.sources), "dossier")
            return request.dossier
        text = request.resume or ""
        _check_size(len(text), "resume")
        if not text.strip():
            raise InvalidInput("the résumé is empty", field="resume", fix="Send its text.")
        return await self._run(lambda: _as_dossier(text))

    async def _judge(self, engine: RulesEngine, requirements: Requirements, dossier: Dossier) -> Evaluation:
        return await self._run(lambda: engine.judge(requirements, dossier))

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def _engine(self) -> RulesEngine:
        return RulesEngine(self._taxonomy, self._clock.today())


def _run_id(tenant: str, call: str | None) -> str:
    """Return the id of a run: always the same one for a named call, so that repeating it adds nothing."""
    if call is None:
        return new_id("eval")
    return f"eval_{hashlib.sha256(f'{tenant}:{call}'.encode()).hexdigest()[:32]}"


def _check_size(length: int, field: str) -> None:
    if length > LONGEST_TEXT:
        raise InvalidInput(
            f"more than {LONGEST_TEXT:,} characters of text", field=field, fix="Send the résumé itself only."
        )


def _as_dossier(text: str) -> Dossier:
    source = SourceText(id=RESUME_SOURCE, kind="resume", name="résumé", text=text, first_seen=_EPOCH)
    profile = parse_resume(text, RESUME_SOURCE)
    return Dossier(candidate_id=INLINE_CANDIDATE, profile=profile, sources=[source])


def counts_of(evaluation: Evaluation) -> EvaluatedCandidate:
    """Return an evaluation in counts."""
    verdicts = [one.verdict for one in evaluation.judgements]
    return EvaluatedCandidate(
        candidate_id=evaluation.candidate_id,
        recommendation=evaluation.recommendation,
        meets=verdicts.count(Verdict.MEETS),
        partial=verdicts.count(Verdict.PARTIAL),
        not_met=verdicts.count(Verdict.NOT_MET),
        no_evidence=verdicts.count(Verdict.NO_EVIDENCE),
        missing=[
            one.qualification_id
            for one in evaluation.judgements
            if one.verdict in (Verdict.NOT_MET, Verdict.NO_EVIDENCE)
        ],
    )


def _summary(results: list[EvaluatedCandidate]) -> str:
    good = sum(one.recommendation in ("strong_match", "good_match") for one in results)
    people = "1 candidate" if len(results) == 1 else f"{len(results)} candidates"
    return f"Evaluated {people}, {good} of them a good or strong match."
