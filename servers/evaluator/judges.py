"""Who reads passages: nobody, or a model that vLLM serves."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from servers.evaluator.core.asking import Ask
from servers.evaluator.core.concluding import Probabilities
from servers.evaluator.core.ports import Lane
from servers.evaluator.core.versions import JudgeVersion
from servers.evaluator.cross_encoder import CrossEncoderJudge, version_in
from shared.edge.settings import misconfigured
from shared.kernel.errors import InvalidInput
from shared.llm.classifier import PairClassifier
from shared.llm.pairs import PairTokens


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


class NoJudge:
    """Nobody is asked: rules alone judge."""

    version: JudgeVersion | None = None

    async def answers(self, asks: Sequence[Ask], lane: Lane = "people") -> list[list[Probabilities]]:
        """Return nothing for nothing."""
        return [[] for _ in asks]

    async def aclose(self) -> None:
        """Close nothing."""


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
