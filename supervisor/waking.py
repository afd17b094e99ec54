"""Waking runs that wait for a unit, as soon as the registry says that it is back.

What waits is known to the process that put it off; after a restart the back-off alone brings a run on, as it
does for whoever misses the word. Runs are woken one after the other, so that a unit that has just come back
is not met by all of them at once.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from shared.kernel.clock import Clock
from shared.kernel.errors import HiremeshError, NotFound
from shared.kernel.ids import new_id
from shared.mailbox import Mailboxes
from shared.storage import Database
from supervisor.mailboxes import RunOutbox, run_mailbox
from supervisor.store import RunStore

MOST_WAITING = 10_000
SPACING = timedelta(milliseconds=50)
log = logging.getLogger(__name__)


class _Waiting(NamedTuple):
    units: frozenset[str]
    key: str


class Waking:
    """The runs of this process that wait for units."""

    def __init__(self, database: Database, mailboxes: Mailboxes, outbox: RunOutbox, clock: Clock) -> None:
        self._database = database
        self._mailboxes = mailboxes
        self._outbox = outbox
        self._clock = clock
        self._waiting: dict[tuple[str, str], _Waiting] = {}

    def put_off(self, tenant: str, run: str, units: frozenset[str], key: str) -> None:
        """Note that a run waits for ``units`` with the message ``key``; beyond a bound nothing is noted."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting[tenant, run] = _Waiting(units, key)

    def taken_up(self, tenant: str, run: str) -> None:
        """Note that a run goes on."""
        self._waiting.pop((tenant, run), None)

    async def on_change(self, event: dict[str, Any]) -> None:
        """Wake what waits for a unit that is active again."""
        unit = event.get("unit")
        if event.get("status") != "active" or not isinstance(unit, str):
            return
        waiting = [(who, one.key) for who, one in self._waiting.items() if unit in one.units]
        for place, ((tenant, run), key) in enumerate(waiting):
            self.taken_up(tenant, run)
            try:
                await self._wake(
                    tenant, run, unit, key, self._clock.now() + place * SPACING if place else None
                )
            except HiremeshError as error:
                log.warning("a run that waits for %s could not be woken: %s", unit, error.code)

    async def _wake(self, tenant: str, run: str, unit: str, key: str, at: datetime | None) -> None:
        async with self._mailboxes.transaction(tenant) as tx:
            await RunStore(tx, tenant).hasten(run, unit)
            await self._outbox.advance(tx, tenant, run, key=new_id("wake"), at=at)
        # The new word is in the mailbox by now: taking the late one back cannot lose the run.
        try:
            await self._mailboxes.cancel(tenant, run_mailbox(run), key=key)
        except NotFound:
            log.debug("the late word of a woken run is gone already")
