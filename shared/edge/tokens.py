"""Bearer tokens on both sides of a call: checking the one that came in, getting the one that goes out.

Access tokens are JWTs in the form of RFC 9068; exchange follows RFC 8693, with the chain of actors in
``act``. Nothing here knows how the issuer works inside: any OpenID Connect issuer does.
"""

import asyncio
import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

import httpx
import jwt

from shared.edge.oidc import IssuerDocuments
from shared.kernel.errors import Denied, HiremeshError, Unauthenticated, Unavailable
from shared.kernel.principal import Principal, PrincipalKind

ALGORITHMS = ("ES256", "EdDSA", "RS256", "PS256", "ES384", "RS512")
TENANTLESS = "-"  # the tenant of work that belongs to none, such as discovery; no data lies in it
CLIENT_CREDENTIALS = "client_credentials"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a grant's name
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a type's name
REFRESH_TOKEN = "urn:ietf:params:oauth:token-type:refresh_token"  # noqa: S105 - a type's name
DELEGATION_TYP = "delegation+jwt"
_MAX_TOKEN_BYTES = 8192
_REVOCATIONS_MAX_AGE = 15.0  # seconds a revoked token may still be taken
_KINDS: dict[str, PrincipalKind] = {"service": "service", "person": "person", "partner": "partner"}
_PROBLEMS: tuple[tuple[type[jwt.PyJWTError], str, str], ...] = (
    (jwt.ExpiredSignatureError, "the token has expired", "Get a new token."),
    (jwt.ImmatureSignatureError, "the token is not valid yet", "Check the clocks."),
    (jwt.InvalidAudienceError, "the token is meant for another audience", "Ask for a token for {audience}."),
    (jwt.InvalidIssuerError, "the token comes from an issuer that is not trusted here", "Use {issuer}."),
    (jwt.MissingRequiredClaimError, "the token lacks a claim", "It needs iss, sub, aud and exp."),
    (jwt.InvalidAlgorithmError, "the token is signed with an algorithm that is not accepted", ""),
    (jwt.InvalidSignatureError, "the token's signature does not match", "Get a new token."),
)


def client_secret(deployment_secret: str, client: str) -> str:
    """Return the secret of the built-in client ``client`` (a unit's name or ``admin``), hex."""
    return hmac.new(deployment_secret.encode(), b"client:" + client.encode(), hashlib.sha256).hexdigest()


class TokenVerifier:
    """Turns a bearer token into a Principal, or says what is wrong with it.

    Args:
        issuer_url: the trusted issuer; its discovery document names the keys.
        audience: this unit's name; further accepted audiences (its public URL) may follow.
        http: client for the issuer's documents; the caller closes it.
        tenant_claim: the claim that names the organisation.
        leeway: seconds of clock difference that are forgiven.
        monotonic: seconds that only go forward, by which cached documents age.
    """

    def __init__(
        self,
        issuer_url: str,
        audience: str | Sequence[str],
        http: httpx.AsyncClient,
        *,
        tenant_claim: str = "tenant",
        leeway: float = 5.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = IssuerDocuments(issuer_url, http, monotonic=monotonic)
        self._monotonic = monotonic
        self.audiences = (audience,) if isinstance(audience, str) else tuple(audience)
        self._tenant_claim = tenant_claim
        self._leeway = leeway
        self._revoked: frozenset[str] = frozenset()
        self._revoked_at: float | None = None

    @property
    def issuer_url(self) -> str:
        """The trusted issuer, without a trailing slash."""
        return self._issuer.issuer_url

    async def verify(self, token: str) -> Principal:
        """Return who the token speaks for. Raises Unauthenticated, or Unavailable without an issuer."""
        claims = await self._claims(token)
        if await self._is_revoked(claims):
            raise Unauthenticated("the token was revoked", fix="Get a new token.")
        return principal_of(claims, token, tenant_claim=self._tenant_claim)

    async def _claims(self, token: str) -> dict[str, Any]:
        header = _header(token)
        if header.get("typ") == DELEGATION_TYP:
            raise Unauthenticated("a delegation is not an access token", fix="Exchange it first.")
        if _unverified_issuer(token) != self.issuer_url:
            raise self._refusal(jwt.InvalidIssuerError())
        key = await self._issuer.key(str(header.get("kid", "")))
        if key.algorithm_name != header.get("alg"):
            raise self._refusal(jwt.InvalidAlgorithmError())
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self.audiences,
                leeway=self._leeway,
                options={"require": ["iss", "sub", "aud", "exp"]},
            )
        except jwt.PyJWTError as error:
            raise self._refusal(error) from error

    def _refusal(self, error: jwt.PyJWTError) -> Unauthenticated:
        for kind, message, fix in _PROBLEMS:
            if isinstance(error, kind):
                fix = fix.format(audience=self.audiences[0], issuer=self.issuer_url)
                return Unauthenticated(message, fix=fix or None)
        return Unauthenticated("the token cannot be read", fix="Send a JWT as the bearer token.")

    async def _is_revoked(self, claims: Mapping[str, Any]) -> bool:
        """Whether the token, or the one it was exchanged from, is on the issuer's list.

        The list is an addition of the embedded issuer; other issuers rely on short lifetimes.
        """
        now = self._monotonic()
        if self._revoked_at is None or now - self._revoked_at > _REVOCATIONS_MAX_AGE:
            url = (await self._issuer.metadata()).get("revocation_list_uri")
            if isinstance(url, str):
                try:
                    listed = (await self._issuer.get_json(url)).get("revoked", [])
                    self._revoked = frozenset(str(item) for item in listed)
                except Unavailable:
                    # Expiry still bounds every token; refusing all calls would turn an issuer's short
                    # absence into an outage of every unit.
                    if self._revoked_at is None:
                        raise
            self._revoked_at = now
        return bool(self._revoked & {str(claims.get("jti")), str(claims.get("origin"))})


