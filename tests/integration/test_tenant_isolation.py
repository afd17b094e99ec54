"""Every table of every schema, as the migrations leave it: who sees which rows."""

from collections.abc import Iterator

import psycopg
import pytest

from shared.edge.manifest import catalogue
from shared.engines import EmbeddedPostgres
from shared.storage.migrate import migrate, schemas
from shared.storage.roles import role_of, unit_url
from tests.support.engines import SECRET

UNITS = sorted(catalogue())
_TABLES = """
    select n.nspname as schema, c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
           exists (select from pg_attribute a
                   where a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped) as has_tenant
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any(%s) and c.relkind in ('r', 'p') order by 1, 2
"""
# A scheduler and a chain keeper see all tenants; what is in these tables is no tenant's data.
ACROSS_TENANTS = {"audit.head"}


@pytest.fixture(scope="module")
def admin_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("create database isolation")
    url = postgres.url_for("isolation")
    migrate(url, SECRET)
    yield url
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("drop database isolation with (force)")


def tables(admin_url: str) -> list[tuple[str, bool, bool]]:
    names = [schema.name for schema in schemas()]
    with psycopg.connect(admin_url) as connection:
        rows = connection.execute(_TABLES, (names,)).fetchall()
    return [(f"{schema}.{name}", forced, has_tenant) for schema, name, forced, has_tenant in rows]


def test_every_table_with_tenants_data_keeps_them_apart_from_its_owner_too(admin_url):
    open_ones = {name for name, forced, has_tenant in tables(admin_url) if has_tenant and not forced}
    assert open_ones <= ACROSS_TENANTS


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_cannot_look_into_another_units_schema(admin_url, unit):
    others = [name for name in UNITS if name != unit]
    with psycopg.connect(unit_url(admin_url, unit, SECRET)) as connection:
        open_ones = [
            other
            for other in others
            if connection.execute("select has_schema_privilege(%s, 'usage')", (other,)).fetchone() == (True,)
        ]
    assert open_ones == []


@pytest.mark.parametrize("unit", UNITS)
def test_a_units_role_can_neither_skip_row_security_nor_make_itself_the_owner(admin_url, unit):
    question = """
        select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb,
               pg_has_role(rolname, 'hiremesh_owner', 'member')
        from pg_roles where rolname = %s
    """
    with psycopg.connect(admin_url) as connection:
        assert connection.execute(question, (role_of(unit),)).fetchone() == (False, False)


def test_what_a_unit_may_read_is_always_compared_with_the_tenant_of_the_transaction(admin_url):
    # Nobody signs in as the owner: its policies serve functions, which state what they let through.
    question = """
        select schemaname || '.' || tablename, qual from pg_policies
        where cmd in ('ALL', 'SELECT') and permissive = 'PERMISSIVE' and roles <> '{hiremesh_owner}'
    """
    setting = "NULLIF(current_setting('app.tenant'::text, true), ''::text)"
    with psycopg.connect(admin_url) as connection:
        policies = connection.execute(question).fetchall()
    assert [table for table, condition in policies if f" = {setting}" not in condition] == []
    assert {table for table, _ in policies} >= {
        name for name, _, has_tenant in tables(admin_url) if has_tenant
    } - ACROSS_TENANTS
