"""Confining LangGraph's Postgres libraries, which know no tenant, to one tenant at a time."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

_tenant: ContextVar[str] = ContextVar("tenant_of_graphs", default="")


@contextmanager
def bound_to(tenant: str) -> Generator[None]:
    """Let checkpoints and memory within the block be this tenant's only."""
    mark = _tenant.set(tenant)
    try:
        yield
    finally:
        _tenant.reset(mark)


def bound_tenant() -> str:
    """Return the tenant of the block. Raises LookupError outside of one."""
    if tenant := _tenant.get():
        return tenant
    raise LookupError("no tenant is bound here")


@asynccontextmanager
async def tenant_pool(url: str, *, max_size: int) -> AsyncGenerator[AsyncConnectionPool[Any]]:
    """Yield a pool for LangGraph, whose connections are bound to the tenant of the block that borrows them.

    The library sets no tenant, so the pool does, at every checkout; outside ``bound_to`` the database shows
    nothing and refuses to write.
    """

    async def bind(connection: AsyncConnection[Any]) -> None:
        await connection.execute("select set_config('app.tenant', %s, false)", (_tenant.get(),))

    pool: AsyncConnectionPool[AsyncConnection[dict[str, Any]]] = AsyncConnectionPool(
        url,
        kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
        min_size=1,
        max_size=max_size,
        check=bind,
        open=False,
    )
    async with pool:
        yield pool
