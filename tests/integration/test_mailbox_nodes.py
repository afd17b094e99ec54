"""Two nodes, each on a host of its own, one of which is cut off and then left alone; and nodes that are replaced."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest

from shared.engines import EmbeddedNats
from shared.events import EventBus
from shared.mailbox import Mailboxes
from shared.storage import Database
from shared.storage.roles import unit_url
from tests.support.engines import SECRET, UnitDatabases
from tests.support.hosts import Host, namespaces_are_permitted, two_hosts
from tests.support.mailbox_nodes import Faults, Load, Node, started
from tests.support.means import Means

SEED = 7
HOUR = 3600.0
MEANS = {True: "network namespaces joined by a cable", False: "process groups at addresses of loopback"}


@pytest.fixture
def database_url(unit_databases: UnitDatabases) -> Iterator[str]:
    admin_url = unit_databases.create("supervisor")
    with psycopg.connect(admin_url, autocommit=True) as connection:
        setting = f"alter role hiremesh_supervisor in database {connection.info.dbname} set "
        connection.execute(f"{setting} idle_in_transaction_session_timeout = '1s'".encode())
    yield unit_url(admin_url, "supervisor", SECRET)
    unit_databases.drop(admin_url)


@pytest.fixture
async def load(database_url: str, nats: EmbeddedNats) -> AsyncIterator[Load]:
    async with await Database.open(database_url) as database, await EventBus.open(nats.url) as bus:
        yield Load(Mailboxes(database, bus))


@pytest.fixture
async def hosts(database_url: str, nats: EmbeddedNats, means: Means) -> AsyncIterator[list[Host]]:
    namespaces = namespaces_are_permitted()
    means(f"Two nodes were shown by: {MEANS[namespaces]}.")
    async with two_hosts([database_url, nats.url], namespaces=namespaces) as two:
        yield two


async def test_a_node_cut_off_and_back_keeps_order_and_effects_and_does_the_rest_alone(
    load: Load, hosts: list[Host]
) -> None:
    stays, leaves = (Node(*host.urls, where=host.prefix) for host in hosts)
    async with started(stays, leaves):
        both = {*stays.pids, *leaves.pids}
        sending = asyncio.create_task(load.send())
        first, second = load.moments(2, SEED)
        await load.until(first)
        hosts[1].cut()
        await load.until_expired(leaves)
        await load.until(second)
        await stays.kill()
        hosts[1].mend()
        await sending
        await load.until_handled()
        assert await load.faults() == Faults()
        assert await load.handled_by() == both


async def test_workers_replaced_one_by_one_leave_nothing_for_a_lease_to_end(
    load: Load, database_url: str, nats: EmbeddedNats
) -> None:
    nodes = [Node(database_url, nats.url, lease=HOUR) for _ in range(3)]
    async with started(*nodes):
        sending = asyncio.create_task(load.send())
        for node, moment in zip(nodes, load.moments(3, SEED), strict=True):
            await load.until(moment)
            await node.drain()
            await node.start()
        await sending
        await load.until_handled()
        assert await load.faults() == Faults()
