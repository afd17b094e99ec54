"""The operator's side of the embedded issuer: minting, listing, revoking, partners, keys."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import httpx

from shared.edge.issuer.grants import ADMIN, MINT
from shared.edge.issuer.records import Minted
from shared.edge.tokens import client_secret
from shared.kernel.errors import (
    Conflict,
    Denied,
    HiremeshError,
    InvalidInput,
    NotFound,
    RateLimited,
    Unavailable,
)

_BY_STATUS: dict[int, type[HiremeshError]] = {
    400: InvalidInput,
    401: Denied,
    403: Denied,
    404: NotFound,
    409: Conflict,
    429: RateLimited,
}


class Operator:
    """Calls the issuer with the rights that the deployment secret gives.

    Args:
        issuer_url: the embedded issuer.
        deployment_secret: the root of all secrets.
        http: the caller closes it.
    """

    def __init__(self, issuer_url: str, deployment_secret: str, http: httpx.AsyncClient) -> None:
        self._url = issuer_url.rstrip("/")
        self._auth = httpx.BasicAuth(ADMIN, client_secret(deployment_secret, ADMIN))
        self._http = http

    async def mint(
        self,
        subject: str,
        *,
        tenant: str,
        scopes: Iterable[str],
        audiences: Iterable[str],
        lifetime: timedelta = timedelta(hours=12),
    ) -> tuple[str, str]:
        """Return a token for ``subject`` (``person:ada``) at the named units, and the token's id."""
        order = _order(subject, tenant, scopes, audiences, lifetime)
        body = await self._post("/token", grant_type=MINT, **order)
        return str(body["access_token"]), str(body["token_id"])

    async def sign_in_code(
        self,
        subject: str,
        *,
        tenant: str,
        scopes: Iterable[str],
        audiences: Iterable[str],
        lifetime: timedelta,
    ) -> str:
        """Return a code that one of the audiences can exchange for such a token: once, within minutes."""
        order = _order(subject, tenant, scopes, audiences, lifetime)
        return str((await self._post("/admin/sign-in-codes", **order))["code"])

    async def minted(self) -> list[Minted]:
        """Return the minted tokens that are still good."""
        return [Minted.model_validate(item) for item in (await self._post("/admin/tokens"))["tokens"]]

    async def revoke(self, token_id: str) -> None:
        """Refuse a minted token, and what was exchanged from it, within seconds. Raises NotFound."""
        await self._post("/revoke", token_id=token_id)

    async def register_partner(
        self, name: str, *, tenant: str, scopes: Iterable[str], audiences: Iterable[str] = ()
    ) -> tuple[str, str]:
        """Return the client id and secret of a new partner; the secret is shown this once."""
        body = await self._post(
            "/admin/partners",
            name=name,
            tenant=tenant,
            scope=" ".join(sorted(scopes)),
            audience=" ".join(sorted(audiences)),
        )
        return str(body["client_id"]), str(body["client_secret"])

    async def remove_partner(self, name: str) -> None:
        """Forget a partner. Raises NotFound."""
        await self._post("/admin/partners/remove", name=name)

    async def rotate_keys(self) -> str:
        """Publish a new signing key, which signs after some minutes, and return its id."""
        return str((await self._post("/admin/keys/rotate"))["kid"])

    async def _post(self, path: str, **form: str) -> dict[str, Any]:
        try:
            answer = await self._http.post(self._url + path, data=form, auth=self._auth, timeout=10.0)
            body = answer.json() if answer.content else {}
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable("the token issuer does not answer") from error
        if answer.is_success:
            return body
        kind = _BY_STATUS.get(answer.status_code, Unavailable)
        raise kind(str(body.get("error_description", f"the issuer answered {answer.status_code}")))


def _order(
    subject: str, tenant: str, scopes: Iterable[str], audiences: Iterable[str], lifetime: timedelta
) -> dict[str, str]:
    return {
        "subject": subject,
        "tenant": tenant,
        "scope": " ".join(sorted(scopes)),
        "audience": " ".join(sorted(audiences)),
        "lifetime": str(int(lifetime.total_seconds())),
    }
