"""What a role asks for: the document that intake writes, a person approves, and every later step reads."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class QualificationKind(StrEnum):
    """What sort of statement a qualification is; decides how it can be tested.

    ``eligibility`` is what the law asks for the work itself, such as a work permit: people are asked for it.
    """

    SKILL = "skill"
    EXPERIENCE = "experience"
    SENIORITY = "seniority"
    EDUCATION = "education"
    CERTIFICATE = "certificate"
    LANGUAGE = "language"
    LOCATION = "location"
    INDUSTRY = "industry"
    ELIGIBILITY = "eligibility"
    OTHER = "other"


Importance = Literal["must_have", "nice_to_have"]
WorkMode = Literal["on_site", "hybrid", "remote"]
Seniority = Literal["intern", "junior", "mid", "senior", "lead", "manager", "director", "executive"]
DegreeLevel = Literal["secondary", "associate", "bachelor", "master", "doctorate"]
LanguageLevel = Literal["A1", "A2", "B1", "B2", "C1", "C2", "native"]


class PostingQuote(BaseModel):
    """Where in the posting a statement comes from: characters ``[start, end)`` and the text itself."""

    start: int
    end: int
    text: str


class Qualification(BaseModel):
    """One testable statement, with the parameters that its kind is tested by.

    ``skills`` are taxonomy ids; ``match`` says whether one of them is enough. ``years`` goes with
    ``experience`` (with ``skills`` or ``occupations``: of that; without: in all).
    """

    model_config = ConfigDict(extra="forbid")

    id: str
    statement: str
    kind: QualificationKind
    importance: Importance = "must_have"
    skills: list[str] = Field(default_factory=list)
    match: Literal["any", "all"] = "any"
    occupations: list[str] = Field(default_factory=list)
    years: float | None = Field(default=None, ge=0, le=60)
    seniority: Seniority | None = None
    degree: DegreeLevel | None = None
    fields_of_study: list[str] = Field(default_factory=list)
    or_equivalent_experience: bool = False
    certificates: list[str] = Field(default_factory=list)
    language: str | None = Field(default=None, description="ISO 639-1 code")
    language_level: LanguageLevel | None = None
    places: list[str] = Field(default_factory=list)
    industries: list[str] = Field(default_factory=list)
    quote: PostingQuote | None = None
    inferred: bool = False


class Question(BaseModel):
    """What could not be inferred and a person must answer."""

    id: str
    field: str
    text: str
    why: str


class Inference(BaseModel):
    """What was filled in without being said, and on what grounds."""

    field: str
    value: str
    reason: str


class RefusedQualification(BaseModel):
    """A demand that must not be used, why, and how to ask lawfully for what may be meant."""

    text: str
    attribute: str = Field(description="the protected attribute or proxy, such as age or nationality")
    reason: str
    rewording: str | None = None
    quote: PostingQuote | None = None


class Requirements(BaseModel):
    """The structured role."""

    model_config = ConfigDict(extra="forbid")

    title: str
    summary: str = ""
    seniority: Seniority | None = None
    occupations: list[str] = Field(default_factory=list, description="taxonomy occupation ids")
    location: str | None = None
    country_code: str | None = None
    work_mode: WorkMode | None = None
    employment_type: str | None = None
    industry: str | None = None
    qualifications: list[Qualification]
    questions: list[Question] = Field(default_factory=list)
    inferences: list[Inference] = Field(default_factory=list)
    refused: list[RefusedQualification] = Field(default_factory=list)
    contradictions: list[str] = Field(default_factory=list)
    engine: str = Field(default="rules", description="what wrote this, such as rules-1 or a model's name")


class RequirementsRef(BaseModel):
    """A stored revision of a project's requirements."""

    project_id: str
    revision: int
