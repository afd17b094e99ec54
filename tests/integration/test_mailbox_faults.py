"""Processes and engines that end, hang or lose their way under load: nothing lost, nothing twice, order kept."""

import asyncio
import resource
import secrets
from collections.abc import AsyncIterator, Iterator

import psutil
import psycopg
import pytest

from shared.engines import EmbeddedNats, EmbeddedPostgres
from shared.events import EventBus
from shared.kernel.errors import Unavailable
from shared.mailbox import Mailboxes
from shared.storage import Database
from shared.storage.migrate import migrate
from shared.storage.roles import unit_url
from tests.support.engines import SECRET, UnitDatabases
from tests.support.mailbox_nodes import TENANT, Faults, Load, Node, started
from tests.support.mailbox_worker import KIND, numbered
from tests.support.nats_cluster import Cluster

SEED = 2_026
# Locks of a client that hangs are freed after a second here, not after a minute.
ABANDONED = "alter role hiremesh_supervisor in database {} set idle_in_transaction_session_timeout = '1s'"


@pytest.fixture
def database_url(unit_databases: UnitDatabases) -> Iterator[str]:
    admin_url = unit_databases.create("supervisor")
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(ABANDONED.format(connection.info.dbname).encode())
    yield unit_url(admin_url, "supervisor", SECRET)
    unit_databases.drop(admin_url)


@pytest.fixture
async def mailboxes(database_url: str, nats: EmbeddedNats) -> AsyncIterator[Mailboxes]:
    async with await Database.open(database_url) as database, await EventBus.open(nats.url) as bus:
        yield Mailboxes(database, bus)


@pytest.fixture
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL that a test may break."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres")) as server:
        migrate(server.url, SECRET, only={"supervisor"})
        yield server


@pytest.fixture
def own_nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedNats]:
    """A NATS that a test may break."""
    with EmbeddedNats(tmp_path_factory.mktemp("nats")) as server:
        yield server


def kill_and_restart(server: EmbeddedPostgres | EmbeddedNats) -> None:
    assert server.process is not None
    server.process.kill()
    server.stop()
    server.start()


async def settled(load: Load, sending: asyncio.Task[None]) -> Faults:
    """What went wrong, once everything has been sent and handled."""
    await sending
    await load.until_handled()
    return await load.faults()


async def test_workers_killed_at_random_moments(mailboxes: Mailboxes, nats: EmbeddedNats) -> None:
    load = Load(mailboxes)
    nodes = [Node(mailboxes.database.url, nats.url) for _ in range(2)]
    async with started(*nodes):
        sending = asyncio.create_task(load.send())
        for n, moment in enumerate(load.moments(3, SEED)):
            await load.until(moment)
            await nodes[n % 2].kill()
            await nodes[n % 2].start()
        assert await settled(load, sending) == Faults()
    assert await mailboxes.dead_letters(TENANT) == []


async def test_a_worker_that_hangs_past_its_lease_and_wakes_up(
    mailboxes: Mailboxes, nats: EmbeddedNats
) -> None:
    load = Load(mailboxes)
    steady, sleeper = Node(mailboxes.database.url, nats.url), Node(mailboxes.database.url, nats.url)
    async with started(steady, sleeper):
        sending = asyncio.create_task(load.send())
        for moment in load.moments(3, SEED):
            await load.until(moment)
            sleeper.hang()
            await load.until_expired(sleeper)
            sleeper.wake()
        assert await settled(load, sending) == Faults()


