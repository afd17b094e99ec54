"""What an operator may set, beside what every unit reads."""

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SearchSettings(BaseSettings):
    """``HIREMESH_SEARCH_URL``, ``_PREFIX``, ``_SHARDS`` and ``_TENANT_SHARDS``.

    Attributes:
        search_url: an OpenSearch, several nodes separated by commas, with what one signs in with; empty: profiles
            are indexed in this process.
        search_prefix: what names in OpenSearch begin with, where deployments share one.
        search_shards: parts that an index of OpenSearch is made of; of another number only from the next format.
        search_tenant_shards: parts that one organisation's profiles are spread over.
    """

    model_config = SettingsConfigDict(env_prefix="HIREMESH_", extra="ignore", hide_input_in_errors=True)

    search_url: SecretStr = SecretStr("")
    search_prefix: str = Field(default="hiremesh", pattern=r"^[a-z][a-z0-9_]{0,40}$")
    search_shards: int = Field(default=1, ge=1, le=1024)
    search_tenant_shards: int = Field(default=1, ge=1, le=1024)

    @field_validator("search_tenant_shards")
    @classmethod
    def _fewer_than_all(cls, spread: int, others: ValidationInfo) -> int:
        if spread > 1 and spread >= others.data.get("search_shards", spread + 1):
            raise ValueError("must be 1, or fewer than HIREMESH_SEARCH_SHARDS")  # OpenSearch's own rule
        return spread
