"""Writing profiles so that a repeat, an old message or another replica changes nothing, and none is skipped.

OpenSearch has no transactions. A document's version is the change of the pool that it is derived from: an
older one never replaces a newer one. How far a tenant's index is stands in a document of its own, written
when everything before it is searchable, and only if nobody else moved it meanwhile.

A vector is written into a document by writing all of it again as the version that it is, so a later one is never
replaced; a profile that is described as before keeps its vector.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import ConflictError
from opensearchpy.helpers import async_streaming_bulk
from pydantic_core import to_json
from tantivy import TextAnalyzer

from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.ports import Batch
from servers.recruiter_search.store.cutting import analyzer
from servers.recruiter_search.store.opensearch.layout import (
    DESCRIBED,
    KIND,
    MARK,
    STATE,
    STORED,
    TENANT,
    Layout,
    hexadecimal,
    order_of,
    person_id,
    routing,
    state_id,
    vectors_id,
    written,
)
from servers.recruiter_search.store.opensearch.meaning import PREFIX, Meaning
from servers.recruiter_search.store.vectors import mark_of
from shared.kernel.errors import Unavailable

log = logging.getLogger(__name__)

CHUNK = 500
CHUNK_BYTES = 8_000_000
RETRIES = 6
BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 0.2, 10
EPOCH_BITS = 40  # below an epoch, 10^12 changes
STAND_BACK_SECONDS = 5.0

Action = tuple[dict[str, Any], str | None]
Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Kept:
    """How far an index is for a tenant.

    Args:
        epoch: how often it was cleared; versions of a later one are above all of an earlier one.
        guard: what makes sure that nobody has written it since.
    """

    seq: int
    epoch: int
    guard: dict[str, Any]

    def version(self, seq: int) -> int:
        return (self.epoch << EPOCH_BITS) | seq


NOTHING = Kept(0, 0, {"op_type": "create"})


class Writer:
    """Writes into this format's index, and has tenants searched there once it is as far as any other."""

    def __init__(self, client: AsyncOpenSearch, layout: Layout, meaning: Meaning) -> None:
        self._client = client
        self._layout = layout
        self._meaning = meaning
        self._words: TextAnalyzer = analyzer()
        # What is read of a document and written back must not be derived anew in between, which is no new version.
        self._rewriting: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def prepare(self) -> None:
        """Make the index where there is none, and drop those of earlier formats that nobody is searched in."""
        index = self._layout.index
        template = self._layout.template(self._meaning.mapping())
        await self._client.indices.put_index_template(name=index, body=template)
        made = await self._client.indices.create(index=index, params={"ignore": 400})
        if "error" in made and made["error"]["type"] != "resource_already_exists_exception":
            raise Unavailable(f"OpenSearch does not make {index}: {made['error']['type']}")
        indices = await self._client.indices.get_alias(index=self._layout.all_indices)
        for name, found in indices.items():
            if order_of(name) < order_of(index) and not found["aliases"]:
                log.info("dropping %s, which nobody is searched in any more", name)
                await self._client.indices.delete(index=name, params={"ignore_unavailable": "true"})
                await self._client.indices.delete_index_template(name=name, params={"ignore": 404})

    async def kept(self, tenant: str, index: str | None = None) -> Kept:
        """Return how far an index, or this format's, is for a tenant."""
        found = await self._client.get(
            index=index or self._layout.index,
            id=state_id(tenant),
            params={"routing": routing(tenant), "ignore": 404},
        )
        if not found.get("found"):
            return NOTHING
        state = found["_source"][STORED]
        guard = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
        return Kept(state["seq"], state["epoch"], guard)

    async def apply(self, tenant: str, batch: Batch) -> None:
        """Put and remove, then say how far this brings us. Raises Unavailable."""
        kept = await self.kept(tenant)
        if kept is NOTHING:
            await self.prepare()
        if batch.after > kept.seq:  # the index was lost or cleared since these changes were read
            raise Unavailable("changes before these are missing", retry_after=0.1)
        async with self._rewriting[tenant]:
            described = await self._described(tenant, batch.documents)
            await self._write(await asyncio.to_thread(self._actions, tenant, batch, kept, described))
        await self._client.indices.refresh(index=self._layout.index)
        await self._have_searched(tenant, max(batch.seq, kept.seq))
        if batch.seq > kept.seq or kept is NOTHING:
            await self._move(tenant, Kept(max(batch.seq, kept.seq), kept.epoch, kept.guard))

    async def clear(self, tenant: str) -> None:
        """Forget everybody of a tenant, and how far we were."""
        kept = await self.kept(tenant)
        if kept is NOTHING:
            return
        await self._move(tenant, Kept(0, kept.epoch + 1, kept.guard))
        everybody = {"bool": {"filter": [{"term": {TENANT: tenant}}], "must_not": [{"term": {KIND: STATE}}]}}
        await self._client.delete_by_query(
            index=self._layout.index,
            body={"query": everybody},
            params={"routing": routing(tenant), "refresh": "true", "conflicts": "proceed"},
        )
        # Written again, since pages may have been begun while they were still there.
        await self._move(tenant, await self.kept(tenant))

    async def describe(self, tenant: str, field: str, vectors: Mapping[str, tuple[str, list[int]]]) -> None:
        """Write people's vectors into ``field``, by id with the mark of what each is made of; of nobody whom another
        mark or nothing is there of by now. Raises Unavailable."""
        async with self._rewriting[tenant]:
            found = await self._got(tenant, list(vectors))
            await self._write(
                [
                    self._rewritten(
                        tenant, candidate_id, found[candidate_id], {DESCRIBED: field, field: vector}
                    )
                    for candidate_id, (mark, vector) in vectors.items()
                    if candidate_id in found and found[candidate_id]["_source"][MARK] == mark
                ]
            )
        await self._client.indices.refresh(index=self._layout.index)
        await self._client.index(  # so that what is read from now on is another state
            index=self._layout.index,
            id=vectors_id(tenant),
            body={KIND: STATE, TENANT: tenant},
            params={"routing": routing(tenant), "refresh": "true"},
        )

    async def _described(self, tenant: str, documents: Sequence[ProfileDocument]) -> dict[str, Fields]:
        """Return the vectors of those who have one already that is made of the same, by id."""
        field = self._meaning.field
        if field is None:
            return {}
        known: dict[str, Fields] = {}
        for first in range(0, len(documents), CHUNK):
            part = documents[first : first + CHUNK]
            found = await self._got(tenant, [one.candidate_id for one in part], [MARK, DESCRIBED, field])
            for one in part:
                source = found[one.candidate_id]["_source"] if one.candidate_id in found else {}
                if source.get(DESCRIBED) == field and source[MARK] == hexadecimal(mark_of(one.meant)):
                    known[one.candidate_id] = {DESCRIBED: field, field: source[field]}
        return known

    async def _got(
        self, tenant: str, candidate_ids: Sequence[str], fields: Sequence[str] = ()
    ) -> dict[str, dict[str, Any]]:
        """Return the documents that are there as they were written last, by candidate id, or some of their fields."""
        if not candidate_ids:
            return {}
        named = [{"_id": person_id(tenant, one), "routing": routing(tenant)} for one in candidate_ids]
        answer = await self._client.mget(
            index=self._layout.index,
            body={"docs": named},
            params={"_source_includes": ",".join(fields)} if fields else {},
        )
        pairs = zip(candidate_ids, answer["docs"], strict=True)
        return {candidate_id: document for candidate_id, document in pairs if document.get("found")}

    def _rewritten(self, tenant: str, candidate_id: str, document: dict[str, Any], vector: Fields) -> Action:
        source = {name: value for name, value in document["_source"].items() if not name.startswith(PREFIX)}
        address = self._addressed(tenant, candidate_id, document["_version"])
        return {"index": address}, to_json({**source, **vector}).decode()

    async def _write(self, actions: list[Action]) -> None:
        """Write everything; what is rejected for the load is sent again. Raises Unavailable."""
        refused: Counter[str] = Counter()
        async for _, item in async_streaming_bulk(
            self._client,
            actions,
            chunk_size=CHUNK,
            max_chunk_bytes=CHUNK_BYTES,
            raise_on_error=False,
            expand_action_callback=_as_it_is,
            max_retries=RETRIES,
            initial_backoff=BACKOFF_SECONDS,
            max_backoff=LONGEST_BACKOFF_SECONDS,
            yield_ok=False,
        ):
            ((operation, result),) = item.items()
            later = result["status"] == 409  # a later state is there already
            gone = operation == "delete" and result["status"] == 404
            if not later and not gone:
                refused[result["error"]["type"]] += 1
        if refused:
            log.error("OpenSearch did not take %s of %s changes: %s", refused.total(), len(actions), refused)
            raise Unavailable(f"OpenSearch did not take {refused.total()} of {len(actions)} changes")

    def _actions(
        self, tenant: str, batch: Batch, kept: Kept, described: Mapping[str, Fields]
    ) -> list[Action]:
        return [
            *self._removals(tenant, batch.removed, kept.version(batch.seq)),
            *self._puts(tenant, batch, kept, described),
        ]

    def _removals(self, tenant: str, removed: Iterable[str], version: int) -> Iterator[Action]:
        for candidate_id in removed:
            yield {"delete": self._addressed(tenant, candidate_id, version)}, None

    def _puts(
        self, tenant: str, batch: Batch, kept: Kept, described: Mapping[str, Fields]
    ) -> Iterator[Action]:
        for document in batch.documents:
            version = kept.version(document.seq or batch.seq)
            address = self._addressed(tenant, document.candidate_id, version)
            vector = described.get(document.candidate_id, {})
            yield {"index": address}, written(document, tenant, self._words, vector)

    def _addressed(self, tenant: str, candidate_id: str, version: int) -> dict[str, Any]:
        return {
            "_index": self._layout.index,
            "_id": person_id(tenant, candidate_id),
            "routing": routing(tenant),
            "version": version,
            "version_type": "external_gte",
        }

    async def _move(self, tenant: str, to: Kept) -> None:
        """Write how far we are. Raises Unavailable where somebody else did meanwhile, and is not as far."""
        state = {KIND: STATE, TENANT: tenant, STORED: {"seq": to.seq, "epoch": to.epoch}}
        try:
            await self._client.index(
                index=self._layout.index,
                id=state_id(tenant),
                body=state,
                params={"routing": routing(tenant), "refresh": "true", **to.guard},
            )
        except ConflictError:
            now = await self.kept(tenant)
            if now.epoch != to.epoch or now.seq < to.seq:
                raise Unavailable(
                    "another replica is writing the same profiles", retry_after=STAND_BACK_SECONDS
                ) from None

    async def _have_searched(self, tenant: str, seq: int) -> None:
        """Have a tenant searched in this index where none is further, nor as far and of a later format."""
        own, alias = self._layout.index, self._layout.alias(tenant)
        found = await self._client.indices.get_alias(name=alias, params={"ignore": 404})
        searched = [] if "error" in found else list(found)
        if own in searched:
            return
        for other in searched:
            if ((await self.kept(tenant, other)).seq, order_of(other)) > (seq, order_of(own)):
                return
        left = [{"remove": {"index": other, "alias": alias}} for other in searched]
        await self._client.indices.update_aliases(body={"actions": [*left, self._layout.aliased(tenant)]})


def _as_it_is(action: Action) -> Action:
    return action
