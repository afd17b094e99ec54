"""Real engines for tests: one PostgreSQL and one NATS for the whole run."""

from collections.abc import Iterator

import pytest

from shared.engines import EmbeddedNats, EmbeddedPostgres


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
