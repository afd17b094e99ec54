"""What partners get to know us by. Nothing here can reach a token of this installation.

Secrets are the operator's: ``HIREMESH_PARTNER_SECRETS`` (a JSON object) or a JSON file of the same shape,
``{"<tenant>/<name>": "<secret>"}``. The registry's database holds only names, and a tenant reaches only
its own, so that nobody can have somebody else's secret sent to an address of their choice.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from shared.edge.token_source import TokenEndpoint
from shared.edge.tokens import CLIENT_CREDENTIALS, unverified_issuer
from shared.kernel.errors import Denied, InvalidInput, Unauthenticated
from shared.wire.partners import Access, BearerAccess, ClientAccess


class Secrets:
    """The operator's secrets by ``tenant/name``; the file is read at each look, so that it can be changed."""

    def __init__(self, given: Mapping[str, SecretStr], file: Path | None = None) -> None:
        self._given = given
        self._file = file

    def get(self, tenant: str, name: str) -> str:
        """Return a secret. Raises InvalidInput where the operator keeps none of that name."""
        kept = {key: secret.get_secret_value() for key, secret in self._given.items()} | self._from_file()
        secret = kept.get(f"{tenant}/{name}")
        if not isinstance(secret, str) or not secret:
            raise InvalidInput(
                f"no secret {tenant}/{name} is kept here",
                field="access.secret",
                fix="The operator adds it to HIREMESH_PARTNER_SECRETS or to the secrets file.",
            )
        return secret

    def _from_file(self) -> dict[str, Any]:
        if self._file is None:
            return {}
        try:
            kept = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise InvalidInput(
                f"the file of partners' secrets cannot be read ({type(error).__name__})"
            ) from None
        return kept if isinstance(kept, dict) else {}


class Credentials:
    """Turns how a partner wants to be called into a bearer token for it.

    Args:
        own_issuer: whose tokens must never leave.
        http: for partners' issuers; over outside connections, closed by the caller.
    """

    def __init__(self, secrets: Secrets, own_issuer: str, http: httpx.AsyncClient) -> None:
        self._secrets = secrets
        self._own_issuer = own_issuer.rstrip("/")
        self._http = http
        self._endpoints: dict[tuple[str, str, str], TokenEndpoint] = {}

    async def token(self, tenant: str, access: Access) -> str | None:
        """Return the token to send, or None. Raises InvalidInput, Denied, Unavailable."""
        match access:
            case BearerAccess(secret=name):
                token = self._secrets.get(tenant, name)
            case ClientAccess():
                token = await self._granted(tenant, access)
            case _:
                return None
        self._check_foreign(token)
        return token

    def forget(self) -> None:
        """Drop the tokens that issuers granted."""
        self._endpoints.clear()

    async def _granted(self, tenant: str, access: ClientAccess) -> str:
        if access.issuer.rstrip("/") == self._own_issuer:
            raise Denied("a partner's issuer cannot be this installation's own", field="access.issuer")
        secret = self._secrets.get(tenant, access.secret)
        key = (access.issuer, access.client_id, secret)
        if key not in self._endpoints:
            self._endpoints[key] = TokenEndpoint(access.issuer, access.client_id, secret, self._http)
        form = {"grant_type": CLIENT_CREDENTIALS, "scope": access.scope, "audience": access.audience}
        return await self._endpoints[key].token({name: value for name, value in form.items() if value})

    def _check_foreign(self, token: str) -> None:
        """Refuse to send what would open a door of ours."""
        try:
            issuer = unverified_issuer(token)
        except Unauthenticated:
            return  # no JWT, so none of ours
        if issuer == self._own_issuer:
            raise Denied("a token of this installation is not sent to partners", field="access.secret")
