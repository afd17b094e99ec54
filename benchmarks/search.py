"""Index rate and query latency of recruiter search, beside PostgreSQL full text on the same people.

Both hold the same derived fields and answer the same questions: our index through the unit's core
(compiling, running, highlighting and cursors included), PostgreSQL with GIN indexes through psycopg.
CPU seconds are this process's and its workers', which a busy machine does not stretch.
``python -m benchmarks.search [people]``; 20,000 by default.
"""

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.report import json_line, percentile, table
from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.models import Filters, Preferences, SearchQuery
from servers.recruiter_search.core.ports import Batch
from servers.recruiter_search.core.search import TalentSearch
from servers.recruiter_search.deriving import deriving_pool
from servers.recruiter_search.store import TantivyIndex
from shared.engines import EmbeddedPostgres
from shared.following.follower import PAGE, Follower
from shared.following.model import Changes
from shared.kernel.clock import SystemClock
from shared.taxonomy import Taxonomy
from shared.wire.changes import CandidateChange
from shared.wire.profile import Dossier
from supervisor.sample_pool import generate_pool

TENANT = "bench"
SEED = 7
ROUNDS = 40
LIMIT = 25

SCHEMA = """
create table person (id text primary key, skills text[], countries text[], years double precision,
                     view text, body text,
                     words tsvector generated always as (to_tsvector('simple', body)) stored)
"""
INDEXES = """
create index on person using gin (words);
create index on person using gin (skills);
create index on person (years);
analyze person
"""
RANKED = """
select id, view from person, {asked} q where words @@ q order by ts_rank(words, q) desc limit 25
"""
QUESTIONS: dict[str, tuple[SearchQuery, str]] = {
    "free text": (
        SearchQuery(text="senior data engineer spark airflow"),
        RANKED.format(asked="to_tsquery('simple', 'data & engineer & spark')"),
    ),
    "boolean": (
        SearchQuery(expression='"data engineer" AND (spark OR flink) AND NOT junior'),
        RANKED.format(asked="to_tsquery('simple', 'data <-> engineer & (spark | flink) & !junior')"),
    ),
    "common words": (
        SearchQuery(expression="team AND colleagues"),
        RANKED.format(asked="to_tsquery('simple', 'team & colleagues')"),
    ),
    "filters": (
        SearchQuery(
            filters=Filters(skills_all=["python", "sql"], countries=["US", "GB"], min_years=5),
            prefer=Preferences(skills=["apache-spark"]),
        ),
        """
        select id, view from person
        where skills @> array['python', 'sql'] and countries && array['US', 'GB'] and years >= 5
        order by (skills @> array['apache-spark'])::int desc, id limit 25
        """,
    ),
}
FACETS = SearchQuery(expression="engineer")
FACETS_SQL = (
    "select s, count(*) from person, unnest(skills) s, to_tsquery('simple', 'engineer') q "
    "where words @@ q group by s order by 2 desc limit 10"
)


class _NoChanges:
    """A feed in which nothing happens while latency is measured."""

    async def after(self, tenant: str, seq: int, limit: int) -> Changes:
        return Changes([], seq)


