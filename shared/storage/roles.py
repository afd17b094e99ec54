"""Who may sign in to the database, and how a unit's URL follows from the administrator's."""

import hashlib
import hmac
from urllib.parse import urlsplit, urlunsplit

from psycopg import Connection, sql

GROUP = "hiremesh_unit"
OWNER = "hiremesh_owner"

# A client that hangs or whose machine is gone keeps its locks no longer than this.
ABANDONED = {
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "15s",
    "tcp_keepalives_interval": "5s",
    "tcp_keepalives_count": "3",
}


def role_of(unit: str) -> str:
    """Return the role a unit signs in as."""
    return f"hiremesh_{unit}"


def unit_password(deployment_secret: str, unit: str) -> str:
    """Return the unit's database password: known from the secret, of no use for any other purpose."""
    return hmac.new(deployment_secret.encode(), f"postgres:{unit}".encode(), hashlib.sha256).hexdigest()


def unit_url(admin_url: str, unit: str, deployment_secret: str) -> str:
    """Return ``admin_url`` with the unit's role and password in place of the administrator's."""
    parts = urlsplit(admin_url)
    address = parts.netloc.rpartition("@")[2]
    sign_in = f"{role_of(unit)}:{unit_password(deployment_secret, unit)}"
    return urlunsplit(parts._replace(netloc=f"{sign_in}@{address}"))


def ensure_unit_role(connection: Connection, unit: str, deployment_secret: str) -> None:
    """Create or update the role of ``unit`` and its schema, in the administrator's transaction.

    The password leaves this process only as a SCRAM verifier, so no server log can hold it.
    """
    role, schema = sql.Identifier(role_of(unit)), sql.Identifier(unit)
    known = connection.execute("select from pg_roles where rolname = %s", (role_of(unit),)).fetchone()
    if known is None:
        connection.execute(sql.SQL("create role {} login in role {}").format(role, sql.Identifier(GROUP)))
    verifier = connection.pgconn.encrypt_password(
        unit_password(deployment_secret, unit).encode(), role_of(unit).encode(), b"scram-sha-256"
    )
    connection.execute(sql.SQL("alter role {} password {}").format(role, verifier.decode()))
    connection.execute(sql.SQL("alter role {} set search_path = {}, public").format(role, schema))
    for setting, value in ABANDONED.items():
        change = sql.SQL("alter role {} set {} = {}")
        connection.execute(change.format(role, sql.Identifier(setting), value))
    ensure_schema(connection, unit)
    connection.execute(sql.SQL("grant usage on schema {} to {}").format(schema, role))
    by_default = sql.SQL("alter default privileges for role {} in schema {} ").format(
        sql.Identifier(OWNER), schema
    )
    connection.execute(
        by_default + sql.SQL("grant select, insert, update, delete on tables to {}").format(role)
    )
    connection.execute(by_default + sql.SQL("grant usage, select on sequences to {}").format(role))


def ensure_shared_schema(connection: Connection, schema: str) -> None:
    """Create the schema of a shared package; its migrations grant the rights on its tables."""
    ensure_schema(connection, schema)
    statement = sql.SQL("grant usage on schema {} to {}")
    connection.execute(statement.format(sql.Identifier(schema), sql.Identifier(GROUP)))


def ensure_schema(connection: Connection, schema: str) -> None:
    """Create a schema that belongs to the owner role."""
    statement = sql.SQL("create schema if not exists {} authorization {}")
    connection.execute(statement.format(sql.Identifier(schema), sql.Identifier(OWNER)))
