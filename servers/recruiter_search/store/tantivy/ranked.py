"""A result in its order."""

from typing import Any

from tantivy import DocAddress, Order, Query, Searcher

from servers.recruiter_search.core.models import Sort
from servers.recruiter_search.core.ports import Found
from servers.recruiter_search.store.marks import Mark
from servers.recruiter_search.store.tantivy.schema import FALLING, RISING, TIE, view_of


class Ranked:
    """One query's hits in one state of the index, in the order that ``sort`` asks for."""

    beside = 0
    """Nobody is found of whom not everything holds."""

    def __init__(self, searcher: Searcher, query: Query, sort: Sort) -> None:
        self._searcher = searcher
        self._query = query
        self._sort = sort

    def page(self, limit: int, offset: int) -> tuple[list[float], list[Found], int]:
        """Return the keys that hits ``[offset, offset + limit)`` are ordered by, the hits, and the total."""
        ordered, total = self._ordered(limit, offset)
        keys = [key for key, _ in ordered]
        views = [view_of(self._searcher.doc(address)) for _, address in ordered]
        scores = keys if self._sort == "relevance" else [1.0] * len(keys)
        hits = [
            Found(view.candidate_id, round(score, 4), view) for score, view in zip(scores, views, strict=True)
        ]
        return keys, hits, total

    @property
    def count(self) -> int:
        """How many hits there are."""
        return total_of(self._searcher.search(self._query, 1))

    def end(self, total: int) -> int:
        """Return how many hits there are in this order, of ``total``."""
        return total

    def after(self, mark: Mark) -> int:
        """Return how many hits come before the first one after ``mark``, whose own state is gone."""
        size = mark.offset + 1
        while True:
            ordered, total = self._ordered(size, 0)
            for number, (key, address) in enumerate(ordered):
                if self._before(mark.key, key):
                    return number
                if key == mark.key and self._is(address, mark.candidate_id):
                    return number + 1
            if size >= total:
                return len(ordered)
            size *= 2

    def _ordered(self, limit: int, offset: int) -> tuple[list[tuple[float, DocAddress]], int]:
        if self._sort == "relevance":
            found = self._searcher.search(self._query, limit, offset=offset, weight_by_field=TIE)
        else:
            by, order = (FALLING, Order.Desc) if self._sort == "years_desc" else (RISING, Order.Asc)
            found = self._searcher.search(self._query, limit, offset=offset, order_by_field=by, order=order)
        return [(float(key), address) for key, address in found.hits], total_of(found)

    def _before(self, one: float, other: float) -> bool:
        return one < other if self._sort == "years_asc" else one > other

    def _is(self, address: DocAddress, candidate_id: str) -> bool:
        return view_of(self._searcher.doc(address)).candidate_id == candidate_id


def total_of(result: Any) -> int:
    """Return the count of all hits, which the binding's stub does not know of."""
    return int(result.count or 0)
