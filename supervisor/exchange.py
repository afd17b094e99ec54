"""One message of a recruiter being handled: the transaction, the person, and where the reply goes."""

from dataclasses import dataclass

from shared.kernel.principal import Principal
from shared.storage import Connection
from supervisor.stage import Stage
from supervisor.store import RunStore


@dataclass(frozen=True)
class Exchange:
    """``cause`` names the message in its mailbox."""

    store: RunStore
    connection: Connection
    tenant: str
    agent: str
    stage: Stage
    principal: Principal
    cause: str | None

    async def reply(self, text: str) -> None:
        """Say something and close the turn."""
        await self.stage.say(text, key=f"{self.stage.turn}:reply")
        await self.stage.finished()
