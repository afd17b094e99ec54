"""The one table from kernel errors to the wire, and back.

MCP: an expected failure is a tool result with ``is_error`` whose structured content is ``error_body``.
A2A: it is a task in ``a2a_state`` whose status message has a data part ``{"error": error_body}``.
HTTP and JSON-RPC codes serve what fails before a protocol handler runs.
"""

import json
import logging
import traceback
from dataclasses import dataclass
from typing import Any, Literal, cast

from pydantic import ValidationError

from shared.kernel.errors import (
    Conflict,
    DeadlineExceeded,
    Denied,
    HiremeshError,
    InvalidInput,
    ModelOutputInvalid,
    NotFound,
    RateLimited,
    Unauthenticated,
    Unavailable,
)
from shared.kernel.ids import new_id

_log = logging.getLogger(__name__)


class InputRequired(HiremeshError):
    """The called agent has a question; send the answer with the same ``task_id`` and ``context_id``."""

    code = "input_required"

    def __init__(self, question: str, *, task_id: str, context_id: str, data: dict[str, Any] | None) -> None:
        super().__init__(question, fix="Send the answer to the same task.")
        self.task_id = task_id
        self.context_id = context_id
        self.data = data


TaskStateName = Literal["TASK_STATE_FAILED", "TASK_STATE_REJECTED", "TASK_STATE_INPUT_REQUIRED"]


@dataclass(frozen=True)
class WireError:
    """How one kind of failure looks on each wire."""

    http: int
    jsonrpc: int
    a2a_state: TaskStateName


_TOO_LARGE = 413
_FAILED: TaskStateName = "TASK_STATE_FAILED"

TABLE: dict[type[HiremeshError], WireError] = {
    HiremeshError: WireError(500, -32603, _FAILED),
    InvalidInput: WireError(400, -32602, _FAILED),
    NotFound: WireError(404, -32044, _FAILED),
    Conflict: WireError(409, -32049, _FAILED),
    Unauthenticated: WireError(401, -32041, _FAILED),
    Denied: WireError(403, -32043, "TASK_STATE_REJECTED"),
    RateLimited: WireError(429, -32029, _FAILED),
    Unavailable: WireError(503, -32053, _FAILED),
    ModelOutputInvalid: WireError(502, -32052, _FAILED),
    DeadlineExceeded: WireError(504, -32054, _FAILED),
    InputRequired: WireError(409, -32042, "TASK_STATE_INPUT_REQUIRED"),
}


def wire_of(error: HiremeshError) -> WireError:
    """Return the row of an error's class, or of the nearest class above it."""
    return next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)


_BY_CODE: dict[str, type[HiremeshError]] = {kind.code: kind for kind in TABLE if kind is not InputRequired}


def error_body(error: HiremeshError) -> dict[str, Any]:
    """Return ``{code, message, field, fix, retryable}``, and ``retry_after`` where it is known (seconds)."""
    body: dict[str, Any] = {
        "code": error.code,
        "message": error.message,
        "field": error.field,
        "fix": error.fix,
        "retryable": error.retryable,
    }
    if error.retry_after is not None:
        body["retry_after"] = error.retry_after
    return body


def error_from_body(body: dict[str, Any]) -> HiremeshError:
    """Rebuild the error that another unit reported with ``error_body``; unknown codes become the root."""
    kind = _BY_CODE.get(str(body.get("code")), HiremeshError)
    return kind(
        str(body.get("message") or "the call failed"),
        field=body.get("field"),
        fix=body.get("fix"),
        retry_after=body.get("retry_after"),
    )


def invalid_from(error: ValidationError, *, within: str = "") -> InvalidInput:
    """Turn a schema violation into an InvalidInput that names the first field at fault, not its value."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    path = ".".join(str(part) for part in (within, *first["loc"]) if part != "")
    others = error.error_count() - 1
    also = f" ({others} more field{'s' if others > 1 else ''} at fault)" if others else ""
    return InvalidInput(f"{first['msg']}{also}", field=path or None, fix="Compare with the input schema.")


def internal_error(error: BaseException, where: str) -> HiremeshError:
    """Log an unexpected exception under a new id and return what may be told to the caller.

    The log gets the exception's type and place, not its text: that may quote a candidate's data.
    """
    incident = new_id("err")
    trace = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s failed unexpectedly (%s): %s\n%s", where, incident, type(error).__name__, trace)
    return HiremeshError(f"something went wrong inside ({incident})")


def error_of_status(status: int, content: bytes) -> HiremeshError | None:
    """Read an HTTP refusal: ``{"error": error_body}`` if it is one of ours, else by its status.

    None where neither says what went wrong, such as a JSON-RPC error, which its protocol explains.
    """
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    told = cast("dict[str, Any]", body).get("error") if isinstance(body, dict) else None
    if isinstance(told, dict):
        told = cast("dict[str, Any]", told)
        if told.get("code") in _BY_CODE:
            return error_from_body(told)
        return None
    if status == _TOO_LARGE:
        return InvalidInput("the request is too large", fix="Send less, or a reference.")
    kinds = {row.http: kind for kind, row in TABLE.items() if kind not in (HiremeshError, InputRequired)}
    kind = kinds.get(status, Unavailable if status >= 500 else None)
    return kind(f"the other side answered {status}") if kind else None
