"""One round of sourcing: learn from verdicts, refine, spend the evaluations where they yield, hand on who is new."""

import asyncio
import json
from dataclasses import dataclass, field
from hashlib import sha256

from servers.sourcing.core.leads import MarketQuestion
from servers.sourcing.core.models import (
    Brought,
    FindCandidatesRequest,
    FindCandidatesResult,
    GetFoundRequest,
    GetFoundResult,
    Search,
)
from servers.sourcing.core.needs import read_needs
from servers.sourcing.core.portfolio import Portfolio
from servers.sourcing.core.ports import Book, Reporter, Shelf, Sources
from servers.sourcing.core.refine import GOOD, begin, judged, named_good, rank, refine, resemble, weigh
from servers.sourcing.core.reporting import result_of
from servers.sourcing.core.showing import Asked
from servers.sourcing.core.spending import Round, Spending
from shared.kernel.errors import InvalidInput, NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.taxonomy import Taxonomy
from shared.wire.facts import ShortlistCurrent
from shared.wire.ranking import ApprovedRanking
from shared.wire.requirements import Requirements, RequirementsRef
from shared.wire.standing import Stage

MOST_ASKED_OF = 3
"""Of so many skills insights are asked what goes with them."""

OUT: frozenset[Stage] = frozenset({"rejected", "withdrawn"})
FURTHER: frozenset[Stage] = frozenset({"contacted", "screening", "interview", "offer", "hired"})
"""Stages that only a person moves somebody to."""


