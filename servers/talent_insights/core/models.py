"""What the questions answer. A figure that is null would tell of fewer than k people, one way or another."""

from typing import Any, Literal

from pydantic import BaseModel, Field

PeopleDimension = Literal[
    "skill", "occupation", "function", "seniority", "country", "region", "place", "company", "work_mode"
]
WorkDimension = Literal["company", "function", "occupation", "seniority", "country", "place"]
PlaceLevel = Literal["place", "region", "country"]
PayDimension = Literal["occupation", "function", "seniority", "country", "place"]
RemoteDimension = Literal["occupation", "function", "seniority", "country", "company"]
FlowKind = Literal["company", "place"]
Within = Literal[12, 24, 36]


class Basis(BaseModel):
    """What a figure stands on."""

    as_of: str = Field(description="ISO date on which it was counted")
    about: str = Field(description="whom it is about, in words")
    n: int | None = Field(
        default=None, description="people or, where it says so, postings it was counted from"
    )
    how: str = Field(description="how it was computed")
    k: int = Field(description="no figure tells of fewer people than this")
    noise: int = Field(
        default=0,
        description="counts of people are off by up to this much, on purpose, by nothing on average",
    )
    hidden: int = Field(
        default=0, description="groups left out, since they would tell of fewer than k people"
    )
    complete: bool = Field(description="false while the pool is still being read: figures are too low")
    note: str = ""


class Group(BaseModel):
    value: str = Field(description="what to filter by")
    label: str = Field(description="what to show")


class SupplyGroup(Group):
    people: int
    share: float = Field(description="of the people asked about; groups of skills overlap")
    open_postings: int
    people_per_posting: float | None = Field(description="supply to demand; null where no posting is open")


class Supply(BaseModel):
    """Supply, demand and their ratio."""

    basis: Basis
    people: int | None
    open_postings: int
    posted_last_year: int
    people_per_posting: float | None
    groups: list[SupplyGroup] = []


class RemoteGroup(Group):
    people: int = Field(description="all of them, remote or not")
    remote: int
    share: float = Field(description="remote people by all of them")
    open_postings: int
    remote_postings: int
    posted_share: float | None = Field(description="remote postings by open ones; null where none is open")


class RemoteShare(BaseModel):
    """How much work is remote, and how much is on offer as such."""

    basis: Basis
    people: int | None
    remote: int | None
    share: float | None
    open_postings: int
    remote_postings: int
    posted_share: float | None
    groups: list[RemoteGroup] = []


class TimePoint(BaseModel):
    month: str = Field(description="such as 2026-04")
    people: int | None = Field(description="at work in that month")
    posted: int = Field(description="postings of the half-year up to that month")


class SupplyOverTime(BaseModel):
    basis: Basis
    points: list[TimePoint]


class Flow(BaseModel):
    origin: Group
    target: Group
    people: int


class Exchange(BaseModel):
    """What one side wins from and loses to another."""

    other: Group
    won: int | None
    lost: int | None
    net: int | None


class Flows(BaseModel):
    basis: Basis
    flows: list[Flow] = Field(default=[], description="the largest, where no focus was given")
    exchanges: list[Exchange] = Field(default=[], description="with each other side, where a focus was given")


class Workforce(Group):
    """One employer, function or place: people now and a year before, and the rates between."""

    headcount: int
    headcount_before: int | None = Field(description="twelve months before")
    growth: float | None = Field(description="0.1 is ten per cent in twelve months")
    hired: int | None
    departed: int | None
    hiring_rate: float | None = Field(description="hired, by the mean of both headcounts")
    attrition_rate: float | None = Field(description="departed, by the mean of both headcounts")
    median_tenure_months: float | None = Field(description="of who is there now, so far")


class WorkforceTrends(BaseModel):
    basis: Basis
    groups: list[Workforce]


class EmployersWithin(BaseModel):
    """Employers whose figures lie within limits."""

    basis: Basis
    employers: list[str] = Field(description="their names in lower case, without a legal form")
    told: int = Field(
        description="employers that figures may be told of at all; the others have fewer than k people"
    )


class Layoff(Group):
    """Where far more people left their employer in one month than in others: at one employer, function or place."""

    month: str
    departed: int
    share: float = Field(description="of those who worked there in that month")
    usual: float | None = Field(description="a month in the thirty before; null where too few left to say")


class Signals(BaseModel):
    """Where people may be ready to move, and where growth takes them."""

    basis: Basis
    layoffs: list[Layoff]
    fast_growth: list[Workforce]


class Pipeline(BaseModel):
    school: Group
    occupation: Group
    people: int
    share: float = Field(description="of the people asked about")


class SchoolPipelines(BaseModel):
    basis: Basis
    pipelines: list[Pipeline]


class AdjacentSkill(Group):
    people: int = Field(description="who have both")
    share: float = Field(description="of who have the skill asked about")
    lift: float = Field(description="how much more often than in the whole pool")


class AdjacentSkills(BaseModel):
    basis: Basis
    skills: list[AdjacentSkill]


class EmergingSkill(Group):
    lately: int = Field(description="people whose work first shows it in the last twelve months")
    earlier: int | None = Field(description="in the twelve before; null for fewer than k")
    times: float = Field(description="lately by earlier; at least this where earlier is null")


class EmergingSkills(BaseModel):
    basis: Basis
    skills: list[EmergingSkill]


class Change(BaseModel):
    """What one change of the question does to the pool."""

    change: str = Field(description="such as: drop Kubernetes")
    people: int | None
    gained: int | None = Field(description="more people than now, or fewer if negative")


class WhatIf(BaseModel):
    """How many people meet all conditions, and how many would if one were changed."""

    basis: Basis
    people: int | None
    relax: list[Change]
    relax_two: list[Change] = Field(
        default=[],
        description="two dropped at once, where that gains k people more than both one by one do, most first",
    )
    tighten: list[Change]


class PlaceToHire(Group):
    people: int
    share: float
    open_postings: int
    people_per_posting: float | None
    score: float = Field(description="people × people ÷ (people + ten times the open postings), best first")
    pay: list["PayGroup"] = Field(default=[], description="what postings there pay, where enough state it")


class BestPlaces(BaseModel):
    basis: Basis
    places: list[PlaceToHire]


class PayGroup(Group):
    currency: str
    postings: int
    lower: float = Field(description="a quarter of the postings pay less, a year, middle of the range")
    median: float
    upper: float = Field(description="a quarter pay more")
    since: str
    until: str


class Pay(BaseModel):
    basis: Basis
    groups: list[PayGroup]


class RoleMarket(BaseModel):
    """What the market says of one role. Fact ``role.market``."""

    asked_as: dict[str, Any] = Field(description="the role as it was counted; other tools take it as segment")
    not_counted: list[str] = Field(description="demands that cannot be counted: the people are more than fit")
    pool: WhatIf
    open_postings: int
    people_per_posting: float | None
    best_places: list[PlaceToHire] = Field(description="wherever the role is, best first")
    pay: list[PayGroup] = Field(description="what postings for such work pay, by country")


class RoleMarketAnswer(BaseModel):
    market: RoleMarket


class InsightStatus(BaseModel):
    """How far the pool and the postings are counted."""

    people: int
    postings: int
    open_postings: int
    people_seq: int
    postings_seq: int
    caught_up: bool
    people_behind: int | None = Field(description="changes still to read; null where it is not known")
    postings_behind: int | None
    k: int
    note: str = ""
