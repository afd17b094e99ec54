"""The documents of this unit."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from shared.wire.evaluation import Recommendation
from shared.wire.facts import ProjectRef, ShortlistCurrent
from shared.wire.requirements import Requirements, RequirementsRef
from shared.wire.standing import Stage as Stage

ProjectStatus = Literal["draft", "open", "filled", "closed"]
ApprovalStatus = Literal["pending", "approved", "refused", "used", "expired"]


class Project(BaseModel):
    """One opening that people are sought for."""

    project_id: str
    title: str
    status: ProjectStatus
    revision: int = Field(description="latest revision of the requirements")
    approved_revision: int | None = Field(description="latest revision that a person approved, if any")
    wanted: int = Field(description="how many candidates the shortlist should hold")
    posting_id: str | None = None
    created_by: str
    created_at: datetime
    updated_at: datetime


class Change(BaseModel):
    """One difference between two revisions; ``path`` is a field or ``qualifications/<id>[/<field>]``."""

    path: str
    kind: Literal["added", "removed", "changed"]
    before: Any = None
    after: Any = None


class Revision(BaseModel):
    """One revision of a project's requirements: who wrote it, what it changed, who approved it."""

    project_id: str
    revision: int
    changed_by: str
    changed_at: datetime
    note: str
    changes: list[Change]
    approved_by: str | None = None
    approved_at: datetime | None = None


class RevisionDocument(Revision):
    """A revision with the requirements themselves."""

    requirements: Requirements


class StageMove(BaseModel):
    """One move of a candidate in a project's pipeline."""

    move_id: str
    project_id: str
    candidate_id: str
    from_stage: Stage | None
    to_stage: Stage
    person: str = Field(description="who moved the candidate, as the token's subject names them")
    actor: str | None = Field(default=None, description="the service that acted for them, if any")
    reason: str
    at: datetime


class ShortlistEntry(BaseModel):
    """One evaluated candidate: place, outcome and pipeline stage."""

    candidate_id: str
    rank: int = 0
    recommendation: Recommendation
    meets: int
    partial: int
    not_met: int
    no_evidence: int
    missing: list[str]
    evaluation_id: str
    stage: Stage | None = None
    listed: bool = Field(default=False, description="on the list; the others are kept beside it")


class Shortlist(BaseModel):
    """Everybody evaluated against one revision, best first. Nobody is dropped: see ``listed``."""

    project_id: str
    revision: int
    wanted: int
    found: int
    complete: bool
    exhausted: bool
    weak: list[str]
    entries: list[ShortlistEntry]
    next_cursor: str | None = None


class Approval(BaseModel):
    """The durable record of one question to a person. Deny is the default; it is used at most once."""

    approval_id: str
    action: str = Field(description="the unit and skill that would run, such as projects.move_stage")
    summary: str
    arguments: dict[str, Any]
    arguments_hash: str = Field(description="SHA-256 of the canonical JSON of the arguments")
    project_id: str | None = None
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    status: ApprovalStatus
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    used_by: str | None = None
    used_at: datetime | None = None


class CreatedProject(BaseModel):
    project: ProjectRef


class ApprovedRequirements(BaseModel):
    approved: RequirementsRef


class UpdatedShortlist(BaseModel):
    """``complete`` is null until enough good matches are on the list or sourcing has run dry."""

    shortlist: ShortlistCurrent
    complete: bool | None = None
    added: int = Field(description="candidates that were not on record for this revision before")


class ProjectPage(BaseModel):
    projects: list[Project]
    next_cursor: str | None = None


class ApprovalPage(BaseModel):
    approvals: list[Approval]
    next_cursor: str | None = None


class RevisionHistory(BaseModel):
    revisions: list[Revision]


class StageHistory(BaseModel):
    moves: list[StageMove]


class RunnersUp(BaseModel):
    """Who got far in a project whose race is over for them and was not hired, the latest first."""

    candidate_ids: list[str]
