"""Bearer tokens that come in: what they are called, and checking them.

Access tokens are JWTs in the form of RFC 9068, with the chain of actors in ``act`` (RFC 8693). Nothing
here knows how the issuer works inside: any OpenID Connect issuer does.
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import httpx
import jwt

from shared.edge.oidc import IssuerDocuments
from shared.kernel.errors import Unauthenticated, Unavailable
from shared.kernel.principal import Principal, PrincipalKind

ALGORITHMS = ("ES256", "EdDSA", "RS256", "PS256", "ES384", "RS512")
TENANTLESS = "-"  # the tenant of work that belongs to none, such as discovery; no data lies in it
CLIENT_CREDENTIALS = "client_credentials"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a grant's name
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a type's name
REFRESH_TOKEN = "urn:ietf:params:oauth:token-type:refresh_token"  # noqa: S105 - a type's name
SIGN_IN_CODE = "urn:hiremesh:params:oauth:grant-type:sign-in-code"
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
        header = header_of(token)
        if header.get("typ") == DELEGATION_TYP:
            raise Unauthenticated("a delegation is not an access token", fix="Exchange it first.")
        if unverified_issuer(token) != self.issuer_url:
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


def header_of(token: str) -> dict[str, Any]:
    """Return a token's header, unverified. Raises Unauthenticated for what no unit accepts."""
    if len(token) > _MAX_TOKEN_BYTES:
        raise Unauthenticated("the token is too long")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise Unauthenticated("the token cannot be read", fix="Send a JWT as the bearer token.") from error
    if header.get("alg") not in ALGORITHMS:
        raise Unauthenticated("the token is signed with an algorithm that is not accepted")
    return header


def unverified_issuer(token: str) -> str:
    """Return the issuer that a token names. Raises Unauthenticated for what is no JWT."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise Unauthenticated("the token cannot be read", fix="Send a JWT as the bearer token.") from error
    return str(claims.get("iss", "")).rstrip("/")