async def test_clocks_that_jump(mailboxes: Mailboxes, nats: EmbeddedNats) -> None:
    load = Load(mailboxes)
    nodes = [Node(mailboxes.database.url, nats.url) for _ in range(2)]
    hour = "update mailbox.mailbox set ready_at = ready_at {} interval '1 hour' where owner is not null"
    async with started(*nodes):
        sending = asyncio.create_task(load.send())
        first, second, third = load.moments(3, SEED)
        await load.until(first)
        await nodes[0].jump_in_time()
        await load.until(second)
        async with mailboxes.database.transaction(TENANT) as tx:  # as if the database's went on by an hour
            await tx.execute(hour.format("-").encode())
        await load.until(third)
        async with mailboxes.database.transaction(
            TENANT
        ) as tx:  # and back: who holds a lease holds it longer
            await tx.execute(hour.format("+").encode())
        assert await settled(load, sending) == Faults()


async def test_nats_killed_and_back(database_url: str, own_nats: EmbeddedNats) -> None:
    async with await Database.open(database_url) as database, await EventBus.open(own_nats.url) as bus:
        load = Load(Mailboxes(database, bus))
        async with started(Node(database_url, own_nats.url), Node(database_url, own_nats.url)):
            sending = asyncio.create_task(load.send())
            for moment in load.moments(2, SEED):
                await load.until(moment)
                kill_and_restart(own_nats)
            assert await settled(load, sending) == Faults()


async def test_a_cluster_of_three_nats_servers_loses_its_leader(
    database_url: str, nats_cluster: Cluster
) -> None:
    await asyncio.to_thread(nats_cluster.leader)
    async with (
        await Database.open(database_url) as database,
        await EventBus.open(nats_cluster.url, patience=30) as bus,
    ):
        load = Load(Mailboxes(database, bus))
        async with started(Node(database_url, nats_cluster.url), Node(database_url, nats_cluster.url)):
            sending = asyncio.create_task(load.send())
            [moment] = load.moments(1, SEED)
            await load.until(moment)
            nats_cluster.kill(nats_cluster.leader())
            assert await settled(load, sending) == Faults()


async def test_the_postmaster_killed_and_restarted(
    own_postgres: EmbeddedPostgres, nats: EmbeddedNats
) -> None:
    url = unit_url(own_postgres.url, "supervisor", SECRET)
    async with await Database.open(url) as database, await EventBus.open(nats.url) as bus:
        load = Load(Mailboxes(database, bus))
        async with started(Node(url, nats.url), Node(url, nats.url)):
            sending = asyncio.create_task(load.send())
            for moment in load.moments(2, SEED):
                await load.until(moment)
                kill_and_restart(own_postgres)
            assert await settled(load, sending) == Faults()


def allow_files_of(server: EmbeddedPostgres, size: int) -> None:
    """Limit the files of connections from now on: what stands in the way of a full disk is their size."""
    assert server.process is not None
    psutil.Process(server.process.pid).rlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def test_a_disk_that_is_full_refuses_clearly_and_keeps_nothing_half(
    own_postgres: EmbeddedPostgres,
) -> None:
    url = unit_url(own_postgres.url, "supervisor", SECRET)
    large = {"parts": [{"text": secrets.token_hex(450_000)}]}
    allow_files_of(own_postgres, 18_000_000)
    async with await Database.open(url) as database:
        mailboxes = Mailboxes(database)
        acknowledged = 0
        with pytest.raises(Unavailable, match="disk"):  # noqa: PT012
            while acknowledged < 100:
                await mailboxes.send(TENANT, f"{KIND}:a", large | {"metadata": {"n": acknowledged}})
                acknowledged += 1
        state = await mailboxes.state(TENANT, f"{KIND}:a")
        assert (state.pending, state.tail) == (acknowledged, acknowledged)
    allow_files_of(own_postgres, resource.RLIM_INFINITY)
    async with await Database.open(url) as database:
        mailboxes = Mailboxes(database)
        sent = await mailboxes.send(TENANT, f"{KIND}:a", numbered(acknowledged))
        assert sent.seq == acknowledged + 1
        kept = await mailboxes.history(TENANT, f"{KIND}:a", limit=200)
        assert [entry.body["metadata"]["n"] for entry in kept] == list(range(acknowledged + 1))
