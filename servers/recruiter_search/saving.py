"""Saved searches put together: where they are kept, what follows the changes for them, what hears of those."""

import asyncio
from typing import Any

from pydantic import BaseModel

from servers.recruiter_search.card import NAME
from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.ports import ProfileIndex
from servers.recruiter_search.core.saved.searches import SavedSearches
from servers.recruiter_search.core.saved.watching import WatchedFeed, Watching, changed_people
from servers.recruiter_search.store.saved_searches import PostgresLibrary
from shared.edge.serve import Runtime
from shared.edge.taxonomies import Taxonomies
from shared.edge.units import UnitCalls
from shared.events.units import UnitEvent
from shared.following.feed import UnitFeed
from shared.following.follower import Follower
from shared.mailbox.outbox import open_outbox

GATHER_SECONDS = 5.0
"""How long changes are gathered before they are compared with what is watched: one word for a burst."""


class _Project(BaseModel):
    project_id: str


class UnitProjects:
    """Implements ``Projects`` over MCP: the projects unit's door decides for the current principal."""

    def __init__(self, units: UnitCalls) -> None:
        self._units = units

    async def check(self, project_id: str) -> None:
        await self._units.call_tool("projects", "get_project", {"project_id": project_id}, _Project)


class Gathering:
    """Wakes a follower a while after the first of a burst of events."""

    def __init__(self, follower: Follower[Any], seconds: float) -> None:
        self._follower = follower
        self._seconds = seconds
        self._coming: dict[str, asyncio.TimerHandle] = {}

    async def heard(self, event: UnitEvent) -> None:
        """Note that records of a tenant changed. One that is lost here the follower's own round finds."""
        if event.tenant not in self._coming:
            loop = asyncio.get_running_loop()
            self._coming[event.tenant] = loop.call_later(self._seconds, self._wake, event.tenant)

    async def aclose(self) -> None:
        """Wake nobody any more."""
        for coming in self._coming.values():
            coming.cancel()
        self._coming.clear()

    def _wake(self, tenant: str) -> None:
        del self._coming[tenant]
        self._follower.wake(tenant)


async def keep_searches(
    runtime: Runtime,
    index: ProfileIndex,
    following: Follower[ProfileDocument],
    taxonomies: Taxonomies,
    *,
    gather: float = GATHER_SECONDS,
) -> SavedSearches:
    """Return the saved searches of this unit, whose new matches are looked for until it stops.

    Args:
        following: keeps ``index`` up with the candidates unit.
        gather: seconds for which changes are gathered.
    """
    events = runtime.require_events()
    outbox = await runtime.closing.enter_async_context(open_outbox(NAME, runtime.require_database(), events))
    library = PostgresLibrary(outbox)
    watching = Watching(library, index, following.reach, taxonomies.of, runtime.clock)
    feed = UnitFeed(runtime.units, NAME, "candidates", "list_changes", {"only_ids": True})
    watcher = Follower(watching, WatchedFeed(library, feed), changed_people, runtime.clock)
    runtime.closing.push_async_callback(watcher.aclose)
    gathering = Gathering(watcher, gather)
    runtime.closing.push_async_callback(gathering.aclose)
    # All replicas share one name: whichever hears of a change compares it.
    consumer = await events.consume_units(
        f"{NAME}_watching", gathering.heard, unit="candidates", what="changed"
    )
    runtime.closing.push_async_callback(consumer.aclose)
    await watcher.start()
    return SavedSearches(library, index, following.reach, UnitProjects(runtime.units), runtime.clock)
