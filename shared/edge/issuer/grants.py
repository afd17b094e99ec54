"""Which token may be had by whom: the grants of the embedded issuer, without any HTTP.

Units come with a secret derived from the deployment's, so nothing is registered for them. A unit acting
for itself may read and write; acting for somebody it never gets more than they have.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, NamedTuple

import jwt

from shared.edge.issuer.keys import ALGORITHM, KeyRing
from shared.edge.issuer.records import Minted, Partner, Records
from shared.edge.issuer.scopes import SERVICE_SCOPES, covers, for_audience, parse_scopes
from shared.edge.tokens import (
    ACCESS_TOKEN,
    CLIENT_CREDENTIALS,
    DELEGATION_TYP,
    REFRESH_TOKEN,
    TENANTLESS,
    TOKEN_EXCHANGE,
    client_secret,
)
from shared.kernel.clock import Clock
from shared.kernel.ids import new_id

ADMIN = "admin"
MINT = "urn:hiremesh:params:oauth:grant-type:mint"
LONGEST = timedelta(days=30)
DELEGATION = timedelta(days=7)
# How long after its token's end a unit may finish what it began: the token came in when the work did.
UNDER_WAY = timedelta(hours=1)
_LONGEST_CHAIN = 6
_UNIT = re.compile(r"[a-z][a-z0-9_]{0,40}")
_SUBJECT = re.compile(r"(person|partner):[^\s:]{1,120}")
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class GrantRefused(Exception):
    """An OAuth error answer: ``code`` is one of RFC 6749's or RFC 8693's."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


@dataclass(frozen=True)
class Client:
    """An authenticated client: a unit, the operator, or a partner."""

    client_id: str
    kind: Literal["unit", "admin", "partner"]
    partner: Partner | None = None


class Granted(NamedTuple):
    """A token that was granted, with its id, lifetime in seconds, scopes and type."""

    token: str
    token_id: str
    expires_in: int
    scopes: frozenset[str]
    issued_type: str


