"""Keeping the directory current: a probe round now and again, and word of what changed."""

import asyncio
import logging

from servers.registry.core.directory import Directory
from servers.registry.settings import RegistrySettings
from shared.edge.tokens import TENANTLESS
from shared.events import EventBus
from shared.kernel.errors import HiremeshError

_log = logging.getLogger(__name__)


async def follow(directory: Directory, settings: RegistrySettings) -> None:
    """Probe all units, wait, and begin again, for ever; more often while some unit is not up."""
    while True:
        try:
            await directory.probe_all()
        except HiremeshError as error:
            _log.warning("a probe round failed: %s", error)
        pause = settings.probe_every if directory.all_up else settings.probe_every_while_down
        await asyncio.sleep(pause)


class NatsAnnouncer:
    """Publishes ``unit.-.registry.changed``; the catalogue belongs to no tenant."""

    def __init__(self, events: EventBus) -> None:
        self._events = events

    async def changed(self, unit: str, status: str) -> None:
        """Tell that a unit changed. Who misses it sees it at the next look into the registry."""
        try:
            await self._events.publish_unit(
                TENANTLESS, "registry", "changed", {"unit": unit, "status": status}, patience=1
            )
        except HiremeshError as error:
            _log.warning("could not tell that %s changed: %s", unit, error)
