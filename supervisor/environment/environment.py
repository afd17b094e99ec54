"""The parts of the environment put together: what hears, decides and tells, and what keeps them running."""

from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.edge.units import UnitCalls
from shared.events import EventBus
from shared.events.streams import UNIT_STREAM
from shared.kernel.clock import Clock
from shared.kernel.errors import InvalidInput
from shared.llm import LanguageModel
from shared.mailbox import Mailboxes
from shared.mailbox.pruning import pruning
from supervisor.environment.attending import Attending
from supervisor.environment.digests import DIGEST, Digests, Telling, digest_worker
from supervisor.environment.following import CONSUMER, ENVIRONMENT, Following
from supervisor.environment.minding import Minding, environment_worker
from supervisor.environment.naming import Names
from supervisor.environment.offering import Offering
from supervisor.environment.refreshing import MAILBOX as REFRESH
from supervisor.environment.refreshing import Refreshing, refresh_worker
from supervisor.mailboxes import RUN, RunOutbox
from supervisor.stage import UiLog

GRACE_SECONDS = 2.0
KEPT = {
    # For longer than the stream can bring an event again: it is known by its message.
    ENVIRONMENT: timedelta(seconds=UNIT_STREAM.max_age or 0) + timedelta(days=1),
    DIGEST: timedelta(days=8),
    REFRESH: timedelta(days=8),
    RUN: timedelta(days=30),
}
"""How long words between machines are kept. What people said and were told is never pruned."""


class Environment:
    """What happens around the agents of this supervisor.

    Args:
        zone: the time zone of recruiters who named none. Raises InvalidInput for one that does not exist.
        model: asked which rule an unclear message means; None leaves it to a question.
    """

    def __init__(
        self,
        mailboxes: Mailboxes,
        log: UiLog,
        units: UnitCalls,
        outbox: RunOutbox,
        clock: Clock,
        zone: str,
        model: LanguageModel | None = None,
    ) -> None:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise InvalidInput(
                f"{zone!r} is no time zone.", field="HIREMESH_TIME_ZONE", fix="Europe/Berlin"
            ) from None
        telling, names = Telling(log), Names(units)
        digests = Digests(mailboxes, telling, names, clock, zone)
        self._database = mailboxes.database
        self._following = Following(mailboxes)
        minding = Minding(digests, telling, outbox, names, clock, zone)
        self.refreshing = Refreshing(mailboxes, units, outbox, minding, telling, clock, zone)
        self.attending = Attending(digests, self.refreshing, Offering(model), units, zone)
        self._workers = [
            environment_worker(mailboxes, minding),
            digest_worker(mailboxes, digests),
            refresh_worker(mailboxes, self.refreshing),
        ]

    async def open(self, events: EventBus, closing: AsyncExitStack) -> None:
        """Follow what units publish, until ``closing`` closes."""
        for worker in self._workers:
            await worker.start()
            closing.push_async_callback(partial(worker.drain, grace=GRACE_SECONDS))
        consumer = await events.consume_units(CONSUMER, self._following.on_event)
        closing.push_async_callback(consumer.aclose)
        await closing.enter_async_context(pruning(self._database, KEPT))
