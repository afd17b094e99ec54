"""Why tenants can be divided: what the mailbox's tables and functions are keyed by, and the tables in partitions."""

import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import psycopg
import pytest

from shared.engines import EmbeddedPostgres
from shared.mailbox import InTransaction, Mailboxes, Message, Worker
from shared.storage import Connection, Database
from shared.storage.migrate import ROOT, migrate
from shared.storage.roles import unit_url
from tests.support.engines import SECRET, UnitDatabases
from tests.support.mailbox_worker import KIND, log_of, numbered

PARTITIONS = 4
TENANTS = ["acme", "brightco", "globex", "initech", "tallowmere"]
TABLE = re.compile(r"create table (\w+) (\(.*?\n\))( with \([^;]*\))?;", re.DOTALL)
# The owner's, for workers, who serve all tenants of a server. What else is there names one tenant.
ACROSS_TENANTS = {"claim", "renew", "clock_was_set_back", "prune"}
OF_NO_TENANT = {"text_of"}


@pytest.fixture
def catalogue(unit_databases: UnitDatabases) -> Iterator[psycopg.Connection]:
    admin_url = unit_databases.create("supervisor")
    with psycopg.connect(admin_url) as connection:
        yield connection
    unit_databases.drop(admin_url)


def test_every_key_of_the_mailbox_begins_with_the_tenant_and_nothing_refers_across(
    catalogue: psycopg.Connection,
) -> None:
    keys = catalogue.execute(
        "select indrelid::regclass::text, (select attname from pg_attribute where attrelid = indrelid and attnum = "
        "indkey[0]) from pg_index join pg_class on oid = indrelid "
        "where relnamespace = 'mailbox'::regnamespace and indisunique"
    ).fetchall()
    references = catalogue.execute(
        "select conname from pg_constraint where connamespace = 'mailbox'::regnamespace and contype = 'f'"
    ).fetchall()
    tables = catalogue.execute(
        "select oid::regclass::text from pg_class where relnamespace = 'mailbox'::regnamespace and relkind = 'r'"
    ).fetchall()
    assert {first for _, first in keys} == {"tenant"}
    assert {table for table, _ in keys} == {table for (table,) in tables}
    assert references == []


def test_every_function_of_the_mailbox_acts_for_one_tenant_but_those_by_which_workers_find_work(
    catalogue: psycopg.Connection,
) -> None:
    functions = catalogue.execute(
        "select proname, prosecdef, pg_get_function_arguments(oid) from pg_proc "
        "where pronamespace = 'mailbox'::regnamespace"
    ).fetchall()
    for_one = {name for name, _, arguments in functions if re.match("p_tenant text|box mailbox", arguments)}
    assert {name for name, *_ in functions} - for_one == ACROSS_TENANTS | OF_NO_TENANT
    assert {name for name, as_owner, _ in functions if as_owner} >= ACROSS_TENANTS


def partitioned(sql: str) -> str:
    """Return a migration whose tables are divided by hash of tenant, with what else it says of them."""

    def divided(table: re.Match[str]) -> str:
        name, columns, storage = table.groups(default="")
        parts = (
            f"create table {name}_{n} partition of {name} "
            f"for values with (modulus {PARTITIONS}, remainder {n}){storage};"
            for n in range(PARTITIONS)
        )
        return "\n".join([f"create table {name} {columns} partition by hash (tenant);", *parts])

    return TABLE.sub(divided, sql)


@pytest.fixture
async def divided(postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Database]:
    """A database in which the mailbox's tables are partitioned and everything else is as always."""
    for folder in ROOT.glob("shared/*/"):
        (tmp_path / "shared" / folder.name).mkdir(parents=True)
        if (folder / "migrations").is_dir():
            shutil.copytree(folder / "migrations", tmp_path / "shared" / folder.name / "migrations")
    (tmp_path / "supervisor").symlink_to(ROOT / "supervisor")
    for path in (tmp_path / "shared/mailbox/migrations").iterdir():
        path.write_text(partitioned(path.read_text()))
    with psycopg.connect(postgres.url, autocommit=True) as admin:
        admin.execute("create database divided")
    migrate(postgres.url_for("divided"), SECRET, only={"supervisor"}, root=tmp_path)
    async with await Database.open(unit_url(postgres.url_for("divided"), "supervisor", SECRET)) as database:
        yield database
    with psycopg.connect(postgres.url, autocommit=True) as admin:
        admin.execute("drop database divided with (force)")


async def test_tables_partitioned_by_tenant_carry_the_same_code_and_keep_each_tenant_in_one_partition(
    divided: Database, postgres: EmbeddedPostgres
) -> None:
    mailboxes = Mailboxes(divided)

    async def handle(message: Message, tx: Connection) -> None:
        await mailboxes.note(message.tenant, log_of(message.mailbox), message.body, tx=tx)

    for tenant in TENANTS:
        for n in range(10):
            await mailboxes.send(tenant, f"{KIND}:{n % 2}", numbered(n // 2), key=str(n))
    async with AsyncExitStack() as stack:
        for _ in range(2):
            worker = Worker(mailboxes, KIND, InTransaction(handle, together=4), sweep=0.05)
            await worker.start()
            stack.push_async_callback(worker.drain, 5)
        for tenant in TENANTS:
            for name in ("0", "1"):
                while (await mailboxes.state(tenant, f"{KIND}:{name}")).pending:
                    continue
                effects = await mailboxes.history(tenant, log_of(f"{KIND}:{name}"))
                assert [entry.body["metadata"]["n"] for entry in effects] == [0, 1, 2, 3, 4]
    with psycopg.connect(postgres.url_for("divided")) as admin:
        places = admin.execute("select distinct tenant, tableoid from mailbox.message").fetchall()
    assert sorted(tenant for tenant, _ in places) == TENANTS
    assert len({table for _, table in places}) > 1
