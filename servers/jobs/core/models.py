"""What the unit's verbs take and return."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.wire.changes import PostingChange

JsonObject = dict[str, Any]
PostingStatus = Literal["open", "closed"]
PostingOrigin = Literal["text", "schema_org", "greenhouse"]
ImportStatus = Literal["created", "updated", "unchanged", "refused"]
SkillKind = Literal["technology", "knowledge", "competence", "soft"]


class Posting(BaseModel):
    """One posting; ``text`` is plain text or Markdown, whatever it came as."""

    posting_id: str
    title: str
    text: str
    employer: str | None = None
    location: str | None = None
    employment_type: str | None = None
    salary: str | None = None
    url: str | None = None
    valid_through: str | None = Field(default=None, description="ISO date after which it is closed")
    origin: PostingOrigin = "text"
    source: str = Field(default="", description="the file or system it came from")
    ref: str = Field(default="", description="what the source calls it")
    status: PostingStatus = "open"
    flags: list[str] = Field(default_factory=list, description="such as hidden_text")
    created_by: str
    created_at: datetime


class PostingChangePage(BaseModel):
    """Changes in order; ``next`` is what to pass as ``after`` next time."""

    changes: list[PostingChange] = Field(default_factory=list[PostingChange])
    json_lines: str = Field(default="", description="the same as JSON lines, where they were asked for")
    next: int
    last: int = Field(description="the number of the latest change there is")


class AddedPosting(BaseModel):
    """``posting_id`` is the one that holds this text, ``created`` false when it was there already."""

    posting_id: str
    title: str
    created: bool


class PostingSummary(BaseModel):
    posting_id: str
    title: str
    employer: str | None = None
    location: str | None = None
    status: PostingStatus
    applicants: int
    created_at: datetime


class PostingPage(BaseModel):
    postings: list[PostingSummary]
    next_cursor: str | None = None


class ImportedPosting(BaseModel):
    index: int
    status: ImportStatus
    posting_id: str | None = None
    name: str = ""
    reason: str | None = None
    fix: str | None = None


class PostingImport(BaseModel):
    """What became of a batch; ``items`` has one entry an item, in order."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    ignored: list[str] = Field(default_factory=list, description="what the source holds and nothing reads")
    items: list[ImportedPosting] = Field(default_factory=list[ImportedPosting])


class Applicant(BaseModel):
    """A candidate who applied to a posting."""

    posting_id: str
    candidate_id: str
    source: str = ""
    message: str = ""
    applied_at: datetime


class ApplicantPage(BaseModel):
    applicants: list[Applicant]
    next_cursor: str | None = None


class Faq(BaseModel):
    """A question with its answer, for one posting or for all."""

    faq_id: str
    question: str
    answer: str
    posting_id: str | None = None
    updated_at: datetime


class FaqMatch(BaseModel):
    faq: Faq
    score: float = Field(ge=0, le=1, description="share of the question's words that it answers")


class FaqAnswer(BaseModel):
    """``answer`` is null when nothing known is close enough; the nearest are listed all the same."""

    answer: str | None = None
    matches: list[FaqMatch] = Field(default_factory=list[FaqMatch])


class SkillWords(BaseModel):
    """A skill as the taxonomy takes it in; see ``shared.taxonomy.SkillEntry`` for its fields."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=200)
    label: str = Field(min_length=1, max_length=300)
    aliases: list[str] = Field(default_factory=list)
    kind: SkillKind = "knowledge"
    broader: list[str] = Field(default_factory=list)
    implies: list[str] = Field(default_factory=list)
    related: list[str] = Field(default_factory=list)


class OccupationWords(BaseModel):
    """An occupation as the taxonomy takes it in."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=200)
    label: str = Field(min_length=1, max_length=300)
    aliases: list[str] = Field(default_factory=list)
    field: str = ""
    skills: list[str] = Field(default_factory=list)


class TaxonomyImport(BaseModel):
    """How many entries are new or differ from what was there."""

    stored: int
    unchanged: int


class TaxonomyPage(BaseModel):
    """Entries in the order of their last change; pass ``next`` as ``after`` to go on."""

    skills: list[SkillWords]
    occupations: list[OccupationWords]
    next: int
