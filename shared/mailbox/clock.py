"""What a worker does about the database's clock, by which leases, pauses and schedules are measured."""

import logging
import time

from shared.mailbox.records import Records, queries

log = logging.getLogger(__name__)

TOLERANCE_SECONDS = 1.0


class DatabaseClock:
    """Notices that the database's clock was set back, and has what was due before be due again.

    Otherwise that would wait until the clock has caught up. Nothing depends on it but when things happen:
    order is by number, and who may end a message is decided by the epoch of its claim.
    """

    def __init__(self, records: Records, kind: str, lease: float) -> None:
        self._records = records
        self._kind = kind
        self._lease = lease
        self._ahead: float | None = None  # of this process's monotonic clock, when they were last compared

    async def look(self) -> None:
        """Compare the clocks. The first look mends what was set back while nobody looked. Raises Unavailable."""
        here = time.monotonic()
        ahead = (await self._records.now()).timestamp() - here
        behind = 0.0 if self._ahead is None else self._ahead - ahead
        if self._ahead is None or behind > TOLERANCE_SECONDS:
            where = {"kind": self._kind, "lease": self._lease, "by": behind}
            [row] = await self._records.database.fetch(queries.clock_was_set_back, where)
            if row["mended"]:
                log.warning("%s: the database's clock went back; %d were mended", self._kind, row["mended"])
        self._ahead = ahead
