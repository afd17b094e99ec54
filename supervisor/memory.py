"""What a recruiter's agent remembers across runs, in LangGraph's store on the supervisor's own tables."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta

from langgraph.store.base import BaseStore, Op, PutOp, Result, TTLConfig
from langgraph.store.postgres.aio import AsyncPostgresStore

from supervisor.checkpoints import tenant_of_checkpoints, tenant_pool
from supervisor.core.models import digest
from supervisor.core.wishes import applying, read_wish

MOST_WISHES = 20
"""Wishes kept for one recruiter; the one that was not used for longest makes room."""
KEPT = timedelta(days=365)
"""How long a wish is kept after it was last read for a role."""
_TTL = TTLConfig(
    refresh_on_read=True,
    omit_expired=True,
    default_ttl=KEPT.total_seconds() / 60,
    sweep_interval_minutes=None,
)


class TenantStore(BaseStore):
    """LangGraph's store, where each batch sees the tenant that its namespaces begin with, and no other.

    The library's own store collects calls in a background task that knows no tenant; batches that are
    handed to it whole run in the caller's context, so one store serves all tenants.
    """

    supports_ttl = True

    def __init__(self, inner: AsyncPostgresStore) -> None:
        self._inner = inner
        self.ttl_config = _TTL

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """Run operations of one tenant. Raises ValueError for those of several."""
        batch = list(ops)
        tenants = {_tenant(op) for op in batch}
        if len(tenants) != 1:
            raise ValueError("a batch belongs to one tenant")
        with tenant_of_checkpoints(tenants.pop()):
            if any(isinstance(op, PutOp) for op in batch):
                await self._inner.sweep_ttl()  # who writes clears away what has expired, of this tenant
            return await self._inner.abatch(batch)

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Raise: there is no blocking use of this store."""
        raise NotImplementedError("use abatch")


@asynccontextmanager
async def open_store(url: str) -> AsyncGenerator[TenantStore]:
    """Yield the store of the supervisor's database."""
    async with tenant_pool(url, max_size=2) as pool:
        yield TenantStore(AsyncPostgresStore(pool, ttl=_TTL))


class Memory:
    """The standing wishes of recruiters, each in the words it was said in."""

    def __init__(self, store: BaseStore) -> None:
        self._store = store

    async def wishes(self, tenant: str, agent: str) -> list[str]:
        """Return what a recruiter wants for every role, oldest first."""
        items = await self._store.asearch(_namespace(tenant, agent), limit=MOST_WISHES)
        return [item.value["wish"] for item in sorted(items, key=lambda item: item.created_at)]

    async def hear(self, tenant: str, agent: str, message: str) -> str | None:
        """Take in what a message says about remembering; return the reply, or None where it says nothing."""
        heard = read_wish(message)
        if heard is None:
            return None
        if heard.verb == "keep":
            await self._keep(tenant, agent, heard.text)
            return f"I will keep that in mind for your next roles: “{heard.text}”. Say “forget that …” to undo it."
        if heard.verb == "forget":
            gone = await self._forget(tenant, agent, heard.text)
            return "Forgotten: " + _listed(gone) if gone else "I remember nothing like that."
        kept = await self.wishes(tenant, agent)
        return (
            "I keep in mind, for every role: " + _listed(kept) if kept else "Nothing beyond our roles so far."
        )

    async def forget_all(self, tenant: str, agent: str) -> int:
        """Delete everything that is remembered of a recruiter; return how many things that was."""
        gone = 0
        while items := await self._store.asearch((tenant, digest(agent)), limit=100, refresh_ttl=False):
            for item in items:
                await self._store.adelete(tuple(item.namespace), item.key)
            gone += len(items)
        return gone

    async def for_role(self, tenant: str, agent: str, brief: str) -> list[str]:
        """Return the wishes that hold for a new role."""
        return applying(await self.wishes(tenant, agent), brief)

    async def _keep(self, tenant: str, agent: str, wish: str) -> None:
        namespace = _namespace(tenant, agent)
        await self._store.aput(namespace, digest(wish.casefold()), {"wish": wish})
        items = await self._store.asearch(namespace, limit=10 * MOST_WISHES, refresh_ttl=False)
        newest_first = sorted(items, key=lambda item: item.updated_at, reverse=True)
        for item in newest_first[MOST_WISHES:]:
            await self._store.adelete(namespace, item.key)

    async def _forget(self, tenant: str, agent: str, wish: str) -> list[str]:
        namespace = _namespace(tenant, agent)
        items = await self._store.asearch(namespace, limit=MOST_WISHES, refresh_ttl=False)
        said = set(wish.casefold().split())
        meant = [item for item in items if not said or set(item.value["wish"].casefold().split()) & said]
        best = [
            item for item in meant if not said or item.value["wish"].casefold() == wish.casefold()
        ] or meant
        for item in best:
            await self._store.adelete(namespace, item.key)
        return [item.value["wish"] for item in best]


def _namespace(tenant: str, agent: str) -> tuple[str, ...]:
    # A label has no full stop, and an agent's name may.
    return (tenant, digest(agent), "wishes")


def _tenant(op: Op) -> str:
    labels = getattr(op, "namespace", None) or getattr(op, "namespace_prefix", None)
    if not labels:
        raise ValueError("an operation without a namespace belongs to no tenant")
    return str(labels[0])


def _listed(wishes: Iterable[str]) -> str:
    return "; ".join(f"“{wish}”" for wish in wishes) + "."
