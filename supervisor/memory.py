"""What a recruiter's agent remembers across runs, in LangGraph's store on the supervisor's own tables."""

from collections.abc import Iterable

from langgraph.store.base import BaseStore

from shared.agents.tenants import bound_to
from supervisor.core.models import digest
from supervisor.core.wishes import applying, read_wish

MOST_WISHES = 20
"""Wishes kept for one recruiter; the one that was not used for longest makes room."""


class Memory:
    """The standing wishes of recruiters, each in the words it was said in."""

    def __init__(self, store: BaseStore) -> None:
        self._store = store

    async def wishes(self, tenant: str, agent: str) -> list[str]:
        """Return what a recruiter wants for every role, oldest first."""
        with bound_to(tenant):
            items = await self._store.asearch(_namespace(agent), limit=MOST_WISHES)
        return [item.value["wish"] for item in sorted(items, key=lambda item: item.created_at)]

    async def hear(self, tenant: str, agent: str, message: str) -> str | None:
        """Take in what a message says about remembering; return the reply, or None where it says nothing."""
        heard = read_wish(message)
        if heard is None:
            return None
        if heard.verb == "keep":
            with bound_to(tenant):
                await self._keep(agent, heard.text)
            return f"I will keep that in mind for your next roles: “{heard.text}”. Say “forget that …” to undo it."
        if heard.verb == "forget":
            with bound_to(tenant):
                gone = await self._forget(agent, heard.text)
            return "Forgotten: " + _listed(gone) if gone else "I remember nothing like that."
        kept = await self.wishes(tenant, agent)
        return (
            "I keep in mind, for every role: " + _listed(kept) if kept else "Nothing beyond our roles so far."
        )

    async def forget_all(self, tenant: str, agent: str) -> int:
        """Delete everything that is remembered of a recruiter; return how many things that was."""
        gone = 0
        with bound_to(tenant):
            while items := await self._store.asearch((digest(agent),), limit=100, refresh_ttl=False):
                for item in items:
                    await self._store.adelete(item.namespace, item.key)
                gone += len(items)
        return gone

    async def for_role(self, tenant: str, agent: str, brief: str) -> list[str]:
        """Return the wishes that hold for a new role."""
        return applying(await self.wishes(tenant, agent), brief)

    async def _keep(self, agent: str, wish: str) -> None:
        namespace = _namespace(agent)
        await self._store.aput(namespace, digest(wish.casefold()), {"wish": wish})
        items = await self._store.asearch(namespace, limit=10 * MOST_WISHES, refresh_ttl=False)
        newest_first = sorted(items, key=lambda item: item.updated_at, reverse=True)
        for item in newest_first[MOST_WISHES:]:
            await self._store.adelete(namespace, item.key)

    async def _forget(self, agent: str, wish: str) -> list[str]:
        namespace = _namespace(agent)
        items = await self._store.asearch(namespace, limit=MOST_WISHES, refresh_ttl=False)
        said = set(wish.casefold().split())
        meant = [item for item in items if not said or set(item.value["wish"].casefold().split()) & said]
        best = [
            item for item in meant if not said or item.value["wish"].casefold() == wish.casefold()
        ] or meant
        for item in best:
            await self._store.adelete(namespace, item.key)
        return [item.value["wish"] for item in best]


def _namespace(agent: str) -> tuple[str, ...]:
    # A label has no full stop, and an agent's name may.
    return (digest(agent), "wishes")


def _listed(wishes: Iterable[str]) -> str:
    return "; ".join(f"“{wish}”" for wish in wishes) + "."
