"""The audit log in a real PostgreSQL."""

import asyncio

import psycopg
import pytest

from shared.audit.entry import AuditEntry
from shared.audit.log import AuditLog
from shared.audit.verify import Anchor, latest_entries, verify_chains
from shared.kernel.errors import Unavailable
from shared.storage import Database
from shared.storage.roles import unit_url
from tests.support.engines import SECRET, UnitDatabases


def entry(tenant: str = "acme", unit: str = "candidates", skill: str = "get_dossier") -> AuditEntry:
    return AuditEntry(
        tenant=tenant, subject="person:ada", unit=unit, skill=skill, risk="read", outcome="allowed"
    )


@pytest.fixture
def admin_url(unit_databases: UnitDatabases):
    url = unit_databases.create("candidates")
    yield url
    unit_databases.drop(url)


@pytest.fixture
async def database(admin_url: str):
    async with await Database.open(unit_url(admin_url, "candidates", SECRET)) as opened:
        yield opened


def as_superuser(admin_url: str, *statements: str) -> None:
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


async def record_many(database: Database, count: int, tenant: str = "acme") -> None:
    log = AuditLog(database)
    await asyncio.gather(*(log.record(entry(tenant, skill=f"skill_{n}")) for n in range(count)))


async def test_concurrent_entries_form_one_whole_chain_in_the_order_of_arrival(admin_url, database):
    await record_many(database, 300)
    (report,) = verify_chains(admin_url)
    recorded = [row["skill"] for row in latest_entries(admin_url, "acme", 300)]
    assert (report.tenant, report.entries, report.broken_at) == ("acme", 300, None)
    assert recorded == [f"skill_{n}" for n in range(300)]


async def test_writers_in_several_processes_share_a_chain_without_gaps(admin_url, database):
    async with await Database.open(database.url) as second:
        await asyncio.gather(record_many(database, 50), record_many(second, 50))
    (report,) = verify_chains(admin_url)
    assert (report.entries, report.broken_at) == (100, None)


async def test_each_tenant_has_a_chain_of_its_own(admin_url, database):
    await asyncio.gather(record_many(database, 3, "acme"), record_many(database, 2, "globex"))
    assert [(report.tenant, report.entries) for report in verify_chains(admin_url)] == [
        ("acme", 3),
        ("globex", 2),
    ]


async def test_an_entry_says_which_role_wrote_it_and_when(admin_url, database):
    await record_many(database, 1)
    (row,) = latest_entries(admin_url, "acme", 1)
    assert row["writer"] == "hiremesh_candidates"
    assert row["at"].endswith("Z")


async def test_a_changed_entry_is_found_and_named(admin_url, database):
    await record_many(database, 5)
    as_superuser(
        admin_url,
        "alter table audit.entry disable trigger all",
        """update audit.entry set record = record || '{"subject": "person:eve"}' where seq = 3""",
    )
    (report,) = verify_chains(admin_url)
    assert (report.broken_at, report.problem) == (3, "its content is not what was recorded")


async def test_a_removed_entry_is_found_and_named(admin_url, database):
    await record_many(database, 5)
    as_superuser(
        admin_url, "alter table audit.entry disable trigger all", "delete from audit.entry where seq = 2"
    )
    (report,) = verify_chains(admin_url)
    assert (report.broken_at, report.problem) == (2, "an entry is missing")


async def test_a_cut_end_is_found(admin_url, database):
    await record_many(database, 5)
    as_superuser(
        admin_url, "alter table audit.entry disable trigger all", "delete from audit.entry where seq = 5"
    )
    (report,) = verify_chains(admin_url)
    assert (report.broken_at, report.problem) == (5, "the newest entries are missing")


async def test_a_chain_that_was_rewritten_as_a_whole_does_not_match_a_noted_head(admin_url, database):
    await record_many(database, 2)
    noted = verify_chains(admin_url)[0].head
    as_superuser(
        admin_url,
        "alter table audit.entry disable trigger all",
        "alter table audit.head disable trigger all",
        "delete from audit.entry",
        "delete from audit.head",
    )
    await record_many(database, 3)
    (report,) = verify_chains(admin_url, {"acme": Anchor(noted.seq, noted.hash)})
    assert (report.broken_at, report.problem) == (2, "is not what the anchor noted")


@pytest.mark.parametrize(
    "statement",
    [
        "delete from audit.entry",
        "update audit.entry set seq = 9",
        "truncate audit.entry",
        "delete from audit.head",
    ],
)
async def test_not_even_the_superuser_changes_the_log_by_accident(admin_url, database, statement):
    await record_many(database, 1)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        as_superuser(admin_url, statement)


async def test_a_unit_cannot_read_the_log_nor_insert_beside_the_function(database):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_superuser(database.url, "select * from audit.entry")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_superuser(database.url, "insert into audit.head values ('acme', 0, '')")


async def test_a_unit_cannot_write_in_another_units_name_and_spoils_nobody_elses_entry(admin_url, database):
    log = AuditLog(database)
    forged, honest = await asyncio.gather(
        log.record(entry(unit="projects")), log.record(entry()), return_exceptions=True
    )
    assert isinstance(forged, Unavailable)
    assert honest is None
    assert [row["unit"] for row in latest_entries(admin_url, "acme", 10)] == ["candidates"]


async def test_an_entry_is_written_even_when_its_caller_was_cancelled(admin_url, database):
    log = AuditLog(database)
    waiting = asyncio.create_task(log.record(entry()))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await log.close()
    assert len(latest_entries(admin_url, "acme", 10)) == 1


async def test_recording_fails_when_the_database_is_gone(unit_databases: UnitDatabases):
    admin = unit_databases.create("candidates")
    async with await Database.open(unit_url(admin, "candidates", SECRET)) as lost:
        unit_databases.drop(admin)
        with pytest.raises(Unavailable, match="audit log"):
            await AuditLog(lost).record(entry())