@dataclass(frozen=True)
class Past:
    """What other units know of a project's people and of how they are ranked.

    Attributes:
        accepted: whom people took further in it, the latest first.
        ended: whom people rejected in it and who withdrew from it, whatever their records are called since.
        joined: who remains of people whom the search handed on and who were merged into them since.
        runners_up: who got far in other projects and was not hired.
        ranking: how people are to be ranked; None where no project says it.
    """

    accepted: list[str] = field(default_factory=list[str])
    ended: set[str] = field(default_factory=set[str])
    joined: set[str] = field(default_factory=set[str])
    runners_up: list[str] = field(default_factory=list[str])
    ranking: ApprovedRanking | None = None


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

        Nothing is stored before the round is whole, and what is chosen follows from what was stored: a round
        that was broken off is run again alike.

        Raises NotFound, InvalidInput, and Conflict when another round of the same search ran meanwhile.
        """
        key = _hash(request)
        async with self._shelf.begin(caller.tenant) as book:
            answered = await book.answer(key)
        if answered is not None:
            return answered
        requirements = await self._requirements(request)
        asked = request.requirements
        ref = asked if isinstance(asked, RequirementsRef) else _inline(asked)
        async with self._shelf.begin(caller.tenant) as book:
            search = await _going_on(book, request, ref)
            before = await book.brought(search.search_id) if search else []
            seen = await book.shown(ref.project_id)
        past = await self._past(ref, search, before) if isinstance(asked, RequirementsRef) else Past()
        search = search or await self._planned(ref, requirements, seen, past)
        search.aim = request.aim or search.aim
        asked_for = Asked(read_needs(search.requirements, self._taxonomy), self._taxonomy)
        this = Round(search, asked_for, search.round + 1, request.batch, seen, before)
        this.barred, this.joined = sorted(past.ended.difference(seen)), sorted(past.joined.difference(seen))
        if search.round == 0:
            this.carried = [one for one in seen if one not in set(search.left_out)]
            this.changes = search.notes
        learnt = await self._learn(this, ref, request.feedback, past.accepted)
        this.changes = [*this.changes, *rank(search, past.ranking)]
        if any(query.status == "open" for query in search.queries):
            await Spending(this, self._sources, reporter).run()
        result = result_of(this)
        async with self._shelf.begin(caller.tenant) as book:
            await book.save(search, this.brought, learnt, key, result)
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

    async def _past(self, ref: RequirementsRef, search: Search | None, before: list[Brought]) -> Past:
        """Return what is known beside the search; runners-up are asked for once, where it is to be planned."""
        stages, ranking = await asyncio.gather(
            self._sources.stages(ref.project_id), self._sources.ranking(ref.project_id)
        )
        runners_up = [] if search else await self._sources.runners_up(ref.project_id)
        brought = [one.candidate_id for one in before]
        remaining = await self._sources.remaining(list(dict.fromkeys([*stages, *brought, *runners_up])))
        ended = {one for one, stage in stages.items() if stage in OUT}
        accepted = [remaining.get(one, one) for one, stage in stages.items() if stage in FURTHER]
        ended |= {remaining[one] for one in ended if one in remaining}
        return Past(
            accepted=[one for one in dict.fromkeys(accepted) if one not in ended],
            ended=ended,
            joined={remaining[one] for one in brought if one in remaining},
            runners_up=list(dict.fromkeys(remaining.get(one, one) for one in runners_up)),
            ranking=ranking,
        )

    async def _planned(
        self, ref: RequirementsRef, requirements: Requirements, seen: list[str], past: Past
    ) -> Search:
        """Return a new search; of whom earlier ones handed on, it leaves out who is not to be shown again."""
        needs = read_needs(requirements, self._taxonomy)
        question = MarketQuestion(
            occupation=next(iter(needs.occupations), None),
            country=needs.country,
            skills=[need.skills[0] for need in needs.skills][:MOST_ASKED_OF],
        )
        market = await self._sources.market(question)
        portfolio = Portfolio(needs, self._taxonomy, market, ref.project_id, past.runners_up)
        left_out: list[str] = []
        if seen:
            shown = await self._sources.findable(seen) - past.ended
            left_out = [one for one in seen if one not in shown]
        return Search(
            search_id=new_id("search"),
            project_id=ref.project_id,
            revision=ref.revision,
            requirements=requirements,
            seed=_seed(ref),
            left_out=left_out,
            notes=[f"Planned without {missing}." for missing in market.unanswered],
            queries=begin(portfolio.queries()),
        )

    async def _learn(
        self, this: Round, ref: RequirementsRef, feedback: ShortlistCurrent | None, accepted: list[str]
    ) -> list[Brought]:
        """Take in what evaluation and people said, and refine the plan by it; return whose verdicts are new."""
        search = this.search
        needs = read_needs(search.requirements, self._taxonomy)
        portfolio = Portfolio(needs, self._taxonomy)
        if search.round == 0:
            this.changes = [*this.changes, *resemble(search, [], accepted, portfolio)]
        if feedback is None or search.round == 0:
            this.changes = [*this.changes, *weigh(search, this.known)]
            return []
        good = named_good(feedback)
        if len(good) < feedback.found:  # a fact names the best only
            listed = await self._sources.listed(ref)
            good = [one.candidate_id for one in listed if one.recommendation in GOOD]
        earlier, this.before = this.before, judged(this.before, {*good, *accepted})
        this.changes = refine(search, feedback, good, accepted, this.before, needs, portfolio)
        return [new for old, new in zip(earlier, this.before, strict=True) if new.good != old.good]


async def _going_on(book: Book, request: FindCandidatesRequest, ref: RequirementsRef) -> Search | None:
    """Return the search to go on with; None where a new one is to be planned. Raises NotFound, InvalidInput."""
    if request.state is None:
        return await book.newest(ref.project_id, ref.revision)
    search = await book.search(request.state.search_id)
    if search is None:
        raise NotFound("there is no such search", field="state.search_id")
    if search.project_id != ref.project_id:
        raise InvalidInput("the search belongs to another project", field="state.search_id")
    return search if search.revision == ref.revision else None


def _inline(requirements: Requirements) -> RequirementsRef:
    """A stand-in project for requirements sent along: the same document is the same project."""
    digest = sha256(requirements.model_dump_json().encode()).hexdigest()[:24]
    return RequirementsRef(project_id=f"inline_{digest}", revision=1)


def _seed(ref: RequirementsRef) -> int:
    """Return what the search draws from: the same project and revision choose alike, also when run anew."""
    return int.from_bytes(sha256(f"{ref.project_id}:{ref.revision}".encode()).digest()[:6])


def _hash(request: FindCandidatesRequest) -> str:
    """Return what an equal request has too; a field that came later counts only where it is used."""
    unused = {"aim"} if request.aim is None else set[str]()
    body = json.dumps(request.model_dump(mode="json", exclude=unused), sort_keys=True)
    return sha256(body.encode()).hexdigest()
