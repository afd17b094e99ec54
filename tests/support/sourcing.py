"""A sourcing agent's surroundings in memory: a shelf, a pool that answers by filters, a quiet watcher."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from servers.sourcing.core.finding import Finding
from servers.sourcing.core.leads import Market, MarketQuestion
from servers.sourcing.core.models import (
    Aim,
    Brought,
    FindCandidatesRequest,
    FindCandidatesResult,
    PlannedQuery,
    Search,
    SearchArguments,
)
from servers.sourcing.core.ports import FoundPeople, FoundPerson
from shared.kernel.errors import Conflict, NotFound, Unavailable
from shared.taxonomy import Taxonomy
from shared.wire.facts import ShortlistCurrent, Shortlisted
from shared.wire.ranking import ApprovedRanking
from shared.wire.requirements import (
    Qualification,
    QualificationKind,
    Requirements,
    RequirementsRef,
)
from shared.wire.standing import Stage
from tests.support.units import ADA

REF = RequirementsRef(project_id="proj_1", revision=1)


def skill(id: str, *skills: str, **fields: Any) -> Qualification:
    """Return a must-have that one of ``skills`` shows."""
    kind = QualificationKind.SKILL
    return Qualification(id=id, statement=f"knows {id}", kind=kind, skills=list(skills), **fields)


def role(*qualifications: Qualification, **fields: Any) -> Requirements:
    """Return a data engineer's requirements in Berlin."""
    known: dict[str, Any] = {
        "title": "Data Engineer",
        "occupations": ["data-engineer"],
        "location": "Berlin",
        "country_code": "DE",
        "work_mode": "on_site",
    }
    return Requirements(**(known | fields), qualifications=list(qualifications))


def shortlist(found: int, good: list[str], weak: list[str] | None = None) -> ShortlistCurrent:
    """Return feedback: who matched well so far, and which qualifications few could show."""
    entries = [Shortlisted(candidate_id=c, recommendation="good_match") for c in good]
    return ShortlistCurrent(
        project_id="proj_1", revision=1, entries=entries, wanted=10, found=found, weak=weak or []
    )


def numbered(count: int, prefix: str = "c") -> list[str]:
    """Return the ids of so many people."""
    return [f"{prefix}{i:03d}" for i in range(count)]


ROLE = role(skill("q1", "python"), skill("q2", "apache-spark"))

Matches = Callable[[SearchArguments], list[str]]


class FakeSources:
    """Requirements by reference, people by a function of the query, and what others know of them.

    Everybody's profile names ``skills``.
    """

    def __init__(self, requirements: Requirements, matches: Matches, skills: Sequence[str] = ()) -> None:
        self._skills = list(skills)
        self._requirements = requirements
        self._matches = matches
        self.asked: list[SearchArguments] = []
        self.gone: set[str] = set()
        self.rejected: set[str] = set()
        self.accepted: list[str] = []
        self.withdrawn: set[str] = set()
        self.shortlisted: list[Shortlisted] = []
        self.known = Market()
        self.merged: dict[str, str] = {}
        self.far_elsewhere: list[str] = []
        self.approved = ApprovedRanking(project_id=REF.project_id)

    async def requirements(self, ref: RequirementsRef) -> Requirements:
        if ref.project_id != REF.project_id:
            raise NotFound("no such project")
        return self._requirements

    async def people(self, query: PlannedQuery, exclude: list[str], limit: int) -> FoundPeople:
        self.asked.append(query.arguments)
        matching = [c for c in self._matches(query.arguments) if c not in {*exclude, *self.gone}]
        hits = [FoundPerson(candidate_id=c, score=1.0, top_skills=self._skills) for c in matching[:limit]]
        return FoundPeople(hits=hits, total=len(matching))

    async def findable(self, candidate_ids: list[str]) -> set[str]:
        return set(candidate_ids) - self.gone

    async def stages(self, project_id: str) -> dict[str, Stage]:
        further: dict[str, Stage] = dict.fromkeys(self.accepted, "interview")
        ended: dict[str, Stage] = dict.fromkeys(self.rejected, "rejected")
        withdrawn: dict[str, Stage] = dict.fromkeys(self.withdrawn, "withdrawn")
        return further | ended | withdrawn

    async def remaining(self, candidate_ids: Sequence[str]) -> dict[str, str]:
        return {one: self.merged[one] for one in candidate_ids if one in self.merged}

    async def runners_up(self, project_id: str) -> list[str]:
        return self.far_elsewhere

    async def ranking(self, project_id: str) -> ApprovedRanking:
        return self.approved

    async def listed(self, ref: RequirementsRef) -> list[Shortlisted]:
        return self.shortlisted

    async def market(self, question: MarketQuestion) -> Market:
        return self.known


