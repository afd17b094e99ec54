"""An issuer in the process, and what tests want from it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
from pydantic import SecretStr
from starlette.applications import Starlette

from shared.audit.entry import AuditEntry
from shared.edge.issuer.__main__ import IssuerSettings, build_issuer
from shared.edge.issuer.grants import MINT
from shared.edge.token_source import TokenSource
from shared.edge.tokens import TokenVerifier, client_secret

ISSUER = "http://issuer.test"
SECRET = "a deployment secret that only the tests know"


class MovableClock:
    """A clock that starts at the machine's time and moves only when told."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC)

    def now(self) -> datetime:
        return self._now

    def today(self) -> date:
        return self._now.date()

    def move(self, by: timedelta) -> None:
        self._now += by


class TestIssuer:
    """The embedded issuer over ASGI, with the operator's rights at hand."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = MovableClock()
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self._build()), base_url=ISSUER)

    def _build(self) -> Starlette:
        settings = IssuerSettings(
            deployment_secret=SecretStr(SECRET), data_dir=self.folder, issuer_url=ISSUER
        )
        return build_issuer(settings, self.clock)

    def verifier(self, audience: str) -> TokenVerifier:
        return TokenVerifier(ISSUER, audience, self.http)

    def tokens(self, unit: str) -> TokenSource:
        return TokenSource(ISSUER, unit, client_secret(SECRET, unit), self.http)

    async def post(self, path: str, client: str = "admin", **form: str) -> httpx.Response:
        """Send a form as the operator, or as a unit."""
        return await self.http.post(path, data=form, auth=(client, client_secret(SECRET, client)))

    async def mint(
        self,
        subject: str = "person:ada",
        *,
        tenant: str = "acme",
        scopes: Iterable[str] = ("*.read", "*.write", "*.decide"),
        audience: str = "supervisor",
        lifetime: timedelta = timedelta(hours=1),
    ) -> str:
        answer = await self.minted(
            subject, tenant=tenant, scopes=scopes, audience=audience, lifetime=lifetime
        )
        return str(answer.json()["access_token"])

    async def minted(
        self, subject: str, *, tenant: str, scopes: Iterable[str], audience: str, lifetime: timedelta
    ) -> httpx.Response:
        return await self.post(
            "/token",
            grant_type=MINT,
            subject=subject,
            tenant=tenant,
            scope=" ".join(scopes),
            audience=audience,
            lifetime=str(int(lifetime.total_seconds())),
        )


class RecordedAudit:
    """Keeps entries in a list."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    async def record(self, entry: AuditEntry) -> None:
        self.entries.append(entry)
