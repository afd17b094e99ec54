"""A pool of connections, lent out one tenant-bound transaction at a time."""

import select
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, LiteralString, Self, cast

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow, dict_row
from psycopg_pool import AsyncConnectionPool

from shared.storage.errors import translated

Connection = psycopg.AsyncConnection[dict[str, Any]]

SECONDS_TO_CONNECT = 10.0
SECONDS_TO_WAIT = 10.0


class Database:
    """One unit's connections to its database.

    A broken connection (the server was restarted) is noticed and replaced before it is lent out. While the
    server is away and somebody asks, connecting is tried at most a few seconds apart.
    """

    def __init__(self, pool: AsyncConnectionPool[Connection], url: str) -> None:
        self._pool = pool
        self.url = url

    @classmethod
    async def open(
        cls, url: str, *, min_size: int = 1, max_size: int = 8, seconds: float = SECONDS_TO_CONNECT
    ) -> Self:
        """Connect, trying again for ``seconds``. Raises Unavailable when the server does not answer."""
        pool = AsyncConnectionPool(
            url,
            connection_class=Connection,
            kwargs={"row_factory": dict_row, "connect_timeout": int(SECONDS_TO_CONNECT)},
            min_size=min_size,
            max_size=max_size,
            timeout=SECONDS_TO_WAIT,
            # The pool's pauses between attempts double without end: give up, and begin anew for who asks next.
            reconnect_timeout=max(seconds, SECONDS_TO_WAIT),
            check=_check,
            open=False,
        )
        try:
            await pool.open(wait=True, timeout=seconds)
        except psycopg.Error as error:
            await pool.close()
            raise translated(error) from None
        return cls(pool, url)

    @asynccontextmanager
    async def transaction(self, tenant: str | None) -> AsyncGenerator[Connection]:
        """Lend a connection within one transaction in which only ``tenant``'s rows exist.

        With None no tenant's rows exist at all, which suits tables without a tenant. Commits at the
        end of the block, rolls back on an exception. Rows are dicts. Raises kernel errors.
        """
        try:
            async with self._pool.connection() as connection:
                if tenant is not None:
                    await connection.execute("select set_config('app.tenant', %s, true)", (tenant,))
                yield connection
        except psycopg.Error as error:
            raise translated(error) from None

    async def fetch(
        self, query: LiteralString, parameters: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Run one statement as a transaction of its own, in one round trip, and return its rows.

        It acts for no tenant, unless the statement itself sets ``app.tenant`` before it looks. The
        server keeps its plan.
        """
        try:
            async with self._pool.connection() as connection:
                await connection.set_autocommit(True)
                try:
                    return await (await connection.execute(query, parameters, prepare=True)).fetchall()
                finally:
                    if connection.info.transaction_status == TransactionStatus.IDLE:
                        await connection.set_autocommit(False)
                    else:
                        await connection.close()
        except psycopg.Error as error:
            raise translated(error) from None

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def _check(connection: Connection) -> None:
    """Ask for nothing: a statement that fails makes the pool replace the connection.

    Needed only where the server has said something since, such as that it shuts down or hangs up.
    """
    unheard = select.poll()
    unheard.register(connection.fileno(), select.POLLIN)
    if not unheard.poll(0):
        return
    await AsyncConnectionPool.check_connection(cast("psycopg.AsyncConnection[TupleRow]", connection))
