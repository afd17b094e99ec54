"""LangGraph's store on a unit's own tables: what its agents remember across threads."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import cast

from langgraph.store.base import (
    BaseStore,
    Item,
    ListNamespacesOp,
    MatchCondition,
    Op,
    PutOp,
    Result,
    SearchOp,
    TTLConfig,
)
from langgraph.store.postgres.aio import AsyncPostgresStore

from shared.agents.tenants import bound_tenant, tenant_pool

KEPT = timedelta(days=365)


class TenantMemory(BaseStore):
    """LangGraph's store for the tenant of the block that uses it, whatever namespace is asked for.

    The library's own store collects calls in a background task that knows no tenant; batches that are
    handed to it whole run in the caller's context, so one store serves all tenants. What was not read for
    longer than it is kept is gone.
    """

    supports_ttl = True

    def __init__(self, inner: AsyncPostgresStore, ttl: TTLConfig) -> None:
        self._inner = inner
        self.ttl_config = ttl

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """Run operations for the tenant of the block. Raises LookupError outside of one."""
        tenant, batch = bound_tenant(), list(ops)
        if any(isinstance(op, PutOp) for op in batch):
            await self._inner.sweep_ttl()  # who writes clears away what has expired, of this tenant
        return [_without_tenant(one) for one in await self._inner.abatch([_of(tenant, op) for op in batch])]

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Raise: there is no blocking use of this store."""
        raise NotImplementedError("use abatch")


@asynccontextmanager
async def open_memory(url: str, *, kept: timedelta = KEPT) -> AsyncGenerator[TenantMemory]:
    """Yield the store of a unit's database, for ``StateGraph.compile``; it forgets what is not read for ``kept``."""
    ttl = TTLConfig(
        refresh_on_read=True,
        omit_expired=True,
        default_ttl=kept.total_seconds() / 60,
        sweep_interval_minutes=None,
    )
    async with tenant_pool(url, max_size=2) as pool:
        yield TenantMemory(AsyncPostgresStore(pool, ttl=ttl), ttl)


def _of(tenant: str, op: Op) -> Op:
    """Return ``op`` within the tenant's own namespace."""
    match op:
        case SearchOp(namespace_prefix=labels):
            return op._replace(namespace_prefix=(tenant, *labels))
        case ListNamespacesOp(match_conditions=conditions, max_depth=depth):
            own = [
                one._replace(path=(tenant, *one.path)) if one.match_type == "prefix" else one
                for one in (*(conditions or ()), MatchCondition("prefix", ()))
            ]
            return op._replace(match_conditions=tuple(own), max_depth=depth + 1 if depth else depth)
        case _:
            return op._replace(namespace=(tenant, *op.namespace))


def _without_tenant(result: Result) -> Result:
    match result:
        case Item():
            return cast(Result, _without(result))
        case list():
            return cast(Result, [_without(one) for one in result])
        case _:
            return result


def _without(one: Item | tuple[str, ...]) -> Item | tuple[str, ...]:
    if isinstance(one, tuple):
        return one[1:]
    one.namespace = tuple(one.namespace)[1:]
    return one
