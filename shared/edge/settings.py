"""Settings that every unit reads from its environment, all with the prefix ``HIREMESH_``."""

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.edge.manifest import catalogue
from shared.kernel.errors import InvalidInput


class UnitSettings(BaseSettings):
    """One unit's configuration.

    Attributes:
        host, port: where to listen; the port defaults to the manifest's.
        public_url: how others reach this unit, for its card; default ``http://host:port``.
        allowed_hosts: further ``Host`` headers to accept (``name`` or ``name:*``), for proxies and clusters.
        database_url, nats_url: the engines.
        issuer_url: the OIDC issuer whose tokens are accepted and asked for.
        tenant_claim: the claim of a token that names the organisation.
        policy_dir: a folder of further Cedar policies, or None.
        client_secret: this unit's OAuth client secret; its client id is its name.
        units: where other units are, as a JSON object of name → base URL, over the manifests' defaults.
        otlp_endpoint: where spans go; None keeps them in Postgres.
        llm_base_url, llm_model, llm_api_key: an OpenAI-compatible endpoint; None means rules only.
        data_dir: where a unit may keep files it can rebuild, such as a search index.
        partner_secrets, partner_secrets_file: ``{"tenant/name": secret}`` for registered units, in both.
        partners_on_private_networks: whether registered units may be on loopback and private networks.
        time_zone: the IANA name of the zone of people who named none.
    """

    # An error must not quote what was given: it may be a password.
    model_config = SettingsConfigDict(env_prefix="HIREMESH_", extra="ignore", hide_input_in_errors=True)

    host: str = "127.0.0.1"
    port: int | None = None
    public_url: str | None = None
    allowed_hosts: list[str] = Field(default_factory=list)
    database_url: str | None = None
    nats_url: str | None = None
    issuer_url: str = "http://127.0.0.1:8100"
    tenant_claim: str = "tenant"
    policy_dir: Path | None = None
    client_secret: SecretStr = SecretStr("")
    units: dict[str, str] = Field(default_factory=dict)
    otlp_endpoint: str | None = None
    llm_base_url: str | None = None
    llm_model: str | None = None
    llm_api_key: SecretStr | None = None
    data_dir: Path = Path(".hiremesh")
    partner_secrets: dict[str, SecretStr] = Field(default_factory=dict)
    partner_secrets_file: Path | None = None
    partners_on_private_networks: bool = False
    time_zone: str = "UTC"

    def unit_urls(self) -> dict[str, str]:
        """Return the base URL of each known unit, without a trailing slash."""
        urls = {name: manifest.base_url for name, manifest in catalogue().items()}
        return {name: url.rstrip("/") for name, url in (urls | self.units).items()}


def misconfigured(error: ValidationError) -> InvalidInput:
    """Return which variables of the environment are at fault, and why, without what they hold."""
    faults = [
        f"HIREMESH_{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors(include_input=False)
    ]
    return InvalidInput("; ".join(faults) + ".")
