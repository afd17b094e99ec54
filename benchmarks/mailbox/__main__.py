"""Throughput and latency: ``make bench NAME=mailbox``, or ``python -m benchmarks.mailbox --factor 0.1``.

Fills the mailboxes, starts two worker processes and counts effects, one row with each message; order and
exactly-once are checked. Then latency from before the send until the effect: quiet, and while a flood of
background messages waits. The last column has ten times the mailboxes, for this system alone. About five
minutes on two quiet cores, most of them for the peers; two with ``--factor 0.3``.
"""

import argparse
import asyncio
import logging
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import psycopg

from benchmarks.mailbox.ours import Ours, synchronous
from benchmarks.mailbox.peers import Dbos, Procrastinate
from benchmarks.mailbox.scenario import EFFECTS, PROBES, Place, System, measure
from benchmarks.report import Cell, json_line, table
from shared.engines import EmbeddedNats, EmbeddedPostgres

SYSTEMS: dict[str, System] = {system.name: system for system in (Ours(), Procrastinate(), Dbos())}
MAILBOXES, EACH, WORKERS = 1_000, 10, 2


def fresh(postgres: EmbeddedPostgres, name: str, system: System) -> str:
    """Return the URL of a new database that is ready for ``system`` and its effects."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    url = postgres.url_for(name)
    system.prepare(url)
    with psycopg.connect(url) as connection:
        connection.execute(EFFECTS)
    return url


def run(names: list[str], factor: float) -> tuple[list[dict[str, Cell]], dict[str, Cell]]:
    """Measure the systems, one after the other, on one server."""
    count = max(20, int(MAILBOXES * factor))
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder) / "postgres") as postgres,
        EmbeddedNats(Path(folder) / "nats") as nats,
    ):
        assert postgres.process is not None
        place = Place("", nats.url, postgres.process.pid, WORKERS)
        rows = []
        for name in names:
            here = replace(place, admin_url=fresh(postgres, f"bench_{name}", SYSTEMS[name]))
            rows.append(asyncio.run(measure(SYSTEMS[name], here, count, EACH, flooded=True)))
        many = replace(place, admin_url=fresh(postgres, "bench_many", Ours()))
        rows.append(asyncio.run(measure(Ours(), many, 10 * count, EACH, flooded=False)))
        sync = asyncio.run(synchronous(many.admin_url, nats.url, PROBES))
    return rows, sync


def summary(rows: list[dict[str, Cell]], sync: dict[str, Cell]) -> dict[str, object]:
    """Compare the first row, ours, with the better of the peers'."""
    ours, *peers = rows[:-1]
    best = max((float(row["handled_per_s"] or 0) for row in peers), default=0.0)
    cost = float(ours["postgres_cpu_ms_to_send"] or 0) + float(ours["postgres_cpu_ms"] or 0)
    return {
        "benchmark": "mailbox",
        "times_the_better_peer": round(float(ours["handled_per_s"] or 0) / best, 1) if best else None,
        "flood_p99_of_quiet": round(float(ours["flood_p99_ms"] or 0) / float(ours["quiet_p99_ms"] or 1), 2),
        **sync,
        # What the server's own work would allow, if workers had machines of their own.
        "per_s_and_postgres_core": round(1_000 / cost),
        "load_average": round(os.getloadavg()[0], 1),
        "rows": rows,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Mailbox throughput and latency")
    parser.add_argument("--factor", type=float, default=1.0, help="of 1,000 mailboxes")
    parser.add_argument("--without-peers", action="store_true", help="measure this system alone")
    parser.add_argument("--work", nargs=3, metavar=("SYSTEM", "DATABASE", "NATS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    if arguments.work:
        name, *urls = arguments.work
        SYSTEMS[name].work(*urls)
        return
    load = os.getloadavg()[0]
    rows, sync = run(["hiremesh"] if arguments.without_peers else list(SYSTEMS), arguments.factor)
    measures = dict.fromkeys(name for row in rows for name in row if name != "system")
    columns = [f"{row['system']} {row['mailboxes']:,}" for row in rows]
    table(
        [
            {"measure": name} | {column: row.get(name) for column, row in zip(columns, rows, strict=True)}
            for name in list(measures)[2:]
        ],
        title=f"Mailbox: {EACH} messages each, {WORKERS} worker processes; load average {load:.1f} before",
    )
    json_line(summary(rows, sync))


if __name__ == "__main__":
    main()
