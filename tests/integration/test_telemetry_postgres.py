"""Spans kept in a real Postgres, and read back by the operator only."""

import psycopg
import pytest

from shared.engines import EmbeddedPostgres
from shared.kernel.errors import Denied
from shared.storage import Database
from shared.telemetry import load_trace, names
from shared.telemetry.postgres import PostgresSpanExporter
from shared.telemetry.setup import build_telemetry
from tests.support.engines import OpenUnitDatabase


def as_operator(postgres: EmbeddedPostgres, database: Database) -> psycopg.Connection:
    return psycopg.connect(postgres.url_for(database.url.rpartition("/")[2]))


async def test_a_run_is_read_back_as_a_tree_over_all_units_that_took_part(
    postgres: EmbeddedPostgres, unit_database: OpenUnitDatabase
) -> None:
    database = await unit_database("supervisor")
    supervisor = build_telemetry("supervisor", PostgresSpanExporter(database.url))
    evaluator = build_telemetry("evaluator", PostgresSpanExporter(database.url))
    with supervisor.provider.get_tracer("t").start_as_current_span("run", attributes={names.RUN_ID: "run_1"}):
        with evaluator.provider.get_tracer("t").start_as_current_span("evaluate") as span:
            span.set_attribute(names.GEN_AI_AGENT, "evaluator")
        with evaluator.provider.get_tracer("t").start_as_current_span("again"):
            pass
    supervisor.provider.get_tracer("t").start_span("another").end()
    await supervisor.aclose()
    await evaluator.aclose()
    assert (supervisor.dropped, evaluator.dropped) == (0, 0)
    with as_operator(postgres, database) as connection:
        [root] = load_trace(connection, "run_1")
        assert load_trace(connection, "run_2") == []
        assert load_trace(connection, root.trace_id)[0].span_id == root.span_id
    assert [(node.service, node.name) for node in root.walk()] == [
        ("supervisor", "run"),
        ("evaluator", "evaluate"),
        ("evaluator", "again"),
    ]
    assert root.children[0].attributes == {names.GEN_AI_AGENT: "evaluator"}
    assert root.seconds >= root.children[0].seconds > 0


async def test_a_unit_may_add_spans_but_not_read_them(unit_database: OpenUnitDatabase) -> None:
    database = await unit_database("supervisor")
    with pytest.raises(Denied):
        async with database.transaction(None) as tx:
            await tx.execute("select * from telemetry.span")


async def test_old_spans_are_pruned(postgres: EmbeddedPostgres, unit_database: OpenUnitDatabase) -> None:
    database = await unit_database("supervisor")
    telemetry = build_telemetry("supervisor", PostgresSpanExporter(database.url))
    tracer = telemetry.provider.get_tracer("t")
    tracer.start_span("old", start_time=1).end(end_time=2)
    tracer.start_span("new").end()
    await telemetry.aclose()
    async with database.transaction(None) as tx:
        await tx.execute("select telemetry.prune(interval '1 day')")
    with as_operator(postgres, database) as connection:
        assert connection.execute("select name from telemetry.span").fetchall() == [("new",)]


async def test_a_database_that_is_away_costs_spans_and_nothing_else() -> None:
    telemetry = build_telemetry("supervisor", PostgresSpanExporter("postgresql://x:y@127.0.0.1:1/none"))
    telemetry.provider.get_tracer("t").start_span("lost").end()
    await telemetry.aclose()
    assert telemetry.dropped == 1
