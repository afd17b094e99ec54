"""Two nodes, each a process group at an address of its own, one of which is cut off."""

import asyncio

import psycopg

from shared.engines import EmbeddedNats
from shared.events import EventBus
from shared.mailbox import Mailboxes
from shared.storage import Database
from shared.storage.roles import unit_url
from tests.support.engines import SECRET, UnitDatabases
from tests.support.mailbox_nodes import Faults, Line, Load, Node, started

SEED = 7


async def test_a_node_cut_off_and_back_keeps_order_and_effects(
    unit_databases: UnitDatabases, nats: EmbeddedNats
) -> None:
    admin_url = unit_databases.create("supervisor")
    with psycopg.connect(admin_url, autocommit=True) as connection:
        setting = f"alter role hiremesh_supervisor in database {connection.info.dbname} set "
        connection.execute(f"{setting} idle_in_transaction_session_timeout = '1s'".encode())
    url = unit_url(admin_url, "supervisor", SECRET)
    here = Line("127.0.0.2", url), Line("127.0.0.2", nats.url)
    there = Line("127.0.0.3", url), Line("127.0.0.3", nats.url)
    async with (
        here[0] as here_url,
        here[1] as here_nats,
        there[0] as there_url,
        there[1] as there_nats,
        await Database.open(url) as database,
        await EventBus.open(nats.url) as bus,
    ):
        load = Load(Mailboxes(database, bus))
        stays, leaves = Node(here_url, here_nats), Node(there_url, there_nats)
        async with started(stays, leaves):
            sending = asyncio.create_task(load.send())
            first, second = load.moments(2, SEED)
            await load.until(first)
            for line in there:
                line.cut()
            await load.until_expired(leaves)
            await load.until(second)
            for line in there:
                line.mend()
            await sending
            await load.until_handled()
            assert await load.faults() == Faults()
    unit_databases.drop(admin_url)
