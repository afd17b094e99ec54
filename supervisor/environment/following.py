"""From what units publish into the mailboxes of the agents that it concerns."""

import logging

from shared.events import UnitEvent
from shared.kernel.errors import Conflict, RateLimited
from shared.mailbox import Mailboxes
from supervisor.environment.happened import happened
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

    async def on_event(self, event: UnitEvent) -> None:
        """Send an event to the agents of its tenant that it concerns.

        Raises RateLimited when one of them has too many waiting, after the others have theirs.
        """
        told = happened(event)
        if told is None:
            return
        body = {
            "messageId": told.event,
            "role": "ROLE_AGENT",
            "parts": [{"data": told.model_dump(mode="json")}],
        }
        async with self._mailboxes.transaction(event.tenant) as tx:
            roles = await EnvironmentStore(tx, event.tenant).roles(told)
        full: RateLimited | None = None
        for agent in {role.agent for role in roles}:
            try:
                await self._mailboxes.send(
                    event.tenant,
                    f"{ENVIRONMENT}:{agent}",
                    body,
                    key=told.event,
                    causation_id=told.event,
                )
            except RateLimited as error:
                full = error
            except Conflict:
                log.info("an event came for an agent that was retired meanwhile")
        if full:
            raise full
