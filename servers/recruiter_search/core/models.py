"""What callers ask: one typed query for everybody, and the table of all filters.

A field of ``Filters`` is a filter: its type is what it takes, its ``Rule`` how it becomes a condition and
how a hit shows that it holds, its description what callers read. Nothing else lists the filters.
"""

from functools import cache
from typing import Annotated, Literal, get_args

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from servers.recruiter_search.core.ranking import Ranking
from servers.recruiter_search.core.reading import (
    attended,
    companies,
    degrees,
    earlier,
    held_since,
    industries,
    newest,
    passages,
    places,
    titles,
    years,
)
from servers.recruiter_search.core.rules.base import Rule
from servers.recruiter_search.core.rules.elsewhere import EmployerFigure, StandsIn
from servers.recruiter_search.core.rules.plain import (
    AtLeast,
    AtMost,
    Choice,
    Countries,
    DaysSince,
    Degree,
    Known,
    MonthsSince,
    Placed,
    Text,
    Yes,
)
from servers.recruiter_search.core.rules.positions import Around, OnePosition
from servers.recruiter_search.core.rules.skills import Skilled, SkillGroups, Spoken
from servers.recruiter_search.core.rules.times import Timed
from servers.recruiter_search.core.values import (
    Experience,
    InStage,
    KnownGrowth,
    KnownHeadcount,
    LanguageFilter,
    Near,
    PositionFilter,
    Strict,
)
from shared.wire.profile import SourceKind
from shared.wire.requirements import DegreeLevel, Seniority, WorkMode
from shared.wire.standing import EngagementKind

DEGREES: tuple[DegreeLevel, ...] = get_args(DegreeLevel)
SENIORITY: tuple[Seniority, ...] = get_args(Seniority)
WORK_MODES: tuple[WorkMode, ...] = get_args(WorkMode)
OPEN_TO_WORK = "open_to_work"
Barred = Literal["do_not_contact", "private"]
"""Marks of people who are found only where a query asks for them."""
Sort = Literal["relevance", "years_desc", "years_asc"]

_TITLE = Text(field="title", word="title", weight=2.0, reads=lambda v: [v.headline, *titles(v.positions)])
_OCCUPATION = Known(
    field="occupations", kind="occupation", word="occupation", otherwise="title", timed=True,
    reads=lambda v: titles(v.positions),
)  # fmt: skip
_OCCUPATION_NOW = Known(
    field="current_occupations", kind="occupation", word="current_occupation", otherwise="current_title",
    reads=lambda v: titles(newest(v)),
)  # fmt: skip
_OCCUPATION_BEFORE = Known(
    field="past_occupations", kind="occupation", word="past_occupation", otherwise="past_title",
    reads=lambda v: titles(earlier(v)),
)  # fmt: skip
_FUNCTION = Known(
    field="functions", kind="function", word="function", timed=True, reads=lambda v: titles(v.positions)
)
_FUNCTION_NOW = Known(
    field="current_functions", kind="function", word="current_function", reads=lambda v: titles(newest(v))
)
_INDUSTRY = Known(
    field="industries", kind="industry", word="industry", weight=0.5, timed=True,
    reads=lambda v: industries(v.positions),
)  # fmt: skip
_INDUSTRY_NOW = Known(
    field="current_industries", kind="industry", word="current_industry",
    reads=lambda v: industries(newest(v)),
)  # fmt: skip


