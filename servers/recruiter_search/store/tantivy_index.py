"""The profile index on Tantivy: a folder per tenant, one writer, readers that never wait for it.

The folder's name carries the format, so another format is another folder, rebuilt from the candidates
unit. The sequence that the index has reached is a document in it: one commit holds both or neither.
"""

import asyncio
import logging
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from tantivy import Index, IndexWriter, Occur, Query, Searcher

from servers.recruiter_search.core.document import FORMAT, ProfileDocument
from servers.recruiter_search.core.ports import DEEPEST, Batch, Counted, Found, FoundPage, IndexQuery
from servers.recruiter_search.core.results import FacetName
from servers.recruiter_search.store.blended import Blended, Heads, begun
from servers.recruiter_search.store.counting import aggregations, counted
from servers.recruiter_search.store.marks import Mark
from servers.recruiter_search.store.pins import Pins
from servers.recruiter_search.store.ranked import Ranked, total_of
from servers.recruiter_search.store.schema import (
    KIND,
    PERSON,
    STATE,
    STORED,
    TIE,
    PositionTerms,
    from_index,
    register,
    schema,
    state_document,
    to_index,
    view_of,
)
from servers.recruiter_search.store.translate import Translator, barred
from servers.recruiter_search.store.vectors import Vectors
from servers.recruiter_search.store.vectors.meanings import Meanings
from shared.kernel.errors import Unavailable
from shared.kernel.ids import new_id

log = logging.getLogger(__name__)

T = TypeVar("T")
HEAP_BYTES = 64_000_000


@dataclass
class _Tenant:
    """One tenant's open index. ``writing`` lets one thread write at a time; searches need no lock.

    ``searcher`` sees the newest state, ``pins`` those that result pages are still read from, ``heads`` the
    beginnings of fused ones.
    """

    folder: Path
    index: Index
    writer: IndexWriter
    seq: int
    searcher: Searcher
    pins: Pins = field(default_factory=Pins)
    heads: Heads = field(default_factory=Heads)
    pinning: threading.Lock = field(default_factory=threading.Lock)
    writing: threading.Lock = field(default_factory=threading.Lock)


