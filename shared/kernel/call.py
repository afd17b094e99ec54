"""The identity of a call, for callees that must not repeat an effect.

The caller names the call; the edge carries the name in the ``Idempotency-Key`` header; a unit whose write
is not idempotent by nature stores it beside the effect, in the same transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

IDEMPOTENCY_HEADER = "Idempotency-Key"

_current: ContextVar[str | None] = ContextVar("idempotency_key", default=None)


def current_idempotency_key() -> str | None:
    """Return the name that the caller gave this call, or None."""
    return _current.get()


@contextmanager
def idempotent_call(key: str | None) -> Iterator[None]:
    """Name the calls made within the block."""
    mark = _current.set(key)
    try:
        yield
    finally:
        _current.reset(mark)
