"""Cursors of result pages: where to go on, bound to the query they came from."""

import base64
import binascii
import json
from hashlib import sha256

from pydantic import BaseModel

from shared.kernel.errors import InvalidInput

DEEPEST = 10_000


def encode_cursor(query: BaseModel, tenant: str, offset: int) -> str:
    """Return an opaque cursor for the hits of ``query`` from ``offset`` on."""
    body = json.dumps({"q": _fingerprint(query, tenant), "o": offset}).encode()
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def decode_cursor(cursor: str | None, query: BaseModel, tenant: str) -> int:
    """Return the offset of ``cursor``; 0 without one. Raises InvalidInput for another query's."""
    if cursor is None:
        return 0
    try:
        body = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        fingerprint, offset = str(body["q"]), int(body["o"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise InvalidInput(
            "this is not a cursor of a result page", field="cursor", fix="Pass next_cursor as it came."
        ) from None
    if fingerprint != _fingerprint(query, tenant):
        raise InvalidInput(
            "this cursor belongs to another query",
            field="cursor",
            fix="Repeat the query it came from, or start without a cursor.",
        )
    if not 0 <= offset <= DEEPEST:
        raise InvalidInput(f"pages end at hit {DEEPEST}", field="cursor", fix="Narrow the query.")
    return offset


def _fingerprint(query: BaseModel, tenant: str) -> str:
    return sha256(f"{tenant}\n{query.model_dump_json()}".encode()).hexdigest()[:24]
