"""The database itself keeps tenants and units apart, and its errors arrive as ours."""

from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from shared.engines import EmbeddedPostgres
from shared.engines.process import free_port
from shared.kernel.errors import Conflict, DeadlineExceeded, Denied, HiremeshError, InvalidInput, Unavailable
from shared.storage import Database
from shared.storage.migrate import migrate
from shared.storage.roles import unit_url
from tests.support.engines import SECRET

NOTES = """
create table note (
    id serial primary key,
    tenant text not null,
    text text not null constraint note_text_short check (length(text) < 20),
    constraint note_once unique (tenant, text)
);
select hiremesh.enforce_tenant('note');
create table setting (name text primary key);
"""
POST = "create table letter (id int primary key); grant select, insert on letter to hiremesh_unit;"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two units and a shared package, each with a migration."""
    for folder, text in {"servers/notes": NOTES, "servers/other": NOTES, "shared/post": POST}.items():
        (tmp_path / folder / "migrations").mkdir(parents=True)
        (tmp_path / folder / "migrations" / "0001_first.sql").write_text(text)
    return tmp_path


@pytest.fixture
def admin_url(postgres: EmbeddedPostgres, tree: Path) -> str:
    """The administrator's URL of a database migrated from ``tree``."""
    name = f"storage_{tree.name}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f'create database "{name}"'.encode())
    url = postgres.url_for(name)
    migrate(url, SECRET, root=tree)
    return url


@pytest.fixture
async def notes(admin_url: str) -> AsyncIterator[Database]:
    """The unit ``notes``, signed in."""
    async with await Database.open(unit_url(admin_url, "notes", SECRET)) as database:
        yield database


async def write(database: Database, tenant: str | None, text: str, *, owner: str | None = None) -> None:
    async with database.transaction(tenant) as connection:
        await connection.execute(
            "insert into note (tenant, text) values (%s, %s)", (owner or tenant or "", text)
        )


async def texts(database: Database, tenant: str | None) -> list[str]:
    """A query that forgets to ask for its tenant."""
    async with database.transaction(tenant) as connection:
        return [row["text"] for row in await (await connection.execute("select text from note")).fetchall()]


async def test_a_query_that_forgets_the_tenant_sees_only_its_own_tenants_rows(notes: Database) -> None:
    await write(notes, "acme", "of acme")
    await write(notes, "globex", "of globex")
    assert await texts(notes, "acme") == ["of acme"]
    assert await texts(notes, "globex") == ["of globex"]


async def test_no_rows_exist_where_no_tenant_is_set_even_on_a_connection_used_before(notes: Database) -> None:
    await write(notes, "acme", "of acme")
    assert await texts(notes, None) == []
    assert await texts(notes, "") == []


async def test_an_update_without_a_where_clause_leaves_other_tenants_alone(notes: Database) -> None:
    await write(notes, "acme", "of acme")
    await write(notes, "globex", "of globex")
    async with notes.transaction("acme") as connection:
        assert (await connection.execute("update note set text = 'changed'")).rowcount == 1
    assert await texts(notes, "globex") == ["of globex"]


async def test_a_row_of_another_tenant_cannot_be_written(notes: Database) -> None:
    with pytest.raises(Denied):
        await write(notes, "acme", "smuggled", owner="globex")


async def test_the_owner_of_the_tables_is_bound_to_a_tenant_too(notes: Database, admin_url: str) -> None:
    await write(notes, "acme", "of acme")
    with psycopg.connect(admin_url) as connection:
        connection.execute("set role hiremesh_owner")
        assert connection.execute("select * from notes.note").fetchall() == []


@pytest.mark.parametrize(
    "statement",
    [
        "select * from other.note",
        "insert into other.note (tenant, text) values ('acme', 'x')",
        "select * from hiremesh.migration",
        "delete from post.letter",
        "create table mine (id int)",
        "alter table note disable row level security",
        "drop policy tenant on note",
        "set role hiremesh_owner",
        "set role hiremesh_other",
    ],
)
async def test_a_unit_is_refused_what_is_not_its_own(notes: Database, statement: str) -> None:
    with pytest.raises(Denied):
        async with notes.transaction("acme") as connection:
            await connection.execute(statement.encode())


async def test_a_shared_schema_allows_what_its_migration_grants(notes: Database, admin_url: str) -> None:
    async with notes.transaction(None) as connection:
        await connection.execute("insert into post.letter values (1)")
    async with (
        await Database.open(unit_url(admin_url, "other", SECRET)) as other,
        other.transaction(None) as connection,
    ):
        row = await (await connection.execute("select count(*) as letters from post.letter")).fetchone()
    assert row == {"letters": 1}


