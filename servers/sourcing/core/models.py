"""What the skills take and return, and what a search keeps."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shared.wire.facts import CandidatesFound, ShortlistCurrent
from shared.wire.ranking import RankingWeights
from shared.wire.requirements import Requirements, RequirementsRef

BATCH = 25
MOST_AT_ONCE = 2_000
EARLIER = "skills_any"
"""What stored plans of an earlier release call ``skills``."""
MOST_PEOPLE = 5_000
"""So many people are handed on for a project at most."""

QueryStatus = Literal["open", "dry", "set_aside"]
Aim = Literal["precise", "balanced", "broad"]
"""What a recruiter would rather have: few people who surely match, or many of whom some do."""


class SearchArguments(BaseModel):
    """Arguments of ``recruiter_search.search_candidates``, as far as sourcing uses them."""

    model_config = ConfigDict(frozen=True)

    text: str | None = None
    filters: dict[str, Any] = Field(default_factory=dict)
    prefer: dict[str, Any] = Field(default_factory=dict)
    exclude: dict[str, Any] = Field(default_factory=dict)
    ranking: RankingWeights = RankingWeights()

    @field_validator("filters", mode="before")
    @classmethod
    def _as_it_is_called_now(cls, filters: Any) -> Any:
        """Read plans that were stored when the skills one of which is enough had a name of their own."""
        if not isinstance(filters, dict) or EARLIER not in filters:
            return filters
        given: dict[str, Any] = filters
        return {"skills" if name == EARLIER else name: value for name, value in given.items()}


class PlannedQuery(BaseModel):
    """One search of the plan: what it asks, why, and what it gave up against the strictest one.

    The kind of search is what its id says before the first colon. With ``similar_to`` it asks for people with
    a career like this candidate's, within the filters.
    """

    id: str
    label: str
    why: str
    arguments: SearchArguments
    similar_to: str | None = None
    relaxed: list[str] = Field(
        default_factory=list, description="ids of qualifications it does not insist on"
    )

    def ranked(self, weights: RankingWeights) -> "PlannedQuery":
        """Return the query with what it finds ranked by these weights."""
        arguments = self.arguments.model_copy(update={"ranking": weights})
        return self.model_copy(update={"arguments": arguments})


class SearchState(BaseModel):
    """Fact ``sourcing.state``: which search goes on, and how far it is."""

    search_id: str
    round: int = Field(ge=0)


class FindCandidatesRequest(BaseModel):
    """Find the next people for a role.

    ``requirements`` is an approved revision, or the document itself for a caller without a project.
    ``feedback`` is the shortlist as it stands; with it the searches are refined.
    """

    requirements: RequirementsRef | Requirements
    feedback: ShortlistCurrent | None = None
    state: SearchState | None = None
    batch: int = Field(
        default=BATCH, ge=1, le=MOST_AT_ONCE, description="how many new people at most this round"
    )
    aim: Aim | None = Field(
        default=None,
        description="precise: stop early rather than hand on people who hardly match; broad: go on while a few do; "
        "as before if omitted, balanced at first",
    )


class QueryReport(BaseModel):
    """What one search brought, in this round and in all."""

    id: str
    label: str
    why: str
    status: QueryStatus
    brought: int = Field(description="new people this round")
    brought_in_all: int = 0
    good: int = Field(default=0, description="of those, how many evaluation found to match well")
    judged: int = Field(
        default=0, description="evaluated people that it finds, whichever search handed them on"
    )
    judged_good: int = Field(default=0, description="of those, how many match well")
    expected: float | None = Field(
        default=None, description="how likely its next person is believed to match well, 0 to 1"
    )
    note: str = ""


class FindCandidatesResult(BaseModel):
    """New people, the state to pass next time, and what was done and why."""

    found: CandidatesFound
    state: SearchState
    exhausted: bool = Field(description="whether nobody further can be found for these requirements")
    reason: str = Field(default="", description="why it is exhausted, or empty")
    queries: list[QueryReport] = Field(default_factory=list[QueryReport])
    changes: list[str] = Field(default_factory=list, description="what was changed for this round, and why")
    summary: str = ""


class GetFoundRequest(BaseModel):
    """Read whom one round of a search handed on, page by page."""

    search_id: str
    round: int = Field(ge=1)
    offset: int = Field(default=0, ge=0)
    limit: int = Field(default=500, ge=1, le=1_000)


class GetFoundResult(BaseModel):
    """Candidates in the order in which they were handed on; ``more`` says go on."""

    candidate_ids: list[str]
    more: bool = False


class ExplainSearchRequest(BaseModel):
    """Ask for the story of a search: by its id, or the newest one of a project."""

    search_id: str | None = None
    project_id: str | None = None


class RoundReport(BaseModel):
    """One round as it was answered."""

    round: int
    summary: str
    changes: list[str]
    queries: list[QueryReport]


class ExplainSearchResult(BaseModel):
    """Which searches ran, what each brought, and why they changed."""

    search_id: str
    project_id: str
    revision: int
    aim: Aim = "balanced"
    exhausted: bool
    reason: str
    shown: int = Field(description="people handed on so far")
    queries: list[QueryReport]
    rounds: list[RoundReport]
    text: str


class RunningQuery(BaseModel):
    """A planned query with what became of it; ``rank`` is its place in the plan, lowest first.

    ``lax`` says that it does not insist on what few of the evaluated people could show.
    """

    planned: PlannedQuery
    rank: int
    added_round: int
    status: QueryStatus = "open"
    brought: int = 0
    lax: bool = False
    note: str = ""


class Search(BaseModel):
    """A search for one revision of requirements, across its rounds."""

    search_id: str
    project_id: str
    revision: int
    requirements: Requirements
    round: int = 0
    exhausted: bool = False
    reason: str = ""
    seed: int = Field(default=0, description="what chance is drawn from; the same seed chooses alike")
    aim: Aim = "balanced"
    ranking: RankingWeights = Field(
        default=RankingWeights(), description="what ranks otherwise than usual, as a person approved it"
    )
    left_out: list[str] = Field(
        default_factory=list,
        description="found for the project before and not handed on again: rejected, withdrawn, not to be contacted",
    )
    notes: list[str] = Field(default_factory=list, description="what the plan had to do without, and why")
    queries: list[RunningQuery] = Field(default_factory=list[RunningQuery])

    def query(self, query_id: str) -> RunningQuery | None:
        """Return the query with this id, or None."""
        return next((q for q in self.queries if q.planned.id == query_id), None)


class Brought(BaseModel):
    """Somebody a query found and handed on; ``found_by`` names all queries that had them among their next people.

    ``shows`` says what the profile shows of what is asked for, as the search's hits told; None where they were
    not read for it. ``good`` says whether evaluation found them to match well; None before it did.
    """

    candidate_id: str
    query_id: str
    round: int
    rank: int
    score: float
    found_by: list[str] = Field(default_factory=list)
    shows: list[str] | None = None
    good: bool | None = None

    @property
    def finders(self) -> list[str]:
        """The ids of all queries that found them."""
        return self.found_by or [self.query_id]
