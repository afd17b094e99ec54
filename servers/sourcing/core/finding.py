"""One round of sourcing: refine, run the queries in turn, hand on who is new."""

import json
from dataclasses import dataclass, field
from hashlib import sha256

from servers.sourcing.core.models import (
    MOST_PEOPLE,
    MOST_ROUNDS,
    Brought,
    FindCandidatesRequest,
    FindCandidatesResult,
    GetFoundRequest,
    GetFoundResult,
    QueryReport,
    RunningQuery,
    Search,
    SearchState,
)
from servers.sourcing.core.needs import read_needs
from servers.sourcing.core.portfolio import Portfolio
from servers.sourcing.core.ports import Book, Reporter, Shelf, Sources
from servers.sourcing.core.refine import begin, good_by_query, refine, stop_reason
from shared.kernel.errors import InvalidInput, NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.taxonomy import Taxonomy
from shared.wire.facts import FACT_PEOPLE, CandidatesFound, ShortlistCurrent
from shared.wire.requirements import Requirements, RequirementsRef

PAGE = 100
"""How many people one query returns at most."""


@dataclass
class _Round:
    """What happens in one round."""

    search: Search
    seen: list[str]
    number: int
    batch: int
    before: list[Brought]
    changes: list[str] = field(default_factory=list[str])
    brought: list[Brought] = field(default_factory=list[Brought])
    counts: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def room(self) -> int:
        return min(self.batch, MOST_PEOPLE - len(self.seen)) - len(self.brought)

    @property
    def carried(self) -> list[str]:
        """Everybody that searches by earlier requirements handed on: the changed ones may suit them better."""
        return self.seen if self.number == 1 else []


