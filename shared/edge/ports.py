"""What the edge needs of the door and of token issuing, so that either can be exchanged in tests."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from starlette.types import ASGIApp, Scope

from shared.kernel.errors import InvalidInput, NotFound, Unauthenticated
from shared.kernel.principal import Principal
from shared.wire.planning import Risk

PRINCIPAL_STATE = "principal"


class Gate(Protocol):
    """The door of one unit: it authenticates requests and decides about calls."""

    def guard(self, app: ASGIApp) -> ASGIApp:
        """Wrap ``app``: requests need a valid token, except for health and public cards.

        Puts the caller into ``scope["state"]["principal"]``.
        """
        ...

    async def authorise(
        self, principal: Principal, *, unit: str, skill: str, risk: Risk, approved: bool = False
    ) -> None:
        """Return if ``principal`` may call ``skill``; record the decision. Raises Denied.

        ``approved``: the call carries an approval, which the skill itself checks and uses up.
        """
        ...

    def admitted(
        self, principal: Principal, *, unit: str, skill: str, risk: Risk, approved: bool = False
    ) -> AbstractAsyncContextManager[None]:
        """Like ``authorise``, around the call: when it is left the decision is on record.

        What only reads may begin while that is written; anything else begins after it.
        """
        ...

    async def refused(
        self, principal: Principal, *, unit: str, skill: str, risk: Risk, error: NotFound | InvalidInput
    ) -> None:
        """Record that a permitted call was refused for what it named or sent."""
        ...


class TokenSource(Protocol):
    """Obtains tokens for onward calls."""

    async def for_unit(self, unit: str, principal: Principal) -> str:
        """Return a bearer token with audience ``unit`` on behalf of ``principal``.

        Raises Denied or Unavailable.
        """
        ...


def principal_of(scope: Scope) -> Principal:
    """Return whom the door let in. Raises Unauthenticated where no door was passed."""
    principal = scope.get("state", {}).get(PRINCIPAL_STATE)
    if not isinstance(principal, Principal):
        raise Unauthenticated("no caller is known here")
    return principal
