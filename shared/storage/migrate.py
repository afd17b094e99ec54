"""Brings a database to what this code expects: ``python -m shared.storage.migrate``.

Migrations are ``NNNN_<what>.sql`` in ``shared/<name>/migrations``, ``servers/<name>/migrations`` and
``supervisor/migrations``. Each runs once, in a transaction of its own, as the owner role, with the schema
of its folder first on the search path. A file that changed after it ran is refused.
"""

import hashlib
import os
import re
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString, cast

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

from shared.kernel.errors import Conflict, Denied, HiremeshError, InvalidInput, Unavailable
from shared.storage.errors import translated
from shared.storage.roles import OWNER, ensure_shared_schema, ensure_unit_role

ROOT = Path(__file__).parents[2]
URL_FORM = "postgresql://user:password@host:port/database"
NEEDED = (
    "The server needs pgvector; the role that migrates must own the database and may create roles, and where it is "
    "no superuser, one must have run in this database: create extension vector schema public"
)
LOCK = 0x48495245  # any number that only this program takes
_FILE = re.compile(r"(\d{4})_\w+\.sql")


@dataclass(frozen=True)
class Schema:
    """One schema: its name, the folder of its migrations, and whether a unit signs in for it."""

    name: str
    migrations: Path
    is_unit: bool


@dataclass(frozen=True)
class Migration:
    """One file: its schema, number, file name, text and SHA-256."""

    schema: str
    version: int
    name: str
    text: str
    checksum: str


def schemas(root: Path = ROOT) -> list[Schema]:
    """Return all schemas of this installation, shared ones first: units' tables may refer to them."""
    shared = [
        Schema(folder.parent.name, folder, is_unit=False) for folder in root.glob("shared/*/migrations")
    ]
    folders = [*root.glob("servers/*/"), root / "supervisor"]
    units = [
        Schema(folder.name, folder / "migrations", is_unit=True)
        for folder in folders
        if (folder / "manifest.toml").exists() or (folder / "migrations").is_dir()
    ]
    return sorted(shared + units, key=lambda schema: (schema.is_unit, schema.name))


def migrations(schema: Schema) -> list[Migration]:
    """Return a schema's migrations in order. Raises InvalidInput for a bad name or a number used twice."""
    found: dict[int, Migration] = {}
    for path in sorted(schema.migrations.glob("*.sql")):
        match = _FILE.fullmatch(path.name)
        if match is None:
            raise InvalidInput(f"{path.name} is not named NNNN_<what>.sql", field=schema.name)
        version, text = int(match[1]), path.read_text(encoding="utf-8")
        if version in found:
            raise InvalidInput(f"{path.name} and {found[version].name} share a number", field=schema.name)
        checksum = hashlib.sha256(text.encode()).hexdigest()
        found[version] = Migration(schema.name, version, path.name, text, checksum)
    return list(found.values())


def migrate(
    admin_url: str, deployment_secret: str, *, only: Collection[str] | None = None, root: Path = ROOT
) -> list[str]:
    """Create roles and schemas and run what has not run; returns ``schema/file`` of each that ran now.

    Safe to call from several processes at once. ``only`` limits it to some units (shared schemas are
    always included). Raises Conflict on drift, InvalidInput for a migration that fails, Unavailable.
    """
    wanted = [s for s in schemas(root) if not s.is_unit or only is None or s.name in only]
    try:
        conninfo_to_dict(admin_url)
    except psycopg.ProgrammingError:  # its text quotes the URL, and with it the password
        raise InvalidInput("this is no URL of a PostgreSQL database.", fix=f"Give {URL_FORM}.") from None
    try:
        with psycopg.connect(admin_url, autocommit=True, connect_timeout=10) as connection:
            connection.execute("select pg_advisory_lock(%s)", (LOCK,))
            with connection.transaction():
                connection.execute((Path(__file__).parent / "bootstrap.sql").read_bytes())
                _ensure_roles(connection, wanted, deployment_secret)
            return list(_run_missing(connection, wanted))
    except psycopg.Error as error:
        raise _explained(error) from None


def _explained(error: psycopg.Error) -> Exception:
    """Return the kernel error for what went wrong on the administrator's connection, with the server's reason.

    Nothing here handles a person's data, so unlike in ``translated`` the driver's own words may be shown.
    """
    reason = error.diag.message_primary or " ".join(str(error).split())
    if isinstance(error, errors.FeatureNotSupported | errors.InsufficientPrivilege):
        return Denied(f"the database cannot be prepared: {reason}.", fix=NEEDED)
    if isinstance(error, psycopg.OperationalError):
        return Unavailable(f"the database cannot be used: {reason}.")
    return translated(error)


def _ensure_roles(connection: psycopg.Connection, wanted: list[Schema], deployment_secret: str) -> None:
    for schema in wanted:
        if schema.is_unit:
            ensure_unit_role(connection, schema.name, deployment_secret)
        else:
            ensure_shared_schema(connection, schema.name)


def _run_missing(connection: psycopg.Connection, wanted: list[Schema]) -> Iterator[str]:
    rows = connection.execute("select schema, version, name, checksum from hiremesh.migration").fetchall()
    applied = {(schema, version): (name, checksum) for schema, version, name, checksum in rows}
    for schema in wanted:
        known = {version for name, version in applied if name == schema.name}
        for migration in migrations(schema):
            before = applied.get((migration.schema, migration.version))
            if before is None:
                _run(connection, migration)
                yield f"{migration.schema}/{migration.name}"
            elif before[1] != migration.checksum:
                raise Conflict(
                    f"{migration.schema}/{migration.name} changed after it had run.",
                    fix="Restore it, and put the change into a new migration.",
                )
            known.discard(migration.version)
        if known:
            raise Conflict(
                f"the database has migrations of {schema.name} that this code lacks: {sorted(known)}.",
                fix="Run the newer version of Hiremesh.",
            )


def _run(connection: psycopg.Connection, migration: Migration) -> None:
    path = sql.SQL("set local search_path = {}, public").format(sql.Identifier(migration.schema))
    try:
        with connection.transaction():
            connection.execute(sql.SQL("set local role {}").format(sql.Identifier(OWNER)))
            connection.execute(path)
            # Text from a file of this repository is as trustworthy as a literal.
            connection.execute(cast(LiteralString, migration.text))
            connection.execute(
                "insert into hiremesh.migration (schema, version, name, checksum) values (%s, %s, %s, %s)",
                (migration.schema, migration.version, migration.name, migration.checksum),
            )
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        reason = error.diag.message_primary or type(error).__name__
        raise InvalidInput(f"{migration.schema}/{migration.name} failed: {reason}") from error


def main() -> int:
    """Migrate the database of ``HIREMESH_POSTGRES_URL`` with ``HIREMESH_DEPLOYMENT_SECRET``."""
    try:
        ran = migrate(os.environ["HIREMESH_POSTGRES_URL"], os.environ["HIREMESH_DEPLOYMENT_SECRET"])
    except KeyError as missing:
        print(f"{missing.args[0]} is not set.", file=sys.stderr)
        return 2
    except HiremeshError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(ran) or "Nothing to do.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
