"""The profile index on OpenSearch."""

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from time import monotonic
from typing import Any, Self

from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import NotFoundError, RequestError

from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.models import Sort
from servers.recruiter_search.core.ports import DEEPEST, Batch, Counted, Found, FoundPage, IndexQuery
from servers.recruiter_search.core.profile_view import of_fields
from servers.recruiter_search.core.results import FacetName, ProfileView
from servers.recruiter_search.store.counting import aggregations, counted
from servers.recruiter_search.store.marks import Mark
from servers.recruiter_search.store.opensearch.client import connected, shown, speaking_to
from servers.recruiter_search.store.opensearch.dsl import Dsl, Query, beyond, order
from servers.recruiter_search.store.opensearch.layout import (
    STORED,
    TENANT,
    VIEW,
    Layout,
    read,
    routing,
    state_id,
)
from servers.recruiter_search.store.opensearch.points import KEEP_ALIVE, Points, State
from servers.recruiter_search.store.opensearch.writing import Writer
from shared.kernel.errors import Unavailable

log = logging.getLogger(__name__)

ATTEMPTS = 2
WHOLE = {"allow_partial_search_results": "false"}
"""A part of the index that does not answer is an error, not a smaller result."""
SPREAD = 1000
"""Values of a facet that each shard tells at least, since the most frequent ones may differ between shards."""


