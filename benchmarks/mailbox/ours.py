"""Hiremesh's mailbox as a system to measure."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.mailbox.scenario import INSERT, Sender
from benchmarks.report import Cell, percentile
from shared.events import EventBus
from shared.mailbox import InTransaction, Lane, Mailboxes, Message, Slots, Worker
from shared.storage import Connection, Database
from shared.storage.migrate import migrate
from shared.storage.roles import unit_url

KIND = "supervisor.bench"
TENANTS = 10
SECRET = "benchmark"


def tenant_of(mailbox: str) -> str:
    return f"tenant{sum(mailbox.encode()) % TENANTS}"


def body(n: int) -> dict:
    return {"messageId": str(n), "role": "ROLE_USER", "parts": [{"text": "hello"}], "metadata": {"n": n}}


async def effect(message: Message, tx: Connection) -> None:
    await tx.execute(INSERT, (message.mailbox, message.body["metadata"]["n"]))


@asynccontextmanager
async def opened(admin_url: str, nats_url: str) -> AsyncIterator[Mailboxes]:
    url = unit_url(admin_url, "supervisor", SECRET)
    async with await Database.open(url, max_size=14) as database, await EventBus.open(nats_url) as bus:
        yield Mailboxes(database, bus)


class Ours:
    """The mailbox; background slots are a third, so that people's messages find a free one."""

    name = "hiremesh"

    def prepare(self, admin_url: str) -> None:
        migrate(admin_url, SECRET, only={"supervisor"})

    @asynccontextmanager
    async def sender(self, admin_url: str, nats_url: str) -> AsyncIterator[Sender]:
        async with opened(admin_url, nats_url) as mailboxes:
            yield MailboxSender(mailboxes)

    def work(self, admin_url: str, nats_url: str) -> None:
        asyncio.run(self._work(admin_url, nats_url))

    async def _work(self, admin_url: str, nats_url: str) -> None:
        async with opened(admin_url, nats_url) as mailboxes:
            await Worker(mailboxes, KIND, InTransaction(effect, together=16), slots=Slots(4, 4, 4)).start()
            await asyncio.Event().wait()


class MailboxSender:
    """Sends each message in a transaction of its own."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self._mailboxes = mailboxes

    async def send(self, mailbox: str, n: int, *, urgent: bool) -> None:
        lane = Lane.INTERACTIVE if urgent else Lane.BACKGROUND
        await self._mailboxes.send(tenant_of(mailbox), mailbox, body(n), lane=lane)


async def synchronous(admin_url: str, nats_url: str, probes: int) -> dict[str, Cell]:
    """Time messages that are recorded and handled at once, nobody else being there: milliseconds."""
    times: list[float] = []
    async with opened(admin_url, nats_url) as mailboxes:
        worker = Worker(mailboxes, KIND, InTransaction(effect))
        await worker.start()
        for n in range(probes):
            began = time.perf_counter()
            await worker.handle_now("tenant0", f"{KIND}:sync{n % 10}", body(n))
            times.append(1_000 * (time.perf_counter() - began))
        await worker.drain()
    return {"sync_p50_ms": round(percentile(times, 0.5), 2), "sync_p99_ms": round(percentile(times, 0.99), 2)}
