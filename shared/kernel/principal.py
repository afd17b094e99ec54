"""Who is calling, for whom, in which tenant. The door sets it; everything inside reads it."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.kernel.errors import Unauthenticated

PrincipalKind = Literal["service", "person", "partner"]
HANDS = frozenset({"service:supervisor"})
"""Services that only pass on what a person clicks or answers: the recruiter's page and terminal."""


class Principal(BaseModel):
    """An authenticated caller.

    Attributes:
        subject: on whose behalf (``person:ada``, ``partner:acme``, ``service:sourcing``).
        kind: what the subject is.
        tenant: the organisation whose data is touched.
        actor: the service that makes the call when it acts for somebody else, or None.
        via: further services that stood between the subject and the actor, the latest first.
        scopes: ``<unit>.<risk>`` grants such as ``candidates.read``; ``*.read`` covers every unit.
        token: the bearer token as received, exchanged before any onward call.
    """

    model_config = ConfigDict(frozen=True)

    subject: str
    kind: PrincipalKind
    tenant: str
    actor: str | None = None
    via: tuple[str, ...] = ()
    scopes: frozenset[str] = frozenset()
    token: str = ""

    @property
    def assisted(self) -> bool:
        """Whether something that decides for itself stands between the subject and this call."""
        between = {*self.via, self.actor} - {None}
        return not between <= HANDS


def signed(caller: Principal) -> dict[str, str | None]:
    """Return who did something, as events name them: on whose behalf, and the service between, if any."""
    return {"by": caller.subject, "via": caller.actor}


_current: ContextVar[Principal | None] = ContextVar("principal", default=None)


def current_principal() -> Principal:
    """Return the caller of this turn. Raises Unauthenticated outside a door."""
    principal = _current.get()
    if principal is None:
        raise Unauthenticated("no caller is known here")
    return principal


@contextmanager
def acting_as(principal: Principal) -> Generator[Principal]:
    """Make ``principal`` the caller within the block."""
    mark = _current.set(principal)
    try:
        yield principal
    finally:
        _current.reset(mark)
