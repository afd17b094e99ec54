"""What a version in shadow says otherwise than the serving one, of the same people."""

from collections.abc import Sequence

from servers.evaluator.core.models import Comparison, Difference, Judged

SHADOWED = 10
"""Of so many pieces of a sweep one is judged in shadow too."""


def compared(serving: Sequence[Judged], shadow: Sequence[Judged]) -> Comparison | None:
    """Compare evaluations of the same people; None where there is nothing to compare, or a model did not answer."""
    if not serving or any(one.alone for one in (*serving, *shadow)):
        return None
    pairs = [
        (one.evaluation.candidate_id, before, after)
        for one, other in zip(serving, shadow, strict=True)
        for before, after in zip(one.evaluation.judgements, other.evaluation.judgements, strict=True)
    ]
    return Comparison(
        serving=serving[0].evaluation.engine,
        shadow=shadow[0].evaluation.engine,
        judgements=len(pairs),
        differences=[
            Difference(
                candidate_id=candidate,
                qualification_id=before.qualification_id,
                statement=before.statement,
                serving=before.verdict,
                serving_confidence=before.confidence,
                shadow=after.verdict,
                shadow_confidence=after.confidence,
            )
            for candidate, before, after in pairs
            if before.verdict is not after.verdict
        ],
    )
