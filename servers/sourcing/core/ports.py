"""What the core needs: requirements, a search engine, a place to keep searches, somebody to tell."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from pydantic import BaseModel, Field

from servers.sourcing.core.leads import Market, MarketQuestion
from servers.sourcing.core.models import Brought, FindCandidatesResult, PlannedQuery, Search
from shared.wire.facts import Shortlisted
from shared.wire.ranking import ApprovedRanking
from shared.wire.requirements import Requirements, RequirementsRef
from shared.wire.standing import Stage

SKILL_CLAUSES = frozenset({"prefer.skills", "filters.skills", "filters.skill_groups"})
OCCUPATION_CLAUSE = "prefer.occupations"
"""Every planned query prefers the role's own occupations, while its filters may name neighbouring ones."""


class Matched(BaseModel):
    """A clause of the query that a hit satisfies, and what in the profile shows it."""

    clause: str
    passages: list[str] = Field(default_factory=list)


class FoundPerson(BaseModel):
    """Somebody found, with what the hit tells of their profile: years of work, some skills by name."""

    candidate_id: str
    score: float = 0.0
    years: float | None = None
    top_skills: list[str] = Field(default_factory=list)
    matched: list[Matched] = Field(default_factory=list[Matched])

    @property
    def skills(self) -> list[str]:
        """The skills that the hit names: the ones shown most often, and those that were asked for."""
        asked = (text for one in self.matched if one.clause in SKILL_CLAUSES for text in one.passages)
        return list(dict.fromkeys([*self.top_skills, *asked]))

    @property
    def in_occupation(self) -> bool:
        """Whether the hit shows a position in an occupation of the role."""
        return any(one.clause == OCCUPATION_CLAUSE for one in self.matched)


class FoundPeople(BaseModel):
    """A page of people, best first; ``total`` counts all who match and were not excluded."""

    hits: list[FoundPerson] = Field(default_factory=list[FoundPerson])
    total: int = 0


class Sources(Protocol):
    """Other units."""

    async def requirements(self, ref: RequirementsRef) -> Requirements:
        """Return a stored revision. Raises NotFound."""
        ...

    async def people(self, query: PlannedQuery, exclude: list[str], limit: int) -> FoundPeople:
        """Run one query without the people in ``exclude``, nor those who are not to be contacted."""
        ...

    async def findable(self, candidate_ids: list[str]) -> set[str]:
        """Return who of these may still be found: not deleted, private or not to be contacted."""
        ...

    async def stages(self, project_id: str) -> dict[str, Stage]:
        """Return where people stand in the project, by the ids they had when they were moved, the latest first."""
        ...

    async def remaining(self, candidate_ids: Sequence[str]) -> dict[str, str]:
        """Return, of those who were merged into somebody else, who remains of them, by their ids."""
        ...

    async def runners_up(self, project_id: str) -> list[str]:
        """Return who got far in other projects and was not hired, the latest first."""
        ...

    async def ranking(self, project_id: str) -> ApprovedRanking:
        """Return how the project's people are to be ranked."""
        ...

    async def listed(self, ref: RequirementsRef) -> list[Shortlisted]:
        """Return the whole shortlist of a revision, best first, also beyond what a fact names."""
        ...

    async def market(self, question: MarketQuestion) -> Market:
        """Return what insights tell of a market; what cannot be asked is named in it and no error."""
        ...


class Book(Protocol):
    """One tenant's searches within one transaction."""

    async def search(self, search_id: str) -> Search | None: ...

    async def newest(self, project_id: str, revision: int | None) -> Search | None:
        """Return the newest search of a project (and revision)."""
        ...

    async def brought(self, search_id: str) -> list[Brought]:
        """Return everybody the search brought, in order, with verdicts as they were stored."""
        ...

    async def shown(self, project_id: str) -> list[str]:
        """Return everybody any search of the project ever handed on."""
        ...

    async def found(self, search_id: str, round: int, offset: int, limit: int) -> list[str]:
        """Return whom a round handed on; the first one also whom earlier searches did, unless they are left out."""
        ...

    async def answer(self, request_hash: str) -> FindCandidatesResult | None:
        """Return what an equal request was answered, or None."""
        ...

    async def answers(self, search_id: str) -> list[FindCandidatesResult]:
        """Return all rounds' answers in order."""
        ...

    async def save(
        self,
        search: Search,
        brought: list[Brought],
        judged: list[Brought],
        request_hash: str,
        result: FindCandidatesResult,
    ) -> None:
        """Store a round: who is new, and whose verdicts are. Raises Conflict when somebody else stored it meanwhile."""
        ...


class Shelf(Protocol):
    """Opens books."""

    def begin(self, tenant: str) -> AbstractAsyncContextManager[Book]: ...


class Reporter(Protocol):
    """Somebody who watches the work."""

    async def running(self, label: str, done: int, total: int) -> None: ...

    async def ran(self, label: str, brought: int, why: str, done: int, total: int) -> None: ...
