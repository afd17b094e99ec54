"""PostgreSQL with the same rows in the same tables, and an index for each way that questions come in."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import psycopg
from psycopg.rows import dict_row

from benchmarks.insights.people import COLUMNS, Rows, Written
from benchmarks.search.people import Built, Watch, cpu_of
from servers.talent_insights.store.questions import blocks_of, whole
from shared.engines import EmbeddedPostgres

LIMIT_SECONDS = 20
"""A question that takes longer is stopped."""
_TYPES = {
    "person": "bigint",
    "remote": "boolean",
    "shown": "boolean",
    "open": "boolean",
    **dict.fromkeys(("worked", "working_since", "began", "ended", "month", "first", "posted", "last_day"), "integer"),
    **dict.fromkeys(("pay_low", "pay_high"), "double precision"),
}  # fmt: skip
_INDEXES = """
set maintenance_work_mem = '1GB';
create unique index on person (person);
create index on person (candidate_id);
create index on person (place);
create index on person (occupation);
create index on span (person);
create index on span (company);
create index on span (occupation);
create index on move (person);
create index on move (kind, month);
create index on move (origin);
create index on move (target);
create unique index on skill (skill, person) include (shown, first);
create index on skill (person);
create index on study (person);
create index on study (school);
create index on posting (posting_id);
create index on posting_skill (skill, posting_id);
"""
_OF_PEOPLE = ("span", "move", "skill", "study", "person")


def build_postgres(server: EmbeddedPostgres, rows: Written) -> Built:
    """Load the rows and index them."""
    pid = server.process.pid if server.process else 0
    watch = Watch(others=lambda: cpu_of(pid))
    with psycopg.connect(server.url) as connection:
        for table, columns in COLUMNS.items():
            typed = ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in columns.split(","))
            connection.execute(f"create table {table} ({typed})".encode())
            for file in rows.files(table):
                into = f"copy {table} from stdin (format csv, header)"
                with connection.cursor() as cursor, cursor.copy(into.encode()) as copy:
                    copy.write(file.read_bytes())
        connection.execute(_INDEXES)
        connection.commit()
        connection.autocommit = True
        connection.execute("vacuum analyze")
        size = connection.execute(
            "select sum(pg_total_relation_size(c.oid)) from pg_class c where relkind = 'r' and relname = any(%s)",
            [list(COLUMNS)],
        ).fetchone()
    return watch.built(float(size[0] if size else 0) / 1e6)


class Postgres:
    """Asks PostgreSQL over one connection; it may use two more processes for a question."""

    name = "PostgreSQL"

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._pid = server.process.pid if server.process else 0
        text = (files(__package__) / "questions.postgres.sql").read_text(encoding="utf-8")
        blocks = blocks_of(text)
        self._questions = {name: whole(part, blocks).encode() for name, part in blocks.items()}
        self._connection = psycopg.connect(server.url, row_factory=dict_row, autocommit=True)
        self._connection.execute("set work_mem = '256MB'")
        self._connection.execute(f"set statement_timeout = '{LIMIT_SECONDS}s'".encode())

    async def ask(self, question: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the answer's rows. Raises TimeoutError."""
        try:
            return self._connection.execute(self._questions[question], parameters).fetchall()
        except psycopg.errors.QueryCanceled as error:
            raise TimeoutError from error

    async def replace(self, changed: Sequence[tuple[str, Rows]]) -> None:
        """Put these people's rows in the place of those that are there."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            numbers = [rows["person"][0][0] for _, rows in changed]
            for table in _OF_PEOPLE:
                cursor.execute(f"delete from {table} where person = any(%s)".encode(), [numbers])
                with cursor.copy(f"copy {table} from stdin".encode()) as copy:
                    for _, rows in changed:
                        for row in rows[table]:
                            copy.write_row([None if cell == "" else cell for cell in row])

    def cpu(self) -> float:
        """Return the CPU seconds of the server and its backends so far."""
        return cpu_of(self._pid)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
