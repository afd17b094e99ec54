"""Ways to spend a budget of evaluations on one opening; each returns whom it had judged, in order."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from itertools import chain

from benchmarks.sourcing.markets import Opening
from benchmarks.sourcing.people import Pool
from servers.sourcing.core.finding import Finding
from servers.sourcing.core.leads import Market, MarketQuestion
from servers.sourcing.core.models import BATCH, FindCandidatesRequest, FindCandidatesResult, PlannedQuery
from servers.sourcing.core.needs import read_needs
from servers.sourcing.core.portfolio import Portfolio
from servers.sourcing.core.ports import FoundPeople, FoundPerson, Matched
from shared.kernel.principal import Principal
from shared.taxonomy import Taxonomy
from shared.wire.facts import FACT_PEOPLE, ShortlistCurrent, Shortlisted
from shared.wire.ranking import ApprovedRanking
from shared.wire.requirements import Requirements, RequirementsRef
from shared.wire.standing import Stage
from tests.support.sourcing import FakeShelf, Watcher

Method = Callable[["Desk", int], list[int]]
WEAK_SHARE = 0.5
TOP_SKILLS, PASSAGES = 10, 3
"""A hit names so many of a person's skills whatever is asked for, and so many of those that are."""
CALLER = Principal(subject="person:bench", kind="person", tenant="bench")


class Desk:
    """An opening and what searches find for it; each is run once, since leaving people out changes no order."""

    def __init__(self, pool: Pool, opening: Opening) -> None:
        self.opening = opening
        self._pool = pool
        self._lists: dict[str, list[int]] = {}
        taxonomy = Taxonomy.compact()
        self._needs = read_needs(opening.written, taxonomy)
        self.planned = Portfolio(self._needs, taxonomy, opening.market).queries()

    def found(self, query: PlannedQuery) -> list[int]:
        """Return whom a query finds and nobody was shown before, best first."""
        key = f"{query.similar_to}:{query.arguments.model_dump_json()}"
        if key not in self._lists:
            everybody = self._pool.found(query)
            self._lists[key] = [number for number in everybody if number not in self.opening.seen]
        return self._lists[key]

    def hit(self, number: int, query: PlannedQuery) -> FoundPerson:
        """Return what a search tells of somebody: some of the skills that they name, an occupation liked, and years."""
        labels = self._pool.world.labels
        named = sorted(self._pool.skills_of(number))
        liked = {} if query.similar_to else query.arguments.prefer
        asked = [labels[skill] for skill in named if skill in liked.get("skills", [])]
        jobs = [one for one in liked.get("occupations", []) if one in self._pool.jobs_of(number)]
        shown = {"prefer.skills": asked[:PASSAGES], "prefer.occupations": jobs}
        return FoundPerson(
            candidate_id=str(number),
            years=self._pool.years(number),
            top_skills=[labels[skill] for skill in named[:TOP_SKILLS]],
            matched=[Matched(clause=clause, passages=told) for clause, told in shown.items() if told],
        )

    def shown(self, number: int) -> Hashable:
        """Return what somebody shows of what is asked for: skills, an occupation, years."""
        needs, pool = self._needs, self._pool
        skills = pool.skills_of(number).intersection(skill for need in needs.skills for skill in need.skills)
        return (
            skills,
            bool(pool.jobs_of(number).intersection(needs.occupations)),
            pool.years(number) >= (needs.years or 0),
        )


def fixed(desk: Desk, budget: int) -> list[int]:
    """One query: everything the role insists on, best first."""
    return _first(desk, desk.planned[:1], budget)


def one_broad(desk: Desk, budget: int) -> list[int]:
    """One query: the occupation alone, ranked by the skills asked for."""
    return _first(desk, [query for query in desk.planned if query.id == "broad"], budget)


def in_turn(desk: Desk, budget: int) -> list[int]:
    """The whole portfolio, strictest first: a query begins when the one before has nobody left."""
    return _first(desk, desk.planned, budget)


def round_robin(desk: Desk, budget: int) -> list[int]:
    """The whole portfolio, the next person of each query in turn."""
    turns = deque(iter(desk.found(query)) for query in desk.planned)
    taken: dict[int, None] = {}
    while turns and len(taken) < budget:
        people = turns.popleft()
        person = next((one for one in people if one not in taken), None)
        if person is not None:
            taken[person] = None
            turns.append(people)
    return list(taken)


