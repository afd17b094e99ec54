"""What an OpenID Connect issuer publishes about itself: its discovery document and its signing keys.

Works with the embedded issuer and with any other one by URL (OpenID Connect Discovery 1.0, RFC 8414).
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx
from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWKError, PyJWKSetError

from shared.kernel.errors import Unauthenticated, Unavailable

_DOCUMENTS = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
_MAX_AGE = 600.0  # seconds a key set or a document is used before it is fetched again
_MIN_AGE = 5.0  # seconds between two fetches that unknown key ids may cause


class IssuerDocuments:
    """Fetches and caches one issuer's discovery document and key set.

    A key id that is not in the cached set causes one new fetch (a rotation just happened), but not more
    often than every five seconds: made-up key ids must not become traffic for the issuer.
    """

    def __init__(
        self, issuer_url: str, http: httpx.AsyncClient, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.issuer_url = issuer_url.rstrip("/")
        self._monotonic = monotonic
        self._http = http
        self._metadata: dict[str, Any] | None = None
        self._keys: dict[str, PyJWK] = {}
        self._fetched_at: float | None = None
        self._lock = asyncio.Lock()

    async def metadata(self) -> dict[str, Any]:
        """Return the discovery document. Raises Unavailable when no issuer answers at the URL."""
        if self._metadata is None:
            self._metadata = await self._discover()
        return self._metadata

    async def endpoint(self, name: str) -> str:
        """Return the URL under ``name`` (``token_endpoint``). Raises Unavailable when there is none."""
        url = (await self.metadata()).get(name)
        if not isinstance(url, str):
            raise Unavailable(f"the token issuer publishes no {name}")
        return url

    async def key(self, kid: str) -> PyJWK:
        """Return the public key ``kid``. Raises Unauthenticated when the issuer has no such key."""
        if kid not in self._keys or self._older_than(_MAX_AGE):
            async with self._lock:
                if self._older_than(_MIN_AGE if kid not in self._keys else _MAX_AGE):
                    await self._refresh_keys()
        found = self._keys.get(kid)
        if found is None:
            raise Unauthenticated(
                "the token is signed with a key its issuer does not have", fix="Get a new token."
            )
        return found

    def _older_than(self, seconds: float) -> bool:
        return self._fetched_at is None or self._monotonic() - self._fetched_at > seconds

    async def _refresh_keys(self) -> None:
        try:
            document = await self.get_json(await self.endpoint("jwks_uri"))
            keys = PyJWKSet.from_dict(document).keys
        except (PyJWKSetError, PyJWKError) as error:
            raise Unavailable("the token issuer publishes keys that cannot be read") from error
        except Unavailable:
            # Known keys outlive an issuer that is away for a moment; there is nothing to fall back to
            # before the first successful fetch.
            if self._fetched_at is None:
                raise
            return
        self._keys = {key.key_id: key for key in keys if key.key_id}
        self._fetched_at = self._monotonic()

    async def _discover(self) -> dict[str, Any]:
        last: Unavailable | None = None
        for path in _DOCUMENTS:
            try:
                document = await self.get_json(self.issuer_url + path)
            except Unavailable as error:
                last = error
                continue
            if str(document.get("issuer", "")).rstrip("/") != self.issuer_url:
                raise Unavailable("the issuer's discovery document names another issuer")
            return document
        raise last or Unavailable("the token issuer does not answer")

    async def get_json(self, url: str) -> dict[str, Any]:
        """Return the JSON object at ``url``. Raises Unavailable for anything else."""
        try:
            answer = await self._http.get(url, timeout=5.0)
            answer.raise_for_status()
            document = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable("the token issuer does not answer", retry_after=2.0) from error
        if not isinstance(document, dict):
            raise Unavailable("the token issuer answered with something that is not a document")
        return document
