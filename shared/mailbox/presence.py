"""Letting work in other processes know that people are served here, so that it makes room for them too."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from shared.kernel.errors import HiremeshError
from shared.mailbox.model import Bus
from shared.mailbox.slots import People

log = logging.getLogger(__name__)

SUBJECT = "people.heard"
TELL_SECONDS = 1.0


class TellingPeople(People):
    """Tells over the bus that somebody is here, once a second. A lost word costs no more than room."""

    def __init__(self, bus: Bus | None) -> None:
        super().__init__()
        self._bus = bus
        self._telling: asyncio.Task[None] | None = None

    def heard(self) -> None:
        super().heard()
        if self._bus is not None and self._telling is None:
            self._telling = asyncio.create_task(self._tell_on(self._bus))
            self._telling.add_done_callback(self._told)

    def _told(self, _: asyncio.Task[None]) -> None:
        self._telling = None

    async def _tell_on(self, bus: Bus) -> None:
        """Tell now and for as long as somebody waits; who comes within a second is told of already."""
        await self._tell(bus)
        await asyncio.sleep(TELL_SECONDS)
        while self._waiting:
            await self._tell(bus)
            await asyncio.sleep(TELL_SECONDS)

    async def _tell(self, bus: Bus) -> None:
        try:
            await bus.publish(SUBJECT, {})
        except HiremeshError as error:
            log.warning("%s was not heard: %s", SUBJECT, error.code)


@asynccontextmanager
async def hearing(bus: Bus, people: People) -> AsyncGenerator[None]:
    """Note within the block whom other processes tell of."""

    async def note(_: dict[str, Any]) -> None:
        people.heard()

    subscription = await bus.subscribe(SUBJECT, note)
    try:
        yield
    finally:
        await subscription.unsubscribe()
