"""An evaluator's sweep worker in a process of its own, to be killed: ``python -m tests.support.sweep_worker DB NATS``.

Prints ``ready`` once it listens, and ``judged`` for each piece before it is stored.
"""

import asyncio
import sys
from typing import Any

from servers.evaluator.judges import ProcessJudges
from servers.evaluator.worker import sweep_worker
from shared.events import EventBus
from shared.storage import Database
from tests.support.sweeps import sweeping_over, talent
from tests.support.units import FakeUnits


class TellingJudges(ProcessJudges):
    """Says on the standard output that it has judged."""

    async def judge(self, *work: Any) -> Any:
        answer = await super().judge(*work)
        print("judged", flush=True)
        return answer


async def main(database_url: str, nats_url: str) -> None:
    """Work until killed."""
    async with await Database.open(database_url) as database, await EventBus.open(nats_url) as bus:
        sweeping, mailboxes = sweeping_over(database, FakeUnits(talent()), TellingJudges(1), bus=bus)
        await sweep_worker(mailboxes, sweeping, lease=1.0).start()
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
