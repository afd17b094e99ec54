"""One judge for all evaluations, and perhaps one in shadow."""

from collections.abc import Sequence
from concurrent.futures import Executor

from servers.evaluator.core.asking import Ask
from servers.evaluator.core.concluding import Probabilities
from servers.evaluator.core.judging import Judging
from servers.evaluator.core.ports import Drafters, Explainer, Judge, Lane
from servers.evaluator.core.shadowing import Shadowing
from servers.evaluator.core.versions import JudgeVersion
from servers.evaluator.judges.opening import NoJudge
from servers.evaluator.sources import UnitSources
from servers.evaluator.store import PostgresEvaluations
from shared.edge.taxonomies import Taxonomies
from shared.edge.units import UnitCalls
from shared.kernel.clock import SystemClock
from shared.kernel.errors import Unavailable
from shared.taxonomy import Taxonomy
from shared.wire.evaluation import Verdict

ANY = {Verdict.MEETS: 0.0, Verdict.PARTIAL: 0.0, Verdict.NOT_MET: 0.0}


class Bench:
    """Always the same judges."""

    def __init__(self, judge: Judge | None = None, shadow: Judge | None = None) -> None:
        self._judge = judge or NoJudge()
        self._shadow = shadow

    async def serving(self) -> Judge:
        return self._judge

    async def shadow(self) -> Judge | None:
        return self._shadow


class Readers:
    """A model that says the same of every passage, once it has failed as often as it is told."""

    def __init__(self, name: str, says: Probabilities, failures: int = 0) -> None:
        self.version: JudgeVersion | None = JudgeVersion(name, "00", 1.0, ANY)
        self._says = says
        self._failures = failures
        self.lanes: list[Lane] = []

    async def answers(self, asks: Sequence[Ask], lane: Lane = "people") -> list[list[Probabilities]]:
        self.lanes.append(lane)
        if self._failures:
            self._failures -= 1
            raise Unavailable("the judging model does not answer.", retry_after=0.01)
        return [[self._says] * len(ask.passages) for ask in asks]


def judging_over(
    units: UnitCalls,
    evaluations: PostgresEvaluations,
    drafters: Drafters,
    executor: Executor,
    bench: Bench | None = None,
    explainer: Explainer | None = None,
) -> Judging:
    """Return a judging of single people, with whoever looks on at the bench."""
    on, words, clock = bench or Bench(), Taxonomies(units, "evaluator", max_age=3600), SystemClock()
    shadowing = Shadowing(on, drafters, words, evaluations, clock)
    sources = UnitSources(units)
    return Judging(sources, evaluations, Taxonomy.compact(), clock, executor, on, shadowing, explainer)
