"""Opaque cursors that only fit the listing they came from."""

import base64
import binascii
import hashlib
import json

from shared.kernel.errors import InvalidInput


def write_cursor(last: str, *listing: object) -> str:
    """Return a cursor to what follows ``last`` in a listing."""
    packed = json.dumps([_mark(listing), last]).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read_cursor(cursor: str | None, *listing: object) -> str | None:
    """Return after what to go on, None for the beginning. Raises InvalidInput for a foreign cursor."""
    if cursor is None:
        return None
    try:
        mark, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error) as damaged:
        raise InvalidInput("this is not a cursor.", field="cursor", fix="Leave it out.") from damaged
    if mark != _mark(listing) or not isinstance(last, str):
        raise InvalidInput("this cursor comes from another listing.", field="cursor", fix="Leave it out.")
    return last


def _mark(listing: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(listing).encode()).hexdigest()[:12]
