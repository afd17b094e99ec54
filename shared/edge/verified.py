"""Remembering for a moment whom a token speaks for: checking its signature costs more than most calls."""

import base64
import json
import time
from collections import OrderedDict
from typing import Any

from shared.edge.door import Verifier
from shared.kernel.principal import Principal

SECONDS = 10.0  # how much longer than before a revoked token may be taken
CAPACITY = 4096


class RememberedTokens:
    """A verifier that asks ``verifier`` once for each token every few seconds."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._known: OrderedDict[str, tuple[Principal, float, float]] = OrderedDict()

    @property
    def issuer_url(self) -> str:
        """Where a client gets a token."""
        return self._verifier.issuer_url

    async def verify(self, token: str) -> Principal:
        """Return the token's principal. Raises Unauthenticated or Unavailable."""
        known = self._known.get(token)
        if known is not None and time.monotonic() < known[1] and time.time() < known[2]:
            return known[0]
        principal = await self._verifier.verify(token)
        self._known[token] = (principal, time.monotonic() + SECONDS, _expiry(token))
        self._known.move_to_end(token)
        if len(self._known) > CAPACITY:
            self._known.popitem(last=False)
        return principal


def _expiry(token: str) -> float:
    """Return the expiry of a token that was just verified, in seconds since the epoch."""
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return float(claims["exp"])
