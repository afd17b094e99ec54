"""Who reads passages: nobody, or a cross-encoder that vLLM serves."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from servers.evaluator.core.asking import Ask
from servers.evaluator.core.concluding import LABELS, Probabilities
from servers.evaluator.core.ports import Lane
from servers.evaluator.core.versions import JudgeVersion
from shared.edge.settings import misconfigured
from shared.kernel.errors import InvalidInput, ModelOutputInvalid
from shared.llm import Budget
from shared.llm.classifier import BACKGROUND, PEOPLE, Answer, PairClassifier
from shared.llm.pairs import PairTokens
from shared.wire.evaluation import Verdict

PRIORITY: dict[Lane, int] = {"people": PEOPLE, "background": BACKGROUND}
SECONDS: dict[Lane, float] = {"people": 20.0, "background": 300.0}
"""How long one evaluation, or one piece of a sweep, waits for all its answers."""


class JudgeSettings(BaseSettings):
    """Which model judges.

    Attributes:
        url: of the vLLM server, without a path; None means rules alone.
        model: the name it is served under; default the model's version.
        folder: of the model, for ``model.json`` and ``tokenizer.json``.
        api_key: where the server, or what stands before it, wants one.
    """

    model_config = SettingsConfigDict(env_prefix="HIREMESH_JUDGE_", extra="ignore", hide_input_in_errors=True)

    url: str | None = None
    model: str | None = None
    folder: Path | None = None
    api_key: SecretStr = SecretStr("")


class _About(BaseModel):
    """What ``model.json`` says, as ``judge_model.train`` writes it."""

    version: str
    weights_sha256: str
    labels: list[Verdict]
    longest: int
    temperature: float = Field(gt=0)
    thresholds: dict[Literal["not_met", "partial", "meets"], float]
    confidence: dict[Verdict, list[tuple[float, float]]] = {}


class NoJudge:
    """Nobody is asked: rules alone judge."""

    version: JudgeVersion | None = None

    async def answers(self, asks: Sequence[Ask], lane: Lane = "people") -> list[list[Probabilities]]:
        """Return nothing for nothing."""
        return [[] for _ in asks]

    async def aclose(self) -> None:
        """Close nothing."""


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


def open_judge(settings: JudgeSettings) -> NoJudge | CrossEncoderJudge:
    """Return the judge that these settings name; ``aclose()`` it. Raises InvalidInput."""
    if settings.url is None:
        return NoJudge()
    if settings.folder is None:
        raise InvalidInput("the judging model's folder is not named.", field="HIREMESH_JUDGE_FOLDER")
    version = version_in(settings.folder)
    tokens = PairTokens(settings.folder / "tokenizer.json")
    key = settings.api_key.get_secret_value()
    classifier = PairClassifier(settings.url, settings.model or version.name, tokens, api_key=key)
    return CrossEncoderJudge(classifier, version)


def judge_settings() -> JudgeSettings:
    """Return what the environment says. Raises InvalidInput."""
    try:
        return JudgeSettings()
    except ValidationError as error:
        raise misconfigured(error) from None
