"""Worker processes and engines that end by SIGKILL: nothing lost, nothing twice, order kept."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from shared.engines import EmbeddedNats
from shared.events import EventBus
from shared.mailbox import Backoff, InTransaction, Mailboxes, Message, Worker
from shared.storage import Connection
from tests.support.engines import OpenUnitDatabase
from tests.support.mailbox_worker import KIND, log_of, numbered

BOXES = [f"{KIND}:{n}" for n in range(10)]
EACH = 30


class Workers:
    """Worker processes to start and kill."""

    def __init__(self, database_url: str, nats_url: str) -> None:
        self._command = [sys.executable, "-m", "tests.support.mailbox_worker", database_url, nats_url]
        self._alive: list[subprocess.Popen] = []

    def start(self) -> None:
        process = subprocess.Popen(self._command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        self._alive.append(process)

    def kill_one(self) -> None:
        process = self._alive.pop(0)
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()

    def kill_all(self) -> None:
        while self._alive:
            self.kill_one()


@pytest.fixture
async def mailboxes(unit_database: OpenUnitDatabase, nats: EmbeddedNats) -> AsyncIterator[Mailboxes]:
    async with await EventBus.open(nats.url) as bus:
        yield Mailboxes(await unit_database("supervisor"), bus)


async def effects(mailboxes: Mailboxes) -> int:
    async with mailboxes.database.transaction("acme") as tx:
        query = "select count(*) from mailbox.message where outcome = 'noted'"
        row = await (await tx.execute(query)).fetchone()
    assert row is not None
    return row["count"]


async def until_effects(mailboxes: Mailboxes, wanted: int) -> None:
    while await effects(mailboxes) < wanted:
        continue


async def test_killed_workers_lose_nothing_repeat_nothing_and_keep_the_order(
    mailboxes: Mailboxes, nats: EmbeddedNats
) -> None:
    for n in range(EACH):
        for box in BOXES:
            await mailboxes.send("acme", box, numbered(n))
    workers = Workers(mailboxes.database.url, nats.url)
    try:
        workers.start()
        workers.start()
        for share in (1, 2, 3, 4):
            await until_effects(mailboxes, len(BOXES) * EACH * share // 5)
            workers.kill_one()
            workers.start()
        await until_effects(mailboxes, len(BOXES) * EACH)
    finally:
        workers.kill_all()
    for box in BOXES:
        noted = await mailboxes.history("acme", log_of(box), limit=200)
        assert [entry.body["metadata"]["n"] for entry in noted] == list(range(EACH))
        assert {entry.status for entry in await mailboxes.history("acme", box, limit=200)} == {"handled"}
    assert await mailboxes.dead_letters("acme") == []


async def test_work_goes_on_by_sweeps_while_nats_is_gone_and_by_wake_ups_once_it_is_back(
    unit_database: OpenUnitDatabase, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = EmbeddedNats(tmp_path_factory.mktemp("nats"))
    url = server.start()
    handled: asyncio.Queue[int] = asyncio.Queue()

    async def handle(message: Message, tx: Connection) -> None:
        handled.put_nowait(message.body["metadata"]["n"])

    try:
        async with await EventBus.open(url) as bus:
            mailboxes = Mailboxes(await unit_database("supervisor"), bus)
            worker = Worker(mailboxes, KIND, InTransaction(handle), sweep=0.1, backoff=Backoff(0.05))
            await worker.start()
            assert server.process is not None
            server.process.kill()
            server.stop()
            await mailboxes.send("acme", BOXES[0], numbered(1))
            assert await handled.get() == 1
            server.start()
            await mailboxes.send("acme", BOXES[0], numbered(2))
            assert await handled.get() == 2
            await worker.drain()
    finally:
        server.stop()
