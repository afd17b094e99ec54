"""A person's career as units exchange it: JSON Resume 1.0.0 fields, each dated item with its place in a source.

Source: https://jsonresume.org/schema (v1.0.0). Field names follow that standard, camelCase on the wire.
Dates are ISO 8601 prefixes (``2021``, ``2021-04``, ``2021-04-09``); a missing ``endDate`` on work means
"to the present" only where ``current`` is true, otherwise it is unknown.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class _Document(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True)


class Span(_Document):
    """A half-open range of characters ``[start, end)`` in the text of one source."""

    source: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Place(_Document):
    """Where somebody is, as far as it is known."""

    address: str | None = None
    city: str | None = None
    region: str | None = None
    country_code: str | None = Field(default=None, description="ISO 3166-1 alpha-2")
    postal_code: str | None = None


class SocialProfile(_Document):
    network: str | None = None
    username: str | None = None
    url: str | None = None


class Basics(_Document):
    name: str | None = None
    label: str | None = Field(default=None, description="headline or current title")
    email: str | None = None
    phone: str | None = None
    url: str | None = None
    summary: str | None = None
    location: Place | None = None
    profiles: list[SocialProfile] = Field(default_factory=list)


class Work(_Document):
    name: str | None = Field(default=None, description="employer")
    position: str | None = None
    location: str | None = None
    industry: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    current: bool = False
    summary: str | None = None
    highlights: list[str] = Field(default_factory=list)
    span: Span | None = None


def newest_of(work: Sequence[Work]) -> Work | None:
    """Return the position held now, else the one that began last; profiles list the newest first."""
    current = next((item for item in work if item.current), None)
    return current or max(work, key=lambda item: item.start_date or "", default=None)


class Education(_Document):
    institution: str | None = None
    area: str | None = None
    study_type: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    score: str | None = None
    courses: list[str] = Field(default_factory=list)
    span: Span | None = None


class SkillItem(_Document):
    name: str
    level: str | None = None
    keywords: list[str] = Field(default_factory=list)
    span: Span | None = None


class Certificate(_Document):
    name: str
    issuer: str | None = None
    date: str | None = None
    url: str | None = None
    span: Span | None = None


class LanguageItem(_Document):
    language: str
    fluency: str | None = None
    span: Span | None = None


class Project(_Document):
    name: str | None = None
    description: str | None = None
    highlights: list[str] = Field(default_factory=list)
    keywords: list[str] = Field(default_factory=list)
    start_date: str | None = None
    end_date: str | None = None
    span: Span | None = None


class Profile(_Document):
    """One person's career."""

    basics: Basics = Field(default_factory=Basics)
    work: list[Work] = Field(default_factory=list)
    education: list[Education] = Field(default_factory=list)
    skills: list[SkillItem] = Field(default_factory=list)
    certificates: list[Certificate] = Field(default_factory=list)
    languages: list[LanguageItem] = Field(default_factory=list)
    projects: list[Project] = Field(default_factory=list)


SourceKind = Literal["resume", "json_resume", "linkedin_export", "csv", "greenhouse", "note"]


class SourceText(_Document):
    """A text that evidence can be quoted from, exactly as stored."""

    id: str
    kind: SourceKind
    name: str
    text: str
    first_seen: datetime


class Dossier(_Document):
    """All that is known of one candidate: the parsed profile and the texts it came from.

    ``revision`` grows with every change, so a judgement can name what it read.
    """

    candidate_id: str
    revision: int = 1
    profile: Profile
    sources: list[SourceText]
    flags: list[str] = Field(default_factory=list, description="such as hidden_text")
