"""Spending the evaluations of one round: who of all that the queries find is handed on next."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from servers.sourcing.core.bandit import POLICIES, Bandit, Belief, beliefs, told
from servers.sourcing.core.models import MOST_PEOPLE, Brought, RunningQuery, Search
from servers.sourcing.core.ports import FoundPerson, Reporter, Sources
from servers.sourcing.core.showing import Asked, Outcomes

PAGE = (30, 100)
"""How many people a query is asked for at once: at least, so that what queries share is seen, and at most."""
NEAREST = 20
"""Of so many next people of each query the one is handed on who promises most."""
DRY = "everybody it finds has been handed on"


@dataclass
class Round:
    """What happens in one round.

    Attributes:
        asked: what the role asks for that hits can show.
        seen: everybody who was ever handed on for the project.
        before: whom this search handed on, with verdicts where there are some.
        barred: whom people rejected in the project or who withdrew from it, though no search brought them.
        joined: who remains of people whom this search handed on and who were merged into them since.
        carried: whom searches by earlier requirements handed on: the changed ones may suit them better.
        brought: who is new.
    """

    search: Search
    asked: Asked
    number: int
    batch: int
    seen: list[str]
    before: list[Brought]
    barred: list[str] = field(default_factory=list[str])
    joined: list[str] = field(default_factory=list[str])
    carried: list[str] = field(default_factory=list[str])
    changes: list[str] = field(default_factory=list[str])
    brought: list[Brought] = field(default_factory=list[Brought])

    @property
    def unwanted(self) -> list[str]:
        """Everybody who is not handed on whoever finds them, each once."""
        return list(dict.fromkeys([*self.seen, *self.barred, *self.joined]))

    @property
    def room(self) -> int:
        """How many more people may be handed on: a search leaves out ``MOST_PEOPLE`` at most."""
        return min(self.batch, MOST_PEOPLE - len(self.unwanted)) - len(self.brought)

    @property
    def known(self) -> dict[str, Belief]:
        """What is believed of each query at the beginning of the round."""
        return beliefs(self.search.queries, self.before)

    @property
    def outcomes(self) -> Outcomes:
        """How people came out by what their profiles show, at the beginning of the round."""
        return Outcomes(self.asked.count, self.before)

    @property
    def counts(self) -> Counter[str]:
        """How many new people each query brought, by its id."""
        return Counter(one.query_id for one in self.brought)


@dataclass
class _Stream:
    """The next people of one query, best first; ``more`` says that it may find others behind them."""

    query: RunningQuery
    waiting: deque[FoundPerson] = field(default_factory=deque[FoundPerson])
    more: bool = True


class Spending:
    """Runs one round over the open queries."""

    def __init__(self, this: Round, sources: Sources, reporter: Reporter) -> None:
        self._this = this
        self._sources = sources
        self._reporter = reporter
        self._page = min(PAGE[1], max(this.batch, PAGE[0]))
        self._taken = dict.fromkeys(this.unwanted)
        self._finders: dict[str, list[str]] = {}
        self._shown: dict[str, frozenset[str]] = {}
        self._alike = cache(this.outcomes.expected)

    async def run(self) -> None:
        """Hand on as many new people as there is room for, or all there are."""
        this = self._this
        streams = await self._opened()
        known = this.known
        bandit = Bandit(POLICIES[this.search.aim], known, this.search.seed, this.number)
        while this.room > 0:
            for stream in streams:
                await self._refill(stream)
            ready = {stream.query.planned.id: stream for stream in streams if stream.waiting}
            if not ready:
                break
            self._hand_on([ready[one] for one in bandit.draw(list(ready))], bandit)
        for stream in streams:
            await self._refill(stream)
            if not stream.waiting:
                stream.query.status = "dry"
                stream.query.note = stream.query.note or DRY
        await self._tell(streams, known)

    async def _opened(self) -> list[_Stream]:
        """Ask every open query for its next people."""
        turns = [query for query in in_turn(self._this.search.queries) if query.status == "open"]
        streams = [_Stream(query) for query in turns]
        for done, stream in enumerate(streams):
            await self._reporter.running(stream.query.planned.label, done, len(streams))
            await self._refill(stream)
        return streams

    async def _refill(self, stream: _Stream) -> None:
        """Drop who was handed on meanwhile, and ask for more people where none are left and there may be some."""
        ranking = self._this.search.ranking
        while True:
            while stream.waiting and stream.waiting[0].candidate_id in self._taken:
                stream.waiting.popleft()
            if stream.waiting or not stream.more:
                return
            page = await self._sources.people(
                stream.query.planned.ranked(ranking), list(self._taken), self._page
            )
            stream.more = page.total > len(page.hits) > 0
            stream.waiting.extend(page.hits)
            for hit in page.hits:
                self._finders.setdefault(hit.candidate_id, []).append(stream.query.planned.id)
                shown = self._shown.get(hit.candidate_id, frozenset())
                self._shown[hit.candidate_id] = shown.union(self._this.asked.shown_by(hit))

    def _hand_on(self, streams: Sequence[_Stream], bandit: Bandit) -> None:
        """Hand on who promises most; whom several queries find counts as brought by the strictest."""
        this = self._this
        nearest = ((stream, person) for stream in streams for person in self._nearest(stream))
        stream, person = max(nearest, key=lambda one: self._promise(one[1].candidate_id, bandit))
        stream.waiting.remove(person)
        finders = self._finders[person.candidate_id]
        this.brought.append(
            Brought(
                candidate_id=person.candidate_id,
                query_id=stream.query.planned.id,
                round=this.number,
                rank=len(this.brought),
                score=person.score,
                found_by=finders,
                shows=sorted(self._shown[person.candidate_id]),
            )
        )
        stream.query.brought += 1
        self._taken[person.candidate_id] = None
        bandit.handed_on(finders)

    def _nearest(self, stream: _Stream) -> Iterator[FoundPerson]:
        return islice((one for one in stream.waiting if one.candidate_id not in self._taken), NEAREST)

    def _promise(self, candidate_id: str, bandit: Bandit) -> float:
        return bandit.promise(self._finders[candidate_id], self._alike(self._shown[candidate_id]))

    async def _tell(self, streams: Sequence[_Stream], known: dict[str, Belief]) -> None:
        counts = self._this.counts
        for stream in streams:
            planned = stream.query.planned
            if counts[planned.id]:
                why = told(known[planned.id])
                await self._reporter.ran(planned.label, counts[planned.id], why, len(streams), len(streams))


def in_turn(queries: Sequence[RunningQuery]) -> list[RunningQuery]:
    """Return queries in the order of the plan."""
    return sorted(queries, key=lambda query: query.rank)
