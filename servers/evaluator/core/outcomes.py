"""Evaluations in counts, and what is said of many of them."""

from collections.abc import Sequence

from servers.evaluator.core.models import Changed, EvaluateCandidatesResult, Sweep
from shared.wire.evaluation import Evaluation, Verdict
from shared.wire.facts import FACT_PEOPLE, CandidatesEvaluated, EvaluatedCandidate

GOOD = frozenset({"strong_match", "good_match"})


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


def result_of(
    sweep: Sweep, results: Sequence[EvaluatedCandidate], unknown: list[str], changed: Sequence[Changed]
) -> EvaluateCandidatesResult:
    """Return what a sweep came to; ``results`` are all its outcomes in order, ``changed`` all who changed."""
    left = sweep.candidates - len(results) - len(unknown) + sweep.left_out
    remark = _remark(sweep, left, changed)
    return EvaluateCandidatesResult(
        evaluated=CandidatesEvaluated(
            evaluation_id=sweep.id,
            project_id=sweep.project_id,
            revision=sweep.revision,
            results=list(results[:FACT_PEOPLE]),
            total=len(results),
        ),
        state=sweep.state,
        why=sweep.reason,
        refreshed=sweep.refreshed,
        changed=list(changed[:FACT_PEOPLE]),
        changed_total=len(changed),
        unknown=unknown,
        reused=sweep.reused,
        kept=sweep.kept,
        redone=sweep.redone,
        left=left,
        summary=" ".join(part for part in (_told(results), remark) if part),
        remark=remark,
    )


def _told(results: Sequence[EvaluatedCandidate]) -> str:
    good = sum(one.recommendation in GOOD for one in results)
    return f"Evaluated {_counted(len(results), 'candidate', 'candidates')}, {good:,} of them a good or strong match."


def _remark(sweep: Sweep, left: int, changed: Sequence[Changed]) -> str | None:
    """Say what changed, what was kept and redone, and what was not reached; None where that is nothing new."""
    said: list[str] = []
    if sweep.refreshed:
        all_of_them = _counted(sweep.judged, "candidate", "candidates")
        come = "comes" if len(changed) == 1 else "come"
        said.append(f"{len(changed):,} of {all_of_them} {come} out differently than before.")
    if sweep.kept:
        stand = f"{_counted(sweep.kept, 'verdict stands', 'verdicts stand')} as before, since nothing "
        said.append(f"{stand}behind them changed; {sweep.redone:,} were made anew.")
    if sweep.alone:
        said.append(
            f"The model did not answer: {_counted(sweep.alone, 'candidate', 'candidates')} judged by rules."
        )
    if left:
        why = f": {sweep.reason}" if sweep.reason else ""
        said.append(f"{_counted(left, 'candidate is', 'candidates are')} left unjudged{why}.")
    return " ".join(said) or None


def _counted(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"
