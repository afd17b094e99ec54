"""Bearer tokens that go out: asked of an issuer, kept until shortly before they expire.

Exchange follows RFC 8693; client credentials RFC 6749. Any OpenID Connect issuer does.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import httpx

from shared.edge.oidc import IssuerDocuments
from shared.edge.tokens import (
    ACCESS_TOKEN,
    CLIENT_CREDENTIALS,
    DELEGATION_TYP,
    REFRESH_TOKEN,
    SIGN_IN_CODE,
    TENANTLESS,
    TOKEN_EXCHANGE,
    header_of,
)
from shared.kernel.errors import Denied, HiremeshError, Unauthenticated, Unavailable
from shared.kernel.principal import Principal


class _Grant(NamedTuple):
    token: str
    renew_at: float


class TokenEndpoint:
    """Asks one issuer's token endpoint as one client, once for each form while its token is good.

    Args:
        issuer_url: the issuer whose discovery document names the endpoint.
        client_id, client_secret: the client's, sent by HTTP Basic.
        http: client for the issuer; the caller closes it.
        capacity: how many tokens are kept; the least recently used one goes first.
    """

    def __init__(
        self,
        issuer_url: str,
        client_id: str,
        client_secret: str,
        http: httpx.AsyncClient,
        *,
        capacity: int = 2048,
    ) -> None:
        self._issuer = IssuerDocuments(issuer_url, http)
        self._http = http
        self._auth = httpx.BasicAuth(client_id, client_secret)
        self._capacity = capacity
        self._grants: OrderedDict[tuple[str, ...], _Grant] = OrderedDict()
        self._under_way: dict[tuple[str, ...], asyncio.Task[_Grant]] = {}

    async def token(self, form: Mapping[str, str]) -> str:
        """Return the token that is granted for ``form``.

        Raises Unauthenticated when the subject's token is no longer good, Denied when the issuer will
        not grant it, Unavailable when it does not answer.
        """
        key = tuple(f"{name}={value}" for name, value in sorted(form.items()))
        grant = self._grants.get(key)
        if grant is not None and time.monotonic() < grant.renew_at:
            self._grants.move_to_end(key)
            return grant.token
        task = self._under_way.get(key)
        if task is None:  # concurrent calls for the same token wait for one request
            task = asyncio.create_task(self._request(dict(form)))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._keep(key, done))
        return (await asyncio.shield(task)).token

    async def once(self, form: Mapping[str, str]) -> str:
        """Return the token for a form that is good for one request. Raises as ``token`` does."""
        return (await self._request(dict(form))).token

    def _keep(self, key: tuple[str, ...], done: asyncio.Task[_Grant]) -> None:
        self._under_way.pop(key, None)
        if done.cancelled() or done.exception() is not None:
            return
        self._grants[key] = done.result()
        self._grants.move_to_end(key)
        while len(self._grants) > self._capacity:
            self._grants.popitem(last=False)

    async def _request(self, form: dict[str, str]) -> _Grant:
        endpoint = await self._issuer.endpoint("token_endpoint")
        asked_at = time.monotonic()
        try:
            answer = await self._http.post(endpoint, data=form, auth=self._auth, timeout=10.0)
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable("the token issuer does not answer", retry_after=2.0) from error
        if not answer.is_success:
            raise _grant_error(body, answer.status_code)
        lifetime = float(body.get("expires_in", 60))
        return _Grant(str(body["access_token"]), asked_at + lifetime - min(60.0, lifetime / 5))


class TokenSource:
    """Gets the tokens a unit needs to call other units.

    Args:
        issuer_url: the issuer whose token endpoint is asked.
        client_id: this unit's name.
        client_secret: this unit's secret.
        http: client for the issuer; the caller closes it.
        capacity: how many tokens are kept.
    """

    def __init__(
        self,
        issuer_url: str,
        client_id: str,
        client_secret: str,
        http: httpx.AsyncClient,
        *,
        capacity: int = 2048,
    ) -> None:
        self._client_id = client_id
        self._endpoint = TokenEndpoint(issuer_url, client_id, client_secret, http, capacity=capacity)

    async def for_unit(
        self, unit: str, principal: Principal | None = None, *, scopes: Iterable[str] | None = None
    ) -> str:
        """Return a token with audience ``unit``.

        With a principal that carries a token, that token is exchanged: same subject and tenant, this unit
        as the actor, never more scopes. With the unit's own principal (``service:<unit>``, no token) or
        None it is a token for the unit itself, in that principal's tenant or in none.

        Raises Unauthenticated when the principal's token is no longer good, Denied when the issuer will
        not grant it, Unavailable when it does not answer.
        """
        form = self._form(principal)
        form["audience"] = unit
        if scopes is not None:
            form["scope"] = " ".join(sorted(scopes))
        return await self._endpoint.token(form)

    async def delegate(self, principal: Principal) -> Principal:
        """Return the principal with a token that may be stored, for work that outlives the request.

        The stored token is bound to this unit: only with this unit's secret can it be exchanged.
        """
        form = self._form(principal) | {"requested_token_type": REFRESH_TOKEN}
        token = await self._endpoint.token(form)
        return principal.model_copy(update={"token": token})

    async def redeem(self, code: str) -> str:
        """Return the token that a sign-in code of this unit stands for; the code is used up by that.

        Raises Unauthenticated, saying why, for a code that was used, has expired or never was.
        """
        return await self._endpoint.once({"grant_type": SIGN_IN_CODE, "code": code})

    def _form(self, principal: Principal | None) -> dict[str, str]:
        if principal is None or (not principal.token and principal.subject == f"service:{self._client_id}"):
            tenant = principal.tenant if principal else TENANTLESS
            return {"grant_type": CLIENT_CREDENTIALS, "tenant": tenant}
        if not principal.token:
            raise Unauthenticated("the caller's token is not at hand", fix="Delegate it before storing it.")
        kind = REFRESH_TOKEN if header_of(principal.token).get("typ") == DELEGATION_TYP else ACCESS_TOKEN
        return {
            "grant_type": TOKEN_EXCHANGE,
            "subject_token": principal.token,
            "subject_token_type": kind,
        }


def _grant_error(body: Any, status: int) -> HiremeshError:
    code = body.get("error") if isinstance(body, dict) else None
    said = str(body.get("error_description", "")) if isinstance(body, dict) else ""
    match code:
        case "invalid_grant":
            return Unauthenticated(said or "the caller's token is no longer good", fix="Sign in again.")
        case "invalid_scope" | "invalid_target" | "unauthorized_client" | "access_denied":
            return Denied(said or "the issuer does not grant that")
        case "invalid_client":
            return Denied(
                "the issuer does not know this client or its secret", fix="Check the client secret."
            )
        case _:
            return Unavailable(f"the token issuer answered {status}", retry_after=2.0)
