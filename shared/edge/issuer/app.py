"""The issuer over HTTP: token, revocation and key endpoints, and the operator's few.

OAuth 2.1 (client credentials), RFC 8693 (exchange), RFC 7009 (revocation), RFC 8414 and OpenID Connect
Discovery (metadata). Only the operator's client (``admin``) registers, lists, mints and rotates.
"""

import base64
import binascii
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.edge.issuer.checks import GrantRefused
from shared.edge.issuer.grants import MINT, Client, Granted, Grants
from shared.edge.issuer.keys import ALGORITHM, KeyRing
from shared.edge.issuer.records import Records
from shared.edge.issuer.scopes import parse_scopes
from shared.edge.tokens import CLIENT_CREDENTIALS, SIGN_IN_CODE, TOKEN_EXCHANGE
from shared.kernel.errors import HiremeshError, NotFound

_MAX_BODY = 65_536
_FAILURES_A_MINUTE = 20
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_Handler = Callable[[Request, Client, dict[str, str]], Awaitable[Response]]


class _Refused(Exception):
    """An answer to give instead of the one asked for."""

    def __init__(
        self, status: int, code: str, description: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(description)
        body = {"error": code, "error_description": description}
        self.response = JSONResponse(body, status, {**_NO_STORE, **(headers or {})})


class _Failures:
    """Counts failed sign-ins for each address and client, so that secrets cannot be guessed in bulk."""

    def __init__(self) -> None:
        self._recent: OrderedDict[tuple[str, str], list[float]] = OrderedDict()

    def check(self, who: tuple[str, str]) -> None:
        minute_ago = time.monotonic() - 60.0
        recent = [at for at in self._recent.get(who, []) if at > minute_ago]
        if len(recent) >= _FAILURES_A_MINUTE:
            raise _Refused(429, "slow_down", "too many failed attempts", {"Retry-After": "60"})

    def add(self, who: tuple[str, str]) -> None:
        self._recent.setdefault(who, []).append(time.monotonic())
        self._recent[who] = self._recent[who][-_FAILURES_A_MINUTE:]
        self._recent.move_to_end(who)
        while len(self._recent) > 4096:
            self._recent.popitem(last=False)


class IssuerApp:
    """The endpoints; ``app`` is the ASGI application."""

    def __init__(self, grants: Grants, keys: KeyRing, records: Records) -> None:
        self._grants = grants
        self._keys = keys
        self._records = records
        self._failures = _Failures()
        self.app = Starlette(
            routes=[
                Route("/healthz", self._healthy),
                Route("/readyz", self._healthy),
                Route("/.well-known/openid-configuration", self._metadata),
                Route("/.well-known/oauth-authorization-server", self._metadata),
                Route("/jwks.json", self._jwks),
                Route("/revoked.json", self._revoked),
                Route("/token", self._endpoint(self._token), methods=["POST"]),
                Route("/revoke", self._endpoint(self._revoke), methods=["POST"]),
                Route(
                    "/admin/sign-in-codes", self._endpoint(self._sign_in_code, admin=True), methods=["POST"]
                ),
                Route("/admin/tokens", self._endpoint(self._list, admin=True), methods=["POST"]),
                Route("/admin/partners", self._endpoint(self._register, admin=True), methods=["POST"]),
                Route("/admin/partners/remove", self._endpoint(self._remove, admin=True), methods=["POST"]),
                Route("/admin/keys/rotate", self._endpoint(self._rotate, admin=True), methods=["POST"]),
            ]
        )

    async def _healthy(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _metadata(self, _: Request) -> Response:
        url = self._grants.issuer
        return JSONResponse(
            {
                "issuer": url,
                "token_endpoint": f"{url}/token",
                "jwks_uri": f"{url}/jwks.json",
                "revocation_endpoint": f"{url}/revoke",
                "revocation_list_uri": f"{url}/revoked.json",
                "grant_types_supported": [CLIENT_CREDENTIALS, TOKEN_EXCHANGE, MINT, SIGN_IN_CODE],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "response_types_supported": [],
                "subject_types_supported": ["public"],
            }
        )

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse(self._keys.public(), headers={"Cache-Control": "max-age=60"})

    async def _revoked(self, _: Request) -> Response:
        return JSONResponse({"revoked": sorted(self._records.revoked())}, headers=_NO_STORE)

    def _endpoint(
        self, handler: _Handler, *, admin: bool = False
    ) -> Callable[[Request], Awaitable[Response]]:
        """Wrap ``handler`` with the body limit, client authentication and the OAuth form of errors."""

        async def answer(request: Request) -> Response:
            try:
                form = await _form(request)
                client = self._authenticated(request, form)
                if admin and client.kind != "admin":
                    raise _Refused(403, "unauthorized_client", "only the operator may do that")
                return await handler(request, client, form)
            except _Refused as refused:
                return refused.response
            except GrantRefused as refused:
                body = {"error": refused.code, "error_description": refused.description}
                return JSONResponse(body, 400, _NO_STORE)
            except HiremeshError as error:
                status = 404 if isinstance(error, NotFound) else 409
                return JSONResponse({"error": error.code, "error_description": str(error)}, status, _NO_STORE)

        return answer

    def _authenticated(self, request: Request, form: dict[str, str]) -> Client:
        client_id, secret = _credentials(request, form)
        who = (request.client.host if request.client else "", client_id)
        self._failures.check(who)
        client = self._grants.client(client_id, secret)
        if client is None:
            self._failures.add(who)
            raise _Refused(
                401, "invalid_client", "unknown client or wrong secret", {"WWW-Authenticate": "Basic"}
            )
        return client

    async def _token(self, _: Request, client: Client, form: dict[str, str]) -> Response:
        return JSONResponse(_token_body(self._grants.grant(client, form)), headers=_NO_STORE)

    async def _revoke(self, _: Request, client: Client, form: dict[str, str]) -> Response:
        """RFC 7009; the operator may name a minted token by ``token_id`` instead of sending it."""
        if client.kind == "admin" and "token_id" in form:
            self._records.revoke(form["token_id"], self._records.expiry_of(form["token_id"]))
            return Response(status_code=200, headers=_NO_STORE)
        try:
            claims = self._grants.verify(form.get("token", ""))
        except GrantRefused:
            return Response(status_code=200, headers=_NO_STORE)  # no longer good: nothing left to revoke
        if client.kind != "admin" and claims.get("client_id") != client.client_id:
            raise _Refused(403, "unauthorized_client", "the token belongs to another client")
        self._records.revoke(str(claims["jti"]), float(claims["exp"]))
        return Response(status_code=200, headers=_NO_STORE)

    async def _sign_in_code(self, _: Request, __: Client, form: dict[str, str]) -> Response:
        code, seconds = self._grants.sign_in_code(form)
        return JSONResponse({"code": code, "expires_in": seconds}, headers=_NO_STORE)

    async def _list(self, _: Request, __: Client, ___: dict[str, str]) -> Response:
        tokens = [minted.model_dump() for minted in self._records.minted()]
        return JSONResponse({"tokens": tokens}, headers=_NO_STORE)

    async def _register(self, _: Request, __: Client, form: dict[str, str]) -> Response:
        try:
            scopes = parse_scopes(form.get("scope", ""))
            if not scopes or any(scope.startswith("*") for scope in scopes):
                raise ValueError("a partner needs scopes that name their unit")
            audiences = form.get("audience", "").split() or sorted({s.partition(".")[0] for s in scopes})
            partner, secret = self._records.register(
                form.get("name", ""), form.get("tenant", ""), sorted(scopes), audiences
            )
        except ValidationError as error:
            field = ".".join(map(str, error.errors()[0]["loc"]))
            raise _Refused(400, "invalid_request", f"{field} is missing or not well formed") from error
        except ValueError as error:
            raise _Refused(400, "invalid_scope", str(error)) from error
        body = {"client_id": partner.client_id, "client_secret": secret, "audiences": audiences}
        return JSONResponse(body, 201, _NO_STORE)

    async def _remove(self, _: Request, __: Client, form: dict[str, str]) -> Response:
        self._records.remove(form.get("name", ""))
        return Response(status_code=204)

    async def _rotate(self, _: Request, __: Client, ___: dict[str, str]) -> Response:
        key = self._keys.rotate()
        return JSONResponse({"kid": key.kid, "active_from": key.active_from}, headers=_NO_STORE)


def _token_body(granted: Granted) -> dict[str, Any]:
    return {
        "access_token": granted.token,
        "issued_token_type": granted.issued_type,
        "token_type": "Bearer",
        "expires_in": granted.expires_in,
        "scope": " ".join(sorted(granted.scopes)),
        "token_id": granted.token_id,
    }


async def _form(request: Request) -> dict[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            raise _Refused(413, "invalid_request", f"the request is larger than {_MAX_BODY} bytes")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != "application/x-www-form-urlencoded":
        raise _Refused(415, "invalid_request", "send application/x-www-form-urlencoded")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=50)
    except ValueError as error:  # not UTF-8, or far too many fields
        raise _Refused(400, "invalid_request", "the form cannot be read") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise _Refused(400, "invalid_request", "a parameter is given twice")
    return form


def _credentials(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """Return client id and secret from the header (RFC 6749 section 2.3.1) or from the form."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise _Refused(400, "invalid_request", "the Authorization header cannot be read") from error
    return unquote_plus(client_id), unquote_plus(secret)