class Finding:
    """Finds candidates, round by round."""

    def __init__(self, shelf: Shelf, sources: Sources, taxonomy: Taxonomy) -> None:
        self._shelf = shelf
        self._sources = sources
        self._taxonomy = taxonomy

    def knowing(self, taxonomy: Taxonomy) -> "Finding":
        """Return a finding that searches by another taxonomy."""
        return self if taxonomy is self._taxonomy else Finding(self._shelf, self._sources, taxonomy)

    async def find(
        self, caller: Principal, request: FindCandidatesRequest, reporter: Reporter
    ) -> FindCandidatesResult:
        """Run the next round. The same request again gets the same answer and runs nothing.

        Raises NotFound, InvalidInput, and Conflict when another round of the same search ran meanwhile.
        """
        key = _hash(request)
        async with self._shelf.begin(caller.tenant) as book:
            answered = await book.answer(key)
        if answered is not None:
            return answered
        requirements = await self._requirements(request)
        async with self._shelf.begin(caller.tenant) as book:
            search = await self._opened(book, request, requirements)
            before = await book.brought(search.search_id)
            seen = await book.shown(search.project_id)
        this = _Round(search, seen, search.round + 1, request.batch, before)
        self._refine(this, request.feedback)
        if stop_reason(search, MOST_ROUNDS) is None:
            await self._run(this, reporter)
        result = self._result(this, request.feedback)
        async with self._shelf.begin(caller.tenant) as book:
            await book.save(search, this.brought, key, result)
        return result

    async def found(self, caller: Principal, request: GetFoundRequest) -> GetFoundResult:
        """Return whom one round handed on. Raises NotFound."""
        async with self._shelf.begin(caller.tenant) as book:
            if await book.search(request.search_id) is None:
                raise NotFound("there is no such search", field="search_id")
            ids = await book.found(request.search_id, request.round, request.offset, request.limit + 1)
        return GetFoundResult(candidate_ids=ids[: request.limit], more=len(ids) > request.limit)

    async def _requirements(self, request: FindCandidatesRequest) -> Requirements:
        asked = request.requirements
        return asked if isinstance(asked, Requirements) else await self._sources.requirements(asked)

    async def _opened(self, book: Book, request: FindCandidatesRequest, requirements: Requirements) -> Search:
        """Return the search to go on with, or a new one."""
        asked = request.requirements
        ref = asked if isinstance(asked, RequirementsRef) else _inline(asked)
        if request.state is not None:
            search = await book.search(request.state.search_id)
            if search is None:
                raise NotFound("there is no such search", field="state.search_id")
            if (search.project_id, search.revision) == (ref.project_id, ref.revision):
                return search
            if search.project_id != ref.project_id:
                raise InvalidInput("the search belongs to another project", field="state.search_id")
        else:
            search = await book.newest(ref.project_id, ref.revision)
            if search is not None:
                return search
        planned = Portfolio(read_needs(requirements, self._taxonomy), self._taxonomy).queries()
        return Search(
            search_id=new_id("search"),
            project_id=ref.project_id,
            revision=ref.revision,
            requirements=requirements,
            queries=begin(planned),
        )

    def _refine(self, this: _Round, feedback: ShortlistCurrent | None) -> None:
        if feedback is None or this.search.round == 0:
            return
        needs = read_needs(this.search.requirements, self._taxonomy)
        portfolio = Portfolio(needs, self._taxonomy)
        this.changes = refine(this.search, feedback, this.before, needs, portfolio)

    async def _run(self, this: _Round, reporter: Reporter) -> None:
        turns = sorted((q for q in this.search.queries if q.status == "open"), key=lambda q: q.rank)
        for done, query in enumerate(turns):
            if this.room <= 0:
                return
            await reporter.running(query.planned.label, done, len(turns))
            count = await self._ask(this, query)
            await reporter.ran(query.planned.label, count, done + 1, len(turns))

    async def _ask(self, this: _Round, query: RunningQuery) -> int:
        """Take from one query, page by page, as many as there is room for, or all there are."""
        before = len(this.brought)
        while this.room > 0:
            excluded = [*this.seen, *(one.candidate_id for one in this.brought)]
            asked = min(this.room, PAGE)
            page = await self._sources.people(query.planned.arguments, excluded, asked)
            this.brought += [
                Brought(
                    candidate_id=hit.candidate_id,
                    query_id=query.planned.id,
                    round=this.number,
                    rank=rank,
                    score=hit.score,
                )
                for rank, hit in enumerate(page.hits, start=len(this.brought))
            ]
            if page.total <= len(page.hits):
                query.status = "dry"
                query.note = query.note or "everybody it finds has been handed on"
            if query.status == "dry" or not page.hits:
                break
        count = len(this.brought) - before
        query.brought += count
        this.counts[query.planned.id] = count
        return count

    def _result(self, this: _Round, feedback: ShortlistCurrent | None) -> FindCandidatesResult:
        search = this.search
        search.round = this.number
        search.reason = self._dry_reason(this) or ""
        search.exhausted = bool(search.reason)
        good = good_by_query(this.before, feedback)
        reports = [_report(query, this.counts.get(query.planned.id, 0), good) for query in _in_turn(search)]
        people = [*this.carried, *(one.candidate_id for one in this.brought)]
        return FindCandidatesResult(
            found=CandidatesFound(
                search_id=search.search_id,
                project_id=search.project_id,
                candidate_ids=people[:FACT_PEOPLE],
                round=this.number,
                total=len(people),
            ),
            state=SearchState(search_id=search.search_id, round=search.round),
            exhausted=search.exhausted,
            reason=search.reason,
            queries=reports,
            changes=this.changes,
            summary=_summary(this, reports),
        )

    def _dry_reason(self, this: _Round) -> str | None:
        """Say why there is nobody further, or return None while an open query is left."""
        search = this.search
        if len(this.seen) + len(this.brought) >= MOST_PEOPLE:
            return f"{MOST_PEOPLE:,} people were handed on for this project, which is the most"
        stopped = stop_reason(search, MOST_ROUNDS)
        if stopped:
            return stopped
        if any(query.status == "open" for query in search.queries):
            return None
        shelved = sum(query.status == "set_aside" for query in search.queries)
        aside = f", {shelved} of them set aside because nobody they brought matched" if shelved else ""
        return f"all {len(search.queries)} searches have nobody new{aside}"


def _in_turn(search: Search) -> list[RunningQuery]:
    return sorted(search.queries, key=lambda query: query.rank)


def _report(query: RunningQuery, brought: int, good: dict[str, int]) -> QueryReport:
    return QueryReport(
        id=query.planned.id,
        label=query.planned.label,
        why=query.planned.why,
        status=query.status,
        brought=brought,
        brought_in_all=query.brought,
        good=good.get(query.planned.id, 0),
        note=query.note,
    )


def _summary(this: _Round, reports: list[QueryReport]) -> str:
    parts = [f"Round {this.number}: {len(this.brought)} new people"]
    told = [f"{report.brought} from “{report.label}”" for report in reports if report.brought]
    if told:
        parts.append(": " + "; ".join(told))
    text = "".join(parts) + "."
    if this.carried:
        text += f" {len(this.carried):,} found before are to be judged by the changed requirements."
    if this.changes:
        text += " " + " ".join(this.changes)
    if this.search.exhausted:
        text += f" There is nobody further: {this.search.reason}."
    return text


def _inline(requirements: Requirements) -> RequirementsRef:
    """A stand-in project for requirements sent along: the same document is the same project."""
    digest = sha256(requirements.model_dump_json().encode()).hexdigest()[:24]
    return RequirementsRef(project_id=f"inline_{digest}", revision=1)


def _hash(request: FindCandidatesRequest) -> str:
    body = json.dumps(request.model_dump(mode="json"), sort_keys=True)
    return sha256(body.encode()).hexdigest()
