"""A result in its order."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tantivy import DocAddress, Order, Query, Searcher

from servers.recruiter_search.core.models import Sort
from servers.recruiter_search.core.ports import Found
from servers.recruiter_search.store.marks import Mark
from servers.recruiter_search.store.tantivy.schema import FALLING, RISING, TIE, view_of
from servers.recruiter_search.store.ties import HAIR

SPARE = 25
"""Hits after those that are wanted, among whom one may come before them by its hair."""
DEEP = 500
"""From so many hits on the engine weighs them all by their hair, and hands out only those that are wanted."""
Ordered = list[tuple[float, DocAddress]]
"""Hits with the keys that they are ordered by."""


class Ranked:
    """One query's hits in one state of the index, in the order that ``sort`` asks for.

    ``scored``: not all of them score 1.
    """

    beside = 0
    """Nobody is found of whom not everything holds."""

    def __init__(self, searcher: Searcher, query: Query, sort: Sort, *, scored: bool) -> None:
        self._searcher = searcher
        self._query = query
        self._sort = sort
        self._scored = scored

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

    def _ordered(self, limit: int, offset: int) -> tuple[Ordered, int]:
        if self._sort == "relevance":
            return by_score(self._searcher, self._query, limit, offset, scored=self._scored)
        by, order = (FALLING, Order.Desc) if self._sort == "years_desc" else (RISING, Order.Asc)
        found = self._searcher.search(self._query, limit, offset=offset, order_by_field=by, order=order)
        return [(float(key), address) for key, address in found.hits], total_of(found)

    def _before(self, one: float, other: float) -> bool:
        return one < other if self._sort == "years_asc" else one > other

    def _is(self, address: DocAddress, candidate_id: str) -> bool:
        return view_of(self._searcher.doc(address)).candidate_id == candidate_id


def by_score(
    searcher: Searcher, query: Query, limit: int, offset: int = 0, *, scored: bool
) -> tuple[Ordered, int]:
    """Return hits ``[offset, offset + limit)`` by their scores and, where those are equal, their hair; and the total.

    To weigh every hit by its hair costs the engine as much as to score it. So the best few are weighed here, unless
    somebody after them could still come before them; and where all score 1 the hair alone orders them.
    """
    if not scored:
        found = searcher.search(query, limit, offset=offset, order_by_field=TIE, order=Order.Desc)
        ones = np.ones(len(found.hits), np.float32)
        keys = _weighed(ones, [hair for hair, _ in found.hits]).tolist()
        return [(key, address) for key, (_, address) in zip(keys, found.hits, strict=True)], total_of(found)
    size = offset + limit
    if size <= DEEP:
        found = searcher.search(query, size + SPARE)
        places = [address for _, address in found.hits]
        scores = np.array([score for score, _ in found.hits], np.float32)
        keys = _weighed(scores, searcher.fast_field_values(TIE, places))
        order = np.argsort(-keys, kind="stable")[:size]
        if len(places) < size + SPARE or _weighed(scores[-1:], [HAIR])[0] < keys[order[-1]]:
            return [(float(keys[at]), places[at]) for at in order[offset:]], total_of(found)
    found = searcher.search(query, limit, offset=offset, weight_by_field=TIE)
    return [(float(key), address) for key, address in found.hits], total_of(found)


def _weighed(scores: NDArray[np.float32], hairs: Sequence[Any]) -> NDArray[np.float32]:
    """Return scores as the engine weighs them by a field."""
    return scores * np.log2(np.float32(2) + np.array(hairs, np.float32))


def total_of(result: Any) -> int:
    """Return the count of all hits, which the binding's stub does not know of."""
    return int(result.count or 0)
