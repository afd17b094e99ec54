"""The people nearest to a vector among those of whom a query's conditions hold."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from tantivy import DocAddress, Occur, Query, Searcher

from servers.recruiter_search.store.tantivy.ranked import total_of
from servers.recruiter_search.store.tantivy.schema import KEY, schema
from servers.recruiter_search.store.vectors import Floats, Keys, Vectors

NARROW = 30_000
"""So many people are compared one by one, and exactly; among more those that are nearest by signs."""
OVERSAMPLED = 10
PORTION = 4000
"""So many people at most have their conditions checked at once."""
SPARE = 1.2
"""So many times the people who would be enough, were they as many among the nearest as among all."""
MOST_TERMS = 4000
"""Keys that are looked up one by one. They are scattered, so that a set of more walks half of each segment's keys."""

Addressed = dict[int, DocAddress]


def nearest(
    searcher: Searcher, conditions: Query, vectors: Vectors, vector: Floats, count: int, narrow: int = NARROW
) -> tuple[Keys, Floats, Addressed]:
    """Return the ``count`` nearest keys, how like they are, best first, and where their documents are."""
    total = total_of(searcher.search(conditions, 1))
    if total <= narrow:
        addressed = everyone(searcher, conditions, total)
        keys = np.fromiter(addressed, np.uint64, len(addressed))
        return *_best(keys, vectors.likeness(vector, keys), count), addressed
    enough = count * len(vectors) // total
    wanted, portion = OVERSAMPLED * enough, min(PORTION, max(count, int(SPARE * enough)))
    while True:
        keys, liked = vectors.nearest(vector, wanted)
        found, addressed = _holding(searcher, conditions, keys, count, portion)
        if len(addressed) >= count or wanted >= len(vectors):
            return keys[found][:count], liked[found][:count], addressed
        wanted *= 4


def everyone(searcher: Searcher, conditions: Query, most: int) -> Addressed:
    """Return the documents of all of whom ``conditions`` hold, by key."""
    return dict(searcher.search(conditions, max(1, most), order_by_field=KEY).hits)


def keyed(keys: Sequence[int]) -> Query:
    """Return the query for the people of these keys."""
    if len(keys) > MOST_TERMS:
        return Query.term_set_query(schema(), KEY, list(keys))
    return Query.boolean_query(
        [(Occur.Should, Query.term_query(schema(), KEY, key, "basic")) for key in keys]
    )


def among(conditions: Query, keys: Sequence[int]) -> Query:
    """Return the query for those of ``keys`` of whom ``conditions`` hold."""
    chosen = Query.const_score_query(keyed(keys), 0.0)
    return Query.boolean_query([(Occur.Must, chosen), (Occur.Must, conditions)])


def _holding(
    searcher: Searcher, conditions: Query, keys: Keys, count: int, portion: int
) -> tuple[NDArray[np.bool_], Addressed]:
    """Return of whom the conditions hold, until there are ``count``, and where their documents are."""
    addressed: Addressed = {}
    for first in range(0, len(keys), portion):
        part = keys[first : first + portion].tolist()
        addressed |= everyone(searcher, among(conditions, part), len(part))
        if len(addressed) >= count:
            break
    return np.isin(keys, np.fromiter(addressed, np.uint64, len(addressed))), addressed


def _best(keys: Keys, liked: Floats, count: int) -> tuple[Keys, Floats]:
    """Return the best of those that have a vector."""
    order = np.lexsort((keys, -liked))[:count]
    order = order[liked[order] > -1.0]
    return keys[order], liked[order]
