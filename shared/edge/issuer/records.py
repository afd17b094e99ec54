"""What the issuer must remember: registered partners, long-lived tokens it minted, revocations.

One small private JSON file. Secrets are kept as SHA-256 digests, which is enough for secrets that are 256
random bits; tokens are not kept at all, only their ids.
"""

import hashlib
import hmac
import secrets
from pathlib import Path

from pydantic import BaseModel, Field

from shared.edge.issuer.files import write_private
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, NotFound


class Partner(BaseModel):
    """An outside organisation's agent. ``client_id`` is ``partner-<name>``, subject ``partner:<name>``."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")
    tenant: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    scopes: list[str]
    audiences: list[str]
    secret_digest: str

    @property
    def client_id(self) -> str:
        """The OAuth client id."""
        return f"partner-{self.name}"


class Minted(BaseModel):
    """A long-lived token that an operator made; times in Unix seconds."""

    token_id: str
    subject: str
    tenant: str
    scopes: list[str]
    audiences: list[str]
    issued_at: float
    expires_at: float


class MintOrder(BaseModel):
    """What token to make: for whom, for which units, with which scopes, good for how many seconds."""

    subject: str
    tenant: str
    scopes: list[str]
    audiences: list[str]
    seconds: int


class SignInCode(BaseModel):
    """A code of a sign-in link. It is kept for a while after its use, to tell a used link from a wrong one."""

    order: MintOrder
    expires_at: float
    used: bool = False


class _File(BaseModel):
    partners: dict[str, Partner] = Field(default_factory=dict)
    minted: dict[str, Minted] = Field(default_factory=dict)
    revoked: dict[str, float] = Field(default_factory=dict)
    codes: dict[str, SignInCode] = Field(default_factory=dict)


class Records:
    """Reads the file once and writes it whole at each change; one issuer process owns it."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._file = _File.model_validate_json(path.read_text("utf-8")) if path.exists() else _File()

    def register(
        self, name: str, tenant: str, scopes: list[str], audiences: list[str]
    ) -> tuple[Partner, str]:
        """Add a partner and return it with its secret, which is shown this once. Raises Conflict."""
        secret = secrets.token_urlsafe(32)
        partner = Partner(
            name=name, tenant=tenant, scopes=scopes, audiences=audiences, secret_digest=_digest(secret)
        )
        if partner.client_id in self._file.partners:
            raise Conflict(f"partner {name} is registered already", fix="Remove it first.")
        self._file.partners[partner.client_id] = partner
        self._save()
        return partner, secret

    def remove(self, name: str) -> None:
        """Forget a partner; its next token request fails. Raises NotFound."""
        if self._file.partners.pop(f"partner-{name}", None) is None:
            raise NotFound(f"no partner {name} is registered")
        self._save()

    def partner(self, client_id: str, secret: str) -> Partner | None:
        """Return the partner whose id and secret these are, or None."""
        partner = self._file.partners.get(client_id)
        known = partner.secret_digest if partner else _digest("")
        matches = hmac.compare_digest(known, _digest(secret))
        return partner if matches else None

    def remember(self, minted: Minted) -> None:
        """Keep what a minted token may do, so that it can be listed and revoked."""
        self._file.minted[minted.token_id] = minted
        self._save()

    def keep_code(self, code: str, order: MintOrder, *, expires_at: float) -> None:
        """Keep what a sign-in code may be exchanged for; of the code only its digest."""
        self._file.codes[_digest(code)] = SignInCode(order=order, expires_at=expires_at)
        self._save()

    def take_code(self, code: str) -> SignInCode | None:
        """Return what a code is good for and use it up, or None where it has expired or never was.

        ``used`` tells that somebody had it before.
        """
        kept = self._file.codes.get(_digest(code))
        if kept is None or kept.expires_at <= self._clock.now().timestamp():
            return None
        if not kept.used:
            self._file.codes[_digest(code)] = kept.model_copy(update={"used": True})
            self._save()
        return kept

    def minted(self) -> list[Minted]:
        """Return the minted tokens that are neither expired nor revoked, oldest first."""
        now = self._clock.now().timestamp()
        return [
            minted
            for minted in self._file.minted.values()
            if minted.expires_at > now and minted.token_id not in self._file.revoked
        ]

    def revoke(self, token_id: str, expires_at: float) -> None:
        """Refuse the token, and everything exchanged from it, from now on."""
        self._file.revoked[token_id] = expires_at
        self._save()

    def expiry_of(self, token_id: str) -> float:
        """Return when the minted token expires. Raises NotFound."""
        minted = self._file.minted.get(token_id)
        if minted is None:
            raise NotFound("no such token was minted here", field="token_id")
        return minted.expires_at

    def revoked(self) -> dict[str, float]:
        """Return token id → Unix time until which its revocation matters."""
        return self._file.revoked

    def _save(self) -> None:
        now = self._clock.now().timestamp()
        self._file.revoked = {jti: until for jti, until in self._file.revoked.items() if until > now}
        self._file.minted = {jti: it for jti, it in self._file.minted.items() if it.expires_at > now}
        self._file.codes = {key: it for key, it in self._file.codes.items() if it.expires_at > now}
        write_private(self._path, self._file.model_dump_json(indent=1))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
