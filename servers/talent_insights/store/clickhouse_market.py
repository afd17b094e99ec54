"""The market in ClickHouse: a database an organisation, for pools that outgrow one machine's DuckDB.

The database is chosen here, never by a caller: a statement has no other organisation's rows to read. A person is one
row with spans, moves and skills in it (``tables.clickhouse.sql``), so that a batch written again changes nothing and
several units may write the same; the feed's place is noted after the rows.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from urllib.parse import quote, unquote

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from servers.talent_insights.core.ports import Kept, Row
from servers.talent_insights.core.rows import FORMAT
from servers.talent_insights.store.questions import parameters_of, questions, statements
from shared.following.model import Batch
from shared.kernel.errors import Unavailable

T = TypeVar("T")
Feed = Literal["people", "postings"]
KEYS: dict[Feed, str] = {"people": "candidate_id", "postings": "posting_id"}
PREFIX = f"insights{FORMAT}:"
CLEARED = "it was asked to be built again"
# The twins were written for these: an alias does not hide a column of its name, an insert is there when it returns.
SETTINGS = {"prefer_column_name_to_alias": 1, "async_insert": 0}
_SQL = statements("tables.clickhouse.sql")


@dataclass(frozen=True)
class _Tenant:
    """One organisation's database. Questions go on while one thread writes; errors quote nothing that was asked."""

    client: Client
    writing: threading.Lock


class ClickHouseMarket:
    """Implements ``Market`` at ``dsn``: ``https://user:password@host:8443``, or ``chdb:///folder`` in this process.

    The server's user must be allowed to create databases named ``insights*``.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._open: dict[str, _Tenant] = {}
        self._opening = threading.Lock()
        self.people = _Derived(self, "people")
        self.postings = _Derived(self, "postings")

    async def ask(self, tenant: str, question: str, parameters: Mapping[str, Any]) -> list[Row]:
        text = questions("clickhouse")[question]
        return await self.in_thread(tenant, lambda kept: _rows(kept.client, text, parameters))

    async def kept(self, tenant: str, day: int) -> Kept:
        rows = await self.in_thread(tenant, lambda kept: _rows(kept.client, _SQL["kept"], {"day": day}))
        return Kept(**rows[0])

    async def tenants(self) -> list[str]:
        """Return the organisations that have a database."""

        def names() -> list[str]:
            with self._connected() as client:
                rows = _rows(client, _SQL["databases"], {"prefix": PREFIX})
            return sorted(unquote(str(row["name"]).removeprefix(PREFIX)) for row in rows)

        return await asyncio.to_thread(lambda: _told(names))

    def replica(self) -> str:
        """Return one name for all units: they write to the same place, so that one of them hears of a change."""
        return "clickhouse"

    async def aclose(self) -> None:
        """Close all connections."""
        await asyncio.to_thread(self._close)

    async def clear(self, tenant: str) -> None:
        """Forget everything of an organisation."""
        await asyncio.to_thread(lambda: _told(lambda: self._clear(tenant)))

    async def in_thread(self, tenant: str, work: Callable[[_Tenant], T]) -> T:
        """Run ``work`` on an organisation's database. Raises Unavailable."""
        return await asyncio.to_thread(lambda: _told(lambda: work(self._of(tenant))))

    def _of(self, tenant: str) -> _Tenant:
        with self._opening:
            if tenant not in self._open:
                self._open[tenant] = self._begun(tenant, "")
            return self._open[tenant]

    def _begun(self, tenant: str, because: str) -> _Tenant:
        """Return an organisation's database, made where there is none; ``because`` is noted in a new one."""
        name = PREFIX + quote(tenant, safe="")
        with self._connected() as client:
            client.command(f"create database if not exists `{name}`")
        client = self._connected(name)
        for statement in _SQL["tables"].split(";"):
            client.command(statement)
        client.command(_SQL["begun"], {"because": because})
        return _Tenant(client, threading.Lock())

    def _clear(self, tenant: str) -> None:
        with self._opening:
            before = self._open.pop(tenant, None)
            if before is not None:
                before.client.close()
            name = PREFIX + quote(tenant, safe="")
            with self._connected() as client:
                client.command(f"drop database if exists `{name}` sync")
            self._open[tenant] = self._begun(tenant, CLEARED)

    def _connected(self, database: str | None = None) -> Client:
        """Return a client without a session, in which one question would wait for another."""
        http = not self._dsn.startswith("chdb:")
        options: dict[str, Any] = {"autogenerate_session_id": False} if http else {}
        return clickhouse_connect.get_client(
            dsn=self._dsn, database=database, settings=SETTINGS, show_clickhouse_errors=False, **options
        )

    def _close(self) -> None:
        with self._opening:
            for tenant in self._open.values():
                tenant.client.close()
            self._open.clear()


class _Derived:
    """Implements ``Derivation`` of JSON documents for one of the two feeds."""

    def __init__(self, market: ClickHouseMarket, feed: Feed) -> None:
        self._market = market
        self._feed: Feed = feed

    async def apply(self, tenant: str, batch: Batch[str]) -> None:
        await self._market.in_thread(tenant, lambda kept: self._apply(kept, batch))

    async def seq(self, tenant: str) -> int:
        return await self._market.in_thread(tenant, lambda kept: _seq(kept.client, self._feed))

    async def clear(self, tenant: str) -> None:
        await self._market.clear(tenant)

    async def tenants(self) -> list[str]:
        return await self._market.tenants()

    def _apply(self, kept: _Tenant, batch: Batch[str]) -> None:
        with kept.writing:
            reached = _seq(kept.client, self._feed)
            if batch.seq < reached:
                return  # replayed: the later state is there already
            if batch.after > reached:  # the database was begun anew since these changes were read
                raise Unavailable("changes before these are missing", retry_after=0.1)
            lines = [*self._put(batch), *self._removed(batch)]
            if lines:
                kept.client.raw_insert(f"kept_{self._feed}", insert_block="\n".join(lines), fmt="JSONEachRow")
            parameters = {"feed": self._feed, "seq": batch.seq}
            kept.client.command("insert into state select {feed:String}, {seq:UInt64}", parameters)

    def _put(self, batch: Batch[str]) -> Iterable[str]:
        return (f'{{"seq":{batch.seq},"gone":0,{document[1:]}' for document in batch.documents)

    def _removed(self, batch: Batch[str]) -> Iterable[str]:
        key = KEYS[self._feed]
        return (f'{{"seq":{batch.seq},"gone":1,"{key}":{json.dumps(one)}}}' for one in batch.removed)


def _rows(client: Client, text: str, parameters: Mapping[str, Any]) -> list[Row]:
    wanted = {name: parameters[name] for name in parameters_of(text, "clickhouse")}
    return list(client.query(text, wanted).named_results())


def _seq(client: Client, feed: Feed) -> int:
    return int(_rows(client, _SQL["seq"], {"feed": feed})[0]["seq"])


def _told(work: Callable[[], T]) -> T:
    """Run ``work`` and say what fails as what it is. Raises Unavailable."""
    try:
        return work()
    except ClickHouseError as error:
        raise Unavailable("insights cannot be read or written") from error
