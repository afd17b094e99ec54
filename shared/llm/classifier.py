"""A model that answers a pair of texts with one of a few labels, behind vLLM's ``/classify``."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx
from opentelemetry.trace import SpanKind
from pydantic import BaseModel, ValidationError

from shared.kernel.errors import (
    DeadlineExceeded,
    HiremeshError,
    ModelOutputInvalid,
    RateLimited,
    Unavailable,
)
from shared.llm.budget import Budget
from shared.llm.lanes import BACKGROUND, PEOPLE, Lanes
from shared.llm.pairs import PairTokens
from shared.telemetry import inject_headers, names, tracer

__all__ = ["BACKGROUND", "PEOPLE", "Answer", "PairClassifier"]

AT_ONCE = 64
CONCURRENT = 4
MOST = 256
CONNECT_SECONDS = 3.0
RETRY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A label and how probable each one is, in the order of the model's labels."""

    label: str
    probabilities: tuple[float, ...]


class _Datum(BaseModel):
    index: int
    label: str
    probs: list[float]


class _Answers(BaseModel):
    data: list[_Datum]


class PairClassifier:
    """Asks a served model about pairs of texts. One per process; ``aclose()`` it.

    vLLM asks for its key below ``/v1`` only: what reaches its port can classify. Of what waits, people's goes
    first, here and, by its scheduling policy ``priority``, at the server, which other processes ask too.

    Args:
        base_url: of the server, without a path.
        model: the name it is served under.
        tokens: of the same model.
        api_key: where the server wants one.
        concurrent: requests of up to 64 pairs under way at once, one of them people's; the others wait.
        most: requests of people, or of the background, that may wait or be under way; calls beyond are refused.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        tokens: PairTokens,
        *,
        api_key: str = "",
        concurrent: int = CONCURRENT,
        most: int = MOST,
    ) -> None:
        headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
        self._http = httpx.AsyncClient(base_url=base_url, headers=headers, trust_env=False)
        self._model = model
        self._tokens = tokens
        self._lanes = Lanes(concurrent, most)

    async def classify(
        self, pairs: Sequence[tuple[str, str]], *, priority: int = PEOPLE, budget: Budget | None = None
    ) -> list[Answer]:
        """Return the answer to each pair, in order.

        Raises InvalidInput, Unavailable, RateLimited, DeadlineExceeded, ModelOutputInvalid. What is under way
        for a call that failed is ended, at the server too.
        """
        budget = budget or Budget()
        rows = self._tokens.of(pairs)
        batches = [rows[at : at + AT_ONCE] for at in range(0, len(rows), AT_ONCE)]
        try:
            with self._lanes.admitted(priority, len(batches)):
                async with asyncio.TaskGroup() as group:
                    asked = [group.create_task(self._ask(batch, priority, budget)) for batch in batches]
        except* HiremeshError as failed:
            raise failed.exceptions[0] from None
        return [answer for task in asked for answer in task.result()]

    async def _ask(self, rows: list[list[int]], priority: int, budget: Budget) -> list[Answer]:
        with tracer().start_as_current_span(
            f"classify {self._model}",
            kind=SpanKind.CLIENT,
            attributes={names.GEN_AI_OPERATION: "classify", names.GEN_AI_REQUEST_MODEL: self._model},
        ):
            request = {"model": self._model, "input": rows, "priority": priority}
            headers: dict[str, str] = {}
            inject_headers(headers)
            limits = httpx.Timeout(None, connect=CONNECT_SECONDS)
            try:
                async with asyncio.timeout(budget.seconds_left), self._lanes.slot(priority):
                    response = await self._http.post(
                        "/classify", json=request, headers=headers, timeout=limits
                    )
            except TimeoutError:
                raise DeadlineExceeded("the judging model took too long.") from None
            except httpx.HTTPError:
                raise Unavailable("the judging model does not answer.", retry_after=RETRY_SECONDS) from None
            return _answers(response, len(rows))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def _answers(response: httpx.Response, wanted: int) -> list[Answer]:
    match response.status_code:
        case 200:
            return _checked(response.content, wanted)
        case 401 | 403:
            raise Unavailable("the judging model refuses our key.")
        case 404:
            raise Unavailable("the judging model is not there.")
        case 429 | 503:
            raise RateLimited("the judging model is overloaded.", retry_after=_retry_after(response))
        case status:
            raise Unavailable(f"the judging model failed (HTTP {status}).")


def _retry_after(response: httpx.Response) -> float:
    """Seconds that the server asks for; HTTP dates and nonsense count as ours."""
    said = response.headers.get("retry-after", "")
    return float(said) if said.replace(".", "", 1).isdigit() else RETRY_SECONDS


def _checked(content: bytes, wanted: int) -> list[Answer]:
    try:
        data = sorted(_Answers.model_validate_json(content).data, key=lambda one: one.index)
    except ValidationError:
        raise ModelOutputInvalid("the judging model's answer cannot be read.") from None
    if [one.index for one in data] != list(range(wanted)):
        raise ModelOutputInvalid("the judging model left pairs unanswered.")
    return [Answer(one.label, tuple(one.probs)) for one in data]
