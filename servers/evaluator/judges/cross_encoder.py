"""A cross-encoder that vLLM serves reads passages, each by itself."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from servers.evaluator.core.asking import Ask
from servers.evaluator.core.concluding import LABELS, Probabilities
from servers.evaluator.core.ports import Lane
from servers.evaluator.core.versions import JudgeVersion
from servers.evaluator.judges.lanes import PRIORITY, SECONDS
from shared.kernel.errors import InvalidInput, ModelOutputInvalid
from shared.llm import Budget
from shared.llm.classifier import Answer, PairClassifier
from shared.wire.evaluation import Verdict


class _About(BaseModel):
    """What ``model.json`` says, as ``judge_model.train`` writes it."""

    version: str
    weights_sha256: str
    labels: list[Verdict]
    longest: int
    temperature: float = Field(gt=0)
    thresholds: dict[Literal["not_met", "partial", "meets"], float]
    confidence: dict[Verdict, list[tuple[float, float]]] = {}


class CrossEncoderJudge:
    """Asks a served cross-encoder about each passage; equal pairs are asked once."""

    def __init__(self, classifier: PairClassifier, version: JudgeVersion) -> None:
        self._classifier = classifier
        self.version: JudgeVersion | None = version
        self._temperature = version.temperature

    async def answers(self, asks: Sequence[Ask], lane: Lane = "people") -> list[list[Probabilities]]:
        """Return for each ask an answer to each of its passages, in order.

        Raises InvalidInput, Unavailable, RateLimited, DeadlineExceeded, ModelOutputInvalid.
        """
        pairs = list(dict.fromkeys((ask.statement, one.text) for ask in asks for one in ask.passages))
        if not pairs:
            return [[] for _ in asks]
        budget = Budget(seconds=SECONDS[lane])
        found = await self._classifier.classify(pairs, priority=PRIORITY[lane], budget=budget)
        known = {
            pair: calibrated(answer, self._temperature) for pair, answer in zip(pairs, found, strict=True)
        }
        return [[known[ask.statement, one.text] for one in ask.passages] for ask in asks]

    async def aclose(self) -> None:
        """Close the connections."""
        await self._classifier.aclose()


def calibrated(answer: Answer, temperature: float) -> Probabilities:
    """Return the probabilities at a temperature, to four digits: batches must not change a verdict.

    Raises ModelOutputInvalid for another model than the registered one.
    """
    given = answer.probabilities
    if len(given) != len(LABELS) or LABELS[given.index(max(given))].value != answer.label:
        raise ModelOutputInvalid("the judging model has other answers than the one that was registered.")
    weights = [max(one, 1e-12) ** (1 / temperature) for one in given]
    return Probabilities(*(round(one / sum(weights), 4) for one in weights))


def version_in(folder: Path) -> JudgeVersion:
    """Return the version that a model's folder says it holds. Raises InvalidInput."""
    path = folder / "model.json"
    try:
        about = _About.model_validate(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError):
        raise InvalidInput(
            f"{path} does not describe a judging model.", field="HIREMESH_JUDGE_FOLDER"
        ) from None
    if tuple(about.labels) != LABELS:
        raise InvalidInput(f"the labels in {path} are others than ours.", field="HIREMESH_JUDGE_FOLDER")
    thresholds = {Verdict(label): least for label, least in about.thresholds.items()}
    return JudgeVersion(
        about.version, about.weights_sha256, about.temperature, thresholds, confidence=about.confidence
    )
