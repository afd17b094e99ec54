"""The profile index on Tantivy: a folder per tenant, one writer, readers that never wait for it.

The folder's name carries the format, so another format is another folder, rebuilt from the candidates
unit. The sequence that the index has reached is a document in it: one commit holds both or neither.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import quote, unquote

import numpy as np
from tantivy import Occur, Query, Searcher

from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.ports import DEEPEST, Batch, Counted, Found, FoundPage, IndexQuery
from servers.recruiter_search.core.results import FacetName
from servers.recruiter_search.store.counting import aggregations, counted
from servers.recruiter_search.store.marks import Mark
from servers.recruiter_search.store.tantivy.blended import Blended, begun
from servers.recruiter_search.store.tantivy.damage import damaged, panics_told
from servers.recruiter_search.store.tantivy.opening import CHECK_SECONDS, TenantIndex, open_tenant
from servers.recruiter_search.store.tantivy.ranked import Ranked, total_of
from servers.recruiter_search.store.tantivy.schema import (
    KIND,
    PERSON,
    STATE,
    TIE,
    PositionTerms,
    from_index,
    schema,
    state_document,
    to_index,
    view_of,
)
from servers.recruiter_search.store.tantivy.translate import Translator, barred
from servers.recruiter_search.store.vectors import Vectors, keys_of
from servers.recruiter_search.store.vectors.coverage import coverage
from servers.recruiter_search.store.vectors.meanings import Meanings
from shared.kernel.errors import Unavailable
from shared.kernel.ids import new_id

log = logging.getLogger(__name__)

T = TypeVar("T")


class TantivyIndex:
    """Implements ``ProfileIndex`` below ``root``; open one a process, since each folder has one writer.

    ``meanings`` are the people's vectors, where there is a model that makes some.
    """

    def __init__(self, root: Path, meanings: Meanings | None = None) -> None:
        self._root = root
        self._meanings = meanings
        self._open: dict[str, TenantIndex] = {}
        self._opening: dict[str, asyncio.Task[TenantIndex]] = {}
        self._translator = Translator()
        self._positions = PositionTerms()

    async def apply(self, tenant: str, batch: Batch) -> None:
        await self._on(tenant, lambda opened: self._apply(opened, batch))
        if self._meanings:
            self._meanings.people(tenant).note(batch)

    async def seq(self, tenant: str) -> int:
        found = self._open.get(tenant)  # what is open says it at once
        return (found or await self._on(tenant, lambda opened: opened)).seq

    async def count(self, tenant: str) -> int:
        people = Query.term_query(schema(), KIND, PERSON, "basic")
        return await self._on(tenant, lambda opened: total_of(opened.searcher.search(people, 1)))

    async def coverage(self, tenant: str) -> float | None:
        if self._meanings is None:
            return None
        people, opened = self._meanings.people(tenant), self._open.get(tenant)
        if opened and people.is_level:
            return coverage(people, opened.searcher)
        return await self._on(tenant, lambda opened: coverage(people, opened.searcher))

    async def search(
        self, tenant: str, query: IndexQuery, *, limit: int, after: str | None = None
    ) -> FoundPage:
        people = self._meanings.people(tenant) if self._meanings else None
        vectors = people.vectors if people else None
        page = await self._on(tenant, lambda opened: self._search(opened, query, limit, after, vectors))
        if query.alike and len(page.hits) < limit:
            return await self.search(tenant, replace(query, alike=False), limit=limit, after=after)
        return page

    async def totals(self, tenant: str, queries: Sequence[IndexQuery]) -> list[int]:
        searcher = await self._on(tenant, lambda opened: opened.searcher)
        counting = (partial(self._total, searcher, query) for query in queries)
        return await asyncio.gather(*(self._on(tenant, lambda _, count=one: count()) for one in counting))

    async def facets(self, tenant: str, query: IndexQuery, names: Sequence[FacetName], size: int) -> Counted:
        return await self._on(tenant, lambda opened: self._facets(opened, query, names, size))

    async def get(self, tenant: str, candidate_ids: Sequence[str]) -> dict[str, ProfileDocument]:
        return await self._on(tenant, lambda opened: self._get(opened, candidate_ids))

    async def clear(self, tenant: str) -> None:
        await self._on(tenant, self._clear)
        if self._meanings:
            self._meanings.people(tenant).forget()

    async def reading(self, tenant: str, work: Callable[[Searcher], T]) -> T:
        """Return what ``work`` reads, in a thread, of the newest state."""
        return await self._on(tenant, lambda opened: work(opened.searcher))

    def replica(self) -> str:
        """Return a name for this folder's indexes, the same as long as they are there."""
        self._root.mkdir(parents=True, exist_ok=True)
        mark = self._root / "replica"
        if not mark.exists():
            begun = self._root / "replica.new"
            begun.write_text(new_id("index"), encoding="ascii")
            begun.replace(mark)  # a kill in between leaves no half of a name
        return mark.read_text(encoding="ascii")

    async def tenants(self) -> list[str]:
        folders = sorted(self._root.glob("*/")) if self._root.is_dir() else []
        return [unquote(folder.name) for folder in folders]

    async def aclose(self) -> None:
        """Let merges end and give the folders free."""
        await asyncio.gather(*self._opening.values(), return_exceptions=True)
        await asyncio.to_thread(self._close)

    async def _on(self, tenant: str, work: Callable[[TenantIndex], T]) -> T:
        """Return what ``work`` does with a tenant's index, in a thread. Raises Unavailable."""
        try:
            return await asyncio.to_thread(_done, work, await self._of(tenant))
        except (ValueError, OSError) as error:  # what comes of a broken or full disk
            log.exception("the profile index failed")
            if await asyncio.to_thread(self._begun_anew, tenant):
                raise Unavailable(
                    "the profile index was damaged and is built again", retry_after=5.0
                ) from error
            raise Unavailable("the profile index cannot be read or written") from error

    def _begun_anew(self, tenant: str) -> bool:
        """Empty an index whose files are damaged, which is followed from the beginning then; return whether it was."""
        opened = self._open.get(tenant)
        if opened is None or monotonic() < opened.checked + CHECK_SECONDS:
            return False
        opened.checked = monotonic()
        if not damaged(opened.folder):
            return False
        self._clear(opened)
        return True

    # Opening and closing.

    async def _of(self, tenant: str) -> TenantIndex:
        """Return a tenant's index, opened where it is not: its files are looked through before anything is answered
        from them, while no other tenant waits and no waiting call holds a thread."""
        if tenant in self._open:
            return self._open[tenant]
        if tenant not in self._opening:
            self._opening[tenant] = asyncio.create_task(self._opened(tenant), name="open a profile index")
        return await asyncio.shield(self._opening[tenant])

    async def _opened(self, tenant: str) -> TenantIndex:
        try:
            home = self._root / quote(tenant, safe="").replace(".", "%2E")
            self._open[tenant] = await asyncio.to_thread(open_tenant, home)
            return self._open[tenant]
        finally:
            del self._opening[tenant]

    def _close(self) -> None:
        for tenant in self._open.values():
            with tenant.writing:
                tenant.writer.wait_merging_threads()
        self._open.clear()

    # Writing.

    def _apply(self, tenant: TenantIndex, batch: Batch) -> None:
        with tenant.writing:
            if batch.seq < tenant.seq:
                return  # replayed: the later state is there already
            try:
                for candidate_id in (*batch.removed, *(d.candidate_id for d in batch.documents)):
                    tenant.writer.delete_documents_by_term("candidate_id", candidate_id)
                for document in batch.documents:
                    tenant.writer.add_document(to_index(document, self._positions))
                self._commit(tenant, batch.seq)
            except BaseException:  # a panic is no Exception
                tenant.writer.rollback()
                raise

    def _commit(self, tenant: TenantIndex, seq: int) -> None:
        tenant.writer.delete_documents_by_term(KIND, STATE)
        tenant.writer.add_document(state_document(seq))
        tenant.writer.commit()
        tenant.index.reload()
        tenant.searcher = tenant.index.searcher()
        tenant.seq = seq

    def _clear(self, tenant: TenantIndex) -> None:
        with tenant.writing:
            tenant.writer.delete_all_documents()
            self._commit(tenant, 0)
            with tenant.pinning:
                tenant.pins.clear()

    # Reading.

    def _search(
        self, tenant: TenantIndex, query: IndexQuery, limit: int, after: str | None, vectors: Vectors | None
    ) -> FoundPage:
        mark = Mark.read(after) if after is not None else None
        with tenant.pinning:
            pin = tenant.pins.get(mark.pin) if mark else None
        searcher = pin.searcher if pin else tenant.searcher
        if query.sort == "relevance" and (mark.head if mark else query.blend):
            held = tenant.heads.get(mark.head) if mark and pin else None
            if mark and held:
                ranked, offset, name = Blended(searcher, self._translator, held), mark.offset, mark.head
            else:
                ranked, name = self._begun(tenant, searcher, query, mark, vectors)
                offset = 0
        else:
            translated = self._translator.query(query)
            ranked, name = Ranked(searcher, translated, query.sort, scored=bool(query.should)), ""
            offset = 0 if mark is None else mark.offset if pin else ranked.after(mark)
        keys, hits, total = ranked.page(limit, offset)
        reached = offset + len(hits)
        following = None
        if hits and reached < min(ranked.end(total), DEEPEST):
            with tenant.pinning:
                state = tenant.pins.hold(searcher).name
            shown = (mark.shown if mark else b"") + _packed(hits) if name else b""
            following = Mark(state, reached, keys[-1], hits[-1].candidate_id, name, shown).written()
        if searcher is not tenant.searcher:
            hits = self._still_there(tenant, hits, query)
        return FoundPage(hits, total, following, ranked.beside)

    def _begun(
        self,
        tenant: TenantIndex,
        searcher: Searcher,
        query: IndexQuery,
        mark: Mark | None,
        vectors: Vectors | None,
    ) -> tuple[Blended, str]:
        """Return a fused result and its head's name; after ``mark``, whose own is gone, without whom it has shown."""
        head = begun(searcher, self._translator, query, vectors)
        if mark:
            head = head.without(np.frombuffer(mark.shown, "<u8"))
        return Blended(searcher, self._translator, head), tenant.heads.hold(head)

    def _still_there(self, tenant: TenantIndex, hits: list[Found], query: IndexQuery) -> list[Found]:
        """Return the hits of an older state as they are now, without who was removed or barred since."""
        searcher = tenant.searcher
        asked = [
            (Occur.Must, Query.term_set_query(schema(), "candidate_id", [h.candidate_id for h in hits])),
            *barred(query.admits),
        ]
        found = searcher.search(Query.boolean_query(asked), max(1, len(hits))).hits
        views = {view.candidate_id: view for view in (view_of(searcher.doc(at)) for _, at in found)}
        now = ((hit, views.get(hit.candidate_id)) for hit in hits)
        return [replace(hit, view=view) for hit, view in now if view]

    def _total(self, searcher: Searcher, query: IndexQuery) -> int:
        if query.must:
            return total_of(searcher.search(self._translator.conditions(query), 1))
        return searcher.num_docs - total_of(searcher.search(self._translator.apart(query), 1))

    def _facets(
        self, tenant: TenantIndex, query: IndexQuery, names: Sequence[FacetName], size: int
    ) -> Counted:
        wanted = {**aggregations(names, size), PERSON: {"value_count": {"field": TIE}}}  # everybody has one
        answer: dict[str, Any] = tenant.searcher.aggregate(self._translator.conditions(query), wanted)
        return Counted(int(answer[PERSON]["value"]), counted(answer, names))

    def _get(self, tenant: TenantIndex, candidate_ids: Sequence[str]) -> dict[str, ProfileDocument]:
        searcher = tenant.searcher
        wanted = Query.term_set_query(schema(), "candidate_id", list(candidate_ids))
        hits = searcher.search(wanted, max(1, len(candidate_ids))).hits
        documents = (from_index(searcher.doc(address)) for _, address in hits)
        return {document.candidate_id: document for document in documents}


def _done(work: Callable[[TenantIndex], T], tenant: TenantIndex) -> T:
    with panics_told():
        return work(tenant)


def _packed(hits: Sequence[Found]) -> bytes:
    return keys_of([hit.candidate_id for hit in hits]).astype("<u8").tobytes()