class TantivyIndex:
    """Implements ``ProfileIndex`` below ``root``; open one a process, since each folder has one writer.

    ``meanings`` are the people's vectors, where there is a model that makes some.
    """

    def __init__(self, root: Path, meanings: Meanings | None = None) -> None:
        self._root = root
        self._meanings = meanings
        self._open: dict[str, _Tenant] = {}
        self._opening = threading.Lock()
        self._translator = Translator()
        self._positions = PositionTerms()

    async def apply(self, tenant: str, batch: Batch) -> None:
        await self._in_thread(lambda: self._apply(self._of(tenant), batch))
        if self._meanings:
            self._meanings.people(tenant).note(batch)

    async def seq(self, tenant: str) -> int:
        found = self._open.get(tenant)  # what is open says it at once
        return (found or await self._in_thread(lambda: self._of(tenant))).seq

    async def count(self, tenant: str) -> int:
        def counted() -> int:
            people = Query.term_query(schema(), KIND, PERSON, "basic")
            return total_of(self._of(tenant).searcher.search(people, 1))

        return await self._in_thread(counted)

    async def search(
        self, tenant: str, query: IndexQuery, *, limit: int, after: str | None = None
    ) -> FoundPage:
        people = self._meanings.people(tenant) if self._meanings else None
        vectors = people.vectors if people else None
        return await self._in_thread(lambda: self._search(self._of(tenant), query, limit, after, vectors))

    async def totals(self, tenant: str, queries: Sequence[IndexQuery]) -> list[int]:
        return await self._in_thread(lambda: self._totals(self._of(tenant), queries))

    async def facets(self, tenant: str, query: IndexQuery, names: Sequence[FacetName], size: int) -> Counted:
        return await self._in_thread(lambda: self._facets(self._of(tenant), query, names, size))

    async def get(self, tenant: str, candidate_ids: Sequence[str]) -> dict[str, ProfileDocument]:
        return await self._in_thread(lambda: self._get(self._of(tenant), candidate_ids))

    async def clear(self, tenant: str) -> None:
        await self._in_thread(lambda: self._clear(self._of(tenant)))
        if self._meanings:
            self._meanings.people(tenant).forget()

    async def reading(self, tenant: str, work: Callable[[Searcher], T]) -> T:
        """Return what ``work`` reads, in a thread, of the newest state."""
        return await self._in_thread(lambda: work(self._of(tenant).searcher))

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
        await self._in_thread(self._close)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except (ValueError, OSError) as error:  # what the binding raises for a broken or full disk
            log.exception("the profile index failed")
            raise Unavailable("the profile index cannot be read or written") from error

    # Opening and closing.

    def _of(self, tenant: str) -> _Tenant:
        found = self._open.get(tenant)
        if found is not None:
            return found
        with self._opening:
            if tenant not in self._open:
                self._open[tenant] = self._opened(self._root / quote(tenant, safe="").replace(".", "%2E"))
            return self._open[tenant]

    def _opened(self, home: Path) -> _Tenant:
        folder = home / f"format-{FORMAT}"
        for other in home.glob("format-*"):
            if other != folder:
                shutil.rmtree(other)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            index = register(Index(schema(), path=str(folder)))
        except ValueError:  # unreadable or of another schema: derived data, so begin anew
            log.warning("the profile index is damaged and is built again")
            shutil.rmtree(folder)
            folder.mkdir()
            index = register(Index(schema(), path=str(folder)))
        index.reload()
        return _Tenant(folder, index, _writer(index), _stored_seq(index), index.searcher())

    def _close(self) -> None:
        with self._opening:
            for tenant in self._open.values():
                with tenant.writing:
                    tenant.writer.wait_merging_threads()
            self._open.clear()

    # Writing.

    def _apply(self, tenant: _Tenant, batch: Batch) -> None:
        with tenant.writing:
            if batch.seq < tenant.seq:
                return  # replayed: the later state is there already
            try:
                for candidate_id in (*batch.removed, *(d.candidate_id for d in batch.documents)):
                    tenant.writer.delete_documents_by_term("candidate_id", candidate_id)
                for document in batch.documents:
                    tenant.writer.add_document(to_index(document, self._positions))
                self._commit(tenant, batch.seq)
            except (ValueError, OSError):
                tenant.writer.rollback()
                raise

    def _commit(self, tenant: _Tenant, seq: int) -> None:
        tenant.writer.delete_documents_by_term(KIND, STATE)
        tenant.writer.add_document(state_document(seq))
        tenant.writer.commit()
        tenant.index.reload()
        tenant.searcher = tenant.index.searcher()
        tenant.seq = seq

    def _clear(self, tenant: _Tenant) -> None:
        with tenant.writing:
            tenant.writer.delete_all_documents()
            self._commit(tenant, 0)
            with tenant.pinning:
                tenant.pins.clear()

    # Reading.

    def _search(
        self, tenant: _Tenant, query: IndexQuery, limit: int, after: str | None, vectors: Vectors | None
    ) -> FoundPage:
        mark = Mark.read(after) if after is not None else None
        with tenant.pinning:
            pin = tenant.pins.get(mark.pin) if mark else None
        searcher = pin.searcher if pin else tenant.searcher
        ranked, head = self._ranked(tenant, searcher, query, mark if pin else None, vectors)
        offset = mark.offset if mark else 0
        if mark and pin is None:
            offset = ranked.after(mark)
        keys, hits, total = ranked.page(limit, offset)
        reached = offset + len(hits)
        following = None
        if hits and reached < min(total + ranked.beside, DEEPEST):
            with tenant.pinning:
                name = tenant.pins.hold(searcher).name
            following = Mark(name, reached, keys[-1], hits[-1].candidate_id, head).written()
        if searcher is not tenant.searcher:
            hits = self._still_there(tenant, hits, query)
        return FoundPage(hits, total, following, ranked.beside)

    def _ranked(
        self,
        tenant: _Tenant,
        searcher: Searcher,
        query: IndexQuery,
        mark: Mark | None,
        vectors: Vectors | None,
    ) -> tuple[Ranked | Blended, str]:
        """Return a result in its order, and its head's name where it is fused; ``mark`` is in the same state."""
        held = tenant.heads.get(mark.head) if mark and mark.head else None
        if mark and held:
            return Blended(searcher, self._translator, held), mark.head
        if query.blend is None or query.sort != "relevance":
            return Ranked(searcher, self._translator.query(query), query.sort), ""
        head = begun(searcher, self._translator, query, vectors)
        return Blended(searcher, self._translator, head), tenant.heads.hold(head)

    def _still_there(self, tenant: _Tenant, hits: list[Found], query: IndexQuery) -> list[Found]:
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

    def _totals(self, tenant: _Tenant, queries: Sequence[IndexQuery]) -> list[int]:
        searcher = tenant.searcher
        return [total_of(searcher.search(self._translator.conditions(query), 1)) for query in queries]

    def _facets(self, tenant: _Tenant, query: IndexQuery, names: Sequence[FacetName], size: int) -> Counted:
        wanted = {**aggregations(names, size), PERSON: {"value_count": {"field": TIE}}}  # everybody has one
        answer: dict[str, Any] = tenant.searcher.aggregate(self._translator.conditions(query), wanted)
        return Counted(int(answer[PERSON]["value"]), counted(answer, names))

    def _get(self, tenant: _Tenant, candidate_ids: Sequence[str]) -> dict[str, ProfileDocument]:
        searcher = tenant.searcher
        wanted = Query.term_set_query(schema(), "candidate_id", list(candidate_ids))
        hits = searcher.search(wanted, max(1, len(candidate_ids))).hits
        documents = (from_index(searcher.doc(address)) for _, address in hits)
        return {document.candidate_id: document for document in documents}


def _writer(index: Index) -> IndexWriter:
    try:
        return index.writer(HEAP_BYTES, 1)
    except ValueError as error:  # the folder's lock is the operating system's: it ends with its holder
        raise Unavailable(
            "another process writes this profile index", fix="Run one recruiter_search per data folder."
        ) from error


def _stored_seq(index: Index) -> int:
    searcher = index.searcher()
    state = Query.boolean_query([(Occur.Must, Query.term_query(schema(), KIND, STATE, "basic"))])
    hits = searcher.search(state, 1).hits
    return int(searcher.doc(hits[0][1]).get_first(STORED) or 0) if hits else 0
