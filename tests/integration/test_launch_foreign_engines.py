"""A deployment on engines that somebody else runs: it is given URLs and starts none of its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from shared.edge.manifest import catalogue
from shared.engines import EmbeddedNats, EmbeddedPostgres
from shared.kernel.errors import Denied, InvalidInput, NotFound, Unavailable
from shared.storage.migrate import migrate
from shared.storage.roles import unit_url
from supervisor.cli._operator import operator
from supervisor.cli._signed_in import signed_in_units
from supervisor.launch import DataFolder, Deployment, running_deployment
from supervisor.launch.health import check

SECRET = "a deployment secret of thirty-two characters and more"
UNITS = {name: catalogue()[name] for name in ("registry", "candidates")}
PERSON = {"basics": {"name": "Brindle Oakhollow", "email": "brindle.oakhollow@mail.example"}}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of its own: roles are a whole server's, and here no superuser makes them."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("foreign")) as running:
        with psycopg.connect(running.url, autocommit=True) as admin:
            admin.execute("create role landlord login createrole password 'pass'")
            admin.execute("create database rented owner landlord")
        yield running


@pytest.fixture(scope="module")
def rented(server: EmbeddedPostgres) -> str:
    """The URL of a database's owner, who is no superuser."""
    return f"postgresql://landlord:pass@127.0.0.1:{server.port}/rented"


@pytest.fixture(scope="module")
async def deployment(
    server: EmbeddedPostgres, rented: str, nats: EmbeddedNats, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Deployment]:
    with psycopg.connect(server.url_for("rented"), autocommit=True) as admin:
        admin.execute("create extension if not exists vector schema public")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HIREMESH_POSTGRES_URL", rented)
        environment.setenv("HIREMESH_NATS_URL", nats.url)
        environment.setenv("HIREMESH_DEPLOYMENT_SECRET", SECRET)
        async with running_deployment(tmp_path_factory.mktemp("deployment"), units=UNITS) as up:
            yield up


def test_an_owner_who_may_not_make_the_extension_is_told_what_to_ask_for(
    server: EmbeddedPostgres, rented: str
) -> None:
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute("create database bare owner landlord")
    with pytest.raises(
        Denied, match=r"extension \"vector\".* superuser, one must have run .*create extension"
    ):
        migrate(rented.replace("rented", "bare"), SECRET)


def test_a_database_that_cannot_be_used_is_named_with_the_servers_reason(rented: str) -> None:
    with pytest.raises(Unavailable, match=r'database "nonesuch" does not exist'):
        migrate(rented.replace("rented", "nonesuch"), SECRET)
    with pytest.raises(Unavailable, match="password authentication failed") as refused:
        migrate(rented.replace("pass@", "wrong@"), SECRET)
    assert "wrong" not in str(refused.value)


def test_what_is_no_url_is_refused_without_quoting_its_password() -> None:
    with pytest.raises(InvalidInput, match="postgresql://user") as refused:
        migrate("postgresql:/landlord:pass@127.0.0.1", SECRET)
    assert "landlord:pass" not in str(refused.value)


def test_no_secret_is_made_up_where_nothing_was_ever_started(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="HIREMESH_DEPLOYMENT_SECRET"):
        _ = DataFolder(tmp_path / "nonesuch").deployment_secret


def test_a_secret_that_is_too_short_is_refused_without_quoting_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIREMESH_DEPLOYMENT_SECRET", "too short")
    with pytest.raises(InvalidInput, match="HIREMESH_DEPLOYMENT_SECRET: it has fewer than 32") as refused:
        _ = DataFolder(tmp_path).deployment_secret
    assert "too short" not in str(refused.value)


async def test_it_starts_no_engine_and_finds_the_given_ones_up(deployment: Deployment) -> None:
    assert set(deployment.run.processes) == {"nursery", "issuer", *UNITS}
    assert {"postgres", "nats"} & {path.name for path in deployment.folder.path.iterdir()} == set()
    assert [(each.name, each.note) for each in await check(deployment.run) if not each.up] == []


async def test_people_land_in_the_given_database_where_even_its_owner_sees_no_tenant(
    deployment: Deployment, rented: str
) -> None:
    arguments = {"items": [PERSON], "source": "test", "format": "json_resume"}
    async with (
        operator(deployment.folder.path) as issuer,
        signed_in_units(issuer, deployment.run.units, "acme", "person:ada") as units,
    ):
        await units.call_tool("candidates", "import_profiles", arguments, dict[str, Any])
    count = "select count(*) from candidates.candidate"
    with psycopg.connect(rented) as owner:
        owner.execute("set role hiremesh_owner")
        assert owner.execute(count).fetchone() == (0,)
    with psycopg.connect(unit_url(rented, "candidates", SECRET)) as unit:
        assert unit.execute(count).fetchone() == (0,)
        unit.execute("select set_config('app.tenant', 'acme', true)")
        assert unit.execute(count).fetchone() == (1,)


async def test_migrating_again_finds_nothing_to_do(deployment: Deployment, rented: str) -> None:
    assert await asyncio.to_thread(migrate, rented, SECRET) == []
