"""Composition root of recruiter search."""

from typing import Any

from mcp.server import MCPServer

from servers.recruiter_search.card import NAME
from servers.recruiter_search.core.follow import Follower
from servers.recruiter_search.core.search import TalentSearch
from servers.recruiter_search.deriving import DerivingPool
from servers.recruiter_search.feed import CandidatesFeed
from servers.recruiter_search.server import build_server
from servers.recruiter_search.store import TantivyIndex
from shared.edge.serve import Runtime, run_unit
from shared.edge.taxonomies import Taxonomies
from shared.events.units import UnitEvent
from shared.kernel.errors import Unavailable
from shared.taxonomy import Taxonomy

WORDS_SECONDS = 30.0
"""How long a query may be read by words that have changed since, where the event was lost."""


async def build(runtime: Runtime) -> MCPServer[Any]:
    """Open the index, follow the candidates unit and return the tools."""
    taxonomies = Taxonomies(runtime.units, NAME, max_age=WORDS_SECONDS)
    deriving = DerivingPool(taxonomies.words)
    runtime.closing.push_async_callback(deriving.aclose)
    index = TantivyIndex(runtime.settings.data_dir / NAME)
    runtime.closing.push_async_callback(index.aclose)
    follower = Follower(index, CandidatesFeed(runtime.units), deriving.derive, runtime.clock)
    runtime.closing.push_async_callback(follower.aclose)
    consumer = await runtime.require_events().consume_units(
        NAME, lambda event: _woken(follower, event.tenant), unit="candidates", what="changed"
    )
    runtime.closing.push_async_callback(consumer.aclose)
    widening = await runtime.require_events().consume_units(
        f"{NAME}_words", Widening(follower, taxonomies).heard, unit="jobs", what="taxonomy_widened"
    )
    runtime.closing.push_async_callback(widening.aclose)
    await follower.start()
    return build_server(TalentSearch(index, follower, Taxonomy.compact()), taxonomies)


async def _woken(follower: Follower, tenant: str) -> None:
    follower.wake(tenant)


class Widening:
    """Has a tenant's documents derived anew when its taxonomy was widened, once for a burst of changes."""

    def __init__(self, follower: Follower, taxonomies: Taxonomies) -> None:
        self._follower = follower
        self._taxonomies = taxonomies
        self._derived: dict[str, int] = {}

    async def heard(self, event: UnitEvent) -> None:
        """Act on an event; it is delivered again where this process ends before the documents are done."""
        if self._derived.get(event.tenant, 0) >= int(event.payload.get("seq", 0)):
            return
        self._taxonomies.expire(event.tenant)
        by = (await self._taxonomies.words(event.tenant)).seq
        if by < int(event.payload.get("seq", 0)):
            raise Unavailable("the jobs unit does not say yet what it announced")
        await self._follower.derive_anew(event.tenant)
        self._derived[event.tenant] = by


if __name__ == "__main__":
    run_unit(__package__ or NAME, build)
