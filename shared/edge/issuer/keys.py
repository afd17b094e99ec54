"""The issuer's signing keys: P-256 (ES256), kept in one private file, rotated by age or by command.

A new key is published some minutes before it signs, so that nobody meets a signature whose key their
cache cannot know; an old one stays published until the last token it may have signed has expired.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from jwt.algorithms import ECAlgorithm

from shared.edge.issuer.files import write_private
from shared.kernel.clock import Clock
from shared.kernel.ids import new_id

ALGORITHM = "ES256"


@dataclass(frozen=True)
class SigningKey:
    """One key pair; ``active_from`` is the Unix time from which it signs."""

    kid: str
    active_from: float
    private: EllipticCurvePrivateKey

    def public_jwk(self) -> dict[str, Any]:
        """Return the public half as a JSON Web Key."""
        jwk = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {**jwk, "kid": self.kid, "use": "sig", "alg": ALGORITHM}


class KeyRing:
    """All keys that are published, newest last.

    Args:
        path: the private file; made with a first key when absent.
        clock: tells the time.
        max_age: a key signs for this long before its successor is made.
        lead: how long a new key is published before it signs.
        keep: the longest lifetime of any token; a replaced key stays published for this long.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        max_age: timedelta = timedelta(days=30),
        lead: timedelta = timedelta(minutes=5),
        keep: timedelta = timedelta(days=31),
    ) -> None:
        self._path = path
        self._clock = clock
        self._max_age = max_age.total_seconds()
        self._lead = lead.total_seconds()
        self._keep = keep.total_seconds()
        self._keys = _load(path) if path.exists() else []
        if not self._keys:
            self._add(active_from=self._now())

    def signing(self) -> SigningKey:
        """Return the key that signs now, after making or dropping keys whose time has come."""
        self._tend()
        now = self._now()
        # Where the machine's clock was set back behind every key, the oldest one signs.
        return next((key for key in reversed(self._keys) if key.active_from <= now), self._keys[0])

    def rotate(self) -> SigningKey:
        """Publish a new key, which signs after the lead time, and return it."""
        return self._add(active_from=self._now() + self._lead)

    def public(self) -> dict[str, Any]:
        """Return the JSON Web Key Set."""
        self._tend()
        return {"keys": [key.public_jwk() for key in self._keys]}

    def verifying(self, kid: str) -> EllipticCurvePublicKey | None:
        """Return the published public key ``kid``, or None."""
        return next((key.private.public_key() for key in self._keys if key.kid == kid), None)

    def _tend(self) -> None:
        now = self._now()
        if now - self._keys[-1].active_from >= self._max_age - self._lead:
            self._add(active_from=now + self._lead)
        # A key stopped signing when its successor started.
        kept = [
            key
            for key, successor in zip(self._keys, self._keys[1:], strict=False)
            if now - successor.active_from < self._keep
        ]
        if len(kept) + 1 < len(self._keys):
            self._keys = [*kept, self._keys[-1]]
            self._save()

    def _add(self, *, active_from: float) -> SigningKey:
        key = SigningKey(new_id("key"), active_from, generate_private_key(SECP256R1()))
        self._keys.append(key)
        self._save()
        return key

    def _save(self) -> None:
        stored = [
            {
                "kid": key.kid,
                "active_from": key.active_from,
                "pem": key.private.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                ).decode("ascii"),
            }
            for key in self._keys
        ]
        write_private(self._path, json.dumps({"keys": stored}, indent=1))

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _load(path: Path) -> list[SigningKey]:
    keys: list[SigningKey] = []
    for stored in json.loads(path.read_text("utf-8"))["keys"]:
        private = serialization.load_pem_private_key(stored["pem"].encode("ascii"), password=None)
        if not isinstance(private, EllipticCurvePrivateKey):
            raise TypeError(f"{path} holds a key that is not P-256")
        keys.append(SigningKey(stored["kid"], float(stored["active_from"]), private))
    return sorted(keys, key=lambda key: key.active_from)
