"""The worker of sweeps: a message is a piece of one."""

import os

from servers.evaluator.core.sweeping import Sweeping
from servers.evaluator.shelf import SWEEP, PostgresBook
from shared.kernel.errors import HiremeshError
from shared.mailbox import Finish, Mailboxes, Message, People, Slots, WithLease, Worker
from shared.storage import Connection

LEASE_SECONDS = 10.0
ATTEMPTS = 8


def sweep_worker(
    mailboxes: Mailboxes, sweeping: Sweeping, people: People, *, lease: float = LEASE_SECONDS
) -> Worker:
    """Return the worker that judges pieces; each is stored with the end of its message.

    While ``people`` are present it judges one at a time.
    """

    async def handle(message: Message) -> Finish | None:
        asked = message.body["parts"][0]["data"]
        try:
            finish = await sweeping.judge(message.tenant, asked["sweep"], asked["piece"])
        except Exception as error:
            known = error if isinstance(error, HiremeshError) else HiremeshError("judging went wrong inside")
            if not known.retryable or message.attempt >= ATTEMPTS:
                await sweeping.give_up(message.tenant, asked["sweep"], known)
            raise
        if finish is None:
            return None

        async def store(tx: Connection) -> None:
            await finish(PostgresBook(tx, message.tenant, mailboxes))

        return store

    # A burst of one: after each piece the sweeps of others have their turn.
    slots = Slots(interactive=0, normal=0, background=(os.cpu_count() or 1) + 1)
    return Worker(
        mailboxes,
        SWEEP,
        WithLease(handle),
        slots=slots,
        lease=lease,
        max_attempts=ATTEMPTS,
        burst=1,
        people=people,
    )
