"""What a replica hears of other units: that candidates changed, and that a taxonomy was widened."""

from contextlib import AsyncExitStack

from servers.recruiter_search.card import NAME
from servers.recruiter_search.core.follow import Follower
from shared.edge.taxonomies import Taxonomies
from shared.events.bus import EventBus
from shared.events.units import UnitEvent
from shared.kernel.errors import Unavailable


async def hear(
    events: EventBus, replica: str, follower: Follower, taxonomies: Taxonomies, closing: AsyncExitStack
) -> None:
    """Act on events until ``closing`` ends.

    Every replica has an index of its own, so each must hear everything: ``replica`` names the index.
    """

    async def woken(event: UnitEvent) -> None:
        follower.wake(event.tenant)

    widened = Widening(follower, taxonomies).heard
    for durable, handler, unit, what in (
        (f"{NAME}_{replica}", woken, "candidates", "changed"),
        (f"{NAME}_{replica}_words", widened, "jobs", "taxonomy_widened"),
    ):
        consumer = await events.consume_units(durable, handler, unit=unit, what=what)
        closing.push_async_callback(consumer.aclose)


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
