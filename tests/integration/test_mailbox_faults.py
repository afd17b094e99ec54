"""Processes and engines that end, hang or lose their way under load: nothing lost, nothing twice, order kept."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta

import httpx
import psycopg
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.engines import EmbeddedNats
from shared.events import EventBus
from shared.kernel.errors import Unavailable
from shared.mailbox import LeaseLost, Mailboxes
from shared.mailbox.claims import Claims
from shared.mailbox.clock import DatabaseClock
from shared.storage import Database
from shared.storage.errors import DISK_RETRY_SECONDS
from shared.storage.roles import unit_url
from supervisor.chat.agui import guarded
from tests.support.engines import SECRET, UnitDatabases
from tests.support.machine import Machine
from tests.support.mailbox_nodes import TENANT, Faults, Load, Node, started
from tests.support.mailbox_worker import KIND, numbered
from tests.support.means import Means
from tests.support.nats_cluster import Cluster
from tests.support.set_clock import SetClock

SEED = 2_026
BOX = f"{KIND}:0"
LARGE = {"parts": [{"text": secrets.token_hex(450_000)}]}
# Locks of a client that hangs are freed after a second here, not after a minute.
ABANDONED = "alter role hiremesh_supervisor in database {} set idle_in_transaction_session_timeout = '1s'"


@pytest.fixture
def admin_url(unit_databases: UnitDatabases) -> Iterator[str]:
    admin_url = unit_databases.create("supervisor")
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(ABANDONED.format(connection.info.dbname).encode())
    yield admin_url
    unit_databases.drop(admin_url)


@pytest.fixture
def database_url(admin_url: str) -> str:
    return unit_url(admin_url, "supervisor", SECRET)


@pytest.fixture
def clock(admin_url: str) -> SetClock:
    return SetClock(admin_url)


@pytest.fixture
async def mailboxes(database_url: str, nats: EmbeddedNats) -> AsyncIterator[Mailboxes]:
    async with await Database.open(database_url) as database, await EventBus.open(nats.url) as bus:
        yield Mailboxes(database, bus)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, means: Means) -> Iterator[Machine]:
    """Engines that a test may break."""
    running = Machine(tmp_path_factory.mktemp("machine"))
    means(running.means)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def machine_databases(machine: Machine) -> UnitDatabases:
    return UnitDatabases(machine)


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


async def test_the_clocks_of_a_worker_and_of_the_database_jump_by_hours_forward_and_back(
    clock: SetClock, mailboxes: Mailboxes, nats: EmbeddedNats
) -> None:
    load = Load(mailboxes)
    nodes = [Node(mailboxes.database.url, nats.url) for _ in range(2)]
    async with started(*nodes):
        sending = asyncio.create_task(load.send())
        first, *moments = load.moments(5, SEED)
        await load.until(first)
        await nodes[0].jump_in_time()
        for moment, hours in zip(moments, (3, -2, 5, -7), strict=True):
            await load.until(moment)
            clock.set(hours=hours)
        assert await settled(load, sending) == Faults()


async def test_what_was_due_stays_due_when_the_database_is_set_back_and_what_is_scheduled_waits(
    clock: SetClock, mailboxes: Mailboxes
) -> None:
    claims, kept = Claims(mailboxes, "me", lease=60), DatabaseClock(mailboxes, KIND, 60)
    await kept.look()
    for name, not_before in (("due", None), ("later", await mailboxes.now() + timedelta(minutes=1))):
        await mailboxes.send(TENANT, f"{KIND}:{name}", numbered(1), not_before=not_before)
    clock.set(hours=-5)
    assert await claims.claim(KIND, [9, 9, 9]) == []
    await kept.look()
    [[message]] = await claims.claim(KIND, [9, 9, 9])
    assert message.mailbox == f"{KIND}:due"
    clock.set(hours=1)
    [[again], [other]] = sorted(await claims.claim(KIND, [9, 9, 9]), key=lambda held: held[0].mailbox)
    assert (again.mailbox, other.mailbox) == (message.mailbox, f"{KIND}:later")
    with pytest.raises(LeaseLost):
        async with mailboxes.transaction(TENANT) as tx:
            await claims.done(tx, [message])


async def test_the_engines_killed_at_random_moments_and_started_again_by_the_launcher(
    machine: Machine, machine_databases: UnitDatabases
) -> None:
    url = unit_url(machine_databases.create("supervisor"), "supervisor", SECRET)
    async with await Database.open(url) as database, await EventBus.open(machine.nats_url) as bus:
        load = Load(Mailboxes(database, bus))
        async with started(Node(url, machine.nats_url), Node(url, machine.nats_url)):
            sending = asyncio.create_task(load.send())
            for moment, engine in zip(load.moments(4, SEED), ("postgres", "nats") * 2, strict=True):
                await load.until(moment)
                await asyncio.to_thread(machine.kill, engine)
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


async def test_a_disk_that_is_full_refuses_clearly_keeps_nothing_half_and_all_goes_on_when_there_is_space(
    machine: Machine, machine_databases: UnitDatabases
) -> None:
    url = unit_url(machine_databases.create("supervisor"), "supervisor", SECRET)
    async with await Database.open(url) as database, await EventBus.open(machine.nats_url) as bus:
        mailboxes = Mailboxes(database)
        load = Load(mailboxes)
        await load.acknowledged(BOX, 0)
        published = [await bus.publish_ui(TENANT, "agent", {"n": n}) for n in range(3)]
        await asyncio.to_thread(machine.fill)
        acknowledged, refused = await sent_until_refused(mailboxes)
        assert "disk" in refused.message
        answer = await answered(mailboxes)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, f"{DISK_RETRY_SECONDS:.0f}")
        state = await mailboxes.state(TENANT, BOX)
        assert (state.pending, state.tail) == (acknowledged, acknowledged)
        await unkept(bus)
        await asyncio.to_thread(machine.end_log)
        await asyncio.to_thread(machine.free)
        await load.acknowledged(BOX, acknowledged)
        kept = await mailboxes.history(TENANT, BOX, limit=200)
        assert [entry.body["metadata"]["n"] for entry in kept] == list(range(acknowledged + 1))
        published.append(await bus.publish_ui(TENANT, "agent", {"n": 3}, message_id="3", patience=60))
        for blow in (machine.fill, lambda: machine.kill("nats"), machine.free):
            await asyncio.to_thread(blow)
        published.append(await bus.publish_ui(TENANT, "agent", {"n": 4}, message_id="4", patience=60))
        replayed = [event async for event in bus.replay(TENANT, "agent")]
    assert [event.seq for event in replayed if event.event["n"] is not None] == published


async def sent_until_refused(mailboxes: Mailboxes) -> tuple[int, Unavailable]:
    """Send large messages; returns how many were taken in, and the refusal of the next."""
    for n in range(1, 100):
        try:
            await mailboxes.send(TENANT, BOX, numbered(n) | LARGE)
        except Unavailable as refused:
            return n, refused
    raise AssertionError("all of it found space")


async def answered(mailboxes: Mailboxes) -> httpx.Response:
    """Have somebody send a large message over HTTP."""

    async def send(_: Request) -> Response:
        await mailboxes.send(TENANT, BOX, LARGE)
        return Response()

    app = Starlette(routes=[Route("/", guarded(send), methods=["POST"])])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mailbox.test") as http:
        return await http.post("/")


async def unkept(bus: EventBus) -> None:
    """Publish an event of which nobody knows whether it is kept."""
    with suppress(Unavailable):
        await bus.publish_ui(TENANT, "agent", {"n": None, "text": "x" * 100_000}, patience=0)
