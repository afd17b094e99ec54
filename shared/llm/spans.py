"""Traces calls of a chat model by the GenAI conventions, without a word of what was asked or answered."""

from collections.abc import Generator
from contextlib import contextmanager

from openai.types import CompletionUsage
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from shared.kernel.errors import HiremeshError, ModelOutputInvalid
from shared.llm.budget import Budget
from shared.telemetry import names, tracer


@contextmanager
def chat_span(model: str, output: str) -> Generator[Span]:
    """Trace one call.

    The span is not made the current one: a stream yields within it, to a caller whose spans are its own.
    """
    span = tracer().start_span(
        f"{names.CHAT} {model}",
        kind=SpanKind.CLIENT,
        attributes={
            names.GEN_AI_OPERATION: names.CHAT,
            names.GEN_AI_REQUEST_MODEL: model,
            names.GEN_AI_REQUEST_TEMPERATURE: 0.0,
            names.GEN_AI_OUTPUT_TYPE: output,
        },
    )
    try:
        yield span
    except HiremeshError as error:
        span.set_attribute(names.ERROR_TYPE, error.code)
        span.set_status(Status(StatusCode.ERROR))
        raise
    finally:
        span.end()


def note_usage(span: Span, budget: Budget, usage: CompletionUsage | None) -> None:
    """Note the tokens of a call, and count them against its budget."""
    if usage is not None:
        budget.spend(usage.total_tokens)
        span.set_attribute(names.GEN_AI_INPUT_TOKENS, usage.prompt_tokens)
        span.set_attribute(names.GEN_AI_OUTPUT_TOKENS, usage.completion_tokens)


def check_finish(span: Span, finish: str | None) -> None:
    """Note why an answer ended. Raises ModelOutputInvalid for one that is not whole."""
    if finish is not None:
        span.set_attribute(names.GEN_AI_RESPONSE_FINISH, [finish])
    if finish == "length":
        raise ModelOutputInvalid("the language model's answer was cut off.")
    if finish == "content_filter":
        raise ModelOutputInvalid("the language model's server withheld the answer.")
