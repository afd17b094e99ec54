"""What goes into intake's skills and what comes out."""

from pydantic import BaseModel, ConfigDict, Field

from shared.wire.requirements import Requirements

MAX_TEXT = 200_000
RULES = "rules-2"
"""The name of the rules that read postings; another one whenever they read otherwise."""


class DraftRequest(BaseModel):
    """A posting or a sentence about a role, and answers to questions asked before."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        default="", max_length=MAX_TEXT, description="the posting, or a sentence about the role"
    )
    answers: dict[str, str] = Field(
        default_factory=dict,
        description="question id, or a field such as title, location, seniority or must_have, to answer",
    )
    changes: list[str] = Field(
        default_factory=list,
        max_length=50,
        description="what to change in the draft, in a person's words, such as: make Kafka a nice-to-have",
    )


class DraftResult(BaseModel):
    """The drafted requirements; ``summary`` says in a sentence or two what came out."""

    requirements: Requirements
    summary: str
    notes: list[str] = Field(
        default_factory=list, description="conditions under which an unusual demand may stand"
    )


class CheckRequest(BaseModel):
    """One demand to be checked."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=5_000, description="the demand as it would be written")
    context: str = Field(default="", max_length=MAX_TEXT, description="the posting around it, if any")


class CheckResult(BaseModel):
    """Whether the demand may be made; a refused one carries attribute, reason and lawful rewording."""

    lawful: bool
    attribute: str | None = None
    reason: str = ""
    rewording: str | None = None
    note: str | None = None
    engine: str = RULES
    summary: str
