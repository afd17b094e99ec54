"""The identity of a call, for callees that must not repeat an effect.

The caller names a call; the edge carries the name in the ``Idempotency-Key`` header (IETF httpapi draft);
a unit whose write is not idempotent by nature stores it beside the effect, in the same transaction.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

IDEMPOTENCY_HEADER = "idempotency-key"

_handled: ContextVar[str | None] = ContextVar("handled_call", default=None)
_outgoing: ContextVar[str | None] = ContextVar("outgoing_call", default=None)


def current_idempotency_key() -> str | None:
    """Return the name that the caller gave the call being handled, or None."""
    return _handled.get()


def outgoing_idempotency_key() -> str | None:
    """Return the name for calls made now, or None."""
    return _outgoing.get()


@contextmanager
def handling_call(key: str | None) -> Generator[None]:
    """Within the block the call named ``key`` is handled; calls it makes in turn have no name yet."""
    marks = _handled.set(key), _outgoing.set(None)
    try:
        yield
    finally:
        _handled.reset(marks[0])
        _outgoing.reset(marks[1])


@contextmanager
def idempotent_call(key: str) -> Generator[None]:
    """Name the call made within the block; a repetition of it has the same name."""
    mark = _outgoing.set(key)
    try:
        yield
    finally:
        _outgoing.reset(mark)