class FakeBook:
    def __init__(self, shelf: "FakeShelf", tenant: str) -> None:
        self._shelf = shelf
        self._tenant = tenant

    async def search(self, search_id: str) -> Search | None:
        found = self._shelf.searches.get((self._tenant, search_id))
        return found.model_copy(deep=True) if found else None

    async def newest(self, project_id: str, revision: int | None) -> Search | None:
        mine = [s for (tenant, _), s in self._shelf.searches.items() if tenant == self._tenant]
        fitting = [s for s in mine if s.project_id == project_id and revision in (None, s.revision)]
        return fitting[-1].model_copy(deep=True) if fitting else None

    async def brought(self, search_id: str) -> list[Brought]:
        return list(self._shelf.people.get(search_id, []))

    async def shown(self, project_id: str) -> list[str]:
        mine = [s for s in self._shelf.searches.values() if s.project_id == project_id]
        return [one.candidate_id for s in mine for one in self._shelf.people.get(s.search_id, [])]

    async def found(self, search_id: str, round: int, offset: int, limit: int) -> list[str]:
        people = self._shelf.people
        left_out = self._shelf.searches[self._tenant, search_id].left_out
        earlier = [ids for id, ids in people.items() if round == 1 and id < search_id]
        own = [one for one in people.get(search_id, []) if one.round == round]
        ids = [one.candidate_id for brought in [*earlier, own] for one in brought]
        ids = [one for one in ids if one not in left_out]
        return ids[offset : offset + limit]

    async def answer(self, request_hash: str) -> FindCandidatesResult | None:
        return self._shelf.answered.get((self._tenant, request_hash))

    async def answers(self, search_id: str) -> list[FindCandidatesResult]:
        return [a for a in self._shelf.answered.values() if a.state.search_id == search_id]

    async def save(
        self,
        search: Search,
        brought: list[Brought],
        judged: list[Brought],
        request_hash: str,
        result: FindCandidatesResult,
    ) -> None:
        if self._shelf.ends_before_storing:
            self._shelf.ends_before_storing = False
            raise Unavailable("the process ended before this was stored")
        key = (self._tenant, search.search_id)
        before = self._shelf.searches.get(key)
        if (before.round if before else 0) != search.round - 1:
            raise Conflict("another round ran")
        self._shelf.searches[key] = search.model_copy(deep=True)
        verdicts = {one.candidate_id: one for one in judged}
        kept = self._shelf.people.get(search.search_id, [])
        renewed = [verdicts.get(one.candidate_id, one) for one in kept]
        self._shelf.people[search.search_id] = [*renewed, *brought]
        self._shelf.answered[(self._tenant, request_hash)] = result


class FakeShelf:
    def __init__(self) -> None:
        self.searches: dict[tuple[str, str], Search] = {}
        self.people: dict[str, list[Brought]] = {}
        self.answered: dict[tuple[str, str], FindCandidatesResult] = {}
        self.ends_before_storing = False

    @asynccontextmanager
    async def begin(self, tenant: str) -> AsyncGenerator[FakeBook]:
        yield FakeBook(self, tenant)


class Watcher:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def running(self, label: str, done: int, total: int) -> None:
        self.told.append(f"{done}/{total} {label}")

    async def ran(self, label: str, brought: int, why: str, done: int, total: int) -> None:
        self.told.append(f"{done}/{total} {brought} {label}: {why}")


class Rounds:
    """Runs round after round like a planner does, for ``ROLE``."""

    def __init__(self, matches: Matches) -> None:
        self.shelf = FakeShelf()
        self.sources = FakeSources(ROLE, matches)
        self.finding = Finding(self.shelf, self.sources, Taxonomy.compact())
        self.watcher = Watcher()
        self.caller = ADA
        self.last: FindCandidatesResult | None = None

    async def next(
        self, feedback: ShortlistCurrent | None = None, batch: int = 10, aim: Aim | None = None
    ) -> FindCandidatesResult:
        state = self.last.state if self.last else None
        request = FindCandidatesRequest(
            requirements=REF, feedback=feedback, state=state, batch=batch, aim=aim
        )
        self.last = await self.finding.find(self.caller, request, self.watcher)
        return self.last

    async def shown(self) -> list[str]:
        """Return everybody handed on so far."""
        async with self.shelf.begin(ADA.tenant) as book:
            return await book.shown(REF.project_id)
