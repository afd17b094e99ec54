"""An evaluator's sweep worker in a process of its own, to be killed: ``python -m tests.support.sweep_worker DB NATS``.

Prints ``ready`` once it listens, and ``judged`` for each piece before it is stored; with ``held`` as a third
argument it then waits for a line on its standard input.
"""

import asyncio
import sys
from typing import Any

from servers.evaluator.sweeps.drafters import ProcessDrafters
from servers.evaluator.worker import sweep_worker
from shared.events import EventBus
from shared.mailbox import People
from shared.storage import Database
from tests.support.sweeps import sweeping_over, talent
from tests.support.units import FakeUnits


class TellingDrafters(ProcessDrafters):
    """Says on the standard output that it has drafted, and waits for a word where it is to be held."""

    def __init__(self, held: bool) -> None:
        super().__init__(1)
        self._held = held

    async def draft(self, *work: Any) -> Any:
        answer = await super().draft(*work)
        print("judged", flush=True)
        if self._held:
            await asyncio.to_thread(sys.stdin.readline)
        return answer


async def main(database_url: str, nats_url: str, held: str = "") -> None:
    """Work until killed."""
    async with await Database.open(database_url) as database, await EventBus.open(nats_url) as bus:
        sweeping, mailboxes = sweeping_over(
            database, FakeUnits(talent()), TellingDrafters(bool(held)), bus=bus
        )
        await sweep_worker(mailboxes, sweeping, People(), lease=1.0).start()
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
