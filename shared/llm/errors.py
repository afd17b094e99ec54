"""The one place where the client's errors become ours. No text of theirs passes: it may quote the prompt."""

import openai

from shared.kernel.errors import (
    DeadlineExceeded,
    HiremeshError,
    ModelOutputInvalid,
    RateLimited,
    Unavailable,
)


def translated(error: openai.OpenAIError) -> HiremeshError:
    """Return the kernel error for one of the client."""
    match error:
        case openai.APITimeoutError():
            return DeadlineExceeded("the language model took too long.")
        case openai.APIConnectionError():
            return Unavailable("the language model does not answer.", fix="Check HIREMESH_LLM_BASE_URL.")
        case openai.RateLimitError():
            return RateLimited("the language model is overloaded.", retry_after=_retry_after(error))
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return Unavailable("the language model refuses our key.", fix="Check HIREMESH_LLM_API_KEY.")
        case openai.NotFoundError():
            return Unavailable("the language model is not there.", fix="Check HIREMESH_LLM_MODEL.")
        case openai.BadRequestError() | openai.UnprocessableEntityError():
            return ModelOutputInvalid("the language model does not take this prompt or schema.")
        case _:
            return Unavailable("the language model failed.")


def _retry_after(error: openai.RateLimitError) -> float:
    """Seconds that the server asks for; HTTP dates and nonsense count as one."""
    value = error.response.headers.get("retry-after", "")
    return float(value) if value.replace(".", "", 1).isdigit() else 1.0
