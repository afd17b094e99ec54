"""What stores of tenants' data have in common: records within a transaction, and how one is opened."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Generic, LiteralString, TypeVar

from shared.storage.database import Connection, Database

Row = dict[str, Any]


class TenantRecords:
    """One tenant's records within one transaction; a store adds a method a verb.

    Every query may use ``%(tenant)s`` beside the values it is given by name.

    Args:
        connection: an open transaction whose ``app.tenant`` is ``tenant``.
        tenant: the tenant.
    """

    def __init__(self, connection: Connection, tenant: str) -> None:
        self._connection = connection
        self._tenant = tenant

    async def _one(self, query: LiteralString, **values: Any) -> Row | None:
        """Return the first row."""
        return await (await self._connection.execute(query, self._bound(values))).fetchone()

    async def _all(self, query: LiteralString, **values: Any) -> list[Row]:
        """Return all rows."""
        return await (await self._connection.execute(query, self._bound(values))).fetchall()

    async def _run(self, query: LiteralString, **values: Any) -> None:
        """Execute a statement that returns nothing."""
        await self._connection.execute(query, self._bound(values))

    async def _run_each(self, query: LiteralString, rows: Iterable[Mapping[str, Any]]) -> None:
        """Execute a statement once for each row, in one round trip."""
        async with self._connection.cursor() as cursor:
            await cursor.executemany(query, [self._bound(row) for row in rows])

    def _bound(self, values: Mapping[str, Any]) -> Row:
        return {"tenant": self._tenant, **values}


Records = TypeVar("Records", bound=TenantRecords)


class TenantStore(Generic[Records]):
    """Opens transactions on a unit's schema; a unit's store names its ``records``."""

    records: type[Records]

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def begin(self, tenant: str) -> AsyncGenerator[Records]:
        """Commit when the block ends well, roll back otherwise. Raises kernel errors."""
        async with self._database.transaction(tenant) as connection:
            yield self.records(connection, tenant)
