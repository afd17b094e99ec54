"""Who of the people in Tantivy has no vector that fits in the files beside it."""

import asyncio
from collections.abc import Sequence
from functools import partial

import numpy as np
from tantivy import FieldType, Occur, Query, Searcher

from servers.recruiter_search.store.tantivy.index import TantivyIndex
from servers.recruiter_search.store.tantivy.ranked import total_of
from servers.recruiter_search.store.tantivy.schema import KEY, KIND, MARK, PERSON, from_index, schema
from servers.recruiter_search.store.vectors import Keys, Vectors
from servers.recruiter_search.store.vectors.describing import Means
from servers.recruiter_search.store.vectors.meanings import Meanings, People, Wanting
from servers.recruiter_search.store.vectors.nearest import keyed

AT_ONCE = 2000
"""People whose vectors are made together."""
PART = 50_000
"""People who are looked through at once for those without a vector."""
_KEYS = 2**64


class PeopleBeside:
    """Implements ``Described``: people are in ``index``, their vectors in ``meanings``."""

    def __init__(self, index: TantivyIndex, meanings: Meanings) -> None:
        self._index = index
        self._meanings = meanings

    async def tenants(self) -> list[str]:
        return await self._index.tenants()

    async def describe(self, tenant: str, means: Means) -> None:
        people = await asyncio.to_thread(self._meanings.opened, tenant)
        while noted := people.noted(AT_ONCE):
            await self._put(tenant, noted, means)
            people.made(noted)
        if people.is_noted:
            return
        people.is_noted = True
        try:
            await self._look_through(tenant, people, means)
        except BaseException:
            people.is_noted = False
            raise
        people.is_level = people.is_noted

    async def _look_through(self, tenant: str, people: People, means: Means) -> None:
        total = await self._index.count(tenant)
        parts = max(1, -(-total // PART))
        for part in range(parts):
            first, last = _KEYS * part // parts, _KEYS * (part + 1) // parts - 1
            missing = await self._index.reading(tenant, partial(_missing, first, last, people.vectors))
            for at in range(0, len(missing), AT_ONCE):
                meant = partial(_meant, missing[at : at + AT_ONCE])
                await self._put(tenant, await self._index.reading(tenant, meant), means)
            if people.vectors is not None:
                await self._index.reading(tenant, partial(_forget_gone, first, last, people.vectors))

    async def _put(self, tenant: str, wanting: Sequence[Wanting], means: Means) -> None:
        if not wanting:
            return
        made = await means([one.meant for one in wanting])
        people = await asyncio.to_thread(self._meanings.opened, tenant)
        if people.vectors is not None:
            keys = np.fromiter((one.key for one in wanting), np.uint64, len(wanting))
            marks = np.fromiter((one.mark for one in wanting), np.uint64, len(wanting))
            await asyncio.to_thread(people.vectors.put, keys, marks, made)
            # Who was removed meanwhile must not stay.
            await self._index.reading(tenant, partial(_keep_there, keys, people.vectors))


def _within(first: int, last: int) -> Query:
    people = Query.term_query(schema(), KIND, PERSON, "basic")
    keys = Query.range_query(schema(), KEY, FieldType.Unsigned, first, last)
    return Query.boolean_query([(Occur.Must, people), (Occur.Must, keys)])


def _there(searcher: Searcher, first: int, last: int) -> tuple[Keys, Keys]:
    """Return the keys from ``first`` to ``last`` and their marks."""
    query = _within(first, last)
    count = total_of(searcher.search(query, 1))
    hits = searcher.search(query, max(1, count), order_by_field=KEY).hits
    marks = searcher.fast_field_values(MARK, [address for _, address in hits])
    keys = np.fromiter((key for key, _ in hits), np.uint64, len(hits))
    return keys, np.fromiter((int(mark or 0) for mark in marks), np.uint64, len(hits))


def _missing(first: int, last: int, vectors: Vectors | None, searcher: Searcher) -> list[int]:
    """Return the keys of people whose vector is not there or made of something else."""
    keys, marks = _there(searcher, first, last)
    made = vectors.marks(keys) if vectors is not None else np.zeros_like(keys)
    return keys[(marks != made) & (marks != 0)].tolist()


def _meant(keys: Sequence[int], searcher: Searcher) -> list[Wanting]:
    """Return what the people with these keys are to be described by."""
    hits = searcher.search(keyed(keys), max(1, len(keys)), order_by_field=KEY).hits
    marks = searcher.fast_field_values(MARK, [address for _, address in hits])
    documents = (from_index(searcher.doc(address)) for _, address in hits)
    found = zip(hits, marks, documents, strict=True)
    return [Wanting(int(key), int(mark or 0), document.meant) for (key, _), mark, document in found if mark]


def _forget_gone(first: int, last: int, vectors: Vectors, searcher: Searcher) -> None:
    """Drop the vectors of who is no longer there."""
    keys, _ = _there(searcher, first, last)
    known = vectors.keys()
    within = known[(known >= np.uint64(first)) & (known <= np.uint64(last))]
    vectors.drop(within[~np.isin(within, keys)])


def _keep_there(keys: Keys, vectors: Vectors, searcher: Searcher) -> None:
    """Drop the vectors of those of ``keys`` who are no longer there."""
    query = keyed(keys.tolist())
    there = searcher.search(query, max(1, len(keys)), order_by_field=KEY).hits
    vectors.drop(keys[~np.isin(keys, np.fromiter((key for key, _ in there), np.uint64, len(there)))])
