"""Settings of the registry alone, with the prefix ``HIREMESH_REGISTRY_``."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class RegistrySettings(BaseSettings):
    """How often units are probed, in seconds: normally, and while some unit is not up."""

    model_config = SettingsConfigDict(env_prefix="HIREMESH_REGISTRY_")

    probe_every: float = Field(default=15.0, gt=0)
    probe_every_while_down: float = Field(default=2.0, gt=0)
