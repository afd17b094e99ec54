"""The profile index on OpenSearch."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic
from typing import Any, Self

from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import NotFoundError

from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.ports import DEEPEST, Batch, Counted, Found, FoundPage, IndexQuery
from servers.recruiter_search.core.results import FacetName
from servers.recruiter_search.store.counting import aggregations, counted
from servers.recruiter_search.store.marks import Mark
from servers.recruiter_search.store.opensearch.blended import Blender
from servers.recruiter_search.store.opensearch.client import connected, shown
from servers.recruiter_search.store.opensearch.dsl import Dsl, Query, order
from servers.recruiter_search.store.opensearch.hits import found_in, view_in
from servers.recruiter_search.store.opensearch.layout import (
    DESCRIBED,
    MARK,
    NOTHING,
    STORED,
    TENANT,
    VIEW,
    Layout,
    read,
    routing,
)
from servers.recruiter_search.store.opensearch.meaning import Meaning, in_bytes
from servers.recruiter_search.store.opensearch.points import Points, State
from servers.recruiter_search.store.opensearch.reading import NOBODY, WHOLE, Answer, Reader, total_of
from servers.recruiter_search.store.opensearch.writing import Writer
from servers.recruiter_search.store.vectors.describing import Means

SPREAD = 1000
"""Values of a facet that each shard tells at least, since the most frequent ones may differ between shards."""
DESCRIBED_AT_ONCE = 500
"""People whose vectors are made together, since their documents are written again as a whole."""


class OpenSearchIndex:
    """Implements ``ProfileIndex`` and ``Described``. Replicas share it, so each may search what another one wrote.

    Every search goes through the tenant's alias, which filters and routes by the tenant, and asks for the
    tenant itself as well. ``model`` is what makes people's vectors, where anything does.
    """

    def __init__(
        self, url: str, layout: Layout, model: str | None = None, clock: Callable[[], float] = monotonic
    ) -> None:
        self._client: AsyncOpenSearch = connected(url)
        self._layout = layout
        self._has_model = model is not None
        self._meaning = Meaning(self._client, layout, model)
        self._writer = Writer(self._client, layout, self._meaning)
        self._points = Points(self._client, clock)
        self._reader = Reader(self._client, layout, self._points, shown(url))
        self._dsl = Dsl()
        self._blender = Blender(self._reader, self._dsl, self._meaning)

    @classmethod
    async def open(cls, url: str, layout: Layout | None = None, model: str | None = None) -> Self:
        """Connect and make sure that the index is there. Raises InvalidInput, Unavailable."""
        index = cls(url, layout or Layout(), model)
        try:
            async with index._reader.speaking():
                await index._writer.prepare()
                await index._meaning.find()
        except BaseException:
            await index.aclose()
            raise
        return index

    async def aclose(self) -> None:
        """Disconnect. States that pages are read from stay for other replicas, and end by themselves."""
        await self._client.close()

    def replica(self) -> str:
        """Return the name by which events are heard: one for all replicas, since one of them has to act."""
        return f"{self._layout.prefix}_opensearch"

    # Following.

    async def apply(self, tenant: str, batch: Batch) -> None:
        async with self._reader.speaking():
            await self._writer.apply(tenant, batch)

    async def seq(self, tenant: str) -> int:
        async with self._reader.speaking():
            return (await self._writer.kept(tenant)).seq

    async def clear(self, tenant: str) -> None:
        async with self._reader.speaking():
            await self._writer.clear(tenant)

    async def tenants(self) -> list[str]:
        async with self._reader.speaking():
            found = await self._client.indices.get_alias(name=self._layout.all_aliases)
        aliases = (alias for index in found.values() for alias in index["aliases"].values())
        return sorted({alias["filter"]["term"][TENANT] for alias in aliases})

    # Describing.

    async def describe(self, tenant: str, means: Means) -> None:
        async with self._reader.speaking():
            while wanting := await self._wanting(tenant):
                made = await means([source[STORED]["meant"] for source in wanting])
                field = await self._meaning.mapped(made.shape[1])
                named = [(source[STORED]["candidate_id"], source[MARK]) for source in wanting]
                vectors = zip(named, in_bytes(made), strict=True)
                await self._writer.describe(tenant, field, {one: (mark, row) for (one, mark), row in vectors})

    async def coverage(self, tenant: str) -> float | None:
        if not self._has_model:
            return None
        said, missing = await self._counts(
            tenant, [self._except(tenant, [NOTHING]), self._undescribed(tenant)]
        )
        return 1 - missing / said if said else 1.0

    async def _wanting(self, tenant: str) -> list[dict[str, Any]]:
        """Return what some people are to be described by who have no vector that fits."""
        try:
            answer = await self._client.search(
                index=self._layout.index,  # this format's, though another one may be searched until it is as far
                body={
                    "query": self._undescribed(tenant),
                    "size": DESCRIBED_AT_ONCE,
                    "_source": [f"{STORED}.*", MARK],
                },
                params={"routing": routing(tenant), **WHOLE},
            )
        except NotFoundError:
            return []
        return [hit["_source"] for hit in answer["hits"]["hits"]]

    def _undescribed(self, tenant: str) -> Query:
        made = [self._meaning.field] if self._meaning.field else []
        return self._except(tenant, [NOTHING, *made])

    def _except(self, tenant: str, described: list[str]) -> Query:
        return {
            "bool": {"filter": [self._dsl.people(tenant)], "must_not": [{"terms": {DESCRIBED: described}}]}
        }

    # Searching.

    async def count(self, tenant: str) -> int:
        return (await self._counts(tenant, [self._dsl.people(tenant)]))[0]

    async def totals(self, tenant: str, queries: Sequence[IndexQuery]) -> list[int]:
        return await self._counts(tenant, [self._dsl.conditions(tenant, query) for query in queries])

    async def search(
        self, tenant: str, query: IndexQuery, *, limit: int, after: str | None = None
    ) -> FoundPage:
        mark = Mark.read(after) if after is not None else None
        async with self._reader.speaking():
            state = await self._reader.state(tenant)
            if state is None:
                return FoundPage([], 0)
            # What an earlier format's index lacks is not asked of it.
            is_fused = query.sort == "relevance" and state.index == self._layout.index
            if is_fused and (mark.head if mark else query.blend):
                page, point = await self._blender.page(state, query, limit, mark)
            else:
                page, point = await self._ranked(state, query, limit, mark)
            if mark and not self._points.names(state, point):
                return replace(page, hits=await self._still_there(state, page.hits, query))
            return page

    async def facets(self, tenant: str, query: IndexQuery, names: Sequence[FacetName], size: int) -> Counted:
        wanted = aggregations(names, size)
        for one in wanted.values():
            if "terms" in one:
                one["terms"]["shard_size"] = max(SPREAD, size)
        conditions = self._dsl.conditions(tenant, query)
        body = {"query": conditions, "size": 0, "aggs": wanted, "track_total_hits": True}
        async with self._reader.speaking():
            answer = await self._reader.searched(tenant, body)
        if not answer:
            return Counted(0, {name: [] for name in names})
        return Counted(total_of(answer), counted(answer["aggregations"], names))

    async def get(self, tenant: str, candidate_ids: Sequence[str]) -> dict[str, ProfileDocument]:
        body = {
            "query": self._dsl.people(tenant, list(candidate_ids)),
            "size": max(1, len(candidate_ids)),
            "_source": [f"{VIEW}.*", f"{STORED}.*"],
        }
        async with self._reader.speaking():
            answer = await self._reader.searched(tenant, body)
        documents = (read(hit["_source"]) for hit in answer["hits"]["hits"]) if answer else ()
        return {document.candidate_id: document for document in documents}

    async def _counts(self, tenant: str, queries: Sequence[Query]) -> list[int]:
        async with self._reader.speaking():
            return await self._reader.counts(tenant, queries)

    async def _ranked(
        self, state: State, query: IndexQuery, limit: int, mark: Mark | None
    ) -> tuple[FoundPage, str]:
        """Return a page in the order of one thing, and the point in time that it was read from."""
        body = {
            "query": self._dsl.query(state.tenant, query),
            "size": limit,
            "track_total_hits": True,
            "_source": [f"{VIEW}.*"],
            "sort": order(query.sort),
        }
        answer, point = await self._reader.page(state, body, mark)
        hits = [found_in(hit, query.sort) for hit in answer["hits"]["hits"]]
        return FoundPage(hits, total_of(answer), _following(answer, hits, mark, point)), point

    async def _still_there(self, state: State, hits: list[Found], query: IndexQuery) -> list[Found]:
        """Return the hits of an older state as they are now, without who was removed or barred since."""
        allowed = self._dsl.conditions(state.tenant, IndexQuery(admits=query.admits))
        named = {"terms": {"candidate_id": [hit.candidate_id for hit in hits]}}
        body = {
            "query": {"bool": {"filter": [allowed, named]}},
            "size": max(1, len(hits)),
            "_source": [f"{VIEW}.*"],
        }
        answer = await self._reader.searched(state.tenant, body) or NOBODY
        now = {view.candidate_id: view for view in map(view_in, answer["hits"]["hits"])}
        return [replace(hit, view=now[hit.candidate_id]) for hit in hits if hit.candidate_id in now]


def _following(answer: Answer, hits: list[Found], mark: Mark | None, point: str) -> str | None:
    reached = (mark.offset if mark else 0) + len(hits)
    if not hits or reached >= min(total_of(answer), DEEPEST):
        return None
    key = answer["hits"]["hits"][-1]["sort"][0]
    return Mark(point, reached, float(key), hits[-1].candidate_id).written()
