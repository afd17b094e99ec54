"""Opaque cursors that only fit the query they came from."""

import base64
import binascii
import hashlib
import json

from shared.kernel.errors import InvalidInput


def write_cursor(last: str, *query: object) -> str:
    """Return a cursor to what follows ``last`` in the listing that ``query`` describes."""
    text = json.dumps([_mark(query), last])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, *query: object) -> str | None:
    """Return where to go on. Raises InvalidInput for a foreign or a damaged cursor."""
    if cursor is None:
        return None
    try:
        mark, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error) as damaged:
        raise InvalidInput("this is not a cursor", field="cursor", fix="Start without one.") from damaged
    if mark != _mark(query) or not isinstance(last, str):
        raise InvalidInput("this cursor belongs to another query", field="cursor", fix="Start without one.")
    return last


def _mark(query: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(query).encode()).hexdigest()[:12]