class OpenSearchIndex:
    """Implements ``ProfileIndex``. Replicas share it, so each may search what another one wrote.

    Every search goes through the tenant's alias, which filters and routes by the tenant, and asks for the
    tenant itself as well.
    """

    def __init__(self, url: str, layout: Layout, clock: Callable[[], float] = monotonic) -> None:
        self._where = shown(url)
        self._client: AsyncOpenSearch = connected(url)
        self._layout = layout
        self._writer = Writer(self._client, layout)
        self._points = Points(self._client, clock)
        self._dsl = Dsl()

    @classmethod
    async def open(cls, url: str, layout: Layout | None = None) -> Self:
        """Connect and make sure that the index is there. Raises InvalidInput, Unavailable."""
        index = cls(url, layout or Layout())
        try:
            async with index._speaking():
                await index._writer.prepare()
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
        async with self._speaking():
            await self._writer.apply(tenant, batch)

    async def seq(self, tenant: str) -> int:
        async with self._speaking():
            return (await self._writer.kept(tenant)).seq

    async def clear(self, tenant: str) -> None:
        async with self._speaking():
            await self._writer.clear(tenant)

    async def tenants(self) -> list[str]:
        async with self._speaking():
            found = await self._client.indices.get_alias(name=self._layout.all_aliases)
        aliases = (alias for index in found.values() for alias in index["aliases"].values())
        return sorted({alias["filter"]["term"][TENANT] for alias in aliases})

    # Searching.

    async def count(self, tenant: str) -> int:
        return (await self._counts(tenant, [self._dsl.people(tenant)]))[0]

    async def coverage(self, tenant: str) -> float | None:
        return None

    async def totals(self, tenant: str, queries: Sequence[IndexQuery]) -> list[int]:
        return await self._counts(tenant, [self._dsl.conditions(tenant, query) for query in queries])

    async def search(
        self, tenant: str, query: IndexQuery, *, limit: int, after: str | None = None
    ) -> FoundPage:
        mark = Mark.read(after) if after is not None else None
        async with self._speaking():
            state = await self._state(tenant)
            if state is None:
                return FoundPage([], 0)
            body = {
                "query": self._dsl.query(tenant, query),
                "size": limit,
                "track_total_hits": True,
                "_source": [f"{VIEW}.*"],
                "sort": order(query.sort),
            }
            answer, point = await self._page(state, body, mark)
            hits = [_found(hit, query.sort) for hit in answer["hits"]["hits"]]
            following = _following(answer, hits, mark, point)
            if mark and not self._points.names(state, point):
                hits = await self._still_there(state, hits, query)
            return FoundPage(hits, _total(answer), following)

    async def facets(self, tenant: str, query: IndexQuery, names: Sequence[FacetName], size: int) -> Counted:
        wanted = aggregations(names, size)
        for one in wanted.values():
            if "terms" in one:
                one["terms"]["shard_size"] = max(SPREAD, size)
        conditions = self._dsl.conditions(tenant, query)
        body = {"query": conditions, "size": 0, "aggs": wanted, "track_total_hits": True}
        async with self._speaking():
            answer = await self._searched(tenant, body)
        if not answer:
            return Counted(0, {name: [] for name in names})
        return Counted(_total(answer), counted(answer["aggregations"], names))

    async def get(self, tenant: str, candidate_ids: Sequence[str]) -> dict[str, ProfileDocument]:
        body = {
            "query": self._dsl.people(tenant, list(candidate_ids)),
            "size": max(1, len(candidate_ids)),
            "_source": [f"{VIEW}.*", f"{STORED}.*"],
        }
        async with self._speaking():
            answer = await self._searched(tenant, body)
        documents = (read(hit["_source"]) for hit in answer["hits"]["hits"]) if answer else ()
        return {document.candidate_id: document for document in documents}

    # Asking the engine.

    @asynccontextmanager
    async def _speaking(self) -> AsyncGenerator[None]:
        with speaking_to(self._where):
            try:
                yield
            except NotFoundError as error:  # where it matters it is caught before: something was dropped
                raise Unavailable("the profile index is being built", retry_after=1.0) from error

    async def _searched(self, tenant: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Return the answer of today's state; None of a tenant of whom nobody is indexed."""
        try:
            return await self._client.search(
                index=self._layout.alias(tenant), body=body, params={"routing": routing(tenant), **WHOLE}
            )
        except NotFoundError:
            return None

    async def _counts(self, tenant: str, queries: Sequence[Query]) -> list[int]:
        """Return the counts of all queries, in one request and one state."""
        async with self._speaking():
            state = await self._state(tenant)
            if state is None:
                return [0] * len(queries)
            for _ in range(ATTEMPTS):
                answers = await self._counted(state, queries, await self._points.at(state))
                if not any("error" in answer for answer in answers):
                    return [_total(answer) for answer in answers]
                self._points.forget(state)
        raise Unavailable(f"OpenSearch at {self._where} could not count", retry_after=1.0)

    async def _counted(
        self, state: State, queries: Sequence[Query], point: str | None
    ) -> list[dict[str, Any]]:
        where = {} if point else {"index": state.alias, "routing": routing(state.tenant)}
        pinned = {"pit": {"id": point, "keep_alive": KEEP_ALIVE}} if point else {}
        asked = [{"query": query, "size": 0, "track_total_hits": True, **pinned} for query in queries]
        answer = await self._client.msearch(body=[line for one in asked for line in (where | WHOLE, one)])
        return answer["responses"]

    async def _state(self, tenant: str) -> State | None:
        """Return which state a tenant is searched in now; None where nobody is indexed."""
        alias = self._layout.alias(tenant)
        asked = {"routing": routing(tenant), "ignore": 404}
        found = await self._client.get(index=alias, id=state_id(tenant), params=asked)
        if not found.get("found"):
            return None
        return State(alias, tenant, found["_index"], found["_primary_term"], found["_seq_no"])

    async def _page(
        self, state: State, body: dict[str, Any], mark: Mark | None
    ) -> tuple[dict[str, Any], str]:
        """Return the page after ``mark`` and the point in time that it was read from.

        In its own state it goes on by how many came before, which is exact however scores are rounded; where
        that is gone, after the last hit in today's order.
        """
        if mark and mark.pin:
            there = {"from": mark.offset, "size": min(body["size"], DEEPEST - mark.offset)}
            try:
                return await self._at_point(body | there, mark.pin), mark.pin
            except (NotFoundError, RequestError) as error:  # let go, or none of ours
                log.info("a page goes on in today's order: %s", error.error)
                if self._points.names(state, mark.pin):
                    self._points.forget(state)
        rest = body | {"search_after": beyond(mark)} if mark else body
        for _ in range(ATTEMPTS):
            point = await self._points.at(state)
            if point is None:
                return await self._searched(state.tenant, rest) or _NOBODY, ""
            try:
                return await self._at_point(rest, point), point
            except NotFoundError:  # the engine was started anew
                self._points.forget(state)
        raise Unavailable(f"OpenSearch at {self._where} lets go of what is read", retry_after=1.0)

    async def _at_point(self, body: dict[str, Any], point: str) -> dict[str, Any]:
        pinned = body | {"pit": {"id": point, "keep_alive": KEEP_ALIVE}}
        return await self._client.search(body=pinned, params=WHOLE)

    async def _still_there(self, state: State, hits: list[Found], query: IndexQuery) -> list[Found]:
        """Return the hits of an older state as they are now, without who was removed or barred since."""
        allowed = self._dsl.conditions(state.tenant, IndexQuery(admits=query.admits))
        named = {"terms": {"candidate_id": [hit.candidate_id for hit in hits]}}
        body = {
            "query": {"bool": {"filter": [allowed, named]}},
            "size": max(1, len(hits)),
            "_source": [f"{VIEW}.*"],
        }
        answer = await self._searched(state.tenant, body) or _NOBODY
        now = {view.candidate_id: view for view in map(_view, answer["hits"]["hits"])}
        return [replace(hit, view=now[hit.candidate_id]) for hit in hits if hit.candidate_id in now]


_NOBODY: dict[str, Any] = {"hits": {"hits": [], "total": {"value": 0}}}


def _view(hit: dict[str, Any]) -> ProfileView:
    return of_fields(hit["_source"][VIEW])


def _found(hit: dict[str, Any], sort: Sort) -> Found:
    view = _view(hit)
    return Found(view.candidate_id, round(hit["sort"][0], 4) if sort == "relevance" else 1.0, view)


def _following(answer: dict[str, Any], hits: list[Found], mark: Mark | None, point: str) -> str | None:
    reached = (mark.offset if mark else 0) + len(hits)
    if not hits or reached >= min(_total(answer), DEEPEST):
        return None
    key = answer["hits"]["hits"][-1]["sort"][0]
    return Mark(point, reached, float(key), hits[-1].candidate_id).written()


def _total(answer: dict[str, Any]) -> int:
    return int(answer["hits"]["total"]["value"])
