"""What the feeds of records say, as units that follow them read it."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from shared.wire.profile import Dossier
from shared.wire.standing import Standing


class CandidateChange(BaseModel):
    """The latest state of a candidate that changed; ``dossier`` is null when it was deleted."""

    seq: int
    candidate_id: str
    dossier: Dossier | None = None
    standing: Standing = Field(default_factory=Standing)


class PostingChange(BaseModel):
    """The latest state of a posting that changed; ``text`` is plain or Markdown."""

    seq: int
    posting_id: str
    title: str
    text: str
    employer: str | None = None
    location: str | None = None
    employment_type: str | None = None
    salary: str | None = None
    valid_through: str | None = None
    status: Literal["open", "closed"]
    created_at: datetime
