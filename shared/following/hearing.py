"""What a replica hears of other units: that records changed, and that a taxonomy was widened."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from shared.edge.taxonomies import Taxonomies
from shared.events.bus import EventBus
from shared.events.units import UnitEvent, UnitHandler
from shared.following.follower import Follower
from shared.kernel.errors import Unavailable


async def hear(
    events: EventBus, durable: str, heard: Mapping[str, UnitHandler], closing: AsyncExitStack
) -> None:
    """Act on events until ``closing`` ends.

    Every replica keeps what it derives itself, so each must hear everything: ``durable`` names the replica.

    Args:
        heard: what to do with each event, by ``unit.what``.
    """
    for subject, handler in heard.items():
        unit, _, what = subject.partition(".")
        consumer = await events.consume_units(f"{durable}_{unit}_{what}", handler, unit=unit, what=what)
        closing.push_async_callback(consumer.aclose)


def waking(follower: Follower[Any]) -> UnitHandler:
    """Return what has a tenant's changes looked for as soon as an event tells of some."""

    async def woken(event: UnitEvent) -> None:
        follower.wake(event.tenant)

    return woken


class Widening:
    """Has a tenant's documents derived anew when its taxonomy was widened.

    Where an event tells the words that changed, those alone whose text holds one of them, or of what follows from
    it; else, and once for a burst of changes, all of them.
    """

    def __init__(self, followers: Sequence[Follower[Any]], taxonomies: Taxonomies) -> None:
        self._followers = followers
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
        words = event.payload.get("words")
        if words is None or by > int(event.payload.get("seq", 0)):
            await self._derive_anew(event.tenant, None)
            self._derived[event.tenant] = by
        else:
            taxonomy = await self._taxonomies.of(event.tenant)
            await self._derive_anew(event.tenant, await asyncio.to_thread(taxonomy.touched_by, words))

    async def _derive_anew(self, tenant: str, spellings: frozenset[str] | None) -> None:
        await asyncio.gather(*(follower.derive_anew(tenant, spellings) for follower in self._followers))
