"""LangGraph's checkpointer on the supervisor's own tables, confined to one tenant at a time."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

_tenant: ContextVar[str] = ContextVar("checkpoint_tenant", default="")


@contextmanager
def tenant_of_checkpoints(tenant: str) -> Generator[None]:
    """Let checkpoint reads and writes within the block see this tenant only."""
    mark = _tenant.set(tenant)
    try:
        yield
    finally:
        _tenant.reset(mark)


@asynccontextmanager
async def tenant_pool(url: str, *, max_size: int) -> AsyncGenerator[AsyncConnectionPool[Any]]:
    """Yield a pool for LangGraph, whose connections are bound to the tenant of the block that borrows them.

    The library sets no tenant, so the pool does, at every checkout; outside ``tenant_of_checkpoints``
    the database shows nothing and refuses to write.
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


@asynccontextmanager
async def open_checkpoints(url: str, *, max_size: int = 4) -> AsyncGenerator[AsyncPostgresSaver]:
    """Yield a checkpointer that sees the tenant of the block that uses it, and no other."""
    async with tenant_pool(url, max_size=max_size) as pool:
        yield AsyncPostgresSaver(pool)


class RunCheckpoints:
    """The checkpoints of runs, where they are to be forgotten."""

    def __init__(self, saver: AsyncPostgresSaver) -> None:
        self._saver = saver

    async def forget(self, tenant: str, run: str) -> None:
        """Delete the place a run has reached."""
        with tenant_of_checkpoints(tenant):
            await self._saver.adelete_thread(f"{tenant}:{run}")
