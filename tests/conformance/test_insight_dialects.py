"""Each insight's question in both dialects, over the same rows: DuckDB, and chdb as the double of ClickHouse."""

import json
import math
import re
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import pytest
from chdb.session import Session

from servers.talent_insights.core.figures import Desk
from servers.talent_insights.core.segments import FULL, WITHIN_BITS, Reading, Segment
from servers.talent_insights.store.questions import parameters_of, questions, statements
from shared.kernel.months import month_of
from shared.taxonomy import Taxonomy
from tests.support.market import TENANT, caught_up, desk_on, people, postings
from tests.support.talent import TODAY, FakeFeed

TABLES = ("person", "span", "move", "skill", "study", "posting", "posting_skill")
PARTS = {"conditions", "skill_bits", "asked_skills", "people", "postings", "dimension"}
SETTINGS = "prefer_column_name_to_alias = 1, use_structure_from_insertion_table_in_table_functions = 0"
MONTH = month_of(TODAY)
READING = Reading(Taxonomy.compact())
EVERYBODY = READING.conditions(Segment())
ROLE = READING.conditions(
    Segment(occupation="Data engineer", place="Berlin", skills=["Python", "Kubernetes"], min_years=2)
)
COMMON = {"now": MONTH, "day": TODAY.toordinal(), "k": 1, "limit": 50, "focus": None, "school": None}
ASKED: list[tuple[str, dict[str, Any]]] = [
    (name, {**COMMON, **conditions.with_(), **more})
    for conditions in (EVERYBODY, ROLE)
    for name, more in (
        ("pool", {}),
        *(("people_by", {"by": by}) for by in ("country", "place", "occupation", "company", "work_mode")),
        ("people_by_skill", {}),
        ("skills", {}),
        ("schools", {}),
        ("adjacent", {"skill": "python"}),
        ("emerging", {}),
        ("flows", {"kind": "company", "months": 36}),
        ("flows", {"kind": "place", "months": 12, "unasked": FULL & ~sum(WITHIN_BITS.values())}),
        ("flows", {"kind": "company", "months": 24, "focus": "kestrel foods"}),
        *(("workforce", {"by": by, "sort": "headcount"}) for by in ("company", "function")),
        ("workforce", {"by": "company", "sort": "growth"}),
        ("occupancy", {}),
        ("layoffs", {}),
        ("demand", {}),
        ("demand_by", {"by": "occupation"}),
        ("demand_by_skill", {}),
        ("demand_over_time", {}),
        ("pay", {"by": "occupation"}),
    )
]


class ClickHouse:
    """Asks questions of chdb."""

    def __init__(self, folder: Path) -> None:
        self._session = Session(str(folder))
        self._session.query("create database market engine = Atomic")
        for statement in statements("tables.clickhouse.sql")["tables"].split(";"):
            if statement.strip():
                self._session.query(re.sub(r"create table ", "create table market.", statement))
        self._session.query("use market")

    def put(self, table: str, rows: list[dict[str, Any]]) -> None:
        lines = "\n".join(json.dumps(row) for row in rows)
        self._session.query(f"insert into market.{table} format JSONEachRow {lines}")

    def ask(self, question: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        text = questions("clickhouse")[question]
        wanted = {name: parameters[name] for name in parameters_of(text, "clickhouse")}
        given = {name: "\\N" if value is None else value for name, value in wanted.items()}
        answer = self._session.query(f"{text} settings {SETTINGS}", "JSONEachRow", params=given)
        return [json.loads(line) for line in str(answer).splitlines() if line]

    def close(self) -> None:
        self._session.close()


@pytest.fixture(scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Desk]:
    feed = FakeFeed()
    feed.put(TENANT, *people())
    async with desk_on(tmp_path_factory.mktemp("duckdb"), feed, postings()) as opened:
        await caught_up(opened)
        yield opened


@pytest.fixture(scope="module")
async def clickhouse(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[ClickHouse]:
    engine = ClickHouse(tmp_path_factory.mktemp("chdb") / "data")
    for table in TABLES:
        rows = await desk.market.in_thread(TENANT, lambda kept, table=table: _all(kept.connection, table))  # type: ignore[attr-defined]
        engine.put(table, rows)
    yield engine
    engine.close()


def _all(connection: Any, table: str) -> list[dict[str, Any]]:
    answer = connection.cursor().execute(f"select * from {table}")
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _plain(value: Any) -> Any:
    """Return a value as both engines would write it: numbers rounded, no number that is none."""
    number = isinstance(value, int | float) or (isinstance(value, str) and value.lstrip("-").isdigit())
    if not number:
        return value
    return None if math.isnan(float(value)) else round(float(value), 6)


def _compared(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return sorted(plain, key=lambda row: json.dumps(row, sort_keys=True))


def test_each_question_is_there_in_both_dialects_with_the_same_parameters() -> None:
    both = {
        dialect: {name: parameters_of(text, dialect) for name, text in questions(dialect).items()}
        for dialect in ("duckdb", "clickhouse")
    }
    assert both["duckdb"] == both["clickhouse"]
    assert {name for name, _ in ASKED} == both["duckdb"].keys() - PARTS


@pytest.mark.parametrize(
    ("question", "parameters"), ASKED, ids=[f"{i}-{question}" for i, (question, _) in enumerate(ASKED)]
)
async def test_both_dialects_answer_the_same(
    desk: Desk, clickhouse: ClickHouse, question: str, parameters: dict[str, Any]
) -> None:
    ours = await desk.market.ask(TENANT, question, parameters)
    theirs = clickhouse.ask(question, parameters)
    assert _compared(theirs) == _compared(ours)
