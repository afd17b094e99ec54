"""Answering queries: compile, run, dress the hits."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from servers.recruiter_search.core.clauses import counted_clauses, matches
from servers.recruiter_search.core.compile import Compiled, Compiler
from servers.recruiter_search.core.criteria import NoneOf, OneOf
from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.elsewhere import Elsewhere, asks_elsewhere
from servers.recruiter_search.core.facets import labelled
from servers.recruiter_search.core.highlight import Highlighter
from servers.recruiter_search.core.models import Filters, SearchQuery
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.ports import Blend, Counted, Found, IndexQuery, ProfileIndex
from servers.recruiter_search.core.ranking import Ranking
from servers.recruiter_search.core.results import (
    ClauseCounts,
    Facet,
    FacetCounts,
    FacetName,
    Hit,
    IndexStatus,
    Match,
    ProfileView,
    SearchPage,
    SimilarPage,
)
from servers.recruiter_search.core.similar import compared, likeness
from servers.recruiter_search.core.understanding import Understanding, told
from shared.following.follower import Follower
from shared.kernel.clock import Clock, SystemClock
from shared.kernel.cursors import read_cursor, write_cursor
from shared.kernel.errors import HiremeshError, NotFound, Unavailable
from shared.taxonomy import Taxonomy

WAIT_SECONDS = 20.0
FACET_SIZE = 10
TAXONOMIES = 32
"""Organisations' taxonomies that are kept with what was learnt of their names."""


