"""Recruiter search at a million people: ``make bench NAME=search``, or ``python -m benchmarks.search --people N``.

Ours is asked over MCP as any caller asks it, Tantivy bare in this process (the limit: the same fields, no
rules, no reasons, no protocol), PostgreSQL with GIN indexes over its own protocol: the same people, the same
questions. Times are ms of one client, p50 / p95 / p99; freshness is ms from written until found, p50 / p95 /
most. With ``--meaning`` a model of embeddings is served with vLLM in the end, and ours is asked hybrid questions.
``--keep FOLDER`` keeps what was built there for another run. Twenty thousand people take a minute on two
quiet cores, a million half an hour.
"""

import argparse
import asyncio
import logging
import os
import tempfile
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from benchmarks.market.world import world_of
from benchmarks.report import Cell, json_line, table
from benchmarks.search.asking import Latency, System, deep_pages, deep_walks, one_client, throughput
from benchmarks.search.bare import Bare, build_bare
from benchmarks.search.freshness import Freshness, Updates, freshness
from benchmarks.search.people import TENANT, Built, build_ours, reading_in_full, rows_of
from benchmarks.search.postgres import Postgres, build_postgres
from benchmarks.search.questions import KINDS, OWN_KINDS, Kind, OwnKind, Questions
from benchmarks.search.served import PlayedFeed, Served, index_folder, serve
from servers.recruiter_search.core.document import FORMAT
from servers.recruiter_search.store import TantivyIndex
from shared.engines import EmbeddedPostgres
from supervisor.launch import DataFolder
from supervisor.launch.models import Model, embedding_model

SEED = 7
CLIENTS = (1, 4, 16)
Builds = dict[str, Built]


@dataclass
class Figures:
    """What one system reached."""

    latency: dict[Kind | OwnKind, Latency] = field(default_factory=dict)
    per_second: dict[int, tuple[float, float]] = field(default_factory=dict)
    memory_mb: float = 0.0
    described_seconds: float | None = None


@dataclass(frozen=True)
class Plan:
    """How much is asked: questions of each kind, and the most seconds that they and each load may take.

    ``meaning`` is the model of embeddings to serve; without one nothing hybrid is asked.
    """

    people: int
    rounds: int
    seconds: float
    load_seconds: float
    update_seconds: float
    meaning: Model | None = None


async def build(folder: Path, people: int) -> Builds:
    """Build all three below ``folder``, or return what building what lies there took."""
    said, kept = folder / "built.json", TypeAdapter(Builds)
    if said.exists():
        return kept.validate_json(said.read_bytes())
    spool, data = folder / "rows.jsonl", DataFolder(folder / "data")
    ours = await build_ours(index_folder(data), spool, SEED, people)
    bare = build_bare(folder / "bare", rows_of(spool))
    with EmbeddedPostgres(folder / "postgres") as server:
        peer = build_postgres(server, rows_of(spool))
    spool.unlink()
    builds = {Served.name: ours, Bare.name: bare, Postgres.name: peer}
    said.write_bytes(kept.dump_json(builds))
    return builds


