"""PostgreSQL full text with GIN indexes on the same people."""

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from psycopg_pool import AsyncConnectionPool

from benchmarks.search.people import Built, Row, Watch, cpu_of, memory_of
from benchmarks.search.questions import FACET_SIZE, FACETS, PAGE, SIMILAR, YEAR_STEPS, Question
from shared.engines import EmbeddedPostgres

_TABLE = """
create table person (
  id text primary key, body text, titles text, skills text[], occupations text[], seniority text[],
  country text, industries text[], company text, years double precision, do_not_contact boolean, view text,
  words tsvector generated always as (to_tsvector('simple', body)) stored,
  title_words tsvector generated always as (to_tsvector('simple', titles)) stored)
"""
_INDEXES = """
set maintenance_work_mem = '1GB';
create index on person using gin (words);
create index on person using gin (title_words);
create index on person using gin (skills);
create index on person (years desc, id);
create index on person (country);
"""
_COLUMNS = (
    *("id", "body", "titles", "skills", "occupations", "seniority", "country", "industries", "company"),
    *("years", "do_not_contact", "view"),
)
_LISTS = ("skills", "occupations", "seniority", "industries")
_SIMILAR = """
select p.id, p.view from person p, (select skills from person where id = %(like)s) m
where p.skills && m.skills and p.id <> %(like)s and not p.do_not_contact
order by cardinality(array(select unnest(p.skills) intersect select unnest(m.skills))) desc limit %(limit)s
"""


def build_postgres(server: EmbeddedPostgres, rows: Iterable[Row]) -> Built:
    """Load the rows and index them."""
    pid = server.process.pid if server.process else 0
    watch = Watch(others=lambda: cpu_of(pid))
    with psycopg.connect(server.url) as connection:
        connection.execute(_TABLE)
        into = f"copy person ({', '.join(_COLUMNS)}) from stdin"
        with connection.cursor() as cursor, cursor.copy(into.encode()) as copy:
            for row in rows:
                copy.write_row([getattr(row, column) for column in _COLUMNS])
        connection.execute(_INDEXES)
        connection.commit()
        connection.autocommit = True
        connection.execute("vacuum analyze person")
        size = connection.execute("select pg_total_relation_size('person')").fetchone()
    return watch.built((size[0] if size else 0) / 1e6)


class Postgres:
    """Asks PostgreSQL over a pool of connections."""

    name = "PostgreSQL"

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._pid = server.process.pid if server.process else 0
        self._pool = AsyncConnectionPool(server.url, min_size=1, max_size=16, open=False)

    async def __aenter__(self) -> "Postgres":
        await self._pool.open(wait=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.close()

    async def ask(self, question: Question) -> int:
        """Answer and return how many were found, counted as our search counts them."""
        statement, values = _statement(question)
        async with self._pool.connection() as connection:
            cursor = await connection.cursor(row_factory=tuple_row).execute(statement.encode(), values)
            rows = await cursor.fetchall()
        if question.kind == "similar people":
            return len(rows)
        return int(rows[0][0]) if rows else 0

    def cpu(self) -> float:
        """Return the CPU seconds of the server and its backends so far."""
        return cpu_of(self._pid)

    def memory(self) -> float:
        """Return the server's megabytes; what the system caches of its files is not counted."""
        return memory_of(self._pid)


def _statement(q: Question) -> tuple[str, dict[str, Any]]:
    if q.kind == "similar people":
        return _SIMILAR, {"like": q.like, "limit": SIMILAR}
    where, values = _conditions(q)
    if q.kind == "seven facets":
        counted = " union all ".join(f"select * from ({_facet(name)}) as {name}" for name in FACETS)
        found = "select skills, occupations, seniority, country, industries, years, company from person"
        total = "select (select count(*) from found), counted.* from"
        return f"with found as materialized ({found} where {where}) {total} ({counted}) as counted", values
    order = "years desc nulls last, id"
    if q.kind != "skills by years":
        asked = " & ".join([*(word.text for word in q.words), *q.title.replace("-", " ").split()])
        values["ranked"] = asked
        order = "ts_rank(words, to_tsquery('simple', %(ranked)s)) desc, id"
    page = f"limit {PAGE} offset {q.page * PAGE}"
    return f"select count(*) over (), id, view from person where {where} order by {order} {page}", values


def _conditions(q: Question) -> tuple[str, dict[str, Any]]:
    parts, values = ["not do_not_contact"], dict[str, Any]()
    for number, word in enumerate(q.words):
        text = f"words @@ to_tsquery('simple', %(word{number})s)"
        values[f"word{number}"] = word.text
        if word.skill:
            values[f"skill{number}"] = [word.skill]
            text = f"({text} or skills @> %(skill{number})s)"
        parts.append(text)
    for name, given, condition in (
        ("title", q.title, "title_words @@ phraseto_tsquery('simple', %(title)s)"),
        ("skills", list(q.skills), "skills @> %(skills)s"),
        ("either", list(q.any_skill), "skills && %(either)s"),
        ("without", q.without, "not words @@ to_tsquery('simple', %(without)s)"),
        ("countries", list(q.countries), "country = any(%(countries)s)"),
    ):
        if given:
            values[name] = given
            parts.append(condition)
    if q.years:
        least, most = q.years
        values |= {"least": least, "most": most if most is not None else 1e9}
        parts.append("years between %(least)s and %(most)s")
    return " and ".join(parts), values


def _facet(name: str) -> str:
    column = {"countries": "country", "current_company": "company"}.get(name, name)
    value = f"unnest({column})" if name in _LISTS else column
    if name == "years":
        value = f"width_bucket(years, array{list(YEAR_STEPS)}::float8[])"
    return (
        f"select ({value})::text as value, count(*) from found group by 1 order by 2 desc limit {FACET_SIZE}"
    )
