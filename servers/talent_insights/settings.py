"""What an operator may set, beside what every unit reads."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class InsightSettings(BaseSettings):
    """``HIREMESH_INSIGHTS_K`` and ``HIREMESH_INSIGHTS_THREADS``.

    Attributes:
        insights_k: no figure tells of fewer people than this.
        insights_threads: threads a question may use; None: as many as there are processors.
    """

    model_config = SettingsConfigDict(env_prefix="HIREMESH_", extra="ignore", hide_input_in_errors=True)

    insights_k: int = Field(default=5, ge=3, le=1000)
    insights_threads: int | None = Field(default=None, ge=1)