async def measure(system: System, questions: Questions, plan: Plan) -> Figures:
    """Ask one system everything that all are asked."""
    figures = Figures()
    for kind in KINDS:
        if kind == "deep page":
            starts = questions.of(kind, max(1, plan.rounds // 20))
            figures.latency[kind] = await deep_walks(system, starts, deep_pages(plan.people), plan.seconds)
        else:
            figures.latency[kind] = await one_client(system, questions.of(kind, plan.rounds), plan.seconds)
    for clients in CLIENTS:
        loaded = throughput(system, questions.mixed(), clients, plan.load_seconds)
        figures.per_second[clients] = await loaded
    return figures


async def run(folder: Path, plan: Plan) -> dict[str, Any]:
    """Build, measure, and print the table; return what the JSON line says."""
    builds = await build(folder, plan.people)
    world, figures = world_of(SEED), dict[str, Figures]()
    questions = Questions(world, plan.people)
    sample = [question for kind in KINDS for question in questions.of(kind, 20)]
    bare = Bare(folder / "bare")
    figures[Bare.name] = await measure(bare, questions, plan)
    figures[Bare.name].memory_mb = bare.memory(sample)
    bare.close()
    with EmbeddedPostgres(folder / "postgres") as server:
        async with Postgres(server) as peer:
            figures[Postgres.name] = await measure(peer, questions, plan)
            figures[Postgres.name].memory_mb = peer.memory()
    data, feed = DataFolder(folder / "data"), PlayedFeed()
    feed.base = await _seq(data)
    async with serve(data, feed) as (served, bus):
        figures[Served.name] = await measure(served, questions, plan)
        for kind in OWN_KINDS:
            if kind != "hybrid":
                asked = questions.of(kind, plan.rounds)
                figures[Served.name].latency[kind] = await one_client(served, asked, plan.seconds)
        figures[Served.name].memory_mb = served.memory()
        updates = Updates(world, plan.people, feed, bus)
        asked = questions.of("filtered text", plan.rounds)
        fresh = await freshness(served, updates, asked, plan.update_seconds)
    if plan.meaning:
        async with serve(data, feed, [plan.meaning]) as (served, _):
            asked = questions.of("hybrid", plan.rounds)
            figures[Served.name].described_seconds = await served.described(asked[0])
            figures[Served.name].latency["hybrid"] = await one_client(served, asked, plan.seconds)
    reading = reading_in_full(SEED, plan.people)
    names = (Served.name, Bare.name, Postgres.name)
    table(
        [*_latency_rows(figures, names), *_other_rows(figures, builds, names), *_fresh_rows(fresh)],
        title=f"{plan.people:,} people; load average {os.getloadavg()[0]:.1f}; documents made without reading "
        f"a sentence twice: {reading[1]:,.0f} CPU µs a person, {reading[0]:,.0f} with every text read",
    )
    return _said(plan, figures, builds, fresh, reading)


async def _seq(data: DataFolder) -> int:
    index = TantivyIndex(index_folder(data))
    reached = await index.seq(TENANT)
    await index.aclose()
    return reached


def _latency_rows(figures: dict[str, Figures], names: tuple[str, ...]) -> list[dict[str, Cell]]:
    rows: list[dict[str, Cell]] = []
    for kind in (*KINDS, *OWN_KINDS):
        each = {name: figures[name].latency[kind] for name in names if kind in figures[name].latency}
        if not each:
            continue
        found = dict.fromkeys(
            f"{one.found:,}" for one in each.values()
        )  # one figure where all found the same
        rows.append(
            {"measure": kind}
            | {name: f"{one.p50:,.1f} / {one.p95:,.1f} / {one.p99:,.1f}" for name, one in each.items()}
            | {"found": " / ".join(found)}
        )
    return rows


def _other_rows(figures: dict[str, Figures], builds: Builds, names: tuple[str, ...]) -> list[dict[str, Cell]]:
    rows: list[dict[str, Cell]] = []
    for clients in CLIENTS:
        each = {name: figures[name].per_second[clients] for name in names}
        rows.append(
            {"measure": f"{clients} at once, /s · CPU ms"}
            | {name: f"{rate:,.0f} · {cpu:,.1f}" for name, (rate, cpu) in each.items()}
        )
    rows.append({"measure": "memory, MB"} | {name: f"{figures[name].memory_mb:,.0f}" for name in names})
    rows.append({"measure": "on disk, MB"} | {name: f"{builds[name].mb:,.0f}" for name in names})
    rows.append(
        {"measure": "built in s · CPU s"}
        | {name: f"{builds[name].seconds:,.1f} · {builds[name].cpu_seconds:,.1f}" for name in names}
    )
    described = {name: f"{s:,.0f}" for name in names if (s := figures[name].described_seconds) is not None}
    return [*rows, {"measure": "vectors of all made in s"} | described] if described else rows


def _fresh_rows(fresh: Freshness) -> list[dict[str, Cell]]:
    search = fresh.search
    told = {
        f"{fresh.updates_per_s:,.0f} updates/s, found": f"{fresh.p50:,.0f} / {fresh.p95:,.0f} / {fresh.most:,.0f}",
        "filtered text meanwhile": f"{search.p50:,.1f} / {search.p95:,.1f} / {search.p99:,.1f}",
    }
    return [{"measure": what, Served.name: value} for what, value in told.items()]


def _said(
    plan: Plan, figures: dict[str, Figures], builds: Builds, fresh: Freshness, reading: tuple[float, float]
) -> dict[str, Any]:
    """Return all figures, and what is expected of them at a million people with one client."""
    ours, bare, peer = (figures[name] for name in (Served.name, Bare.name, Postgres.name))
    text, facets = "filtered text", "seven facets"
    mixed: tuple[Kind, ...] = (text, "boolean", "skills by years", facets)
    return {
        "benchmark": "search",
        "people": plan.people,
        "load_average": round(os.getloadavg()[0], 1),
        "derive_cpu_us": {"every text read": round(reading[0]), "no sentence twice": round(reading[1])},
        "systems": {name: asdict(one) | {"build": asdict(builds[name])} for name, one in figures.items()},
        "freshness": asdict(fresh),
        "expected": {
            "text_p95_within_20_ms": ours.latency[text].p95 <= 20,
            "facets_p95_within_120_ms": ours.latency[facets].p95 <= 120,
            "times_bare_p95_after_3_ms": {
                kind: round((ours.latency[kind].p95 - 3) / bare.latency[kind].p95, 1) for kind in mixed
            },
            "times_ahead_of_postgresql_p95": {
                kind: round(peer.latency[kind].p95 / ours.latency[kind].p95, 1) for kind in mixed
            },
            "same_found_as_bare": {
                kind: ours.latency[kind].found == bare.latency[kind].found for kind in mixed
            },
            "found_within_1_s": fresh.most <= 1000,
        },
    }


async def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description="Recruiter search on an invented market")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=200, help="questions of each kind")
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="the most that one kind may take a system"
    )
    parser.add_argument("--load-seconds", type=float, default=8.0, help="for each number of clients")
    parser.add_argument("--update-seconds", type=float, default=20.0)
    parser.add_argument("--meaning", action="store_true", help="ask hybrid questions too; needs make vllm")
    parser.add_argument("--keep", type=Path, help="keep what is built below this folder, and take it again")
    given = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    meaning = embedding_model() if given.meaning else None
    if given.meaning and meaning is None:
        parser.error("vLLM's environment carries no model of embeddings: run make vllm")
    plan = Plan(given.people, given.rounds, given.seconds, given.load_seconds, given.update_seconds, meaning)
    async with AsyncExitStack() as closing:
        scratch = given.keep or Path(closing.enter_context(tempfile.TemporaryDirectory()))
        folder = scratch / f"search-{FORMAT}-{SEED}-{plan.people}"
        folder.mkdir(parents=True, exist_ok=True)
        json_line(await run(folder, plan))


if __name__ == "__main__":
    asyncio.run(main())
