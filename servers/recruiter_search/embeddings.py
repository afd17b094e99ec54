"""Who makes vectors of texts: nobody, or a model behind an OpenAI-compatible API, such as vLLM's."""

import asyncio
import base64
import time
from collections.abc import Sequence

import httpx2
import numpy as np
import openai
from numpy.typing import NDArray
from openai import AsyncOpenAI
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.edge.settings import misconfigured
from shared.kernel.errors import (
    DeadlineExceeded,
    HiremeshError,
    InvalidInput,
    ModelOutputInvalid,
    RateLimited,
    Unavailable,
)

AT_ONCE = 128
CONNECT_SECONDS = 2.0
DOWN_SECONDS = 10.0


class EmbeddingSettings(BaseSettings):
    """Which model makes vectors.

    Attributes:
        url: of the server, without a path; None means that meaning does not rank.
        model: the name it is served under.
        api_key: where the server wants one.
    """

    model_config = SettingsConfigDict(
        env_prefix="HIREMESH_EMBEDDINGS_", extra="ignore", hide_input_in_errors=True
    )

    url: str | None = None
    model: str | None = None
    api_key: SecretStr = SecretStr("")


def open_encoder() -> "ServedEncoder | None":
    """Return the encoder that the environment names, or None; ``aclose()`` it. Raises InvalidInput."""
    try:
        settings = EmbeddingSettings()
    except ValidationError as error:
        raise misconfigured(error) from None
    if settings.url is None:
        return None
    if not settings.model:
        raise InvalidInput("the model of embeddings is not named.", field="HIREMESH_EMBEDDINGS_MODEL")
    return ServedEncoder(settings.url, settings.model, settings.api_key.get_secret_value())


class ServedEncoder:
    """Implements ``Encoder``. One per process; while the server is known to be down, calls fail at once."""

    def __init__(self, url: str, model: str, api_key: str = "") -> None:
        base_url = f"{url.rstrip('/')}/v1"
        self._client = AsyncOpenAI(
            base_url=base_url,
            api_key=api_key or "none",
            max_retries=0,
            http_client=httpx2.AsyncClient(trust_env=False, base_url=base_url),
        )
        self._model = model
        self._down_until = 0.0

    @property
    def model(self) -> str:
        """The name it is served under."""
        return self._model

    async def encode(self, texts: Sequence[str], *, seconds: float) -> NDArray[np.float32]:
        """See ``Encoder.encode``; many texts are asked about in portions, one after the other."""
        if time.monotonic() < self._down_until:
            raise _unreachable()
        parts = [list(texts[i : i + AT_ONCE]) for i in range(0, len(texts), AT_ONCE)]
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                made = [await self._asked(part, seconds) for part in parts]
        except TimeoutError:
            raise DeadlineExceeded("the server of embeddings took too long.") from None
        except openai.OpenAIError as error:
            raise self._translated(error) from None
        except httpx2.HTTPError:
            raise self._down() from None
        return np.concatenate(made) if made else np.zeros((0, 0), np.float32)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _asked(self, texts: list[str], seconds: float) -> NDArray[np.float32]:
        answer = await self._client.embeddings.create(
            model=self._model,
            input=texts,
            encoding_format="base64",
            timeout=httpx2.Timeout(seconds, connect=CONNECT_SECONDS),
        )
        rows = sorted(answer.data, key=lambda one: one.index)
        if [one.index for one in rows] != list(range(len(texts))):
            raise ModelOutputInvalid("the server of embeddings left texts out.")
        vectors = np.stack([_vector(one.embedding) for one in rows])
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(vectors).all() or not lengths.all():
            raise ModelOutputInvalid("the server of embeddings gave vectors that are none.")
        return (vectors / lengths).astype(np.float32)

    def _translated(self, error: openai.OpenAIError) -> HiremeshError:
        match error:
            case openai.APITimeoutError():
                return DeadlineExceeded("the server of embeddings took too long.")
            case openai.APIConnectionError():
                return self._down()
            case openai.RateLimitError():
                return RateLimited("the server of embeddings is overloaded.", retry_after=1.0)
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return Unavailable(
                    "the server of embeddings refuses our key.", fix="Check HIREMESH_EMBEDDINGS_API_KEY."
                )
            case openai.NotFoundError():
                return Unavailable(
                    "the model of embeddings is not there.", fix="Check HIREMESH_EMBEDDINGS_MODEL."
                )
            case _:
                return Unavailable("the server of embeddings failed.")

    def _down(self) -> Unavailable:
        self._down_until = time.monotonic() + DOWN_SECONDS
        return _unreachable()


def _unreachable() -> Unavailable:
    return Unavailable(
        "the server of embeddings does not answer.",
        fix="Check HIREMESH_EMBEDDINGS_URL.",
        retry_after=DOWN_SECONDS,
    )


def _vector(embedding: str | Sequence[float]) -> NDArray[np.float32]:
    if isinstance(embedding, str):
        return np.frombuffer(base64.b64decode(embedding), np.float32)
    return np.asarray(embedding, np.float32)
