"""The profile index on Tantivy: a folder per tenant, one writer, readers that never wait for it.

The folder's name carries the format, so another format is another folder, rebuilt from the candidates
unit. The sequence that the index has reached is a document in it: one commit holds both or neither.
"""

import asyncio
import logging
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from tantivy import Index, IndexWriter, Occur, Order, Query

from servers.recruiter_search.core.document import FORMAT, ProfileDocument
from servers.recruiter_search.core.models import FacetName
from servers.recruiter_search.core.ports import Batch, Found, FoundPage, IndexQuery
from servers.recruiter_search.store.schema import (
    COMPANY_FACET,
    KIND,
    PERSON,
    STATE,
    STORED,
    TIE,
    YEARS,
    YEARS_ORDER,
    from_index,
    register,
    schema,
    state_document,
    to_index,
    view_of,
)
from servers.recruiter_search.store.translate import Translator
from shared.kernel.errors import Unavailable
from shared.kernel.ids import new_id

log = logging.getLogger(__name__)

T = TypeVar("T")
HEAP_BYTES = 64_000_000
YEAR_STEPS = (0, 2, 5, 10, 15, 20)
_FACET_FIELDS: dict[FacetName, str] = {"current_company": COMPANY_FACET}


@dataclass
class _Tenant:
    """One tenant's open index. ``writing`` lets one thread write at a time; searches need no lock."""

    folder: Path
    index: Index
    writer: IndexWriter
    seq: int
    writing: threading.Lock = field(default_factory=threading.Lock)


class TantivyIndex:
    """Implements ``ProfileIndex`` below ``root``; open one a process, since each folder has one writer."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._open: dict[str, _Tenant] = {}
        self._opening = threading.Lock()
        self._translator = Translator()

    async def apply(self, tenant: str, batch: Batch) -> None:
        await self._in_thread(lambda: self._apply(self._of(tenant), batch))

    async def seq(self, tenant: str) -> int:
        return (await self._in_thread(lambda: self._of(tenant))).seq

    async def count(self, tenant: str) -> int:
        def counted() -> int:
            people = Query.term_query(schema(), KIND, PERSON, "basic")
            return _total(self._of(tenant).index.searcher().search(people, 1))

        return await self._in_thread(counted)

    async def search(self, tenant: str, query: IndexQuery, *, limit: int, offset: int = 0) -> FoundPage:
        return await self._in_thread(lambda: self._search(self._of(tenant), query, limit, offset))

    async def facets(
        self, tenant: str, query: IndexQuery, names: Sequence[FacetName], size: int
    ) -> dict[FacetName, list[tuple[str, int]]]:
        return await self._in_thread(lambda: self._facets(self._of(tenant), query, names, size))

    async def get(self, tenant: str, candidate_ids: Sequence[str]) -> dict[str, ProfileDocument]:
        return await self._in_thread(lambda: self._get(self._of(tenant), candidate_ids))

    async def clear(self, tenant: str) -> None:
        await self._in_thread(lambda: self._clear(self._of(tenant)))

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
        return _Tenant(folder, index, _writer(index), _stored_seq(index))

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
                    tenant.writer.add_document(to_index(document))
                self._commit(tenant, batch.seq)
            except (ValueError, OSError):
                tenant.writer.rollback()
                raise

    def _commit(self, tenant: _Tenant, seq: int) -> None:
        tenant.writer.delete_documents_by_term(KIND, STATE)
        tenant.writer.add_document(state_document(seq))
        tenant.writer.commit()
        tenant.index.reload()
        tenant.seq = seq

    def _clear(self, tenant: _Tenant) -> None:
        with tenant.writing:
            tenant.writer.delete_all_documents()
            self._commit(tenant, 0)

    # Reading.

    def _search(self, tenant: _Tenant, query: IndexQuery, limit: int, offset: int) -> FoundPage:
        searcher = tenant.index.searcher()
        built = self._translator.query(query)
        if query.sort == "relevance":
            result = searcher.search(built, limit, offset=offset, weight_by_field=TIE)
        else:
            order = Order.Desc if query.sort == "years_desc" else Order.Asc
            result = searcher.search(built, limit, offset=offset, order_by_field=YEARS_ORDER, order=order)
        hits: list[Found] = []
        for score, address in result.hits:
            view = view_of(searcher.doc(address))
            hits.append(Found(view.candidate_id, round(float(score or 0.0), 4), view))
        return FoundPage(hits, _total(result))

    def _facets(
        self, tenant: _Tenant, query: IndexQuery, names: Sequence[FacetName], size: int
    ) -> dict[FacetName, list[tuple[str, int]]]:
        wanted = {name: _aggregation(name, size) for name in names}
        answer = tenant.index.searcher().aggregate(self._translator.query(query), wanted)
        counts: dict[FacetName, list[tuple[str, int]]] = {}
        for name in names:
            buckets = answer[name]["buckets"]
            counts[name] = [(str(b["key"]), int(b["doc_count"])) for b in buckets if b["doc_count"]]
        return counts

    def _get(self, tenant: _Tenant, candidate_ids: Sequence[str]) -> dict[str, ProfileDocument]:
        searcher = tenant.index.searcher()
        wanted = Query.term_set_query(schema(), "candidate_id", list(candidate_ids))
        hits = searcher.search(wanted, max(1, len(candidate_ids))).hits
        documents = (from_index(searcher.doc(address)) for _, address in hits)
        return {document.candidate_id: document for document in documents}


def _aggregation(name: FacetName, size: int) -> dict[str, Any]:
    if name == "years":
        ends = (*YEAR_STEPS[1:], None)
        ranges = [
            {"key": f"{low}+" if high is None else f"{low}-{high}", "from": low}
            | ({"to": high} if high else {})
            for low, high in zip(YEAR_STEPS, ends, strict=True)
        ]
        return {"range": {"field": YEARS, "ranges": ranges}}
    return {"terms": {"field": _FACET_FIELDS.get(name, name), "size": size}}


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


def _total(result: Any) -> int:
    """The count of all hits, which the binding's stub does not know of."""
    return int(result.count or 0)
