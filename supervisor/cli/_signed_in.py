"""Calling units from the command line as a person."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.edge.units import Units
from shared.kernel.principal import Principal, acting_as

if TYPE_CHECKING:
    from shared.edge.issuer.operator import Operator

SIGN_IN = timedelta(hours=12)


class OneToken:
    """A token that is good for every unit the person was signed in for."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def for_unit(self, unit: str, principal: Principal) -> str:
        return self._token


@asynccontextmanager
async def signed_in_units(
    issuer: "Operator", urls: Mapping[str, str], tenant: str, subject: str, *more_scopes: str
) -> AsyncGenerator[Units]:
    """Lend a client of all units, with a token that lets ``subject`` read and write in ``tenant``.

    ``more_scopes`` allow more than that, such as ``*.decide``.
    """
    scopes = ["*.read", "*.write", *more_scopes]
    token, _ = await issuer.mint(
        subject, tenant=tenant, scopes=scopes, audiences=list(urls), lifetime=SIGN_IN
    )
    principal = Principal(
        subject=subject, kind="person", tenant=tenant, scopes=frozenset(scopes), token=token
    )
    async with Units(dict(urls), OneToken(token)) as units:
        with acting_as(principal):
            yield units
