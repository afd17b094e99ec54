"""The way of every evaluation, of one person or of a piece of a sweep: draft → ask → conclude."""

from collections.abc import Awaitable, Callable, Sequence

from servers.evaluator.core.drafting import Draft
from servers.evaluator.core.engine import RulesEngine
from servers.evaluator.core.models import Judged
from servers.evaluator.core.ports import Judge, Lane
from servers.evaluator.core.versions import JudgeVersion
from shared.kernel.errors import HiremeshError
from shared.wire.requirements import Requirements

Engines = Callable[[JudgeVersion | None], RulesEngine]
Drafts = Callable[[RulesEngine], Awaitable[Sequence[Draft]]]


async def evaluate(
    requirements: Requirements,
    engines: Engines,
    drafts: Drafts,
    judge: Judge,
    lane: Lane,
    *,
    patient: bool = False,
) -> list[Judged]:
    """Return the evaluations of those whom ``drafts`` drafts.

    Where the model does not answer, rules alone judge all of them, which is said; never half of it.

    Args:
        patient: rather fail with what may pass, to come back later. Raises HiremeshError then.
    """
    engine = engines(judge.version)
    drafted = await drafts(engine)
    try:
        answers = iter(await judge.answers([ask for one in drafted for ask in one.asks], lane))
    except HiremeshError as error:
        if patient and error.retryable:
            raise
        engine = engines(None)
        alone = [engine.conclude(requirements, one) for one in await drafts(engine)]
        return [_without(judge.version, one) for one in alone]
    return [engine.conclude(requirements, one, [next(answers) for _ in one.asks]) for one in drafted]


def _without(version: JudgeVersion | None, judged: Judged) -> Judged:
    """Say of an evaluation that the model did not answer."""
    evaluation, name = judged.evaluation, version.name if version else "the judge"
    told = {
        "engine": f"{evaluation.engine} ({name} did not answer)",
        "summary": f"{evaluation.summary} Judged by {evaluation.engine}; the model did not answer.",
    }
    return judged.model_copy(update={"evaluation": evaluation.model_copy(update=told), "alone": True})
