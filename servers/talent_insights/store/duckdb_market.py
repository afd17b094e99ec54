"""The market in DuckDB: a file an organisation, one writer, readers that never wait for it.

A file of its own keeps organisations apart: a statement has no other's rows to read. Nothing outside the
file can be read either. What is in it is derived, so a file that cannot be read is begun anew.
"""

import asyncio
import logging
import shutil
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import quote, unquote

import duckdb

from servers.talent_insights.core.ports import Kept, Row
from servers.talent_insights.core.rows import FORMAT
from servers.talent_insights.store.questions import parameters_of, questions, statements
from shared.following.model import Batch
from shared.kernel.errors import Unavailable
from shared.kernel.ids import new_id

log = logging.getLogger(__name__)

T = TypeVar("T")
Feed = Literal["people", "postings"]
MEMORY = "1GB"
DAMAGED = "the file could not be read and was begun anew"
CLEARED = "it was asked to be built again"
FORMER = "it was of a former format"
OUTSIDE = ("no space", "permission denied", "too many open files", "read-only")
"""Why a file cannot be opened without being damaged."""
FILE = f"market-{FORMAT}.duckdb"
CLUSTER_FROM = 10_000
"""Fewer people are read whole: order would save nothing."""
CLUSTER_SHARE = 0.2
"""Of the people written since rows were put in order: then they are again."""


@dataclass
class _Tenant:
    """One organisation's open file. ``writing`` lets one thread write at a time; readers need no lock.

    A connection cannot be closed while one that was made from it works, so those that are lent are counted.
    """

    file: Path
    connection: duckdb.DuckDBPyConnection
    writing: threading.Lock = field(default_factory=threading.Lock)
    lending: threading.Condition = field(default_factory=threading.Condition)
    lent: int = 0

    @contextmanager
    def cursor(self) -> Generator[duckdb.DuckDBPyConnection]:
        """Lend a connection of its own to a reader."""
        with self.lending:
            cursor = self.connection.cursor()
            self.lent += 1
        try:
            with cursor:
                yield cursor
        finally:
            with self.lending:
                self.lent -= 1
                self.lending.notify_all()

    def close(self) -> None:
        """Close the file once nobody reads it; call it as the one who writes."""
        with self.lending:
            self.lending.wait_for(lambda: not self.lent)
            self.connection.close()


