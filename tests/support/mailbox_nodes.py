"""What fault tests strike at: a load of messages, and nodes with worker processes."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from shared.kernel.errors import HiremeshError, Unavailable
from shared.mailbox import Mailboxes
from tests.support.mailbox_worker import KIND, LEASE_SECONDS, log_of, numbered

TENANT = "acme"


@dataclass(frozen=True)
class Faults:
    """What must never happen: acknowledged messages without effect, effects twice, effects out of order."""

    lost: int = 0
    repeated: int = 0
    out_of_order: int = 0


class Load:
    """Numbered messages for some mailboxes, sent one after the other, again until they are acknowledged."""

    def __init__(self, mailboxes: Mailboxes, *, boxes: int = 8, each: int = 40) -> None:
        self._mailboxes = mailboxes
        self._boxes = [f"{KIND}:{n}" for n in range(boxes)]
        self._each = each
        self.total = boxes * each

    def moments(self, count: int, seed: int) -> list[int]:
        """Return how many effects there shall be when something strikes: random, the same for a seed."""
        return sorted(random.Random(seed).sample(range(self.total // 8, self.total - self.total // 8), count))

    async def send(self) -> None:
        """Send everything. Returns when all of it has been acknowledged."""
        for n in range(self._each):
            await asyncio.gather(*(self.acknowledged(box, n) for box in self._boxes))

    async def acknowledged(self, box: str, n: int) -> None:
        """Send a message until it is acknowledged."""
        while True:
            with suppress(Unavailable):
                await self._mailboxes.send(TENANT, box, numbered(n), key=str(n))
                return

    async def until(self, wanted: int) -> None:
        """Return once there are so many effects."""
        query = "select count(*) from mailbox.message where outcome = 'noted'"
        while await self.count(query) < wanted:
            continue

    async def until_handled(self) -> None:
        """Return once nothing waits."""
        while await self.count("select sum(pending) as count from mailbox.mailbox"):
            continue

    async def until_expired(self, node: "Node") -> None:
        """Return once no worker of ``node`` holds a lease."""
        held = "select count(*) from mailbox.mailbox where owner ~ %s and ready_at > clock_timestamp()"
        while await self.count(held, f"/({'|'.join(map(str, node.pids))})/"):
            continue

    async def count(self, query: str, *parameters: str) -> int:
        """Run a query that counts, again while the database does not answer."""
        while True:
            with suppress(HiremeshError):
                async with self._mailboxes.database.transaction(TENANT) as tx:
                    row = await (await tx.execute(query.encode(), parameters or None)).fetchone()
                    assert row is not None
                    return row["count"]

    async def handled_by(self) -> set[int]:
        """Return the processes that effects are from."""
        query = "select distinct (body ->> 'by')::int as by from mailbox.message where outcome = 'noted'"
        async with self._mailboxes.database.transaction(TENANT) as tx:
            return {row["by"] for row in await (await tx.execute(query)).fetchall()}

    async def faults(self) -> Faults:
        """Compare the effects with what was acknowledged: all of it, once ``send`` has returned."""
        lost = repeated = out_of_order = 0
        for box in self._boxes:
            noted = await self._mailboxes.history(TENANT, log_of(box), limit=200)
            numbers = [entry.body["metadata"]["n"] for entry in noted]
            lost += self._each - len(set(numbers))
            repeated += len(numbers) - len(set(numbers))
            out_of_order += sum(first > second for first, second in pairwise(numbers))
        return Faults(lost, repeated, out_of_order)


class Node:
    """Worker processes that share a fate: one process group. ``where`` starts a command on its host."""

    def __init__(
        self, database_url: str, nats_url: str, *, where: Sequence[str] = (), lease: float = LEASE_SECONDS
    ) -> None:
        module = [sys.executable, "-m", "tests.support.mailbox_worker"]
        self._command = [*where, *module, database_url, nats_url, str(lease)]
        self._workers: list[subprocess.Popen[bytes]] = []

    @property
    def pids(self) -> list[int]:
        return [worker.pid for worker in self._workers]

    async def start(self, workers: int = 1) -> Self:
        """Start workers and return once they listen."""
        for _ in range(workers):
            self._spawn()
        for worker in self._workers:
            await self._says(worker, b"ready\n")
        return self

    def _spawn(self) -> None:
        group = self._workers[0].pid if self._workers else 0
        self._workers.append(subprocess.Popen(self._command, stdout=subprocess.PIPE, process_group=group))

    async def drain(self) -> None:
        """Ask all workers to end, and return once they have."""
        self._signal(signal.SIGTERM)
        for worker in self._workers:
            await self._says(worker, b"drained\n")
        await self.kill()

    async def kill(self) -> None:
        """End all workers as a power cut would."""
        self._signal(signal.SIGKILL)
        for worker in self._workers:
            worker.communicate()
        self._workers.clear()

    def hang(self) -> None:
        """Let nothing of it run."""
        self._signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it run on where it stood."""
        self._signal(signal.SIGCONT)

    async def jump_in_time(self) -> None:
        """Set its clocks wrong."""
        self._signal(signal.SIGUSR1)
        for worker in self._workers:
            await self._says(worker, b"jumped\n")

    async def _says(self, worker: subprocess.Popen[bytes], line: bytes) -> None:
        assert worker.stdout is not None
        assert await asyncio.to_thread(worker.stdout.readline) == line

    def _signal(self, number: signal.Signals) -> None:
        for group in self.pids[:1]:
            os.killpg(group, number)


@asynccontextmanager
async def started(*nodes: Node, workers: int = 1) -> AsyncIterator[None]:
    """Start nodes, and kill what is left of them in the end."""
    try:
        await asyncio.gather(*(node.start(workers) for node in nodes))
        yield
    finally:
        for node in nodes:
            await node.kill()
