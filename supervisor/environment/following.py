"""From what units publish into the mailboxes of the agents that it concerns."""

import logging

from shared.events import UnitEvent
from shared.kernel.errors import Conflict, RateLimited
from shared.mailbox import Mailboxes
from supervisor.environment.gathered import Gathering, body_of
from supervisor.environment.happened import Happened, happened
from supervisor.environment.store import EnvironmentStore

log = logging.getLogger(__name__)

CONSUMER = "supervisor"
"""The durable consumer's name; all supervisors share it, and each event is one's."""
ENVIRONMENT = "supervisor.environment"


class Following:
    """Subscribes agents by interest: the roles they work on, and what they were asked to watch.

    An event that comes again finds its message there, under its id.
    """

    def __init__(self, mailboxes: Mailboxes) -> None:
        self._mailboxes = mailboxes
        self._gathering = Gathering(mailboxes)

    async def on_event(self, event: UnitEvent) -> None:
        """Send an event to the agents of its tenant that it concerns; for one without room it is gathered."""
        told = happened(event)
        if told is None:
            return
        async with self._mailboxes.transaction(event.tenant) as tx:
            roles = await EnvironmentStore(tx, event.tenant).roles(told)
        for agent in {role.agent for role in roles}:
            try:
                await self._hand_over(event.tenant, agent, told)
            except Conflict:
                log.info("an event came for an agent that was retired meanwhile")

    async def _hand_over(self, tenant: str, agent: str, told: Happened) -> None:
        mailbox = f"{ENVIRONMENT}:{agent}"
        try:
            await self._mailboxes.send(
                tenant, mailbox, body_of(told), key=told.event, causation_id=told.event
            )
        except RateLimited:
            await self._gathering.keep(tenant, agent, mailbox, told)