class DuckDBMarket:
    """Implements ``Market`` below ``root``; open one a process, since each file has one writer."""

    def __init__(self, root: Path, *, threads: int | None = None) -> None:
        self._root = root
        self._threads = threads
        self._open: dict[str, _Tenant] = {}
        self._opening = threading.Lock()
        self._lost: set[str] = set()
        self.on_loss: Callable[[str], None] = lambda _: None
        """Called with an organisation whose file was damaged: until it is read again, figures are too low."""
        self.people = _Derived(self, "people")
        self.postings = _Derived(self, "postings")

    async def ask(self, tenant: str, question: str, parameters: Mapping[str, Any]) -> list[Row]:
        text = questions("duckdb")[question]
        return await self.in_thread(tenant, lambda kept: _rows(kept, text, parameters))

    async def kept(self, tenant: str, day: int) -> Kept:
        rows = await self.in_thread(tenant, lambda kept: _rows(kept, _SQL["kept"], {"day": day}))
        return Kept(**rows[0])

    async def tenants(self) -> list[str]:
        """Return the organisations that have a file."""
        folders = sorted(self._root.glob("*/")) if self._root.is_dir() else []
        return [unquote(folder.name) for folder in folders]

    def replica(self) -> str:
        """Return a name for this folder's files, the same as long as they are there."""
        self._root.mkdir(parents=True, exist_ok=True)
        mark = self._root / "replica"
        if not mark.exists():
            begun = self._root / "replica.new"
            begun.write_text(new_id("market"), encoding="ascii")
            begun.replace(mark)  # a kill in between leaves no half of a name
        return mark.read_text(encoding="ascii")

    async def aclose(self) -> None:
        """Write what is in the log into the files and close them."""
        await asyncio.to_thread(self._close)

    async def in_thread(self, tenant: str, work: Callable[[_Tenant], T]) -> T:
        """Run ``work`` on an organisation's file. Raises Unavailable, and begins a damaged file anew."""
        try:
            return await asyncio.to_thread(self._work, tenant, work)
        finally:
            if tenant in self._lost:
                self._lost.discard(tenant)
                self.on_loss(tenant)

    async def clear(self, tenant: str) -> None:
        """Forget everything of an organisation."""
        await asyncio.to_thread(lambda: self._begin_anew(tenant, self._of(tenant), CLEARED))

    def _work(self, tenant: str, work: Callable[[_Tenant], T]) -> T:
        try:
            kept = self._of(tenant)
        except (duckdb.Error, OSError) as error:
            raise Unavailable("the folder of insights cannot be read or written") from error
        try:
            return work(kept)
        except (duckdb.Error, OSError) as error:
            log.exception("the market of an organisation failed")
            if _is_damage(error):
                self._begin_anew(tenant, kept, DAMAGED)
                raise Unavailable("insights are built again", fix="Ask again soon.", retry_after=5) from error
            if isinstance(error, duckdb.FatalException | duckdb.InternalException):
                self._reopen(tenant, kept)  # the engine closed it for good; what was committed is in the file
            raise Unavailable("insights cannot be read or written") from error

    # Opening and closing.

    def _of(self, tenant: str) -> _Tenant:
        with self._opening:
            if tenant not in self._open:
                home = self._root / quote(tenant, safe="").replace(".", "%2E")
                home.mkdir(parents=True, exist_ok=True)
                former = [part for part in home.glob("market-*") if not part.name.startswith(FILE)]
                self._open[tenant] = self._opened(tenant, home / FILE, FORMER if former else "")
                for part in former:
                    _remove(part)
            return self._open[tenant]

    def _opened(self, tenant: str, file: Path, because: str) -> _Tenant:
        try:
            return _Tenant(file, self._connection(file, because))
        except duckdb.Error as error:
            if "lock on file" in str(error):
                raise Unavailable(
                    "another process writes these insights", fix="Run one talent_insights per data folder."
                ) from error
            if any(reason in str(error).lower() for reason in OUTSIDE):
                raise
            log.warning("the market of an organisation is damaged and is built again")
            _delete(file)
            self._lost.add(tenant)
            return _Tenant(file, self._connection(file, DAMAGED))

    def _connection(self, file: Path, because: str) -> duckdb.DuckDBPyConnection:
        """Return a connection; ``because`` is noted where the file is new."""
        options: dict[str, str | bool | int | float | list[str]] = {"memory_limit": MEMORY}
        if self._threads:
            options["threads"] = self._threads
        connection = duckdb.connect(str(file), config=options)
        # No statement reads or writes another file, and none may allow it.
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        tables = connection.execute("select count(*) from duckdb_tables() where table_name = 'origin'")
        if tables.fetchall()[0][0] == 0:
            connection.begin()
            connection.execute(_SQL["tables"])
            connection.execute("insert into origin values ($because)", {"because": because})
            connection.commit()
        else:
            connection.execute(_SQL["widen"])
        return connection

    def _begin_anew(self, tenant: str, broken: _Tenant, because: str) -> None:
        """Put an empty file in the place of ``broken``, unless that was done meanwhile."""
        with self._opening, broken.writing:
            if self._open.get(tenant) is broken:
                broken.close()
                _delete(broken.file)
                if because == DAMAGED:
                    self._lost.add(tenant)
                self._open[tenant] = _Tenant(broken.file, self._connection(broken.file, because))

    def _reopen(self, tenant: str, broken: _Tenant) -> None:
        with self._opening, broken.writing:
            if self._open.get(tenant) is broken:
                broken.close()
                del self._open[tenant]

    def _close(self) -> None:
        with self._opening:
            for tenant in self._open.values():
                with tenant.writing:
                    tenant.close()
            self._open.clear()


