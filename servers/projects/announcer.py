"""Events of this unit over NATS."""

import logging
from typing import Any

from servers.projects.card import NAME
from shared.events import EventBus
from shared.kernel.errors import HiremeshError

_log = logging.getLogger(__name__)


class NatsAnnouncer:
    """Publishes ``unit.<tenant>.projects.<what>``. What was committed stays true when nobody hears of it."""

    def __init__(self, events: EventBus) -> None:
        self._events = events

    async def announce(self, tenant: str, what: str, payload: dict[str, Any]) -> None:
        """Publish an event; a bus that is away is logged, since the records are the truth."""
        try:
            await self._events.publish_unit(tenant, NAME, what, payload, patience=2)
        except HiremeshError as error:
            _log.warning("event %s was not published: %s", what, error)