def principal_of(claims: Mapping[str, Any], token: str, *, tenant_claim: str = "tenant") -> Principal:
    """Return the Principal that verified ``claims`` describe. Raises Unauthenticated without a tenant."""
    subject = str(claims["sub"])
    kind = _KINDS.get(subject.partition(":")[0])
    if kind is None:  # another issuer's subjects carry no prefix: they are people
        subject, kind = f"person:{subject}", "person"
    tenant = claims.get(tenant_claim)
    if not isinstance(tenant, str) or not tenant:
        raise Unauthenticated("the token names no tenant", fix=f"It needs the claim {tenant_claim}.")
    actors = _actors(claims.get("act"))
    return Principal(
        subject=subject,
        kind=kind,
        tenant=tenant,
        actor=actors[0] if actors else None,
        via=actors[1:],
        scopes=frozenset(_scopes(claims)),
        token=token,
    )


def _actors(act: object) -> tuple[str, ...]:
    """Return the chain of RFC 8693's nested ``act`` claims, the latest actor first."""
    if not isinstance(act, dict) or "sub" not in act:
        return ()
    claims = cast("dict[str, Any]", act)
    return str(claims["sub"]), *_actors(claims.get("act"))


def _scopes(claims: Mapping[str, Any]) -> Iterable[str]:
    scope = claims.get("scope", claims.get("scp", ""))
    return scope.split() if isinstance(scope, str) else (str(item) for item in scope)


def _header(token: str) -> dict[str, Any]:
    if len(token) > _MAX_TOKEN_BYTES:
        raise Unauthenticated("the token is too long")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise Unauthenticated("the token cannot be read", fix="Send a JWT as the bearer token.") from error
    if header.get("alg") not in ALGORITHMS:
        raise Unauthenticated("the token is signed with an algorithm that is not accepted")
    return header


def _unverified_issuer(token: str) -> str:
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise Unauthenticated("the token cannot be read", fix="Send a JWT as the bearer token.") from error
    return str(claims.get("iss", "")).rstrip("/")


class _Grant(NamedTuple):
    token: str
    renew_at: float


class TokenSource:
    """Gets the tokens a unit needs to call other units, and keeps each until shortly before it expires.

    Args:
        issuer_url: the issuer whose token endpoint is asked.
        client_id: this unit's name.
        client_secret: this unit's secret.
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
        self._client_id = client_id
        self._capacity = capacity
        self._grants: OrderedDict[tuple[str, ...], _Grant] = OrderedDict()
        self._under_way: dict[tuple[str, ...], asyncio.Task[_Grant]] = {}

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
        return (await self._cached(form)).token

    async def delegate(self, principal: Principal) -> Principal:
        """Return the principal with a token that may be stored, for work that outlives the request.

        The stored token is bound to this unit: only with this unit's secret can it be exchanged.
        """
        form = self._form(principal) | {"requested_token_type": REFRESH_TOKEN}
        grant = await self._cached(form)
        return principal.model_copy(update={"token": grant.token})

    def _form(self, principal: Principal | None) -> dict[str, str]:
        if principal is None or (not principal.token and principal.subject == f"service:{self._client_id}"):
            tenant = principal.tenant if principal else TENANTLESS
            return {"grant_type": CLIENT_CREDENTIALS, "tenant": tenant}
        if not principal.token:
            raise Unauthenticated("the caller's token is not at hand", fix="Delegate it before storing it.")
        kind = REFRESH_TOKEN if _header(principal.token).get("typ") == DELEGATION_TYP else ACCESS_TOKEN
        return {
            "grant_type": TOKEN_EXCHANGE,
            "subject_token": principal.token,
            "subject_token_type": kind,
        }

    async def _cached(self, form: dict[str, str]) -> _Grant:
        key = tuple(f"{name}={value}" for name, value in sorted(form.items()))
        grant = self._grants.get(key)
        if grant is not None and time.monotonic() < grant.renew_at:
            self._grants.move_to_end(key)
            return grant
        task = self._under_way.get(key)
        if task is None:  # concurrent calls for the same token wait for one request
            task = asyncio.create_task(self._request(form))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(task)

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


def _grant_error(body: Any, status: int) -> HiremeshError:
    code = body.get("error") if isinstance(body, dict) else None
    said = str(body.get("error_description", "")) if isinstance(body, dict) else ""
    match code:
        case "invalid_grant":
            return Unauthenticated(said or "the caller's token is no longer good", fix="Sign in again.")
        case "invalid_scope" | "invalid_target" | "unauthorized_client" | "access_denied":
            return Denied(said or "the issuer does not grant that")
        case "invalid_client":
            return Denied("the issuer does not know this unit's secret", fix="Check HIREMESH_CLIENT_SECRET.")
        case _:
            return Unavailable(f"the token issuer answered {status}", retry_after=2.0)
