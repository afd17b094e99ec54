"""What callers ask and get: one typed query for everybody, and its results."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.wire.requirements import DegreeLevel, LanguageLevel, Seniority

FacetName = Literal[
    "skills",
    "occupations",
    "seniority",
    "countries",
    "places",
    "industries",
    "languages",
    "degree",
    "years",
    "current_company",
]
Sort = Literal["relevance", "years_desc", "years_asc"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LanguageFilter(_Strict):
    """A language, spoken at least at a level. Profiles that state no level count as B2."""

    code: str = Field(description="ISO 639-1 code, such as de")
    at_least: LanguageLevel | None = None


class Filters(_Strict):
    """What a hit must satisfy. Lists are alternatives unless they say otherwise."""

    occupations: list[str] = Field(default_factory=list, description="taxonomy ids or titles, ever held")
    current_occupations: list[str] = Field(default_factory=list, description="held in the newest position")
    skills_all: list[str] = Field(
        default_factory=list, description="taxonomy ids or names; every one, itself or something proving it"
    )
    skills_any: list[str] = Field(default_factory=list, description="taxonomy ids or names; at least one")
    skill_groups: list[list[str]] = Field(
        default_factory=list, description="of each inner list at least one skill"
    )
    locations: list[str] = Field(default_factory=list, description="cities, regions or countries, as text")
    countries: list[str] = Field(
        default_factory=list,
        description="ISO 3166-1 alpha-2 codes; ZZ for people whose profile names no place",
    )
    min_years: float | None = Field(default=None, ge=0, le=60, description="years of work, overlaps once")
    max_years: float | None = Field(default=None, ge=0, le=60)
    seniority: list[Seniority] = Field(default_factory=list[Seniority])
    languages: list[LanguageFilter] = Field(default_factory=list[LanguageFilter], description="every one")
    degree: DegreeLevel | None = Field(default=None, description="at least this degree")
    fields_of_study: list[str] = Field(default_factory=list, description="taxonomy ids or names")
    certificates: list[str] = Field(default_factory=list, description="taxonomy ids or names; at least one")
    industries: list[str] = Field(default_factory=list, description="taxonomy ids or names")
    candidate_ids: list[str] = Field(default_factory=list, max_length=500, description="only these")
    exclude_candidate_ids: list[str] = Field(default_factory=list, max_length=5000)
    include_do_not_contact: bool = Field(
        default=False, description="also people who asked not to be contacted; off by default"
    )


class Preferences(_Strict):
    """What ranks a hit higher without being a condition."""

    skills: list[str] = Field(default_factory=list, description="taxonomy ids or names")
    occupations: list[str] = Field(default_factory=list, description="taxonomy ids or titles")
    titles: list[str] = Field(default_factory=list, description="words of titles")
    industries: list[str] = Field(default_factory=list, description="taxonomy ids or names")
    locations: list[str] = Field(default_factory=list, description="cities, regions or countries, as text")


class SearchQuery(_Strict):
    """One query: what to look for, what must hold, what is liked."""

    text: str | None = Field(default=None, max_length=4000, description="free text; most of its words count")
    expression: str | None = Field(
        default=None,
        description='boolean: AND OR NOT, "phrases", brackets, prefix*, field:value with '
        "title, current_title, company, current_company, past_company, school, skill, occupation, degree, "
        "field_of_study, certificate, language, industry, seniority, location",
    )
    filters: Filters = Field(default_factory=Filters)
    prefer: Preferences = Field(default_factory=Preferences)
    sort: Sort = "relevance"


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
    highlights: list[str] = Field(default_factory=list, description="sentences that match the query")


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
    total: int
    facets: list[Facet] = Field(default_factory=list[Facet])
    next_cursor: str | None = None
    indexed_seq: int = Field(description="changes of the pool up to this one are searched")
    unresolved: list[str] = Field(default_factory=list)


class FacetCounts(BaseModel):
    """Counts over all hits of a query."""

    total: int
    facets: list[Facet]
    unresolved: list[str] = Field(default_factory=list)


class PositionView(BaseModel):
    title: str | None = None
    company: str | None = None
    location: str | None = None
    industry: str | None = None
    start: str | None = None
    end: str | None = None
    current: bool = False
    summary: str | None = None
    highlights: list[str] = Field(default_factory=list)


class EducationView(BaseModel):
    institution: str | None = None
    degree: str | None = None
    area: str | None = None


class ProfileView(BaseModel):
    """A career without name, contact data, photo and dates of study."""

    candidate_id: str
    revision: int
    headline: str
    summary: str | None = None
    place: str | None = None
    country_code: str | None = None
    years: float | None = None
    seniority: Seniority | None = None
    top_skills: list[str] = Field(default_factory=list)
    skills: list[str] = Field(default_factory=list)
    positions: list[PositionView] = Field(default_factory=list[PositionView])
    education: list[EducationView] = Field(default_factory=list[EducationView])
    certificates: list[str] = Field(default_factory=list)
    languages: list[str] = Field(default_factory=list)
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


class IndexStatus(BaseModel):
    """How far the index is; ``pending`` is None when the candidates unit did not answer."""

    indexed_seq: int
    candidates: int
    caught_up: bool
    pending: bool | None = None
    note: str = ""


Limit = Annotated[int, Field(ge=1, le=100)]
