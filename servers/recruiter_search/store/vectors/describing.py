"""Giving everybody a vector, in the background: texts are embedded once, people are the means of theirs."""

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

import numpy as np
from tantivy import FieldType, Occur, Query, Searcher

from servers.recruiter_search.core.ports import Encoder
from servers.recruiter_search.store.tantivy.index import TantivyIndex
from servers.recruiter_search.store.tantivy.ranked import total_of
from servers.recruiter_search.store.tantivy.schema import KEY, KIND, MARK, PERSON, from_index, schema
from servers.recruiter_search.store.vectors import Keys, Vectors, keys_of
from servers.recruiter_search.store.vectors.meanings import Meanings, People, Wanting
from shared.kernel.errors import HiremeshError

log = logging.getLogger(__name__)

AT_ONCE = 2000
"""People whose vectors are made together."""
TEXTS_AT_ONCE = 256
SECONDS = 120.0
"""How long the encoder may take for a portion of texts: people's queries wait nowhere behind them."""
LOOK_SECONDS = 1.0
RETRY_SECONDS = 15.0
PART = 50_000
"""People who are looked through at once for those without a vector."""
_KEYS = 2**64


class Describing:
    """Looks for people without a vector that fits, and makes it, as long as it is open."""

    def __init__(self, index: TantivyIndex, meanings: Meanings, encoder: Encoder) -> None:
        self._index = index
        self._meanings = meanings
        self._encoder = encoder
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="describe people")

    async def aclose(self) -> None:
        """Stop; what is missing is made after the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._meanings.close()

    async def catch_up(self, tenant: str) -> None:
        """Give every person of a tenant a vector who has none that fits. Raises HiremeshError, OSError."""
        people = await asyncio.to_thread(self._meanings.opened, tenant)
        while noted := people.noted(AT_ONCE):
            await self._describe(tenant, noted)
            people.made(noted)
        if people.is_noted:
            return
        people.is_noted = True
        try:
            await self._look_through(tenant, people)
        except BaseException:
            people.is_noted = False
            raise
        people.is_level = people.is_noted

    async def _run(self) -> None:
        while True:
            wait = LOOK_SECONDS
            try:
                for tenant in await self._index.tenants():
                    await self.catch_up(tenant)
            except HiremeshError as error:
                log.warning("people get no vectors for now: %s", error.message)
                wait = error.retry_after or RETRY_SECONDS
            except Exception:  # such as a full disk; search goes on without
                log.exception("people get no vectors for now")
                wait = RETRY_SECONDS
            await asyncio.sleep(wait)

    async def _look_through(self, tenant: str, people: People) -> None:
        total = await self._index.count(tenant)
        parts = max(1, -(-total // PART))
        for part in range(parts):
            first, last = _KEYS * part // parts, _KEYS * (part + 1) // parts - 1
            missing = await self._index.reading(tenant, partial(_missing, first, last, people.vectors))
            for at in range(0, len(missing), AT_ONCE):
                meant = partial(_meant, missing[at : at + AT_ONCE])
                await self._describe(tenant, await self._index.reading(tenant, meant))
            if people.vectors is not None:
                await self._index.reading(tenant, partial(_forget_gone, first, last, people.vectors))

    async def _describe(self, tenant: str, wanting: Sequence[Wanting]) -> None:
        if not wanting:
            return
        texts = await self._embedded(sorted({text for one in wanting for text in one.meant}))
        people = await asyncio.to_thread(self._meanings.opened, tenant)
        if people.vectors is not None:
            await asyncio.to_thread(_put_means, people.vectors, texts, wanting)
            # Who was removed meanwhile must not stay.
            keys = np.fromiter((one.key for one in wanting), np.uint64, len(wanting))
            await self._index.reading(tenant, partial(_keep_there, keys, people.vectors))

    async def _embedded(self, texts: Sequence[str]) -> Vectors:
        """Return where all of ``texts`` have vectors."""
        known = await asyncio.to_thread(self._meanings.texts)
        missing = texts
        if known is not None:
            there = known.marks(keys_of(texts)) != 0
            missing = [text for text, is_there in zip(texts, there, strict=True) if not is_there]
        for at in range(0, len(missing), TEXTS_AT_ONCE):
            part = missing[at : at + TEXTS_AT_ONCE]
            vectors = await self._encoder.encode(part, seconds=SECONDS)
            known = self._meanings.texts(vectors.shape[1])
            assert known is not None
            keys = keys_of(part)
            await asyncio.to_thread(known.put, keys, np.ones_like(keys), vectors)
        assert known is not None
        return known


def _put_means(vectors: Vectors, texts: Vectors, wanting: Sequence[Wanting]) -> None:
    """Put the weighted mean of each person's texts."""
    counts = [len(one.meant) for one in wanting]
    names = [text for one in wanting for text in one.meant]
    weights = np.fromiter((w for one in wanting for w in one.meant.values()), np.float32, len(names))
    distinct = {text: number for number, text in enumerate(dict.fromkeys(names))}
    known, _ = texts.get(keys_of(list(distinct)))
    rows = known[[distinct[name] for name in names]] * weights[:, None]
    means = np.add.reduceat(rows, np.cumsum([0, *counts[:-1]]), axis=0)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    keys = np.fromiter((one.key for one in wanting), np.uint64, len(wanting))
    marks = np.fromiter((one.mark for one in wanting), np.uint64, len(wanting))
    vectors.put(keys, marks, means.astype(np.float32))


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
    hits = searcher.search(
        Query.term_set_query(schema(), KEY, list(keys)), max(1, len(keys)), order_by_field=KEY
    ).hits
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
    query = Query.term_set_query(schema(), KEY, keys.tolist())
    there = searcher.search(query, max(1, len(keys)), order_by_field=KEY).hits
    vectors.drop(keys[~np.isin(keys, np.fromiter((key for key, _ in there), np.uint64, len(there)))])
