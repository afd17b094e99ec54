"""Real engines for tests: one PostgreSQL and one NATS for the whole run."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import count

import psycopg
import pytest

from shared.engines import EmbeddedNats, EmbeddedPostgres
from shared.storage import Database
from shared.storage.migrate import migrate
from shared.storage.roles import unit_url

SECRET = "a deployment secret for tests"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A running PostgreSQL; ``postgres.url`` is the superuser's."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedNats]:
    """A running NATS with JetStream; ``nats.url`` holds the token."""
    with EmbeddedNats(tmp_path_factory.mktemp("nats")) as server:
        yield server


class UnitDatabases:
    """Makes databases in which the shared schemas and one unit's are in place, and nothing else is."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server
        self._templates: set[str] = set()
        self._numbers = count()

    def create(self, unit: str) -> str:
        """Return the administrator's URL of a fresh database, cloned from the unit's template."""
        template = f"template_{unit}"
        if template not in self._templates:
            self._execute(f"create database {template}")
            migrate(self._server.url_for(template), SECRET, only={unit})
            self._templates.add(template)
        name = f"{unit}_{next(self._numbers)}"
        self._execute(f"create database {name} template {template}")
        return self._server.url_for(name)

    def drop(self, admin_url: str) -> None:
        self._execute(f"drop database {admin_url.rpartition('/')[2]} with (force)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._server.url, autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def unit_databases(postgres: EmbeddedPostgres) -> UnitDatabases:
    """Templates shared by the run; tests ask for ``unit_database``."""
    return UnitDatabases(postgres)


OpenUnitDatabase = Callable[[str], Awaitable[Database]]


@pytest.fixture
async def unit_database(unit_databases: UnitDatabases) -> AsyncIterator[OpenUnitDatabase]:
    """``database = await unit_database("candidates")``: a fresh migrated database, signed in as that unit.

    ``database.url`` is the unit's own URL.
    """
    opened: list[tuple[Database, str]] = []

    async def create(unit: str) -> Database:
        admin_url = unit_databases.create(unit)
        database = await Database.open(unit_url(admin_url, unit, SECRET))
        opened.append((database, admin_url))
        return database

    yield create
    for database, admin_url in opened:
        await database.close()
        unit_databases.drop(admin_url)
