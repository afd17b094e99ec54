"""Recruiter search at a million people: ``make bench NAME=search``, or ``python -m benchmarks.search --people N``.

Ours is asked over MCP as any caller asks it, Tantivy bare in this process (the limit: the same fields, no
rules, no reasons, no protocol), PostgreSQL with GIN indexes over its own protocol: the same people, the same
questions, each after others of its kind. Times are ms of one client, p50 / p95 / p99; freshness is ms from
written until found, p50 / p95 / most. With ``--meaning`` a model of embeddings is served with vLLM in the end, and
ours is asked hybrid questions.
``--copies N`` asks ours and Tantivy bare of the same lives N times over, beside the lives once: how answers grow with
a pool that is too large to be derived in an afternoon. ``--keep FOLDER`` keeps what was built there for another run.
Twenty thousand people take a minute on two quiet cores, a million half an hour.
"""

import argparse
import asyncio
import logging
import os
import tempfile
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.market.world import world_of
from benchmarks.report import Cell, json_line, table
from benchmarks.search.bare import Bare
from benchmarks.search.copies import run_copies
from benchmarks.search.freshness import Freshness, Updates, freshness
from benchmarks.search.measuring import (
    SEED,
    Builds,
    Figures,
    Plan,
    asked_of,
    build,
    measure,
    measure_bare,
    measure_ours,
    seq_of,
)
from benchmarks.search.people import reading_in_full
from benchmarks.search.postgres import Postgres
from benchmarks.search.questions import Kind, Questions
from benchmarks.search.served import PlayedFeed, Served, serve
from benchmarks.search.tables import latency_rows, other_rows
from servers.recruiter_search.core.document import FORMAT
from shared.engines import EmbeddedPostgres
from supervisor.launch import DataFolder
from supervisor.launch.models import embedding_model

NOBODY, ONE_CLIENT = "nobody else asking", "a client asking without pause"


async def run(folder: Path, plan: Plan) -> dict[str, Any]:
    """Build, measure, and print the table; return what the JSON line says."""
    builds = await build(folder, plan.people)
    world, figures = world_of(SEED), dict[str, Figures]()
    questions = Questions(world, plan.people)
    figures[Bare.name] = await measure_bare(folder, plan)
    with EmbeddedPostgres(folder / "postgres") as server:
        async with Postgres(server) as peer:
            figures[Postgres.name] = await measure(peer, questions, plan)
            figures[Postgres.name].memory_mb = peer.memory()
    data, feed = DataFolder(folder / "data"), PlayedFeed()
    feed.base = await seq_of(data)
    async with serve(data, feed) as (served, bus):
        figures[Served.name] = await measure_ours(served, questions, plan)
        updates = Updates(world, plan.people, feed, bus)
        asked = questions.of("filtered text", plan.rounds)
        fresh = {
            meanwhile: await freshness(served, updates, questions, plan.update_seconds)
            for meanwhile, questions in ((NOBODY, []), (ONE_CLIENT, asked))
        }
    if plan.meaning:
        async with serve(data, feed, [plan.meaning]) as (served, _):
            [first] = questions.of("hybrid", 1)
            figures[Served.name].described_seconds = await served.described(first)
            figures[Served.name].latency["hybrid"] = await asked_of(served, "hybrid", questions, plan)
    reading = reading_in_full(SEED, plan.people)
    names = (Served.name, Bare.name, Postgres.name)
    table(
        [*latency_rows(figures, names), *other_rows(figures, builds, names), *_fresh_rows(fresh)],
        title=f"{plan.people:,} people; load average {os.getloadavg()[0]:.1f}; documents made without reading "
        f"a sentence twice: {reading[1]:,.0f} CPU µs a person, {reading[0]:,.0f} with every text read",
    )
    return _said(plan, figures, builds, fresh, reading)


def _fresh_rows(fresh: dict[str, Freshness]) -> list[dict[str, Cell]]:
    told = {
        f"{one.updates_per_s:,.0f} updates/s, {meanwhile}": f"{one.p50:,.0f} / {one.p95:,.0f} / {one.most:,.0f}"
        for meanwhile, one in fresh.items()
    }
    if search := fresh[ONE_CLIENT].search:
        told["filtered text meanwhile"] = f"{search.p50:,.1f} / {search.p95:,.1f} / {search.p99:,.1f}"
    return [{"measure": what, Served.name: value} for what, value in told.items()]


def _said(
    plan: Plan,
    figures: dict[str, Figures],
    builds: Builds,
    fresh: dict[str, Freshness],
    reading: tuple[float, float],
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
        "freshness": {meanwhile: asdict(one) for meanwhile, one in fresh.items()},
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
            "found_within_1_s": {meanwhile: one.most <= 1000 for meanwhile, one in fresh.items()},
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
    parser.add_argument(
        "--copies", type=int, default=1, help="ask ours and bare of the lives so many times over"
    )
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
        json_line(await (run_copies(folder, plan, given.copies) if given.copies > 1 else run(folder, plan)))


if __name__ == "__main__":
    asyncio.run(main())
