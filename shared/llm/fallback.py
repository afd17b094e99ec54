"""The model where there is one, rules where there is none, and which of them it was."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from shared.kernel.errors import DeadlineExceeded, ModelOutputInvalid, RateLimited, Unavailable
from shared.llm.port import LanguageModel

V = TypeVar("V")

NO_MODEL = "No language model is configured, so the rules engine answered."
_REASONS = {
    ModelOutputInvalid.code: "gave no usable answer",
    RateLimited.code: "is overloaded",
    DeadlineExceeded.code: "used up its time or its budget",
    Unavailable.code: "could not be reached",
}


@dataclass(frozen=True)
class Answer(Generic[V]):
    """A value, the engine it comes from, and a sentence for the output when that was not the model."""

    value: V
    engine: Literal["model", "rules"]
    note: str | None = None


async def model_or_rules(
    model: LanguageModel | None,
    ask: Callable[[LanguageModel], Awaitable[V]],
    rules: Callable[[], V],
) -> Answer[V]:
    """Ask the model; where there is none, or it fails, answer by ``rules`` and say so.

    ``ask`` checks what the model said and raises ModelOutputInvalid for an answer it cannot use.
    """
    if model is None:
        return Answer(rules(), "rules", NO_MODEL)
    try:
        return Answer(await ask(model), "model")
    except (ModelOutputInvalid, Unavailable, RateLimited, DeadlineExceeded) as error:
        return Answer(
            rules(), "rules", f"The language model {_REASONS[error.code]}, so the rules engine answered."
        )
