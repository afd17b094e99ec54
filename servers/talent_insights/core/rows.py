"""The rows that insights count, as the store takes them: one document a person, one a posting.

No name, contact data, age, origin or date of study is in them. Months are numbers (``months``).
"""

from typing import Literal

from pydantic import BaseModel, Field

FORMAT = 1  # raise it when what is derived changes: stores of another format are rebuilt


class Facts(BaseModel):
    """What conditions ask of a person now, of a span of work, of a move or of a posting."""

    country: str | None = None
    region: str | None = None
    place: str | None = None
    function: str | None = None
    occupation: str | None = None
    seniority: str | None = None
    company: str | None = Field(default=None, description="a key that spellings of one employer share")
    company_name: str | None = None
    remote: bool = False


class PersonRow(Facts):
    """``worked`` months before the present work, and the month since which work lasts, if it does."""

    worked: int = 0
    working_since: int | None = None


class SpanRow(Facts):
    """One employer for months ``[began, ended]``; ``ended`` None lasts. A person's spans never overlap."""

    began: int
    ended: int | None = None


class MoveRow(Facts):
    """From one employer or place to another; the facts are those of the work that began then."""

    kind: Literal["company", "place"]
    origin: str
    origin_name: str
    target: str
    target_name: str
    month: int


class SkillRow(BaseModel):
    """A skill that somebody shows, or that follows from one; ``first`` where work with a date shows it."""

    skill: str
    shown: bool
    first: int | None = None


class StudyRow(BaseModel):
    school: str
    school_name: str


class PersonRows(BaseModel):
    """All rows of one person: they are replaced together."""

    candidate_id: str
    facts: PersonRow
    spans: list[SpanRow] = []
    moves: list[MoveRow] = []
    skills: list[SkillRow] = []
    studies: list[StudyRow] = []


class PostingRow(Facts):
    """A posting; pay is a year's, in ``currency``; ``last_day`` is a proleptic ordinal, None where unsaid."""

    posted: int
    open: bool
    last_day: int | None = None
    pay_low: float | None = None
    pay_high: float | None = None
    currency: str | None = None


class PostingRows(BaseModel):
    posting_id: str
    facts: PostingRow
    skills: list[str] = []
