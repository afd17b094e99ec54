"""The worker of sweeps: a message is a piece of one."""

import os

from servers.evaluator.core.sweeping import Sweeping
from servers.evaluator.sweeps.shelf import SWEEP, Due, PostgresBook
from shared.kernel.errors import HiremeshError
from shared.mailbox import Mailboxes, Outcome, People, Received, Slots, Worker, Write, typed
from shared.storage import Connection

LEASE_SECONDS = 10.0
ATTEMPTS = 8
PATIENCE = 4
"""So many times a piece waits for a model that does not answer; then rules judge it."""


def sweep_worker(
    mailboxes: Mailboxes, sweeping: Sweeping, people: People, *, lease: float = LEASE_SECONDS
) -> Worker:
    """Return the worker that judges pieces; each is stored with the end of its message.

    While ``people`` are present it judges one at a time.
    """

    async def handle(due: Received[Due]) -> list[Outcome]:
        patient = due.attempt < PATIENCE
        finish = await sweeping.judge(due.tenant, due.content.sweep, due.content.piece, patient=patient)
        if finish is None:
            return []

        async def store(tx: Connection) -> None:
            await finish(PostgresBook(tx, due.tenant, mailboxes))

        return [Write(store)]

    async def given_up(due: Received[Due], error: HiremeshError) -> None:
        await sweeping.give_up(due.tenant, due.content.sweep, error)

    turn = typed(mailboxes, Due, handle, given_up=given_up)
    # A burst of one: after each piece the sweeps of others have their turn.
    slots = Slots(interactive=0, normal=0, background=(os.cpu_count() or 1) + 1)
    return Worker(
        mailboxes,
        SWEEP,
        turn,
        slots=slots,
        lease=lease,
        max_attempts=ATTEMPTS,
        burst=1,
        people=people,
    )
