"""Pages of a result in an order that is fused of words, taxonomy, meaning and recency."""

from collections import defaultdict

import numpy as np

from servers.recruiter_search.core.ports import DEEPEST, FoundPage, IndexQuery
from servers.recruiter_search.store.heads import Head, Heads, liked_by
from servers.recruiter_search.store.marks import Mark
from servers.recruiter_search.store.opensearch.beginning import Beginning, keyed
from servers.recruiter_search.store.opensearch.dsl import Dsl, Query, order
from servers.recruiter_search.store.opensearch.hits import found_in, view_in
from servers.recruiter_search.store.opensearch.layout import VIEW
from servers.recruiter_search.store.opensearch.meaning import Meaning
from servers.recruiter_search.store.opensearch.points import State
from servers.recruiter_search.store.opensearch.reading import ATTEMPTS, LetGo, Reader, total_of
from servers.recruiter_search.store.vectors import Keys, keys_of
from shared.kernel.errors import Unavailable


class Blender:
    """Reads fused results, and holds the heads of those that are being read."""

    def __init__(self, reader: Reader, dsl: Dsl, meaning: Meaning) -> None:
        self._reader = reader
        self._dsl = dsl
        self._meaning = meaning
        self._beginning = Beginning(reader, dsl, meaning)
        self._heads: defaultdict[str, Heads] = defaultdict(Heads)

    async def page(
        self, state: State, query: IndexQuery, limit: int, mark: Mark | None
    ) -> tuple[FoundPage, str]:
        """Return a page and the point in time that it was read from.

        A head that was let go, or is another replica's, is made anew without whom it has shown. Raises Unavailable.
        """
        points, heads = self._reader.points, self._heads[state.tenant]
        head = heads.get(mark.head) if mark and mark.pin else None
        if mark and head:
            try:
                return await self._read(state, head, limit, mark), mark.pin
            except LetGo:
                if points.names(state, mark.pin):
                    points.forget(state)
        shown = mark.shown if mark else b""
        for _ in range(ATTEMPTS):
            point = await points.at(state)
            try:
                head = await self._beginning.head(state, point, query)
                head = head.without(np.frombuffer(shown, "<u8"))
                begun = Mark(point or "", 0, 0.0, "", heads.hold(head), shown)
                return await self._read(state, head, limit, begun), begun.pin
            except LetGo:
                points.forget(state)
                self._meaning.doubt()
        raise Unavailable(f"OpenSearch at {self._reader.where} lets go of what is read", retry_after=1.0)

    async def _read(self, state: State, head: Head, limit: int, mark: Mark) -> FoundPage:
        """Return the page of ``head`` and of who comes later that follows ``mark``. Raises LetGo."""
        limit = min(limit, DEEPEST - mark.offset)
        keys = head.keys[mark.offset : mark.offset + limit]
        wanted, first = head.rest(limit, mark.offset)
        asked = [self._of(state.tenant, keys), self._after(state.tenant, head, wanted, first)]
        in_head, after = await self._reader.all(state, asked, mark.pin or None)
        views = [view_in(hit) for hit in in_head["hits"]["hits"]]
        by_key = dict(zip(keys_of([view.candidate_id for view in views]).tolist(), views, strict=True))
        there = ((number, by_key.get(key)) for number, key in enumerate(keys.tolist(), mark.offset))
        hits = [head.hit(number, view) for number, view in there if view]
        hits += [head.later(found_in(hit, "relevance")) for hit in after["hits"]["hits"]]
        reached = mark.offset + len(keys) + len(after["hits"]["hits"])
        following = None
        if hits and reached < min(len(head.keys) + total_of(after), DEEPEST):
            shown = mark.shown + keys_of([hit.candidate_id for hit in hits]).astype("<u8").tobytes()
            last = hits[-1]
            following = Mark(mark.pin, reached, last.score, last.candidate_id, mark.head, shown).written()
        return FoundPage(hits, head.total, following, head.beside)

    def _of(self, tenant: str, keys: Keys) -> Query:
        people = {"bool": {"filter": [self._dsl.people(tenant), keyed(keys)]}}
        return {"query": people, "size": max(1, len(keys)), "_source": [f"{VIEW}.*"]}

    def _after(self, tenant: str, head: Head, size: int, first: int) -> Query:
        """Return what asks for those of whom everything holds, without the head, by words."""
        words = self._dsl.scored(tenant, head.query, liked_by(head.query, "words"))
        return {
            "query": {"bool": {"must": [words], "must_not": [keyed(head.apart)]}},
            "from": first,
            "size": size,
            "track_total_hits": True,
            "_source": [f"{VIEW}.*"],
            "sort": order("relevance"),
        }
