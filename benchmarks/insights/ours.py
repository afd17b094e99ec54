"""The unit's own market: built from rows at once, asked and changed through its adapter."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.insights.people import COLUMNS, Cells, Rows, Written
from benchmarks.search.people import Built, Watch, cpu_of, megabytes
from servers.talent_insights.store import DuckDBMarket
from servers.talent_insights.store.duckdb_market import FILE, MEMORY
from servers.talent_insights.store.questions import parameters_of, statements
from shared.following.model import Batch

TENANT = "bench"
_LISTS = {"spans": "span", "moves": "move", "skills": "skill", "studies": "study"}
_FLAGS = ("remote", "shown")
_OTHER = {
    "person": "person + $copy * $most as person",
    "candidate_id": "candidate_id || if($copy = 0, '', '.' || $copy) as candidate_id",
    "posting_id": "posting_id || if($copy = 0, '', '.' || $copy) as posting_id",
}
"""What tells copies apart; the first keeps its names."""
ROW_GROUP = 122_880
"""Rows that DuckDB keeps the least and most values of."""
COPYING = "4GB"


def build_ours(root: Path, rows: Written) -> Built:
    """Load the rows as the adapter keeps them; deriving them from dossiers is not part of it."""
    watch = Watch()
    (root / TENANT).mkdir(parents=True)
    with duckdb.connect(str(root / TENANT / FILE), config={"memory_limit": MEMORY}) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(statements("tables.duckdb.sql")["tables"])
        for table, columns in COLUMNS.items():
            connection.execute(
                f"insert into {table} by name select * from read_csv($files, header = true, all_varchar = true, "
                f"nullstr = '', names = {columns.split(',')})",
                {"files": [str(file) for file in rows.files(table)]},
            )
        connection.execute(statements("tables.duckdb.sql")["cluster"])
        connection.execute("insert into origin values ('')")
        connection.execute("checkpoint")
    return watch.built(megabytes(root))


def copy_ours(root: Path, lives: Path, copies: int) -> Built:
    """Write a market in which everybody of the one below ``lives`` is there so many times, under other numbers.

    A group of rows is written ``copies`` times in a row, so that it holds as few months, skills and employers as before.
    """
    watch = Watch()
    (root / TENANT).mkdir(parents=True)
    with duckdb.connect(str(root / TENANT / FILE), config={"memory_limit": COPYING}) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"attach '{lives / TENANT / FILE}' as lives (read_only)")
        connection.execute(statements("tables.duckdb.sql")["tables"])
        [most] = _one(connection, "select max(person) from lives.person")
        for table, columns in COLUMNS.items():
            [rows] = _one(connection, f"select coalesce(max(rowid), -1) + 1 from lives.{table}")
            others = ", ".join(_OTHER[name] for name in _OTHER if name in columns.split(","))
            text = (
                f"insert into {table} by name select * replace ({others}) from lives.{table} "
                "where rowid >= $first and rowid < $first + $rows"
            )
            for first in range(0, rows, ROW_GROUP):
                for copy in range(copies):
                    known = {"copy": copy, "most": most, "first": first, "rows": ROW_GROUP}
                    connection.execute(text, {name: known[name] for name in parameters_of(text, "duckdb")})
            connection.execute("checkpoint")
        connection.execute("insert into origin values ('')")
        connection.execute("insert into state values ('unclustered', 0)")
    return watch.built(megabytes(root))


def _one(connection: duckdb.DuckDBPyConnection, text: str) -> tuple[Any, ...]:
    return connection.execute(text).fetchall()[0]


class Ours:
    """Asks the market in this process, as the unit does."""

    name = "hiremesh, DuckDB"

    def __init__(self, root: Path) -> None:
        self._market = DuckDBMarket(root)
        self._seq = 0

    async def ask(self, question: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the answer's rows."""
        return await self._market.ask(TENANT, question, parameters)

    async def replace(self, changed: Sequence[tuple[str, Rows]]) -> None:
        """Take these people's rows in as the follower hands them over."""
        documents = [document_of(candidate_id, rows) for candidate_id, rows in changed]
        self._seq += len(documents)
        await self._market.people.apply(TENANT, Batch(documents, [], self._seq, 0))

    def cpu(self) -> float:
        """Return the CPU seconds of this process so far."""
        return cpu_of(os.getpid())

    async def aclose(self) -> None:
        """Close the files."""
        await self._market.aclose()


def document_of(candidate_id: str, rows: Rows) -> str:
    """Return a person's rows as the unit derives them."""
    facts = _named("person", rows["person"][0])
    lists = {name: [_named(table, row) for row in rows[table]] for name, table in _LISTS.items()}
    return json.dumps({"candidate_id": candidate_id, "facts": facts, **lists})


def _named(table: str, cells: Cells) -> dict[str, object]:
    row = dict(zip(COLUMNS[table].split(","), cells, strict=True))
    named = {name: None if value == "" else value for name, value in row.items()}
    flags = {name: bool(named[name]) for name in _FLAGS if name in named}
    return {**named, **flags}
