"""The one error hierarchy. Adapters translate their driver's errors into these, once.

Every message is safe to show: it never carries a candidate's data, a query, a secret or a stack.
``shared.edge.errors`` maps each child to MCP, A2A and HTTP.
"""

from typing import ClassVar


class HiremeshError(Exception):
    """Root of all expected failures.

    Attributes:
        code: stable snake_case identifier, part of the wire contract.
        retryable: whether the same call may succeed later without a change.
        field: the input at fault, as the caller spelt it, or None.
        fix: what the caller can do about it, or None.
        retry_after: seconds to wait before trying again, or None.
    """

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        fix: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.fix = fix
        self.retry_after = retry_after

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        stop = "" if self.message.endswith((".", "?", "!", ":")) else "."
        then = f"{stop} {self.fix}" if self.fix else ""
        return f"{where}{self.message}{then}"


class InvalidInput(HiremeshError):
    """The caller sent something that can never work; ``field`` names it and ``fix`` says what would."""

    code = "invalid_input"


class NotFound(HiremeshError):
    """No such thing in the caller's tenant. Another tenant's thing is not found either."""

    code = "not_found"


class Conflict(HiremeshError):
    """The thing changed, exists already, or is held by someone else."""

    code = "conflict"


class Unauthenticated(HiremeshError):
    """No token, or one that is expired, malformed or meant for another audience."""

    code = "unauthenticated"


class Denied(HiremeshError):
    """The policy engine refused, or a person's approval is missing."""

    code = "denied"


class RateLimited(HiremeshError):
    """A bounded queue or quota is full; ``retry_after`` says when to come back."""

    code = "rate_limited"
    retryable = True


class Unavailable(HiremeshError):
    """A dependency (engine, unit, model) does not answer."""

    code = "dependency_unavailable"
    retryable = True


class ModelOutputInvalid(HiremeshError):
    """A model answered, but not with what its schema asks for."""

    code = "model_output_invalid"
    retryable = True


class DeadlineExceeded(HiremeshError):
    """The work did not end within its time budget."""

    code = "deadline_exceeded"
    retryable = True
