"""What callers get: pages of hits, counts, profiles."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from shared.wire.requirements import Seniority

FacetName = Literal[
    "skills",
    "occupations",
    "functions",
    "seniority",
    "countries",
    "places",
    "work_modes",
    "industries",
    "languages",
    "degree",
    "fields_of_study",
    "certificates",
    "years",
    "current_company",
]

ToldElsewhere = Annotated[
    list[str],
    Field(
        description="of each filter that another unit was asked for: how it was understood, when and from how many "
        "it was counted, what it leaves out"
    ),
]


class Match(BaseModel):
    """One clause of the query that a hit satisfies, and what in the profile shows it."""

    clause: str = Field(description="the clause, such as filters.titles or expression")
    says: str = Field(description="what it asks, in words")
    passages: list[str] = Field(default_factory=list)


class Hit(BaseModel):
    """A person found. No name and no contact data: those are the candidates unit's to give."""

    candidate_id: str
    headline: str
    place: str | None = None
    country_code: str | None = None
    years: float | None = Field(default=None, description="years of work, overlaps counted once")
    seniority: Seniority | None = None
    top_skills: list[str] = Field(default_factory=list)
    score: float
    score_parts: dict[str, float] = Field(
        default_factory=dict, description="of a fused score, what words, taxonomy, meaning and recency add"
    )
    highlights: list[str] = Field(default_factory=list, description="sentences that match the query")
    matched: list[Match] = Field(
        default_factory=list[Match], description="why it was found: each clause with the texts that show it"
    )


class FacetValue(BaseModel):
    value: str
    label: str
    count: int


class Facet(BaseModel):
    name: FacetName
    values: list[FacetValue]


class SearchPage(BaseModel):
    """One page of hits; ``unresolved`` names what no skill, place or occupation is known for."""

    hits: list[Hit]
    total: int = Field(description="people of whom the whole query holds")
    beside: int = Field(
        default=0, description="people found besides: near in meaning, though not said in the text's words"
    )
    meaning: str = Field(default="", description="whether likeness in meaning ranks, and if not, why")
    coverage: float | None = Field(
        default=None, description="the share of all people whose likeness in meaning is known, where it ranks"
    )
    building: str = Field(default="", description="while the index is being built: how far it is")
    facets: list[Facet] = Field(default_factory=list[Facet])
    next_cursor: str | None = None
    indexed_seq: int = Field(description="changes of the pool up to this one are searched")
    unresolved: list[str] = Field(default_factory=list)
    hints: list[str] = Field(
        default_factory=list, description="what in the expression probably means something else than it says"
    )
    elsewhere: ToldElsewhere = Field(default_factory=list)


class FacetCounts(BaseModel):
    """Counts over all hits of a query."""

    total: int
    facets: list[Facet]
    unresolved: list[str] = Field(default_factory=list)
    elsewhere: ToldElsewhere = Field(default_factory=list)


class ClauseCount(BaseModel):
    """What one clause does to the result."""

    clause: str = Field(description="such as filters.skills_all or expression")
    says: str = Field(description="what it asks, in words")
    alone: int = Field(description="people who satisfy this clause, whatever the others say")
    without: int = Field(description="people in the result if this clause were dropped")
    term: str = Field(
        default="", description="of an expression, the clause as it is typed; joined by AND they are it again"
    )


class ClauseCounts(BaseModel):
    """The size of a result, and clause by clause what it would be otherwise."""

    total: int
    everybody: int = Field(description="people who can be found at all")
    clauses: list[ClauseCount]
    told: str = Field(description="which clause empties or narrows the result most, in a sentence")
    unresolved: list[str] = Field(default_factory=list)
    hints: list[str] = Field(default_factory=list)
    elsewhere: ToldElsewhere = Field(default_factory=list)


@dataclass
class PositionView:
    """One position of a career."""

    title: str | None = None
    company: str | None = None
    location: str | None = None
    industry: str | None = None
    start: str | None = None
    end: str | None = None
    current: bool = False
    summary: str | None = None
    highlights: list[str] = field(default_factory=list[str])


@dataclass
class EducationView:
    """What somebody studied, without when."""

    institution: str | None = None
    degree: str | None = None
    area: str | None = None


@dataclass
class ProfileView:
    """A career without name, contact data, photo and dates of study.

    A plain record: each hit of each page is read into one.
    """

    candidate_id: str
    revision: int
    headline: str
    summary: str | None = None
    place: str | None = None
    country_code: str | None = None
    years: float | None = None
    seniority: Seniority | None = None
    top_skills: list[str] = field(default_factory=list[str])
    skills: list[str] = field(default_factory=list[str])
    positions: list[PositionView] = field(default_factory=list[PositionView])
    education: list[EducationView] = field(default_factory=list[EducationView])
    certificates: list[str] = field(default_factory=list[str])
    languages: list[str] = field(default_factory=list[str])
    do_not_contact: bool = False


class SimilarProfile(BaseModel):
    """A similar person and what makes them so."""

    hit: Hit
    shared_skills: list[str]
    shared_occupations: list[str]
    why: str


class SimilarPage(BaseModel):
    candidate_id: str
    similar: list[SimilarProfile]
    elsewhere: ToldElsewhere = Field(default_factory=list)


class IndexStatus(BaseModel):
    """How far the index is; ``pending`` is None when the candidates unit did not answer."""

    indexed_seq: int
    candidates: int
    caught_up: bool
    pending: bool | None = None
    behind: int | None = Field(default=None, description="changes that are not searchable yet, where known")
    coverage: float | None = Field(
        default=None,
        description="the share of all people whose likeness in meaning is known; null: it never ranks",
    )
    note: str = ""
