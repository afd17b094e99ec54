"""Workers of the release before go on beside those of this one, while they are replaced one by one."""

import asyncio
import re
from typing import Any, LiteralString, cast

from shared.mailbox import InTransaction, Lane, Mailboxes, Message, Worker
from shared.storage import Connection, Database, load_queries
from tests.support.engines import OpenUnitDatabase

released = load_queries("tests.support.released")
BOX = "jobs.things:a"
HELD = {"owner": "before", "lease": 30.0}


class WorkerBefore:
    """As much of a worker of the release before as its statements make it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def says(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        named = {"tenant": "acme", "mailbox": BOX, "traceparent": None, **values}
        async with self._database.transaction("acme") as tx:
            return await (await tx.execute(getattr(released, statement), named)).fetchall()

    async def send(self, n: int) -> None:
        message = {"key": f"before-{n}", "lane": int(Lane.NORMAL), "not_before": None, "bound": 1000}
        ids = {"correlation_id": None, "causation_id": None}
        [row] = await self.says("send", body=f'{{"n": {n}}}', **message, **ids)
        assert row["outcome"] in ("woke", "queued")

    async def claim(self) -> list[dict[str, Any]]:
        slots = {"kind": "jobs.things", "caps": [4, 4, 4], "after": ["", "", ""], "together": 1}
        return await self.says("claim", **slots, **HELD)

    async def done(self, epoch: int, seq: int) -> dict[str, Any]:
        ended = {"epoch": epoch, "head": seq, "last": seq, "count": 1, "together": 1}
        [row] = await self.says("done", **ended, **HELD)
        return row


async def test_the_database_understands_all_that_the_release_before_says(
    unit_database: OpenUnitDatabase,
) -> None:
    database = await unit_database("jobs")
    async with database.transaction("acme") as tx:
        for name, statement in released:
            await tx.execute(prepare(name, statement))


def prepare(name: str, statement: str) -> LiteralString:
    """Return the command that has PostgreSQL look up all that a statement names, with parameters of any type."""
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    numbered = re.sub(r"%\((\w+)\)s", lambda match: f"${names.index(match[1]) + 1}", statement)
    return cast(LiteralString, f"prepare {name}_before as {numbered}")


async def test_workers_of_two_releases_hand_one_mailbox_to_one_another_in_order(
    unit_database: OpenUnitDatabase,
) -> None:
    database = await unit_database("jobs")
    mailboxes, before = Mailboxes(database), WorkerBefore(database)
    handled, over = list[int](), asyncio.Event()

    async def handle(message: Message, _: Connection) -> None:
        handled.append(message.body["n"])
        if message.body["n"] == 4:
            over.set()

    await before.send(0)
    for n in range(1, 4):
        await mailboxes.send("acme", BOX, {"n": n})
    await before.send(4)
    [first] = await before.claim()
    assert await before.claim() == []
    second = await before.done(first["epoch"], first["seq"])
    failed = {"retry_in": 0.0, "code": "unavailable", "error": "it ends for an update"}
    again = await before.says("fail", epoch=second["epoch"], seq=second["seq"], **failed)
    worker = Worker(mailboxes, "jobs.things", InTransaction(handle))
    await worker.start()
    await over.wait()
    await worker.drain()

    assert [first["body"]["n"], second["body"]["n"]] == [0, 1]
    assert again == [{"outcome": "retry"}]
    assert handled == [1, 2, 3, 4]
    assert [entry.status for entry in await mailboxes.history("acme", BOX)] == ["handled"] * 5
