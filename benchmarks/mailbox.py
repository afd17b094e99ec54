"""Mailbox throughput and latency: ``python -m benchmarks.mailbox [MAILBOXES] [EACH] [WORKERS]``.

Fills the mailboxes, then starts the worker processes and times them until the last effect, one row
written with each message. Order and exactly-once are checked. Latency is taken afterwards, quiet.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import IO, cast

import psycopg

from benchmarks.report import json_line, percentile, table
from shared.engines import EmbeddedNats, EmbeddedPostgres
from shared.events import EventBus
from shared.mailbox import InTransaction, Mailboxes, Message, Slots, Worker
from shared.storage import Connection, Database
from shared.storage.migrate import migrate
from shared.storage.roles import unit_url

KIND = "supervisor.bench"
TENANTS = 10
SECRET = "benchmark"
PROBES = 200
EFFECTS = """
    create table supervisor.effect (
        id bigint generated always as identity, tenant text not null, mailbox text not null, n int not null
    );
    grant select, insert on supervisor.effect to hiremesh_supervisor;
"""
INSERT = "insert into supervisor.effect (tenant, mailbox, n) values (%s, %s, %s)"


def body(n: int) -> dict:
    return {"messageId": str(n), "role": "ROLE_USER", "parts": [{"text": "hello"}], "metadata": {"n": n}}


async def effect(message: Message, tx: Connection) -> None:
    await tx.execute(INSERT, (message.tenant, message.mailbox, message.body["metadata"]["n"]))


def new_worker(mailboxes: Mailboxes) -> Worker:
    return Worker(mailboxes, KIND, InTransaction(effect, together=16), slots=Slots(4, 4, 4))


async def work(database_url: str, nats_url: str) -> None:
    """Be a worker process: say ready, begin at the first line of input, end at the second."""
    async with (
        await Database.open(database_url, max_size=14) as database,
        await EventBus.open(nats_url) as bus,
    ):
        worker = new_worker(Mailboxes(database, bus))
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await worker.start()
        await asyncio.to_thread(sys.stdin.readline)
        await worker.drain()


@contextmanager
def worker_processes(count: int, *urls: str) -> Generator[list[IO[bytes]]]:
    """Start worker processes and yield their inputs once all are ready."""
    command = [sys.executable, "-m", "benchmarks.mailbox", "--work", *urls]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    started = [subprocess.Popen(command, **pipes) for _ in range(count)]
    try:
        for process in started:
            assert cast(IO[bytes], process.stdout).readline() == b"ready\n"
        yield [cast(IO[bytes], process.stdin) for process in started]
    finally:
        for process in started:
            process.communicate(b"\n")


def say(inputs: list[IO[bytes]]) -> None:
    for pipe in inputs:
        pipe.write(b"\n")
        pipe.flush()


async def fill(mailboxes: Mailboxes, count: int, each: int) -> float:
    """Send every message, the mailboxes in turn; returns messages per second."""

    async def send_to(first: int) -> None:
        for n in range(each):
            for box in range(first, count, 8):
                await mailboxes.send(f"tenant{box % TENANTS}", f"{KIND}:{box}", body(n))

    began = time.perf_counter()
    await asyncio.gather(*(send_to(first) for first in range(8)))
    return count * each / (time.perf_counter() - began)


async def drained(admin_url: str, wanted: int) -> float:
    """Wait for the last effect; returns the time it was seen."""
    async with await psycopg.AsyncConnection.connect(admin_url, autocommit=True) as connection:
        seen = 0
        while seen < wanted:
            await asyncio.sleep(0.05)
            row = await (await connection.execute("select count(*) from supervisor.effect")).fetchone()
            seen = cast(tuple[int], row)[0]
        return time.perf_counter()


def checked(admin_url: str, wanted: int) -> dict[str, int]:
    """Count what was lost, repeated, or handled out of order."""
    effects: dict[tuple[str, str], list[int]] = defaultdict(list)
    with psycopg.connect(admin_url) as connection:
        for tenant, mailbox, n in connection.execute(
            "select tenant, mailbox, n from supervisor.effect order by id"
        ):
            effects[tenant, mailbox].append(n)
    return {
        "lost": wanted - sum(len(set(done)) for done in effects.values()),
        "repeated": sum(len(done) - len(set(done)) for done in effects.values()),
        "out_of_order": sum(a > b for done in effects.values() for a, b in pairwise(done)),
    }


async def latencies(mailboxes: Mailboxes) -> dict[str, float]:
    """Time both ways in, quiet: milliseconds from the call until the effect is committed."""
    handled = asyncio.Event()

    async def notice(message: Message, tx: Connection) -> None:
        await effect(message, tx)
        handled.set()

    worker = Worker(mailboxes, KIND, InTransaction(notice))
    await worker.start()
    sync: list[float] = []
    queued: list[float] = []
    for n in range(PROBES):
        began = time.perf_counter()
        await worker.handle_now("tenant0", f"{KIND}:sync{n % 10}", body(n))
        sync.append(1_000 * (time.perf_counter() - began))
        handled.clear()
        began = time.perf_counter()
        await mailboxes.send("tenant0", f"{KIND}:queued{n % 10}", body(n))
        await handled.wait()
        queued.append(1_000 * (time.perf_counter() - began))
    await worker.drain()
    return {
        f"{name}_{label}_ms": round(percentile(times, share), 2)
        for name, times in (("sync", sync), ("queued", queued))
        for label, share in (("p50", 0.5), ("p99", 0.99))
    }


async def measure(
    postgres: EmbeddedPostgres, nats: EmbeddedNats, count: int, each: int, workers: int
) -> dict:
    migrate(postgres.url, SECRET, only={"supervisor"})
    with psycopg.connect(postgres.url) as connection:
        connection.execute(EFFECTS)
    url = unit_url(postgres.url, "supervisor", SECRET)
    async with await Database.open(url, max_size=10) as database, await EventBus.open(nats.url) as bus:
        mailboxes = Mailboxes(database, bus)
        sent_per_second = await fill(mailboxes, count, each)
        with worker_processes(workers, url, nats.url) as inputs:
            began = time.perf_counter()
            say(inputs)
            seconds = await drained(postgres.url, count * each) - began
        faults = checked(postgres.url, count * each)
        quiet = await latencies(mailboxes)
    return {
        "benchmark": "mailbox",
        "mailboxes": count,
        "each": each,
        "workers": workers,
        "sent_per_second": round(sent_per_second),
        "handled_per_second": round(count * each / seconds),
        **faults,
        **quiet,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Mailbox throughput and latency")
    parser.add_argument("sizes", nargs="*", type=int, help="mailboxes, messages each, worker processes")
    parser.add_argument("--work", nargs=2, metavar=("DATABASE", "NATS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        asyncio.run(work(*arguments.work))
        return
    count, each, workers = (arguments.sizes + [1_000, 10, 2][len(arguments.sizes) :])[:3]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with EmbeddedPostgres(place / "postgres") as postgres, EmbeddedNats(place / "nats") as nats:
            result = asyncio.run(measure(postgres, nats, count, each, workers))
    table([{"measure": name, "value": value} for name, value in result.items()], title="Mailbox")
    json_line(result)


if __name__ == "__main__":
    main()
