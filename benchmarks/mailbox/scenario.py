"""What is measured of each system, and how."""

import asyncio
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Generator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, cast

import psutil
import psycopg

from benchmarks.report import Cell, percentile

CONCURRENCY = 12
SENDERS = 8
PROBES = 200
PROBE_SECONDS = 0.025
PROBE_BOXES = 10
FLOOD_SECONDS = 8
LOOK_SECONDS = 0.1
PREFIX = "supervisor.bench:"
COUNT = "select count(*) from public.effect"
INSERT = "insert into public.effect (mailbox, n) values (%s, %s)"
EFFECTS = """
    create table public.effect (
        id bigint generated always as identity, mailbox text not null, n int not null,
        at timestamptz not null default clock_timestamp()
    );
    grant select, insert on public.effect to public;
"""


class Sender(Protocol):
    """Puts messages into a system's queue, for people (``urgent``) or for the background."""

    async def send(self, mailbox: str, n: int, *, urgent: bool) -> None: ...


class System(Protocol):
    """One of the systems compared."""

    name: str

    def prepare(self, admin_url: str) -> None:
        """Create its tables."""

    def sender(self, admin_url: str, nats_url: str) -> AbstractAsyncContextManager[Sender]:
        """Open what sends."""
        ...

    def work(self, admin_url: str, nats_url: str) -> None:
        """Be a worker process, for ever."""


@dataclass(frozen=True)
class Place:
    """A system's database, the servers behind it, and how many worker processes it gets."""

    admin_url: str
    nats_url: str
    postmaster: int
    workers: int


