"""Whom a query finds, by its conditions alone: ids, without ranking and without reasons."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from servers.recruiter_search.core.compile import Compiled, Compiler
from servers.recruiter_search.core.criteria import OneOf
from servers.recruiter_search.core.document import DO_NOT_CONTACT
from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.ports import IndexQuery, ProfileIndex
from shared.kernel.clock import Clock
from shared.taxonomy import Taxonomy

PAGE = 1000
TAXONOMIES = 8


class Matching:
    """Compares queries with the people in an index."""

    def __init__(self, index: ProfileIndex, clock: Clock) -> None:
        self._index = index
        self._clock = clock
        self._compiler = lru_cache(TAXONOMIES)(_compiler)

    def compiled(self, query: SearchQuery, taxonomy: Taxonomy) -> Compiled:
        """Return ``query`` as it is read today. Raises InvalidInput."""
        return self._compiler(taxonomy).compile(query, self._clock.today())

    async def total(self, tenant: str, query: IndexQuery) -> int:
        """Return how many people a query finds."""
        [total] = await self._index.totals(tenant, [_conditions(query)])
        return total

    async def everybody(self, tenant: str, query: IndexQuery) -> list[str]:
        """Return all whom a query finds, ``DEEPEST`` at most, in one state of the index."""
        found: list[str] = []
        mark: str | None = None
        while True:
            page = await self._index.search(tenant, _conditions(query), limit=PAGE, after=mark)
            found += [one.candidate_id for one in page.hits]
            mark = page.mark
            if mark is None:
                return found

    async def among(
        self, tenant: str, queries: Sequence[IndexQuery], candidate_ids: Sequence[str]
    ) -> list[list[str]]:
        """Return for each query whom of ``candidate_ids`` it finds; the work grows with those, not with all."""
        people = OneOf("candidate_id", tuple(candidate_ids))
        asked = [replace(_conditions(query), must=(people, *query.must)) for query in queries]
        totals = await self._index.totals(tenant, asked) if asked else []
        found: list[list[str]] = []
        for query, total in zip(asked, totals, strict=True):
            page = await self._index.search(tenant, query, limit=total) if total else None
            found.append([one.candidate_id for one in page.hits] if page else [])
        return found


def _compiler(taxonomy: Taxonomy) -> Compiler:
    return Compiler(Names(taxonomy))


def for_alerts(query: SearchQuery) -> SearchQuery:
    """Return a query that finds nobody who asked not to be contacted, whatever it asks."""
    include = [mark for mark in query.include if mark != DO_NOT_CONTACT]
    return query.model_copy(update={"include": include})


def _conditions(query: IndexQuery) -> IndexQuery:
    return IndexQuery(must=query.must, admits=query.admits)