class Grants:
    """Authenticates clients and grants tokens.

    Args:
        issuer: this issuer's URL, the ``iss`` of each token.
        secret: the deployment secret, from which units' and the operator's secrets derive.
        lifetime: of access tokens between components.
    """

    def __init__(
        self, issuer: str, secret: str, keys: KeyRing, records: Records, clock: Clock, lifetime: timedelta
    ) -> None:
        self.issuer = issuer.rstrip("/")
        self._secret = secret
        self._keys = keys
        self._records = records
        self._clock = clock
        self._lifetime = int(lifetime.total_seconds())

    def client(self, client_id: str, secret: str) -> Client | None:
        """Return the client whose id and secret these are, or None."""
        partner = self._records.partner(client_id, secret)
        if partner is not None:
            return Client(client_id, "partner", partner)
        matches = hmac.compare_digest(client_secret(self._secret, client_id).encode(), secret.encode())
        if not matches or not _UNIT.fullmatch(client_id):
            return None
        return Client(client_id, "admin" if client_id == ADMIN else "unit")

    def grant(self, client: Client, form: Mapping[str, str]) -> Granted:
        """Answer one token request. Raises GrantRefused."""
        match form.get("grant_type"), client.kind:
            case "client_credentials", "unit":
                return self._for_itself(client, form)
            case "client_credentials", "partner":
                return self._for_partner(client, form)
            case str(kind), "unit" if kind == TOKEN_EXCHANGE:
                return self._exchanged(client, form)
            case str(kind), "admin" if kind == MINT:
                return self._minted(form)
            case (str(kind), _) if kind in (CLIENT_CREDENTIALS, TOKEN_EXCHANGE, MINT):
                raise GrantRefused("unauthorized_client", "this client may not use that grant")
            case _:
                raise GrantRefused("unsupported_grant_type", "that grant is not known here")

    def verify(self, token: str, *, grace: timedelta = timedelta(0)) -> dict[str, Any]:
        """Return the claims of a token of this issuer, of any audience. Raises GrantRefused."""
        try:
            header = jwt.get_unverified_header(token)
            key = self._keys.verifying(str(header.get("kid")))
            if key is None:
                raise GrantRefused("invalid_grant", "the token is not from this issuer")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=self.issuer,
                options={"verify_aud": False, "verify_exp": False, "verify_iat": False},
            )
        except jwt.PyJWTError as error:
            raise GrantRefused("invalid_grant", "the token cannot be verified") from error
        if claims["exp"] + grace.total_seconds() <= self._now():
            raise GrantRefused("invalid_grant", "the token has expired")
        revoked = self._records.revoked()
        if claims["jti"] in revoked or claims.get("origin") in revoked:
            raise GrantRefused("invalid_grant", "the token was revoked")
        return {**claims, "typ": header.get("typ")}

    def _for_itself(self, client: Client, form: Mapping[str, str]) -> Granted:
        tenant = _tenant(form.get("tenant", TENANTLESS))
        scopes = _within(SERVICE_SCOPES, form.get("scope"))
        subject = f"service:{client.client_id}"
        claims = {"sub": subject, "aud": _audience(form), "tenant": tenant, "client_id": client.client_id}
        return self._sign(claims, scopes, self._lifetime)

    def _for_partner(self, client: Client, form: Mapping[str, str]) -> Granted:
        partner = client.partner
        assert partner is not None
        audience = _audience(form)
        if audience not in partner.audiences:
            raise GrantRefused("invalid_target", f"this partner may not call {audience}")
        scopes = _within(frozenset(partner.scopes), form.get("scope"))
        subject = f"partner:{partner.name}"
        claims = {"sub": subject, "aud": audience, "tenant": partner.tenant, "client_id": client.client_id}
        return self._sign(claims, scopes, self._lifetime)

    def _exchanged(self, client: Client, form: Mapping[str, str]) -> Granted:
        subject = self._subject_token(client, form)
        actor: dict[str, Any] = {"sub": f"service:{client.client_id}"}
        if "act" in subject:
            actor["act"] = subject["act"]
        if _depth(actor) > _LONGEST_CHAIN:
            raise GrantRefused("invalid_grant", "the chain of services acting for each other is too long")
        held = frozenset(str(subject.get("scope", "")).split())
        claims: dict[str, Any] = {
            "sub": subject["sub"],
            "tenant": subject["tenant"],
            "client_id": client.client_id,
            "origin": subject.get("origin", subject["jti"]),
        }
        if form.get("requested_token_type") == REFRESH_TOKEN:
            # What is stored for later stays with this unit: it is no actor for itself yet.
            if "act" in subject:
                claims["act"] = subject["act"]
            claims["aud"] = self.issuer
            seconds = int(DELEGATION.total_seconds())
            return self._sign(claims, held, seconds, typ=DELEGATION_TYP, issued=REFRESH_TOKEN)
        audience = _audience(form)
        scopes = _within(for_audience(held, audience), form.get("scope"))
        claims |= {"aud": audience, "act": actor}
        left = int(subject["exp"] + UNDER_WAY.total_seconds() - self._now())
        return self._sign(claims, scopes, max(1, min(self._lifetime, left)))

    def _subject_token(self, client: Client, form: Mapping[str, str]) -> dict[str, Any]:
        """Return the verified subject token, which must have been meant for this very client."""
        token = form.get("subject_token")
        if not token:
            raise GrantRefused("invalid_request", "subject_token is missing")
        if form.get("subject_token_type") not in (ACCESS_TOKEN, REFRESH_TOKEN):
            raise GrantRefused("invalid_request", "subject_token_type must be an access or a refresh token")
        subject = self.verify(token, grace=UNDER_WAY)
        if subject["typ"] == DELEGATION_TYP:
            meant = subject["client_id"] == client.client_id
        else:
            audiences = subject["aud"]
            meant = client.client_id in ([audiences] if isinstance(audiences, str) else audiences)
        if not meant:
            raise GrantRefused("invalid_grant", f"the subject token is not meant for {client.client_id}")
        return subject

    def _minted(self, form: Mapping[str, str]) -> Granted:
        subject = form.get("subject", "")
        if not _SUBJECT.fullmatch(subject):
            raise GrantRefused("invalid_request", "subject must look like person:ada or partner:acme")
        audiences = form.get("audience", "").split()
        if not audiences or not all(_UNIT.fullmatch(audience) for audience in audiences):
            raise GrantRefused("invalid_target", "audience must name one or more units")
        scopes = _parsed(form.get("scope", ""))
        if not scopes:
            raise GrantRefused("invalid_scope", "scope is missing")
        seconds = _seconds(form.get("lifetime", "3600"))
        tenant = _tenant(form.get("tenant", ""))
        if tenant == TENANTLESS:
            raise GrantRefused("invalid_request", "tenant is missing")
        claims = {"sub": subject, "aud": audiences, "tenant": tenant, "client_id": ADMIN}
        granted = self._sign(claims, scopes, seconds)
        now = self._now()
        self._records.remember(
            Minted(
                token_id=granted.token_id,
                subject=subject,
                tenant=tenant,
                scopes=sorted(scopes),
                audiences=audiences,
                issued_at=now,
                expires_at=now + seconds,
            )
        )
        return granted

    def _sign(
        self,
        claims: Mapping[str, Any],
        scopes: frozenset[str],
        seconds: int,
        *,
        typ: str = "at+jwt",
        issued: str = ACCESS_TOKEN,
    ) -> Granted:
        key = self._keys.signing()
        now = int(self._now())
        token_id = new_id("tok")
        payload = {
            **claims,
            "iss": self.issuer,
            "iat": now,
            "exp": now + seconds,
            "jti": token_id,
            "scope": " ".join(sorted(scopes)),
        }
        token = jwt.encode(payload, key.private, ALGORITHM, headers={"kid": key.kid, "typ": typ})
        return Granted(token, token_id, seconds, scopes, issued)

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _audience(form: Mapping[str, str]) -> str:
    audience = form.get("audience", "")
    if not _UNIT.fullmatch(audience):
        raise GrantRefused("invalid_target", "audience must name a unit")
    return audience


def _tenant(tenant: str) -> str:
    if tenant != TENANTLESS and not _TENANT.fullmatch(tenant):
        raise GrantRefused("invalid_request", "tenant must be letters, digits, - and _")
    return tenant


def _parsed(text: str) -> frozenset[str]:
    try:
        return parse_scopes(text)
    except ValueError as error:
        raise GrantRefused("invalid_scope", str(error)) from error


def _within(most: frozenset[str], asked: str | None) -> frozenset[str]:
    """Return the scopes asked for, all of ``most`` where none are named. Raises GrantRefused above it."""
    if not asked:
        return most
    wanted = _parsed(asked)
    beyond = sorted(scope for scope in wanted if not covers(most, scope))
    if beyond:
        raise GrantRefused("invalid_scope", f"{beyond[0]} is more than may be granted here")
    return wanted


def _seconds(text: str) -> int:
    longest = int(LONGEST.total_seconds())
    if not text.isdecimal() or not 1 <= int(text) <= longest:
        raise GrantRefused("invalid_request", f"lifetime must be between 1 and {longest} seconds")
    return int(text)


def _depth(actor: Mapping[str, Any]) -> int:
    inner = actor.get("act")
    return 1 + (_depth(inner) if isinstance(inner, dict) else 0)
