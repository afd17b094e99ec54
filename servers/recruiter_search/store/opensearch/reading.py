"""Asking OpenSearch for what is found in one state of the index."""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import NotFoundError, RequestError

from servers.recruiter_search.core.ports import DEEPEST
from servers.recruiter_search.store.marks import Mark
from servers.recruiter_search.store.opensearch.client import speaking_to
from servers.recruiter_search.store.opensearch.dsl import Query, beyond
from servers.recruiter_search.store.opensearch.layout import Layout, routing, state_id, vectors_id
from servers.recruiter_search.store.opensearch.points import KEEP_ALIVE, Points, State
from shared.kernel.errors import Unavailable

log = logging.getLogger(__name__)

Answer = dict[str, Any]
ATTEMPTS = 2
WHOLE = {"allow_partial_search_results": "false"}
"""A part of the index that does not answer is an error, not a smaller result."""
NOBODY: Answer = {"hits": {"hits": [], "total": {"value": 0}}}


class LetGo(Exception):
    """Not everything that was asked for could be read from one state."""


class Reader:
    """Asks on behalf of one tenant at a time. ``where`` is safe to show."""

    def __init__(self, client: AsyncOpenSearch, layout: Layout, points: Points, where: str) -> None:
        self._client = client
        self._layout = layout
        self.points = points
        self.where = where

    @asynccontextmanager
    async def speaking(self) -> AsyncGenerator[None]:
        """Turn the engine's errors into ours."""
        with speaking_to(self.where):
            try:
                yield
            except NotFoundError as error:  # where it matters it is caught before: something was dropped
                raise Unavailable("the profile index is being built", retry_after=1.0) from error

    async def state(self, tenant: str) -> State | None:
        """Return which state a tenant is searched in now; None where nobody is indexed."""
        alias, route = self._layout.alias(tenant), routing(tenant)
        named = [{"_id": name, "routing": route} for name in (state_id(tenant), vectors_id(tenant))]
        answer = await self._client.mget(index=alias, body={"docs": named}, params={"_source": "false"})
        found, vectors = answer["docs"]
        if not found.get("found"):
            return None
        described = vectors["_seq_no"] if vectors.get("found") else -1
        return State(alias, tenant, found["_index"], found["_primary_term"], found["_seq_no"], described)

    async def searched(self, tenant: str, body: Query) -> Answer | None:
        """Return the answer of today's state; None of a tenant of whom nobody is indexed."""
        try:
            return await self._client.search(
                index=self._layout.alias(tenant), body=body, params={"routing": routing(tenant), **WHOLE}
            )
        except NotFoundError:
            return None

    async def counts(self, tenant: str, queries: Sequence[Query]) -> list[int]:
        """Return the counts of all queries, in one request and one state."""
        state = await self.state(tenant)
        if state is None:
            return [0] * len(queries)
        bodies = [{"query": query, "size": 0, "track_total_hits": True} for query in queries]
        for _ in range(ATTEMPTS):
            try:
                return [total_of(one) for one in await self.all(state, bodies, await self.points.at(state))]
            except LetGo:
                self.points.forget(state)
        raise Unavailable(f"OpenSearch at {self.where} could not count", retry_after=1.0)

    async def all(self, state: State, bodies: Sequence[Query], point: str | None) -> list[Answer]:
        """Return the answers to several searches at ``point``, or today; one at least. Raises LetGo."""
        where = {} if point else {"index": state.alias, "routing": routing(state.tenant)}
        pinned = {"pit": {"id": point, "keep_alive": KEEP_ALIVE}} if point else {}
        lines = [line for one in bodies for line in (where | WHOLE, one | pinned)]
        try:
            answers: list[Answer] = (await self._client.msearch(body=lines))["responses"]
        except (NotFoundError, RequestError) as error:
            raise LetGo from error
        failed = [answer["error"].get("type") for answer in answers if "error" in answer]
        if failed:
            log.info("OpenSearch did not answer all searches of one state: %s", failed)
            raise LetGo
        return answers

    async def page(self, state: State, body: Query, mark: Mark | None) -> tuple[Answer, str]:
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
                if self.points.names(state, mark.pin):
                    self.points.forget(state)
        rest = body | {"search_after": beyond(mark)} if mark else body
        for _ in range(ATTEMPTS):
            point = await self.points.at(state)
            if point is None:
                return await self.searched(state.tenant, rest) or NOBODY, ""
            try:
                return await self._at_point(rest, point), point
            except NotFoundError:  # the engine was started anew
                self.points.forget(state)
        raise Unavailable(f"OpenSearch at {self.where} lets go of what is read", retry_after=1.0)

    async def _at_point(self, body: Query, point: str) -> Answer:
        pinned = body | {"pit": {"id": point, "keep_alive": KEEP_ALIVE}}
        return await self._client.search(body=pinned, params=WHOLE)


def total_of(answer: Answer) -> int:
    """Return the count of all hits."""
    return int(answer["hits"]["total"]["value"])
