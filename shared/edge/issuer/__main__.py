"""``python -m shared.edge.issuer``: serve the embedded issuer."""

import logging
import sys
from datetime import timedelta
from pathlib import Path

import uvicorn
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.applications import Starlette

from shared.edge.issuer.app import IssuerApp
from shared.edge.issuer.checks import LONGEST
from shared.edge.issuer.grants import Grants
from shared.edge.issuer.keys import KeyRing
from shared.edge.issuer.records import Records
from shared.edge.settings import misconfigured
from shared.kernel.clock import Clock, SystemClock


class IssuerSettings(BaseSettings):
    """The issuer's configuration.

    Attributes:
        deployment_secret: the root of all secrets; every unit's client secret derives from it.
        issuer_url: the ``iss`` of each token and the address the units use; default from host and port.
        data_dir: keys and records lie in its folder ``issuer``, private to the process's user.
        token_lifetime: of access tokens between components, seconds.
        key_max_age_days: how long a key signs before its successor is made.
    """

    model_config = SettingsConfigDict(env_prefix="HIREMESH_", extra="ignore", hide_input_in_errors=True)

    deployment_secret: SecretStr = Field(min_length=32)
    host: str = "127.0.0.1"
    port: int = 8100
    issuer_url: str | None = None
    data_dir: Path = Path(".hiremesh")
    token_lifetime: int = Field(default=600, ge=60, le=3600)
    key_max_age_days: int = Field(default=30, ge=1, le=365)


def build_issuer(settings: IssuerSettings, clock: Clock) -> Starlette:
    """Return the issuer's ASGI application over the files in the data folder."""
    folder = settings.data_dir / "issuer"
    keys = KeyRing(
        folder / "keys.json",
        clock,
        max_age=timedelta(days=settings.key_max_age_days),
        keep=LONGEST + timedelta(days=1),
    )
    records = Records(folder / "records.json", clock)
    url = settings.issuer_url or f"http://{settings.host}:{settings.port}"
    lifetime = timedelta(seconds=settings.token_lifetime)
    grants = Grants(url, settings.deployment_secret.get_secret_value(), keys, records, clock, lifetime)
    return IssuerApp(grants, keys, records).app


def main() -> None:
    """Serve until told to stop."""
    logging.basicConfig(level=logging.INFO)
    try:
        settings = IssuerSettings()  # pyright: ignore[reportCallIssue] - the environment provides it
    except ValidationError as error:
        sys.exit(f"the issuer cannot start: {misconfigured(error)}")
    app = build_issuer(settings, SystemClock())
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", server_header=False)


if __name__ == "__main__":
    main()