class TalentSearch:
    """What the tools do. Every call names the tenant; an index of another tenant is never opened."""

    def __init__(
        self,
        index: ProfileIndex,
        follower: Follower[ProfileDocument],
        taxonomy: Taxonomy,
        clock: Clock | None = None,
        understanding: Understanding | None = None,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self._index = index
        self._follower = follower
        self._taxonomy = taxonomy
        self._clock = clock or SystemClock()
        self._understanding = understanding or Understanding(None)
        self._elsewhere = elsewhere
        self._names = Names(taxonomy)
        self._compiler = Compiler(self._names)
        self._by = lru_cache(TAXONOMIES)(self._reading)

    def knowing(self, taxonomy: Taxonomy) -> "TalentSearch":
        """Return a search that reads queries by another taxonomy."""
        return self if taxonomy is self._taxonomy else self._by(taxonomy)

    def _reading(self, taxonomy: Taxonomy) -> "TalentSearch":
        known = (self._clock, self._understanding, self._elsewhere)
        return TalentSearch(self._index, self._follower, taxonomy, *known)

    async def search(
        self,
        tenant: str,
        query: SearchQuery,
        *,
        limit: int = 25,
        cursor: str | None = None,
        facets: Sequence[FacetName] = (),
        at_least_seq: int | None = None,
    ) -> SearchPage:
        """Return one page of hits. Raises InvalidInput, and DeadlineExceeded for ``at_least_seq``."""
        await self._ready(tenant, at_least_seq)
        listing = (tenant, query.model_dump_json())
        begun, after = _parted(query, read_cursor(cursor, *listing))
        compiled = await self._compiled(tenant, query, begun)
        blend, meaning = await self._blend(query, compiled)
        coverage = await self._index.coverage(tenant) if blend and blend.vector else None
        asked = replace(compiled.query, blend=blend)
        seq = await self._index.seq(tenant)
        page = await self._index.search(tenant, asked, limit=limit, after=after)
        highlighter = Highlighter(compiled.terms)
        return SearchPage(
            hits=[_dressed(found, compiled, highlighter) for found in page.hits],
            total=page.total,
            beside=page.beside,
            meaning=meaning if coverage is None else told(coverage),
            coverage=coverage,
            building=await self._building(tenant, seq),
            facets=await self._facets(tenant, compiled.query, facets),
            next_cursor=write_cursor(_joined(compiled, page.mark), *listing) if page.mark else None,
            indexed_seq=seq,
            unresolved=compiled.unresolved,
            hints=compiled.hints,
            elsewhere=[*compiled.answers.says],
        )

    async def facet_counts(
        self, tenant: str, query: SearchQuery, names: Sequence[FacetName], size: int
    ) -> FacetCounts:
        """Return the most frequent values of ``names`` over all hits of ``query``."""
        await self._ready(tenant, None)
        compiled = await self._compiled(tenant, query)
        counted = await self._index.facets(tenant, compiled.query, names, size)
        facets = self._labelled(names, counted)
        return FacetCounts(
            total=counted.total,
            facets=facets,
            unresolved=compiled.unresolved,
            elsewhere=[*compiled.answers.says],
        )

    async def clause_counts(self, tenant: str, query: SearchQuery) -> ClauseCounts:
        """Return what each clause of ``query`` does to the result. Raises InvalidInput."""
        await self._ready(tenant, None)
        return await counted_clauses(self._index, tenant, await self._compiled(tenant, query))

    async def profile(self, tenant: str, candidate_id: str) -> ProfileView:
        """Return one career. Raises NotFound."""
        return (await self._document(tenant, candidate_id)).view

    async def similar(self, tenant: str, candidate_id: str, filters: Filters, limit: int) -> SimilarPage:
        """Return people with a like career and say what they share. Raises NotFound, InvalidInput."""
        model = await self._document(tenant, candidate_id)
        compiled = await self._compiled(tenant, SearchQuery(filters=filters))
        must = (*compiled.query.must, NoneOf((OneOf("candidate_id", (candidate_id,)),)))
        query = replace(compiled.query, must=must, should=likeness(model), alike=True)
        page = await self._index.search(tenant, query, limit=limit)
        others = await self._index.get(tenant, [found.candidate_id for found in page.hits])
        found = [one for one in page.hits if one.candidate_id in others]  # the index may have moved on
        return SimilarPage(
            candidate_id=candidate_id,
            elsewhere=[*compiled.answers.says],
            similar=[
                compared(self._taxonomy, model, others[one.candidate_id], _hit(one, [], [])) for one in found
            ],
        )

    async def status(self, tenant: str, at_least_seq: int | None) -> IndexStatus:
        """Say how far the index is, after waiting for ``at_least_seq`` where given."""
        await self._ready(tenant, at_least_seq)
        pending = behind = None
        note = ""
        try:
            behind = await self._follower.behind(tenant)
            pending = behind != 0
        except HiremeshError as error:
            note = f"the candidates unit did not say what is pending: {error.message}"
        return IndexStatus(
            indexed_seq=await self._index.seq(tenant),
            candidates=await self._index.count(tenant),
            caught_up=pending is False,
            pending=pending,
            behind=behind,
            coverage=await self._index.coverage(tenant),
            note=note,
        )

    async def _compiled(self, tenant: str, query: SearchQuery, begun: str = "") -> Compiled:
        """Return a query with what other units say of it; ``begun`` tells what they said for its first page."""
        if not asks_elsewhere(query):
            return self._compiler.compile(query, self._clock.today())
        if self._elsewhere is None:
            raise Unavailable("no other unit can be asked here", fix="Leave out company figures and stages.")
        answers = await self._elsewhere.answers(tenant, query, begun)
        return self._compiler.compile(query, self._clock.today(), answers)

    async def _blend(self, query: SearchQuery, compiled: Compiled) -> tuple[Blend | None, str]:
        """Return how the query's parts are fused, where anything but its words ranks; and what to say of meaning."""
        vector, told = await self._understanding.of(query, self._names)
        if query.sort != "relevance" or (vector is None and query.ranking is None):
            return None, told
        ranking = query.ranking or Ranking()
        return Blend(ranking, compiled.said, vector, self._clock.today().toordinal()), told

    async def _building(self, tenant: str, seq: int) -> str:
        """Return how far an index is that was begun anew or is behind since the start; nothing of any other."""
        if seq and self._follower.level(tenant):
            return ""
        try:
            behind = await self._follower.behind(tenant)
        except HiremeshError as error:
            return f"the index may be behind: {error.message}"
        if behind == 0:
            return ""
        self._follower.wake(tenant)
        return "the index is being built: " + (
            f"{seq} of {seq + behind} changes are searched" if behind else f"{seq} changes are searched"
        )

    async def _ready(self, tenant: str, at_least_seq: int | None) -> None:
        self._follower.follow(tenant)
        if at_least_seq is not None:
            await self._follower.reach(tenant, at_least_seq, WAIT_SECONDS)

    async def _document(self, tenant: str, candidate_id: str) -> ProfileDocument:
        found = (await self._index.get(tenant, [candidate_id])).get(candidate_id)
        if found is None:
            raise NotFound("no candidate with this id is indexed", field="candidate_id")
        return found

    async def _facets(self, tenant: str, query: IndexQuery, names: Sequence[FacetName]) -> list[Facet]:
        if not names:
            return []
        return self._labelled(names, await self._index.facets(tenant, query, names, FACET_SIZE))

    def _labelled(self, names: Sequence[FacetName], counted: Counted) -> list[Facet]:
        return [labelled(self._names, name, counted.facets[name]) for name in names]


def _joined(compiled: Compiled, mark: str) -> str:
    """Return where a page ends, and by which answers of other units it was found."""
    return f"{compiled.answers.digest} {mark}" if compiled.answers.named else mark


def _parted(query: SearchQuery, joined: str | None) -> tuple[str, str | None]:
    if joined is None or not asks_elsewhere(query):
        return "", joined
    digest, _, mark = joined.partition(" ")
    return digest, mark


def _dressed(found: Found, compiled: Compiled, highlighter: Highlighter) -> Hit:
    highlights = highlighter.pick(found.view)
    return _hit(found, highlights, matches(compiled, found, highlights))


def _hit(found: Found, highlights: list[str], matched: list[Match]) -> Hit:
    view = found.view
    return Hit(
        candidate_id=found.candidate_id,
        headline=view.headline,
        place=view.place,
        country_code=view.country_code,
        years=view.years,
        seniority=view.seniority,
        top_skills=view.top_skills,
        score=found.score,
        score_parts=dict(found.parts),
        highlights=highlights,
        matched=matched,
    )
