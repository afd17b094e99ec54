"""What an operator may set, beside what every unit reads."""

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SCHEMES = ("http://", "https://", "chdb:///")
"""ClickHouse over its HTTP interface, or its engine in this process."""


class InsightSettings(BaseSettings):
    """``HIREMESH_INSIGHTS_URL``, ``_K``, ``_NOISE`` and ``_THREADS``.

    Attributes:
        insights_url: a ClickHouse, ``https://user:password@host:8443``; empty: counted in this process.
        insights_k: no figure tells of fewer people than this.
        insights_noise: how far counts of people are off at most, on purpose; None: one less than k. 0 is for pools
            that everybody who asks may see one by one.
        insights_threads: threads a question may use; None: as many as there are processors.
    """

    model_config = SettingsConfigDict(env_prefix="HIREMESH_", extra="ignore", hide_input_in_errors=True)

    insights_url: SecretStr = SecretStr("")
    insights_k: int = Field(default=5, ge=3, le=1000)
    insights_noise: int | None = Field(default=None, ge=0, le=1000)
    insights_threads: int | None = Field(default=None, ge=1)

    @field_validator("insights_url")
    @classmethod
    def _an_address(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value() and not url.get_secret_value().startswith(SCHEMES):
            raise ValueError(f"must begin with one of {', '.join(SCHEMES)}")
        return url