class Filters(Strict):
    """What may hold of a person. Lists are alternatives unless they say otherwise.

    The same fields serve as ``filters`` (must hold), ``exclude`` (must not) and ``prefer`` (ranks higher).
    """

    # Words of titles and employers.
    titles: Annotated[list[str], _TITLE] = Field(
        default_factory=list, description="words of any title, side by side"
    )
    current_titles: Annotated[
        list[str],
        Text(field="current_title", word="current_title", reads=lambda v: titles(newest(v)) or [v.headline]),
    ] = Field(default_factory=list, description="words of the newest position's title")
    past_titles: Annotated[
        list[str], Text(field="past_title", word="past_title", reads=lambda v: titles(earlier(v)))
    ] = Field(default_factory=list, description="words of an earlier title")
    companies: Annotated[
        list[str], Text(field="company", word="company", reads=lambda v: companies(v.positions))
    ] = Field(default_factory=list, description="words of any employer's name")
    current_companies: Annotated[
        list[str],
        Text(field="current_company", word="current_company", reads=lambda v: companies(newest(v))),
    ] = Field(default_factory=list, description="words of the newest employer's name")
    past_companies: Annotated[
        list[str], Text(field="past_company", word="past_company", reads=lambda v: companies(earlier(v)))
    ] = Field(default_factory=list, description="words of an earlier employer's name")
    headline: Annotated[list[str], Text(field="headline", word="headline", reads=lambda v: [v.headline])] = (
        Field(default_factory=list, description="words of the headline")
    )
    words: Annotated[list[str], Text(field="everything", word="words", reads=passages)] = Field(
        default_factory=list, description="words anywhere, side by side"
    )

    # Kinds of work.
    occupations: Annotated[list[str], _OCCUPATION] = Field(
        default_factory=list, description="taxonomy ids or titles, ever held"
    )
    current_occupations: Annotated[list[str], _OCCUPATION_NOW] = Field(
        default_factory=list, description="held in the newest position"
    )
    past_occupations: Annotated[list[str], _OCCUPATION_BEFORE] = Field(
        default_factory=list, description="held before the newest position"
    )
    functions: Annotated[list[str], _FUNCTION] = Field(
        default_factory=list, description="ever worked in, such as software, sales, healthcare"
    )
    current_functions: Annotated[list[str], _FUNCTION_NOW] = Field(
        default_factory=list, description="function of the newest position"
    )
    seniority: Annotated[
        list[Seniority],
        Choice(field="seniority", word="seniority", among=SENIORITY, reads=lambda v: titles(newest(v))),
    ] = Field(default_factory=list, description="of the newest position")
    industries: Annotated[list[str], _INDUSTRY] = Field(
        default_factory=list, description="taxonomy ids or names, ever worked in"
    )
    current_industries: Annotated[list[str], _INDUSTRY_NOW] = Field(
        default_factory=list, description="of the newest position"
    )
    work_modes: Annotated[list[WorkMode], Choice(field="work_modes", word="work_mode", among=WORK_MODES)] = (
        Field(default_factory=list, description="worked in so, as positions state it")
    )
    positions: Annotated[list[PositionFilter], OnePosition(weight=2.0)] = Field(
        default_factory=list,
        description="each held as one and the same position: engineer AND at this company",
    )

    # Time.
    min_years: Annotated[float | None, AtLeast(number="years", word="years", reads=years)] = Field(
        default=None, ge=0, le=60, description="years of work, overlaps once"
    )
    max_years: Annotated[float | None, AtMost(number="years", reads=years)] = Field(
        default=None, ge=0, le=60, description="years of work, overlaps once"
    )
    min_months_in_role: Annotated[
        int | None, MonthsSince(number="role_since", least=True, word="months_in_role", reads=held_since)
    ] = Field(default=None, ge=1, le=720, description="in the present position")
    max_months_in_role: Annotated[
        int | None, MonthsSince(number="role_since", least=False, reads=held_since)
    ] = Field(default=None, ge=1, le=720, description="in the present position")
    min_months_in_company: Annotated[
        int | None,
        MonthsSince(number="company_since", least=True, word="months_in_company", reads=held_since),
    ] = Field(default=None, ge=1, le=720, description="with the present employer, in any position")
    max_months_in_company: Annotated[
        int | None, MonthsSince(number="company_since", least=False, reads=held_since)
    ] = Field(default=None, ge=1, le=720, description="with the present employer, in any position")
    min_months_per_company: Annotated[
        int | None, AtLeast(number="months_per_company", word="months_per_company")
    ] = Field(default=None, ge=1, le=720, description="that somebody stays with an employer on average")
    occupation_years: Annotated[list[Experience], Timed(kind="occupation")] = Field(
        default_factory=list, description="occupations with how long and how recently"
    )
    function_years: Annotated[list[Experience], Timed(kind="function")] = Field(
        default_factory=list, description="functions with how long and how recently"
    )
    industry_years: Annotated[list[Experience], Timed(kind="industry")] = Field(
        default_factory=list, description="industries with how long and how recently"
    )

    # Skills, languages, learning.
    skills: Annotated[list[str | Experience], Skilled(word="skill")] = Field(
        default_factory=list,
        description="taxonomy ids or names, or with how long and how recently; at least one",
    )
    skills_all: Annotated[list[str | Experience], Skilled(every=True)] = Field(
        default_factory=list, description="the same; every one, itself or something proving it"
    )
    skill_groups: Annotated[list[list[str]], SkillGroups(of_one=Skilled())] = Field(
        default_factory=list, description="of each inner list at least one skill"
    )
    languages: Annotated[list[LanguageFilter], Spoken(word="language")] = Field(
        default_factory=list, description="every one"
    )
    schools: Annotated[list[str], Text(field="school", word="school", reads=attended)] = Field(
        default_factory=list, description="words of a school's name"
    )
    degree: Annotated[DegreeLevel | None, Degree(word="degree", among=DEGREES, reads=degrees)] = Field(
        default=None, description="at least this degree"
    )
    fields_of_study: Annotated[
        list[str],
        Known(field="fields_of_study", kind="field_of_study", word="field_of_study", reads=degrees),
    ] = Field(default_factory=list, description="taxonomy ids or names")
    certificates: Annotated[
        list[str],
        Known(field="certificates", kind="certificate", word="certificate", reads=lambda v: v.certificates),
    ] = Field(default_factory=list, description="taxonomy ids or names; at least one")
    certificate_issuers: Annotated[list[str], Text(field="issuer", word="issuer")] = Field(
        default_factory=list, description="words of the name of who gave a certificate"
    )

    # Places.
    locations: Annotated[list[str], Placed(field="places", word="location", reads=places)] = Field(
        default_factory=list, description="cities, regions or countries of residence, as text"
    )
    countries: Annotated[list[str], Countries(word="country", reads=places)] = Field(
        default_factory=list,
        description="ISO 3166-1 alpha-2 codes or names; ZZ: the profile names no place",
    )
    near: Annotated[Near | None, Around(word="near", reads=places)] = Field(
        default=None, description="a city and its surroundings"
    )
    worked_in: Annotated[
        list[str],
        Placed(
            field="worked_in",
            word="worked_in",
            reads=lambda v: [p.location for p in v.positions if p.location],
        ),
    ] = Field(default_factory=list, description="cities, regions or countries that a position names")

    # What other units know, asked when it is searched.
    known_headcount: Annotated[
        KnownHeadcount | None,
        EmployerFigure(of=KnownHeadcount, word="known_headcount", reads=lambda v: companies(newest(v))),
    ] = Field(
        default=None,
        description="of the newest employer: how many people known here work there, not its true size",
    )
    known_growth: Annotated[
        KnownGrowth | None,
        EmployerFigure(of=KnownGrowth, word="known_growth", reads=lambda v: companies(newest(v))),
    ] = Field(default=None, description="of that number, in twelve months")
    stage: Annotated[InStage | None, StandsIn(word="stage")] = Field(
        default=None, description="in a project's pipeline now"
    )

    # The record itself and what happened with it.
    open_to_work: Annotated[bool | None, Yes(field="flags", mark=OPEN_TO_WORK, word="open_to_work")] = Field(
        default=None, description="whether headline or summary say so"
    )
    sources: Annotated[
        list[SourceKind], Choice(field="sources", word="source", among=get_args(SourceKind))
    ] = Field(default_factory=list, description="kinds of source that the record was made of")
    warnings: Annotated[list[str], Choice(field="flags", word="warning")] = Field(
        default_factory=list, description="marks of the record, such as hidden_text or little_information"
    )
    changed_within_days: Annotated[int | None, DaysSince(number="changed_on", word="changed_within_days")] = (
        Field(default=None, ge=0, le=3660, description="days since the record last changed")
    )
    contacted: Annotated[bool | None, Yes(field="engagement", mark="contacted", word="contacted")] = Field(
        default=None, description="whether the organisation ever wrote or spoke to them"
    )
    contacted_within_days: Annotated[
        int | None, DaysSince(number="contacted_on", word="contacted_within_days")
    ] = Field(default=None, ge=0, le=3660, description="days since they were last contacted")
    engagement: Annotated[
        list[EngagementKind], Choice(field="engagement", word="engagement", among=get_args(EngagementKind))
    ] = Field(
        default_factory=list,
        description="what ever happened with them, such as replied, applied, withdrawn, hired",
    )
    engaged_in_projects: Annotated[list[str], Choice(field="engagement", word="engaged_in_project")] = Field(
        default_factory=list, description="ids of projects in which something happened with them"
    )
    candidate_ids: Annotated[list[str], Choice(field="candidate_id", word="candidate_id")] = Field(
        default_factory=list, max_length=5000, description="only these"
    )
    exclude_candidate_ids: SkipJsonSchema[list[str]] = Field(
        default_factory=list,
        max_length=5000,
        description="as ``exclude.candidate_ids``; what callers once sent",
    )


class SearchQuery(Strict):
    """One query: what to look for, what must and must not hold, what is liked."""

    text: str | None = Field(default=None, max_length=4000, description="free text; most of its words count")
    expression: str | None = Field(default=None, description="boolean language")
    filters: Filters = Field(default_factory=Filters)
    exclude: Filters = Field(default_factory=Filters)
    prefer: Filters = Field(default_factory=Filters)
    include: list[Barred] = Field(
        default_factory=list,
        description="people who are not found otherwise: who asked not to be contacted, private records",
    )
    sort: Sort = "relevance"
    ranking: Ranking | None = Field(default=None, description="other weights of what ranks than the usual")


@cache
def rules() -> dict[str, Rule]:
    """Return every filter's rule by the filter's name."""
    found = {name: info.metadata for name, info in Filters.model_fields.items()}
    return {name: one for name, metadata in found.items() for one in metadata if isinstance(one, Rule)}


@cache
def language_fields() -> dict[str, tuple[str, Rule]]:
    """Return the fields of the boolean language: each with what it means and its filter's rule."""
    described = {name: info.description or "" for name, info in Filters.model_fields.items()}
    return {rule.word: (described[name], rule) for name, rule in rules().items() if rule.word}