def foreseen(desk: Desk, budget: int) -> list[int]:
    """What cannot be done better over the same portfolio: only who fits, as if it were known."""
    everybody = dict.fromkeys(chain.from_iterable(map(desk.found, desk.planned)))
    return [one for one in everybody if one in desk.opening.fitting][:budget]


def best_shown(desk: Desk, budget: int) -> list[int]:
    """What reading hits alone would bring: as if it were known how many fit of all who show the same.

    No strict bound: which queries find somebody, and where in their order, tells a little besides.
    """
    alike: dict[Hashable, list[int]] = defaultdict(list)
    for one in dict.fromkeys(chain.from_iterable(map(desk.found, desk.planned))):
        alike[desk.shown(one)].append(one)
    fitting = desk.opening.fitting
    groups = sorted(alike.values(), key=lambda some: -sum(one in fitting for one in some) / len(some))
    return list(chain.from_iterable(groups))[:budget]


def ours(desk: Desk, budget: int) -> list[int]:
    """Round after round of sourcing's own core, which hears the verdicts in between."""
    return asyncio.run(Rounds(desk).run(budget))


class Rounds:
    """The unit's core with a market around it: searches, an evaluator that is right, a shortlist."""

    def __init__(self, desk: Desk, batch: int = BATCH) -> None:
        self._desk = desk
        self._opening = opening = desk.opening
        self._batch = batch
        self._ref = RequirementsRef(project_id=f"{opening.kind}:{opening.seed}", revision=1)
        self._good: list[Shortlisted] = []
        self.results: list[FindCandidatesResult] = []

    async def run(self, budget: int) -> list[int]:
        """Return whom it had judged; fewer than ``budget`` where it stopped by itself."""
        finding = Finding(FakeShelf(), self, Taxonomy.compact())
        judged: list[int] = []
        feedback = None
        while len(judged) < budget:
            request = FindCandidatesRequest(
                requirements=self._ref,
                feedback=feedback,
                state=self.results[-1].state if self.results else None,
                batch=min(self._batch, budget - len(judged)),
            )
            result = await finding.find(CALLER, request, Watcher())
            self.results.append(result)
            judged += [int(one) for one in result.found.candidate_ids]
            if result.exhausted:
                break
            feedback = self._shortlist(judged)
        return judged

    def _shortlist(self, judged: list[int]) -> ShortlistCurrent:
        """Return what the projects unit would: who matches well, and what half of all cannot show."""
        good = [str(one) for one in judged if one in self._opening.fitting]
        self._good = [Shortlisted(candidate_id=one, recommendation="good_match") for one in good]
        lacking = self._opening.lacking
        asked = [one.id for one in self._opening.written.qualifications]
        missing = {q: sum(q in lacking.get(one, asked) for one in judged) for q in asked}
        weak = sorted((q for q in asked if missing[q] >= WEAK_SHARE * len(judged)), key=lambda q: -missing[q])
        return ShortlistCurrent(
            project_id=self._ref.project_id,
            revision=1,
            entries=self._good[:FACT_PEOPLE],
            wanted=10_000,
            found=len(self._good),
            weak=weak,
        )

    async def requirements(self, ref: RequirementsRef) -> Requirements:
        return self._opening.written

    async def people(self, query: PlannedQuery, exclude: list[str], limit: int) -> FoundPeople:
        unwanted = set(map(int, exclude))
        found = [number for number in self._desk.found(query) if number not in unwanted]
        hits = [self._desk.hit(number, query) for number in found[:limit]]
        return FoundPeople(hits=hits, total=len(found))

    async def findable(self, candidate_ids: list[str]) -> set[str]:
        return set(candidate_ids)

    async def stages(self, project_id: str) -> dict[str, Stage]:
        return {}

    async def remaining(self, candidate_ids: Sequence[str]) -> dict[str, str]:
        return {}

    async def runners_up(self, project_id: str) -> list[str]:
        return []

    async def ranking(self, project_id: str) -> ApprovedRanking:
        return ApprovedRanking(project_id=project_id)

    async def listed(self, ref: RequirementsRef) -> list[Shortlisted]:
        return self._good

    async def market(self, question: MarketQuestion) -> Market:
        return self._opening.market


def _first(desk: Desk, queries: list[PlannedQuery], budget: int) -> list[int]:
    return list(dict.fromkeys(chain.from_iterable(map(desk.found, queries))))[:budget]
