"""How a candidate's record stands, beside what their profile says."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from shared.wire.profile import SourceKind

EngagementKind = Literal["contacted", "replied", "meeting", "applied", "withdrawn", "offer", "hired", "other"]
Stage = Literal[
    "sourced", "shortlisted", "contacted", "screening", "interview", "offer", "hired", "rejected", "withdrawn"
]
"""Where somebody stands in one project's pipeline."""


class Engaged(BaseModel):
    """Something that happened between the organisation and a candidate."""

    kind: EngagementKind
    at: datetime
    project_id: str | None = None


class Standing(BaseModel):
    """What the record was made of, when it last changed, and what happened with the person."""

    sources: list[SourceKind] = Field(default_factory=list[SourceKind])
    changed_at: datetime | None = None
    engagement: list[Engaged] = Field(default_factory=list[Engaged])
