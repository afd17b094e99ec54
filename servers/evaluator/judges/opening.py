"""Who reads passages: nobody, or a model that vLLM serves."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from servers.evaluator.core.asking import Ask
from servers.evaluator.core.concluding import Probabilities
from servers.evaluator.core.ports import Lane
from servers.evaluator.core.versions import JudgeVersion
from servers.evaluator.judges.chat_judge import CONCURRENT, ChatJudge, chat_version
from servers.evaluator.judges.cross_encoder import CrossEncoderJudge, version_in
from shared.edge.settings import misconfigured
from shared.kernel.errors import InvalidInput
from shared.llm.classifier import PairClassifier
from shared.llm.pairs import PairTokens

Kind = Literal["cross_encoder", "chat"]


class JudgeSettings(BaseSettings):
    """Which model judges.

    Attributes:
        kind: a cross-encoder that was built, or any chat model.
        url: of the vLLM server, without a path; None means rules alone.
        model: the name it is served under; a cross-encoder's default is its version.
        folder: of a cross-encoder, for ``model.json`` and ``tokenizer.json``.
        api_key: where the server, or what stands before it, wants one.
    """

    model_config = SettingsConfigDict(env_prefix="HIREMESH_JUDGE_", extra="ignore", hide_input_in_errors=True)

    kind: Kind = "cross_encoder"
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


AnyJudge = NoJudge | CrossEncoderJudge | ChatJudge


def version_of(kind: Kind, folder: Path | None, model: str | None) -> JudgeVersion:
    """Return the version of a model that judges. Raises InvalidInput where it is not named well enough."""
    if kind == "chat":
        if not model:
            raise InvalidInput("the judging chat model is not named.", field="HIREMESH_JUDGE_MODEL")
        return chat_version(model)
    if folder is None:
        raise InvalidInput("the judging model's folder is not named.", field="HIREMESH_JUDGE_FOLDER")
    return version_in(folder)


def open_judge(settings: JudgeSettings) -> AnyJudge:
    """Return the judge that these settings name; ``aclose()`` it. Raises InvalidInput."""
    if settings.url is None:
        return NoJudge()
    version = version_of(settings.kind, settings.folder, settings.model)
    key = settings.api_key.get_secret_value()
    if settings.folder is None or settings.kind == "chat":
        from shared.llm.compatible import OpenAICompatible  # its client takes long to import

        url = f"{settings.url.rstrip('/')}/v1"
        model = OpenAICompatible(url, model=settings.model, api_key=key, concurrent=CONCURRENT)
        return ChatJudge(model, version)
    tokens = PairTokens(settings.folder / "tokenizer.json")
    classifier = PairClassifier(settings.url, settings.model or version.name, tokens, api_key=key)
    return CrossEncoderJudge(classifier, version)


def judge_settings() -> JudgeSettings:
    """Return what the environment says. Raises InvalidInput."""
    try:
        return JudgeSettings()
    except ValidationError as error:
        raise misconfigured(error) from None
