"""A worker in a process of its own, to be killed: ``python -m tests.support.mailbox_worker DB NATS LEASE``.

Handles ``supervisor.test`` mailboxes; the effect of a message is a note in the mailbox's log. Prints
``ready`` once it listens. SIGUSR1 sets the process's clocks: an hour forward, and its date a day back.
SIGTERM has it drain and say so.
"""

import asyncio
import os
import signal
import sys
import time

from shared.events import EventBus
from shared.mailbox import Backoff, InTransaction, Mailboxes, Message, Slots, Worker
from shared.storage import Connection, Database

KIND = "supervisor.test"
LEASE_SECONDS = 1.0


def log_of(mailbox: str) -> str:
    """Return the mailbox in which the effects of another's messages are noted."""
    return mailbox.replace(KIND, "supervisor.log")


def numbered(n: int) -> dict:
    """Return a message that says a number."""
    return {
        "messageId": f"m{n}",
        "role": "ROLE_USER",
        "parts": [{"text": f"number {n}"}],
        "metadata": {"n": n},
    }


def jump() -> None:
    """Change what the time is for everything in this process."""
    elapsed, date = time.monotonic, time.time
    time.monotonic = lambda: elapsed() + 3600
    time.time = lambda: date() - 86_400
    print("jumped", flush=True)


async def main(database_url: str, nats_url: str, lease: str) -> None:
    """Work until killed or drained."""
    ending = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, jump)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ending.set)
    async with await Database.open(database_url) as database, await EventBus.open(nats_url) as bus:
        mailboxes = Mailboxes(database, bus)

        async def handle(message: Message, tx: Connection) -> None:
            await mailboxes.note(
                message.tenant, log_of(message.mailbox), message.body | {"by": os.getpid()}, tx=tx
            )

        worker = Worker(
            mailboxes,
            KIND,
            InTransaction(handle, together=4),
            slots=Slots(2, 2, 2),
            lease=float(lease),
            sweep=0.2,
            backoff=Backoff(0.05),
            max_attempts=50,
        )
        await worker.start()
        print("ready", flush=True)
        await ending.wait()
        await worker.drain()
        print("drained", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
