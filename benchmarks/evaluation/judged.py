"""The judge that was built, asked by the product's own way through a vLLM that the benchmark starts."""

import asyncio
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from benchmarks.evaluation.cases import NOW, Page
from benchmarks.evaluation.engines import Asked, requirements
from servers.evaluator.core.drafting import Draft
from servers.evaluator.core.engine import RulesEngine
from servers.evaluator.core.evaluating import evaluate
from servers.evaluator.core.versions import JudgeVersion
from servers.evaluator.judges.cross_encoder import CrossEncoderJudge, version_in
from shared.engines import EmbeddedVllm
from shared.llm import Budget
from shared.llm.classifier import PEOPLE, Answer, PairClassifier
from shared.llm.pairs import PairTokens
from shared.taxonomy import Taxonomy
from shared.wire.evaluation import Evaluation
from shared.wire.requirements import Qualification
from supervisor.launch.models import Model

PEOPLE_AT_ONCE = 8
"""While a model reads what is asked about some, others are drafted."""
Pair = tuple[str, str]


@dataclass(frozen=True)
class Served:
    """Where a version of the judge answers; travels to other processes."""

    version: JudgeVersion
    folder: Path
    url: str
    api_key: str


@contextmanager
def serving(model: Model, more: Sequence[str] = ()) -> Generator[Served]:
    """Serve a judge as ``hiremesh up --vllm`` does, with ``more`` arguments of ``vllm serve``.

    Raises Unavailable, InvalidInput.
    """
    folder = Path(model.weights)
    version = version_in(folder)
    with (
        TemporaryDirectory(prefix="vllm-") as own,
        EmbeddedVllm(
            Path(own), folder, model.served_as, arguments=[*model.arguments, *more], cache=model.cache
        ) as server,
    ):
        yield Served(version, folder, server.url, server.api_key)


class Remembering(PairClassifier):
    """Asks about each pair once. ``known`` has every answer."""

    def __init__(self, served: Served) -> None:
        tokens = PairTokens(served.folder / "tokenizer.json")
        super().__init__(served.url, served.version.name, tokens, api_key=served.api_key)
        self.known: dict[Pair, Answer] = {}

    async def classify(
        self, pairs: Sequence[Pair], *, priority: int = PEOPLE, budget: Budget | None = None
    ) -> list[Answer]:
        new = [pair for pair in pairs if pair not in self.known]
        found = await super().classify(new, priority=priority, budget=budget)
        self.known.update(zip(new, found, strict=True))
        return [self.known[pair] for pair in pairs]


class Asking:
    """A served judge with one loop and one memory for all engines that ask it. Close it, or use ``with``."""

    def __init__(self, served: Served) -> None:
        self.version = served.version
        self.runner = asyncio.Runner()
        self.classifier = Remembering(served)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.runner.run(self.classifier.aclose())
        self.runner.close()


class Ours:
    """Rules and judge as the evaluator runs them; one that asks all hears the judge wherever facts do not settle it."""

    def __init__(
        self, name: str, asking: Asking, *, asks_all: bool, taxonomy: Taxonomy | None = None
    ) -> None:
        self.name = name
        self._runner = asking.runner
        self._taxonomy = taxonomy or Taxonomy.compact()
        self._judge = CrossEncoderJudge(asking.classifier, replace(asking.version, asks_all=asks_all))

    def tune(self, known: Sequence[Asked]) -> None:
        """Its thresholds came with its version."""

    def judge(self, pages: Sequence[Page], asked: Sequence[Sequence[Qualification]]) -> list[Evaluation]:
        """Raises RuntimeError where the model did not answer: what rules say alone is another engine."""
        return self._runner.run(self._each(pages, asked))

    async def _each(
        self, pages: Sequence[Page], asked: Sequence[Sequence[Qualification]]
    ) -> list[Evaluation]:
        room = asyncio.Semaphore(PEOPLE_AT_ONCE)

        async def one(page: Page, questions: Sequence[Qualification]) -> Evaluation:
            async with room:
                return await self._one(page, questions)

        return list(await asyncio.gather(*map(one, pages, asked)))

    async def _one(self, page: Page, questions: Sequence[Qualification]) -> Evaluation:
        needs = requirements(questions)

        async def drafts(engine: RulesEngine) -> list[Draft]:
            return [engine.draft(needs, page.dossier)]

        [judged] = await evaluate(needs, self._engine, drafts, self._judge, "background", patient=True)
        if judged.alone:
            raise RuntimeError(judged.evaluation.summary)
        return judged.evaluation

    def _engine(self, judge: JudgeVersion | None) -> RulesEngine:
        return RulesEngine(self._taxonomy, date(*NOW, 1), judge)
