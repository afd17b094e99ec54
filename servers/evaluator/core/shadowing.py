"""What a version in shadow says otherwise than the serving one, of the same people."""

import asyncio
import logging
from collections.abc import Sequence

from servers.evaluator.core.drafting import Draft
from servers.evaluator.core.engine import RulesEngine
from servers.evaluator.core.evaluating import evaluate
from servers.evaluator.core.models import Comparison, Difference, Judged
from servers.evaluator.core.ports import Bench, Comparisons, Drafters, Vocabulary
from servers.evaluator.core.versions import JudgeVersion
from shared.kernel.clock import Clock
from shared.kernel.errors import HiremeshError
from shared.wire.profile import Dossier
from shared.wire.requirements import Requirements

SHADOWED = 10
"""Of so many pieces of a sweep one is judged in shadow too."""
MOST_WAITING = 100
"""Single people beyond these are not judged in shadow: it lags behind and must not pile up."""

_log = logging.getLogger(__name__)


class Shadowing:
    """Has the version in shadow judge single people too, one at a time and after they were answered.

    It drafts where sweeps do, on what processor time people leave, and asks its model in the background lane. What
    becomes of it is kept or logged, and never reaches who asked. ``close`` it.
    """

    def __init__(
        self, bench: Bench, drafters: Drafters, vocabulary: Vocabulary, comparisons: Comparisons, clock: Clock
    ) -> None:
        self._bench = bench
        self._drafters = drafters
        self._vocabulary = vocabulary
        self._comparisons = comparisons
        self._clock = clock
        self._one = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def look(
        self, tenant: str, run_id: str | None, requirements: Requirements, dossier: Dossier, judged: Judged
    ) -> None:
        """Compare with what was judged, later. Without ``run_id`` nothing of the person is kept, only counts."""
        if len(self._tasks) < MOST_WAITING:
            looking = asyncio.create_task(self._look(tenant, run_id, requirements, dossier, judged))
            self._tasks.add(looking)
            looking.add_done_callback(self._ended)

    async def _look(
        self, tenant: str, run_id: str | None, requirements: Requirements, dossier: Dossier, judged: Judged
    ) -> None:
        async with self._one:
            shadow = await self._bench.shadow()
            if shadow is None:
                return
            today = self._clock.today()
            words, taxonomy = await self._vocabulary.words(tenant), await self._vocabulary.of(tenant)

            def engines(judge: JudgeVersion | None) -> RulesEngine:
                return RulesEngine(taxonomy, today, judge)

            async def drafts(engine: RulesEngine) -> list[Draft]:
                drafted, _ = await self._drafters.draft(
                    words, today, requirements, [dossier], [], engine.judge_version
                )
                return drafted

            beside = await evaluate(requirements, engines, drafts, shadow, "background")
            comparison = compared([judged], beside)
            if comparison:
                await self._comparisons.compared(tenant, run_id, comparison)

    def _ended(self, looking: asyncio.Task[None]) -> None:
        self._tasks.discard(looking)
        error = None if looking.cancelled() else looking.exception()
        if error:  # its name alone: what it says may be about a candidate
            said = error.code if isinstance(error, HiremeshError) else type(error).__name__
            _log.warning("a single person could not be judged in shadow: %s", said)

    async def close(self) -> None:
        """Give up what is left."""
        for looking in self._tasks:
            looking.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def compared(serving: Sequence[Judged], shadow: Sequence[Judged]) -> Comparison | None:
    """Compare evaluations of the same people; None where there is nothing to compare, or a model did not answer."""
    if not serving or any(one.alone for one in (*serving, *shadow)):
        return None
    pairs = [
        (one.evaluation.candidate_id, before, after)
        for one, other in zip(serving, shadow, strict=True)
        for before, after in zip(one.evaluation.judgements, other.evaluation.judgements, strict=True)
    ]
    differences = [
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
    ]
    return Comparison(
        serving=serving[0].evaluation.engine,
        shadow=shadow[0].evaluation.engine,
        judgements=len(pairs),
        differing=len(differences),
        differences=differences,
    )
