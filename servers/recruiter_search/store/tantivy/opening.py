"""Opening a tenant's index: of the format that is written now, and of files that are whole."""

import logging
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path

from tantivy import Index, IndexWriter, Occur, Query, Searcher

from servers.recruiter_search.core.document import FORMAT
from servers.recruiter_search.store.heads import Heads
from servers.recruiter_search.store.tantivy.damage import damaged, panics_told
from servers.recruiter_search.store.tantivy.pins import Pins
from servers.recruiter_search.store.tantivy.schema import KIND, STATE, STORED, register, schema
from shared.kernel.errors import Unavailable

log = logging.getLogger(__name__)

HEAP_BYTES = 64_000_000
CHECK_SECONDS = 60.0
"""Failures closer together than this have the files looked through once."""


@dataclass
class TenantIndex:
    """One tenant's open index. ``writing`` lets one thread write at a time; searches need no lock.

    ``searcher`` sees the newest state, ``pins`` those that result pages are still read from, ``heads`` the
    beginnings of fused ones. ``checked`` is when files were last looked at that could not be read.
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
    checked: float = -CHECK_SECONDS


def open_tenant(home: Path) -> TenantIndex:
    """Open the index below ``home``, begun anew where it is damaged.

    Raises Unavailable where another process writes it, ValueError, OSError.
    """
    folder = home / f"format-{FORMAT}"
    for other in home.glob("format-*"):
        if other != folder:
            shutil.rmtree(other)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if wrong := damaged(folder):
            raise ValueError(f"not what was written: {', '.join(wrong)}")
        index, seq = _read(folder)
    except ValueError as error:  # or unreadable, or of another schema: derived data, so begin anew
        log.warning("the profile index is damaged and is built again: %s", error)
        shutil.rmtree(folder)
        folder.mkdir()
        index, seq = _read(folder)
    return TenantIndex(folder, index, _writer(index), seq, index.searcher())


def _read(folder: Path) -> tuple[Index, int]:
    """Return the index in ``folder``, begun where there is none, and the sequence that it has reached."""
    with panics_told():
        index = register(Index(schema(), path=str(folder)))
        # We reload after each commit; otherwise a thread of its own does too.
        index.config_reader("manual", 0)
        index.reload()
        return index, _stored_seq(index)


def _writer(index: Index) -> IndexWriter:
    try:
        return index.writer(HEAP_BYTES, 1)
    except ValueError as error:  # the folder's lock is the operating system's: it ends with its holder
        if "LockBusy" not in str(error):
            raise
        raise Unavailable(
            "another process writes this profile index", fix="Run one recruiter_search per data folder."
        ) from error


def _stored_seq(index: Index) -> int:
    searcher = index.searcher()
    state = Query.boolean_query([(Occur.Must, Query.term_query(schema(), KIND, STATE, "basic"))])
    hits = searcher.search(state, 1).hits
    return int(searcher.doc(hits[0][1]).get_first(STORED) or 0) if hits else 0