class _Derived:
    """Implements ``Derivation`` of JSON documents for one of the two feeds."""

    def __init__(self, market: DuckDBMarket, feed: Feed) -> None:
        self._market = market
        self._feed: Feed = feed

    async def apply(self, tenant: str, batch: Batch[str]) -> None:
        await self._market.in_thread(tenant, lambda kept: self._apply(kept, batch))

    async def seq(self, tenant: str) -> int:
        return await self._market.in_thread(tenant, lambda kept: _seq(kept, self._feed))

    async def clear(self, tenant: str) -> None:
        await self._market.clear(tenant)

    async def tenants(self) -> list[str]:
        return await self._market.tenants()

    def _apply(self, kept: _Tenant, batch: Batch[str]) -> None:
        with kept.writing:
            writer = kept.connection.cursor()
            reached = _seq(writer, self._feed)
            if batch.seq < reached:
                return  # replayed: the later state is there already
            if batch.after > reached:  # the file was begun anew since these changes were read
                raise Unavailable("changes before these are missing", retry_after=0.1)
            writer.begin()
            try:
                self._replace(writer, batch)
                writer.execute(_SQL["reach"], {"feed": self._feed, "seq": batch.seq})
                writer.commit()
            except duckdb.Error:
                writer.rollback()
                raise
            else:
                self._cluster(writer)
            finally:
                writer.close()

    def _cluster(self, writer: duckdb.DuckDBPyConnection) -> None:
        """Put rows in order where many are not: each time a fifth is new, so a row is moved five times or so."""
        [unclustered] = _rows(writer, _SQL["unclustered"], {})
        if unclustered["n"] >= max(CLUSTER_FROM, CLUSTER_SHARE * unclustered["people"]):
            writer.begin()
            try:
                writer.execute(_SQL["cluster"])
                writer.commit()
            except duckdb.OutOfMemoryException:  # questions are slower without, and that is all
                writer.rollback()
                log.exception("the rows of an organisation could not be put in order")

    def _replace(self, writer: duckdb.DuckDBPyConnection, batch: Batch[str]) -> None:
        documents = f"[{','.join(batch.documents)}]"
        writer.execute(_SQL[f"incoming_{self._feed}"], {"batch": documents})
        writer.execute(_SQL[f"known_{self._feed}"], {"removed": list(batch.removed)})
        if self._feed == "people":
            writer.execute(_SQL["numbered_people"])
            [unclustered] = _rows(writer, _SQL["unclustered"], {})
            [(written,)] = writer.execute(_SQL["written_people"]).fetchall()
            writer.execute(_SQL["reach"], {"feed": "unclustered", "seq": unclustered["n"] + written})
        writer.execute(_SQL[f"replace_{self._feed}"])


_SQL = statements("tables.duckdb.sql")


def _rows(asked: _Tenant | duckdb.DuckDBPyConnection, text: str, parameters: Mapping[str, Any]) -> list[Row]:
    wanted = {name: parameters[name] for name in parameters_of(text, "duckdb")}
    with asked.cursor() as cursor:
        answer = cursor.execute(text, wanted)
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _seq(asked: _Tenant | duckdb.DuckDBPyConnection, feed: Feed) -> int:
    return int(_rows(asked, _SQL["seq"], {"feed": feed})[0]["seq"])


def _is_damage(error: Exception) -> bool:
    """Whether a file is broken, other than locked by another process or on a full disk."""
    if isinstance(error, duckdb.SerializationException):
        return True
    text = str(error).lower()
    return isinstance(error, duckdb.Error) and ("corrupt" in text or "could not read" in text)


def _delete(file: Path) -> None:
    for part in (file, *file.parent.glob(f"{file.name}.*")):
        _remove(part)


def _remove(part: Path) -> None:
    if part.is_dir():  # what the engine puts aside when memory is short
        shutil.rmtree(part)
    else:
        part.unlink(missing_ok=True)