async def test_a_failed_block_leaves_nothing_behind(notes: Database) -> None:
    with pytest.raises(InvalidInput):
        async with notes.transaction("acme") as connection:
            await connection.execute("insert into note (tenant, text) values ('acme', 'lost'); select 1 / 0")
    assert await texts(notes, "acme") == []


@pytest.mark.parametrize(
    ("statement", "expected", "message"),
    [
        (
            "insert into note (tenant, text) values ('acme', 'Zoe'), ('acme', 'Zoe')",
            Conflict,
            "this exists already (note_once).",
        ),
        (
            "insert into note (tenant, text) values ('acme', 'Zoe Example, 12 Nowhere Lane')",
            InvalidInput,
            "the database does not accept this value (note_text_short).",
        ),
        ("select 'Zoe'::int", InvalidInput, "the database does not accept this value."),
        ("set statement_timeout = 1; select pg_sleep(30)", DeadlineExceeded, "the database took too long."),
        ("select pg_terminate_backend(pg_backend_pid())", Unavailable, "the database does not answer."),
    ],
)
async def test_a_drivers_error_arrives_as_ours_without_the_row_it_quotes(
    notes: Database, statement: str, expected: type[HiremeshError], message: str
) -> None:
    with pytest.raises(expected) as caught:
        async with notes.transaction("acme") as connection:
            await connection.execute(statement.encode())
    assert str(caught.value) == message
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_our_own_errors_pass_through_a_transaction_unchanged(notes: Database) -> None:
    ours = Conflict("changed meanwhile")
    with pytest.raises(Conflict) as caught:
        async with notes.transaction("acme"):
            raise ours
    assert caught.value is ours


async def test_a_connection_that_broke_is_replaced_before_it_is_lent(notes: Database, admin_url: str) -> None:
    await write(notes, "acme", "before")
    with psycopg.connect(admin_url) as connection:
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'hiremesh_notes'"
        )
    assert await texts(notes, "acme") == ["before"]


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await Database.open(f"postgresql://nobody:none@127.0.0.1:{free_port()}/none", seconds=0.2)


def test_migrating_again_does_nothing(admin_url: str, tree: Path) -> None:
    assert migrate(admin_url, SECRET, root=tree) == []


def test_only_the_missing_migrations_run(admin_url: str, tree: Path) -> None:
    (tree / "servers/notes/migrations/0002_more.sql").write_text("create table more (id int)")
    assert migrate(admin_url, SECRET, root=tree) == ["notes/0002_more.sql"]


def test_a_migration_that_changed_after_it_ran_is_refused(admin_url: str, tree: Path) -> None:
    (tree / "servers/notes/migrations/0001_first.sql").write_text(NOTES + "-- changed")
    with pytest.raises(Conflict, match=r"notes/0001_first\.sql changed after it had run"):
        migrate(admin_url, SECRET, root=tree)


def test_a_database_newer_than_the_code_is_refused(admin_url: str, tree: Path) -> None:
    (tree / "servers/notes/migrations/0001_first.sql").unlink()
    with pytest.raises(Conflict, match=r"migrations of notes that this code lacks: \[1\]"):
        migrate(admin_url, SECRET, root=tree)


def test_a_migration_that_fails_leaves_nothing_of_itself(admin_url: str, tree: Path) -> None:
    broken = tree / "servers/notes/migrations/0002_broken.sql"
    broken.write_text("create table half (id int); select nonsense")
    with pytest.raises(InvalidInput, match=r'notes/0002_broken\.sql failed: column "nonsense"'):
        migrate(admin_url, SECRET, root=tree)
    broken.write_text("create table half (id int)")
    assert migrate(admin_url, SECRET, root=tree) == ["notes/0002_broken.sql"]


def test_a_tenant_table_without_a_tenant_is_refused(admin_url: str, tree: Path) -> None:
    (tree / "servers/notes/migrations/0002_open.sql").write_text(
        "create table open (id int, tenant text); select hiremesh.enforce_tenant('open')"
    )
    with pytest.raises(InvalidInput, match='open needs a column "tenant text not null"'):
        migrate(admin_url, SECRET, root=tree)


@pytest.mark.parametrize("name", ["first.sql", "0001-first.sql", "0001_again.sql"])
def test_a_misnumbered_migration_is_refused(admin_url: str, tree: Path, name: str) -> None:
    (tree / "servers/notes/migrations" / name).write_text("select 1")
    with pytest.raises(InvalidInput):
        migrate(admin_url, SECRET, root=tree)


def test_every_migration_of_this_installation_runs_on_an_empty_database(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("create database everything")
    url = postgres.url_for("everything")
    migrate(url, SECRET)
    assert migrate(url, SECRET) == []
