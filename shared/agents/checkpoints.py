"""LangGraph's checkpointer on a unit's own tables: where the threads of its graphs have got to."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from psycopg_pool import AsyncConnectionPool

from shared.agents.tenants import bound_to, tenant_pool

MOST_EXPIRED = 10
MARGIN = timedelta(hours=1)
_EXPIRED = """
select distinct thread_id from checkpoints
where checkpoint_ns = '' and written_at < now() - %(kept)s::interval
    and (thread_id = %(own)s or written_at < now() - %(kept)s::interval - %(margin)s::interval)
limit %(most)s"""


def thread_id(tenant: str, thread: str) -> str:
    """Return LangGraph's name of a tenant's thread; the database takes the tenant from it."""
    return f"{tenant}:{thread}"


class Checkpointer(AsyncPostgresSaver):
    """LangGraph's, seeing the tenant of the block that uses it and no other.

    A checkpoint is read back as plain data, never as objects of whatever class it names.
    """

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        super().__init__(pool, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        self._pool = pool

    async def forget(self, tenant: str, thread: str) -> None:
        """Delete the place that a thread has reached."""
        with bound_to(tenant):
            await self.adelete_thread(thread_id(tenant, thread))

    async def expire(self, own: str, kept: timedelta) -> None:
        """Delete threads of the tenant that nobody went on with for ``kept``: ``own`` if so, and a few others.

        The others have an hour on top: one that is just being gone on with is not deleted under it.
        """
        values = {"own": own, "kept": kept, "margin": MARGIN, "most": MOST_EXPIRED}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_EXPIRED, values)).fetchall()
        if rows:
            await self.aprune([row["thread_id"] for row in rows], strategy="delete")


@asynccontextmanager
async def open_checkpointer(url: str, *, max_size: int = 4) -> AsyncGenerator[Checkpointer]:
    """Yield the checkpointer of a unit's database, for ``StateGraph.compile``."""
    async with tenant_pool(url, max_size=max_size) as pool:
        yield Checkpointer(pool)
