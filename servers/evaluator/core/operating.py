"""Versions of the engine as the platform team sees and changes them."""

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, computed_field

from servers.evaluator.core.models import Difference

Kind = Literal["rules", "cross_encoder", "chat"]
State = Literal["candidate", "shadow", "serving", "retired"]
Reason = Field(min_length=3, max_length=500, description="why; kept with who decided it")


class Served(BaseModel):
    """Where a model is served, as in ``JudgeSettings``; without its key, which is the deployment's."""

    kind: Literal["cross_encoder", "chat"] = Field(
        default="cross_encoder", description="built, or any chat model"
    )
    url: str = Field(description="of the vLLM server, without a path")
    folder: Path | None = Field(default=None, description="of a cross-encoder, where the evaluator runs")
    model: str | None = Field(
        default=None, description="the name it is served under; a cross-encoder's default is its version"
    )


class EngineVersion(BaseModel):
    """One version; ``gate`` is the report by which it may serve, with ``passed``."""

    name: str
    kind: Kind
    state: State
    settings: dict[str, Any] = Field(default_factory=dict[str, Any], exclude=True)
    gate: dict[str, Any] | None = Field(default=None, exclude=True)
    served_since: datetime | None = None
    judges_as: str | None = Field(
        default=None, description="what it is in this release, where that is not what was registered"
    )
    changed_by: str
    changed_at: datetime

    @computed_field(description="its gate; null where there was none")
    @property
    def passed(self) -> bool | None:
        return None if self.gate is None else self.gate.get("passed") is True


class Change(BaseModel):
    """Something that was decided about a version."""

    at: datetime
    version: str
    did: str
    decided_by: str
    reason: str


class ListVersionsRequest(BaseModel):
    """Ask which versions there are."""

    changes: int = Field(default=20, ge=0, le=200, description="how many of the newest decisions to tell too")


class ListVersionsResult(BaseModel):
    """All versions, the serving one and those that served before it first; decisions, the newest first."""

    versions: list[EngineVersion]
    changes: list[Change]


class GetServedRequest(BaseModel):
    """Ask where a version is served."""

    version: str


class GetServedResult(BaseModel):
    """Where; None for the rules, which nobody serves."""

    served: Served | None


class GetDifferencesRequest(BaseModel):
    """Ask where a version in shadow came to other verdicts than the serving one."""

    version: str
    limit: int = Field(default=50, ge=1, le=1_000)


class Counted(BaseModel):
    """How much two engines judged both, and on how much of it they do not agree."""

    serving: str
    shadow: str
    judgements: int
    differing: int


class GetDifferencesResult(BaseModel):
    """The counts by serving engine, and the newest differences of the caller's own organisation."""

    counted: list[Counted]
    differences: list[Difference]


class RegisterVersionRequest(BaseModel):
    """Add a served model as a candidate, or this release's rules where none is given."""

    served: Served | None = None


class KeepGateRequest(BaseModel):
    """Keep what the gate said of a version."""

    version: str
    report: dict[str, Any] = Field(description="as 'hiremesh model gate' wrote it")


class ShadowVersionRequest(BaseModel):
    """Have a version look on; it is not heard."""

    version: str
    reason: str = Reason


class PromoteVersionRequest(BaseModel):
    """Have a version serve, for every organisation, that passed its gate with exactly these weights."""

    version: str
    reason: str = Reason


class RollBackRequest(BaseModel):
    """Have what served before serve again."""

    reason: str = Reason


class Changed(BaseModel):
    """What was done: the version that it was done to, and the one that had its place before.

    ``version`` is None where what the environment names judges again. ``identity`` is the SHA-256 (hex) of all
    that its verdicts depend on.
    """

    version: str | None
    before: str | None = None
    identity: str | None = None
    summary: str
