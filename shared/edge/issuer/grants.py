"""Which token may be had by whom: the grants of the embedded issuer, without any HTTP.

Units come with a secret derived from the deployment's, so nothing is registered for them. A unit acting
for itself may read and write; acting for somebody it never gets more than they have.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, NamedTuple

import jwt

from shared.edge.issuer.checks import (
    GrantRefused,
    audience_of,
    is_unit,
    order_of,
    scopes_within,
    tenant_of,
)
from shared.edge.issuer.keys import ALGORITHM, KeyRing
from shared.edge.issuer.records import Minted, MintOrder, Partner, Records
from shared.edge.issuer.scopes import SERVICE_SCOPES, for_audience
from shared.edge.tokens import (
    ACCESS_TOKEN,
    CLIENT_CREDENTIALS,
    DELEGATION_TYP,
    REFRESH_TOKEN,
    SIGN_IN_CODE,
    TENANTLESS,
    TOKEN_EXCHANGE,
    client_secret,
)
from shared.kernel.clock import Clock
from shared.kernel.ids import new_id

ADMIN = "admin"
MINT = "urn:hiremesh:params:oauth:grant-type:mint"
DELEGATION = timedelta(days=7)
CODE_LIFETIME = timedelta(minutes=10)
# How long after its token's end a unit may finish what it began: the token came in when the work did.
UNDER_WAY = timedelta(hours=1)
_LONGEST_CHAIN = 6


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
        if not matches or not is_unit(client_id):
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
                return self._minted(order_of(form))
            case str(kind), "unit" if kind == SIGN_IN_CODE:
                return self._redeemed(client, form)
            case (str(kind), _) if kind in (CLIENT_CREDENTIALS, TOKEN_EXCHANGE, MINT, SIGN_IN_CODE):
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
        tenant = tenant_of(form.get("tenant", TENANTLESS))
        scopes = scopes_within(SERVICE_SCOPES, form.get("scope"))
        subject = f"service:{client.client_id}"
        claims = {"sub": subject, "aud": audience_of(form), "tenant": tenant, "client_id": client.client_id}
        return self._sign(claims, scopes, self._lifetime)

    def _for_partner(self, client: Client, form: Mapping[str, str]) -> Granted:
        partner = client.partner
        assert partner is not None
        audience = audience_of(form)
        if audience not in partner.audiences:
            raise GrantRefused("invalid_target", f"this partner may not call {audience}")
        scopes = scopes_within(frozenset(partner.scopes), form.get("scope"))
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
        audience = audience_of(form)
        scopes = scopes_within(for_audience(held, audience), form.get("scope"))
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

    def sign_in_code(self, form: Mapping[str, str]) -> tuple[str, int]:
        """Return a code that can be exchanged once for what the operator asks for, and its seconds to live.

        Raises GrantRefused.
        """
        code = secrets.token_urlsafe(32)
        seconds = int(CODE_LIFETIME.total_seconds())
        self._records.keep_code(code, order_of(form), expires_at=self._now() + seconds)
        return code, seconds

    def _redeemed(self, client: Client, form: Mapping[str, str]) -> Granted:
        taken = self._records.take_code(form.get("code", ""))
        if taken is None:
            raise GrantRefused("invalid_grant", "this sign-in link has expired")
        if taken.used:
            raise GrantRefused("invalid_grant", "this sign-in link was used already")
        if client.client_id not in taken.order.audiences:
            raise GrantRefused("invalid_grant", f"this sign-in link is not meant for {client.client_id}")
        return self._minted(taken.order)

    def _minted(self, order: MintOrder) -> Granted:
        claims = {"sub": order.subject, "aud": order.audiences, "tenant": order.tenant, "client_id": ADMIN}
        granted = self._sign(claims, frozenset(order.scopes), order.seconds)
        now = self._now()
        self._records.remember(
            Minted(
                token_id=granted.token_id,
                subject=order.subject,
                tenant=order.tenant,
                scopes=order.scopes,
                audiences=order.audiences,
                issued_at=now,
                expires_at=now + order.seconds,
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


def _depth(actor: Mapping[str, Any]) -> int:
    inner = actor.get("act")
    return 1 + (_depth(inner) if isinstance(inner, dict) else 0)