def main() -> None:
    """Run the benchmark."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    asyncio.run(_run(people))


async def _run(people: int) -> None:
    began, cpu = time.perf_counter(), _cpu()
    changes = [
        CandidateChange(seq=i, candidate_id=dossier.candidate_id, dossier=dossier).model_dump_json()
        for i, profile in enumerate(generate_pool(SEED, people))
        if (dossier := Dossier(candidate_id=f"cand_{i:07d}", profile=profile, sources=[]))
    ]
    generated, generated_cpu = time.perf_counter() - began, _cpu() - cpu
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "pg") as postgres:
        index = TantivyIndex(Path(folder) / "index")
        cpu = _cpu()
        documents, built = await _build(index, changes)
        built_cpu = _cpu() - cpu
        pool = deriving_pool()
        follower = Follower(index, _NoChanges(), pool.derive, SystemClock())
        search = TalentSearch(index, follower, Taxonomy.compact())
        with psycopg.connect(postgres.url) as connection:
            peer_built = _build_peer(connection, documents)
            rows = await _latencies(search, connection)
        await follower.aclose()
        await pool.aclose()
        await index.aclose()
    table(
        [
            {
                "step": "generate people",
                "s": generated,
                "cpu s": generated_cpu,
                "people/s": round(people / generated),
            },
            {
                "step": "derive and index (ours)",
                "s": built,
                "cpu s": built_cpu,
                "people/s": round(people / built),
            },
            {"step": "load and index (PostgreSQL, derived already)", "s": peer_built,
             "people/s": round(people / peer_built)},
        ],
        title=f"{people:,} people",
    )  # fmt: skip
    table(rows, title="latency, ms, one client")
    json_line(
        {
            "benchmark": "search",
            "people": people,
            "generate_s": round(generated, 2),
            "generate_cpu_s": round(generated_cpu, 2),
            "index_s": round(built, 2),
            "index_cpu_s": round(built_cpu, 2),
            "peer_index_s": round(peer_built, 2),
            "latency_ms": rows,
        }
    )


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


async def _build(index: TantivyIndex, changes: list[str]) -> tuple[list[ProfileDocument], float]:
    pool = deriving_pool()
    today = SystemClock().today()
    began = time.perf_counter()
    documents: list[ProfileDocument] = []
    for start in range(0, len(changes), PAGE):
        page = list((await pool.derive(TENANT, changes[start : start + PAGE], today)).documents.values())
        documents += page
        await index.apply(TENANT, Batch(page, [], start + len(page)))
    took = time.perf_counter() - began
    await pool.aclose()
    return documents, took


def _build_peer(connection: psycopg.Connection, documents: list[ProfileDocument]) -> float:
    began = time.perf_counter()
    connection.execute(SCHEMA)
    into = "copy person (id, skills, countries, years, view, body) from stdin"
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for one in documents:
            body = "\n".join(one.texts["everything"])
            skills, countries = one.keywords["skills"], one.keywords["countries"]
            copy.write_row((one.candidate_id, skills, countries, one.years, one.view.model_dump_json(), body))
    connection.execute(INDEXES)
    connection.commit()
    return time.perf_counter() - began


async def _latencies(search: TalentSearch, connection: psycopg.Connection) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name, (query, sql) in QUESTIONS.items():

        async def ours(asked: SearchQuery = query) -> int:
            return (await search.search(TENANT, asked, limit=LIMIT)).total

        async def peer(statement: str = sql) -> int:
            return len(connection.execute(statement.encode()).fetchall())

        rows.append(await _row(name, ours, peer))

    async def our_facets() -> int:
        return len((await search.facet_counts(TENANT, FACETS, ["skills"], 10)).facets)

    async def peer_facets() -> int:
        return len(connection.execute(FACETS_SQL.encode()).fetchall())

    rows.append(await _row("facet: skills of engineers", our_facets, peer_facets))
    first = (await search.search(TENANT, QUESTIONS["free text"][0], limit=1)).hits[0].candidate_id

    async def similar() -> int:
        return len((await search.similar(TENANT, first, Filters(), 10)).similar)

    rows.append(await _row("similar people", similar, None))
    return rows


async def _row(
    name: str, ours: Callable[[], Awaitable[int]], peer: Callable[[], Awaitable[int]] | None
) -> dict[str, Any]:
    mine = await _timed(ours)
    row: dict[str, Any] = {
        "question": name,
        "found": await ours(),
        "ours p50": percentile(mine, 0.5),
        "ours p95": percentile(mine, 0.95),
    }
    if peer is not None:
        theirs = await _timed(peer)
        row |= {"PostgreSQL p50": percentile(theirs, 0.5), "PostgreSQL p95": percentile(theirs, 0.95)}
    return row


async def _timed(ask: Callable[[], Awaitable[int]]) -> list[float]:
    await ask()  # the first one warms caches
    taken: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await ask()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


if __name__ == "__main__":
    main()
