"""The operator's look into runs and mailboxes, from the command line."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner, Result

from shared.engines import EmbeddedPostgres
from shared.mailbox import Mailboxes
from shared.mailbox.claims import Claims
from shared.storage import Database
from shared.telemetry import names
from shared.telemetry.postgres import PostgresSpanExporter
from shared.telemetry.setup import build_telemetry
from supervisor.cli import build_app
from tests.support.engines import OpenUnitDatabase, UnitDatabases
from tests.support.mailbox_worker import KIND, numbered

BOX = f"{KIND}:ada"


@pytest.fixture
def admin_url(unit_databases: UnitDatabases, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    url = unit_databases.create("supervisor")
    monkeypatch.setenv("HIREMESH_POSTGRES_URL", url)
    yield url
    unit_databases.drop(url)


def hiremesh(*arguments: str) -> Result:
    return CliRunner().invoke(build_app(arguments), list(arguments), env={"COLUMNS": "200"})


async def two_dead_letters(admin_url: str) -> None:
    async with await Database.open(admin_url) as database:
        mailboxes = Mailboxes(database)
        claims = Claims(mailboxes, "me", lease=30)
        for n in (1, 2):
            await mailboxes.send("local", BOX, numbered(n))
            [[message]] = await claims.claim(KIND, [1, 1, 1])
            await claims.fail(message, "internal", "ValueError", None)


def test_dead_letters_are_shown_retried_and_dropped(admin_url: str) -> None:
    asyncio.run(two_dead_letters(admin_url))
    shown = hiremesh("dead-letters", "show").output
    assert f"{BOX} 1  tried 1x  internal: ValueError" in shown
    assert f"waits for: hiremesh dead-letters retry | drop {BOX} 1" in shown
    assert "its mailbox goes on: 2 messages, 0 waiting" in shown
    [_, first] = json.loads(hiremesh("dead-letters", "show", "--json").output)
    assert (first["seq"], first["code"], first["state"]["mode"]) == (1, "internal", "open")
    assert "number 1" not in shown
    assert "number 1" in hiremesh("dead-letters", "show", "--body").output
    assert hiremesh("dead-letters", "retry", BOX, "1", "--by", "ops").output == f"{BOX} 1 is now message 3.\n"
    assert hiremesh("dead-letters", "drop", BOX, "2", "--by", "ops", "--reason", "a test").exit_code == 0
    assert hiremesh("dead-letters", "show").output == "None.\n"
    settled = hiremesh("dead-letters", "show", "--all").output
    assert "dropped by ops" in settled
    assert ": a test\n" in settled
    assert "its mailbox goes on: 3 messages, 1 waiting" in settled
    assert hiremesh("dead-letters", "retry", BOX, "2").exception is not None


async def test_a_run_is_drawn_as_a_tree_with_times(
    postgres: EmbeddedPostgres, unit_database: OpenUnitDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await unit_database("supervisor")
    monkeypatch.setenv("HIREMESH_POSTGRES_URL", postgres.url_for(database.url.rpartition("/")[2]))
    telemetry = build_telemetry("supervisor", PostgresSpanExporter(database.url))
    tracer = telemetry.provider.get_tracer("t")
    with tracer.start_as_current_span("process supervisor.run", attributes={names.RUN_ID: "run_1"}):
        tracer.start_span("tools/call [red]", attributes={names.GEN_AI_TOOL: "get_dossier"}).end()
    await telemetry.aclose()
    run, root, child = hiremesh("trace", "run_1").output.strip().splitlines()
    assert run == "run_1  2 spans"
    assert "supervisor process supervisor.run" in root
    assert "tools/call [red] get_dossier" in child
    assert child.endswith("ms")
    assert "nothing was recorded" in str(hiremesh("trace", "run_2").exception)