@contextmanager
def working(system: System, place: Place) -> Generator[list[psutil.Process]]:
    """Start worker processes, and kill them in the end."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.mailbox",
        "--work",
        system.name,
        place.admin_url,
        place.nats_url,
    ]
    started = [subprocess.Popen(command) for _ in range(place.workers)]
    try:
        yield [psutil.Process(process.pid) for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()


async def fill(sender: Sender, count: int, each: int, *, prefix: str) -> float:
    """Send every message, the mailboxes in turn, to the background; returns messages per second."""

    async def send_to(first: int) -> None:
        for n in range(each):
            for box in range(first, count, SENDERS):
                await sender.send(f"{prefix}{box}", n, urgent=False)

    began = time.perf_counter()
    await asyncio.gather(*(send_to(first) for first in range(SENDERS)))
    return count * each / (time.perf_counter() - began)


async def effects(admin_url: str) -> int:
    """Return how many effects there are."""
    return await _number(admin_url, COUNT)


async def until(admin_url: str, wanted: int) -> None:
    """Return once there are so many effects. They are numbered, so that looking costs nothing before."""
    for query in ("select last_value from public.effect_id_seq", COUNT):
        while True:
            if await _number(admin_url, query) >= wanted:
                break
            await asyncio.sleep(LOOK_SECONDS)


async def _number(admin_url: str, query: str) -> int:
    async with await psycopg.AsyncConnection.connect(admin_url) as connection:
        row = await (await connection.execute(query.encode())).fetchone()
        return cast(tuple[int], row)[0]


class Meter:
    """Processor seconds and log volume from its creation on."""

    def __init__(self, place: Place, workers: list[psutil.Process]) -> None:
        self._place, self._workers = place, workers
        self._before = self._now()

    def per_message(self, messages: int) -> dict[str, Cell]:
        """Return the cost of each of so many messages."""
        python, postgres, wal = (
            after - before for after, before in zip(self._now(), self._before, strict=True)
        )
        return {
            "python_cpu_ms": round(1_000 * python / messages, 2),
            "postgres_cpu_ms": round(1_000 * postgres / messages, 2),
            "wal_bytes": round(wal / messages),
        }

    def _now(self) -> tuple[float, float, float]:
        servers = psutil.Process(self._place.postmaster).children()
        with psycopg.connect(self._place.admin_url) as connection:
            row = connection.execute("select pg_current_wal_insert_lsn() - '0/0'").fetchone()
        return _cpu(self._workers), _cpu(servers), float(cast(tuple[float], row)[0])


def _cpu(processes: Sequence[psutil.Process]) -> float:
    """Return the processor seconds of those that are still there; short-lived servers come and go."""
    seconds = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            seconds += sum(process.cpu_times()[:2])
    return seconds


def checked(admin_url: str, wanted: int) -> dict[str, Cell]:
    """Count what was lost, repeated, or handled out of order; and messages per second, first effect to last."""
    done: dict[str, list[int]] = defaultdict(list)
    with psycopg.connect(admin_url) as connection:
        for mailbox, n in connection.execute("select mailbox, n from public.effect order by id"):
            done[mailbox].append(n)
        row = connection.execute("select extract(epoch from max(at) - min(at)) from public.effect").fetchone()
    return {
        "handled_per_s": round(wanted / float(cast(tuple[float], row)[0])),
        "lost": wanted - sum(len(set(numbers)) for numbers in done.values()),
        "repeated": sum(len(numbers) - len(set(numbers)) for numbers in done.values()),
        "out_of_order": sum(a > b for numbers in done.values() for a, b in pairwise(numbers)),
    }


async def probe(sender: Sender, admin_url: str, prefix: str) -> dict[str, Cell]:
    """Send urgent messages at a steady pace; milliseconds from before the send until the effect is written."""
    sent: dict[tuple[str, int], float] = {}
    began = time.perf_counter()
    for n in range(PROBES):
        await asyncio.sleep(max(0.0, began + n * PROBE_SECONDS - time.perf_counter()))
        mailbox = f"{prefix}{n % PROBE_BOXES}"
        sent[mailbox, n] = time.time()
        await sender.send(mailbox, n, urgent=True)
    mine = "select mailbox, n, extract(epoch from at) from public.effect where starts_with(mailbox, %s)"
    handled: list[tuple[str, int, float]] = []
    while len(handled) < PROBES:
        await asyncio.sleep(0.2)
        with psycopg.connect(admin_url) as connection:
            handled = connection.execute(mine, (prefix,)).fetchall()
    waits = [1_000 * (float(at) - sent[mailbox, n]) for mailbox, n, at in handled]
    return {"p50_ms": round(percentile(waits, 0.5), 1), "p99_ms": round(percentile(waits, 0.99), 1)}


async def latencies(
    sender: Sender, place: Place, workers: list[psutil.Process], flood: int, each: int
) -> dict[str, Cell]:
    """Probe quiet, once everything is warm, and then while ``flood`` background messages are worked on."""
    await probe(sender, place.admin_url, f"{PREFIX}warm")
    quiet = await probe(sender, place.admin_url, f"{PREFIX}quiet")
    for worker in workers:
        worker.suspend()
    await fill(sender, flood // each, each, prefix=f"{PREFIX}flood")
    before = await effects(place.admin_url)
    for worker in workers:
        worker.resume()
    await until(place.admin_url, before + flood // 20)
    loud = await probe(sender, place.admin_url, f"{PREFIX}loud")
    handled = await effects(place.admin_url) - before - PROBES
    return {
        **{f"quiet_{name}": value for name, value in quiet.items()},
        **{f"flood_{name}": value for name, value in loud.items()},
        "flood_left": flood - handled,
    }


async def measure(system: System, place: Place, count: int, each: int, *, flooded: bool) -> dict[str, Cell]:
    """Return throughput with ``count`` mailboxes of ``each`` messages; then latency, quiet and under a flood.

    The flood is what the system handles in ``FLOOD_SECONDS``, so that it lasts as long as the probes.
    """
    total = count * each
    async with system.sender(place.admin_url, place.nats_url) as sender:
        meter = Meter(place, [])
        sent_per_second = await fill(sender, count, each, prefix=PREFIX)
        sending = meter.per_message(total)["postgres_cpu_ms"]
        with working(system, place) as workers:
            await until(place.admin_url, 1)
            meter = Meter(place, workers)
            before = await effects(place.admin_url)
            await until(place.admin_url, total)
            cost = meter.per_message(total - before)
            handled = checked(place.admin_url, total)
            flood = int(FLOOD_SECONDS * cast(int, handled["handled_per_s"]))
            waits = await latencies(sender, place, workers, flood, each) if flooded else {}
    return {
        "system": system.name,
        "mailboxes": count,
        "each": each,
        "sent_per_s": round(sent_per_second),
        "postgres_cpu_ms_to_send": sending,
        **handled,
        **cost,
        **waits,
    }
