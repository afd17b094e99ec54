"""What the unit's verbs take and return."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from shared.wire.profile import Dossier, Profile, SourceKind
from shared.wire.standing import EngagementKind, Standing

ImportStatus = Literal["created", "merged", "unchanged", "question", "refused"]
RecordFormat = Literal["auto", "json_resume", "greenhouse", "csv"]
Resolution = Literal["merge", "keep_apart"]

FLAG_HIDDEN = "hidden_text"
FLAG_INSTRUCTIONS = "instruction_like_text"
FLAG_DO_NOT_CONTACT = "do_not_contact"
FLAG_PRIVATE = "private"
FLAG_NAMELESS = "no_name"
FLAG_THIN = "little_information"


class Imported(BaseModel):
    """What became of one item.

    ``question`` means: stored as a candidate of its own, and a person is asked whether it is the same
    as another one.
    """

    index: int
    status: ImportStatus
    candidate_id: str | None = None
    name: str = Field(default="", description="which item, as its source calls it")
    reason: str | None = None
    fix: str | None = None
    flags: list[str] = Field(default_factory=list, description="warnings, such as hidden_text")


class ImportReport(BaseModel):
    """What became of a batch; ``items`` has one entry an item, in order."""

    created: int = 0
    merged: int = 0
    unchanged: int = 0
    questions: int = 0
    refused: int = 0
    ignored: list[str] = Field(default_factory=list, description="what the source holds and nothing reads")
    mapping: dict[str, str] = Field(default_factory=dict, description="CSV: field → column, as used")
    items: list[Imported] = Field(default_factory=list[Imported])


class CandidateSummary(BaseModel):
    """One line of a list."""

    candidate_id: str
    name: str | None = None
    label: str | None = None
    place: str | None = None
    flags: list[str] = Field(default_factory=list)
    updated_at: datetime


class CandidatePage(BaseModel):
    candidates: list[CandidateSummary]
    next_cursor: str | None = None


class Change(BaseModel):
    """The latest state of a candidate that changed; ``dossier`` is null when it was deleted.

    ``merged_into`` is told where only ids are: who the two turned out to be.
    """

    seq: int
    candidate_id: str
    deleted: bool = False
    merged_into: str | None = None
    dossier: Dossier | None = None
    standing: Standing = Field(default_factory=Standing)


class ChangePage(BaseModel):
    """Changes in order; ``next`` is what to pass as ``after`` next time."""

    changes: list[Change] = Field(default_factory=list[Change])
    json_lines: str = Field(default="", description="the same as JSON lines, where they were asked for")
    next: int
    last: int = Field(description="the number of the latest change there is")


class Dossiers(BaseModel):
    """Dossiers in the order asked for; ids that are not found are listed apart."""

    dossiers: list[Dossier]
    missing: list[str] = Field(default_factory=list)


class Note(BaseModel):
    note_id: str
    candidate_id: str
    text: str
    author: str
    at: datetime


class NoteList(BaseModel):
    notes: list[Note]


class Engagement(BaseModel):
    """Something that happened between the organisation and a candidate."""

    engagement_id: str
    candidate_id: str
    kind: EngagementKind
    channel: str | None = None
    detail: str = ""
    project_id: str | None = None
    at: datetime
    recorded_by: str


class EngagementList(BaseModel):
    engagement: list[Engagement]


class ContactRule(BaseModel):
    """Whether a candidate may be contacted, and who said so."""

    candidate_id: str
    do_not_contact: bool
    reason: str = ""
    set_by: str
    at: datetime


class DuplicateQuestion(BaseModel):
    """Two candidates that may be one person."""

    question_id: str
    candidate_ids: list[str]
    names: list[str | None] = Field(default_factory=list[str | None])
    grounds: list[str] = Field(description="what the two have in common")
    similarity: float
    asked_at: datetime


class DuplicateQuestions(BaseModel):
    questions: list[DuplicateQuestion]


class Resolved(BaseModel):
    question_id: str
    resolution: Resolution
    candidate_id: str = Field(description="who remains: the merged candidate, or the first of the two")


class Merged(BaseModel):
    """By id of who was merged into somebody else, who remains of them."""

    remaining: dict[str, str]


class Deleted(BaseModel):
    candidate_id: str
    deleted: bool = True


class Refusal(BaseModel):
    """A document or record that was not taken in, and what would help."""

    refusal_id: str
    name: str
    reason: str
    fix: str | None = None
    at: datetime


class RefusalList(BaseModel):
    refusals: list[Refusal]
    next_cursor: str | None = None


class FieldOrigin(BaseModel):
    """Where one value of one field came from first, and who else says the same."""

    field: str
    value: str
    source_id: str
    source_kind: SourceKind
    source_name: str
    first_seen: datetime
    confirmed_by: list[str] = Field(default_factory=list, description="further source ids")
    current: bool = Field(description="whether the dossier shows it now")


class Provenance(BaseModel):
    candidate_id: str
    fields: list[FieldOrigin]


class Source(BaseModel):
    """One text about one candidate with the profile that was read from it."""

    id: str
    candidate_id: str
    kind: SourceKind
    name: str
    ref: str = ""
    content_hash: str
    text: str
    profile: Profile
    flags: list[str] = Field(default_factory=list)
    first_seen: datetime
    superseded_at: datetime | None = None


class Candidate(BaseModel):
    """A candidate's own row: the merged profile and how it stands."""

    id: str
    revision: int
    seq: int
    profile: Profile
    flags: list[str]
    created_at: datetime
    updated_at: datetime
    deleted: bool = False
    merged_into: str | None = None


JsonObject = dict[str, Any]
