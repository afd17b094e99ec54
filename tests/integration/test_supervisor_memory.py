"""What a recruiter's agent remembers: kept across restarts, apart by tenant and person, bounded, and used."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import psycopg
import pytest
from langgraph.store.base import GetOp
from langgraph.store.postgres.aio import AsyncPostgresStore

from shared.engines import EmbeddedNats
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.storage import Database
from supervisor.checkpoints import tenant_of_checkpoints, tenant_pool
from supervisor.memory import MOST_WISHES, Memory, open_store
from tests.support.catalogue import hiring_catalogue
from tests.support.engines import OpenUnitDatabase
from tests.support.scripted_units import ScriptedUnits
from tests.support.supervisor_desk import Desk, open_desk, said

ADA = "person:ada.l@acme.example"


@pytest.fixture
async def database(unit_database: OpenUnitDatabase) -> Database:
    return await unit_database("supervisor")


@asynccontextmanager
async def memory(database: Database) -> AsyncIterator[Memory]:
    async with open_store(database.url) as store:
        yield Memory(store)


async def test_a_wish_is_kept_across_a_restart_and_forgotten_on_request(database: Database) -> None:
    async with memory(database) as first:
        await first.hear("acme", ADA, "always remote")
        await first.hear("acme", ADA, "from now on add a driving licence")
    async with memory(database) as again:
        kept = await again.wishes("acme", ADA)
        told = await again.hear("acme", ADA, "what do you remember?")
        await again.hear("acme", ADA, "forget that remote")
        left = await again.wishes("acme", ADA)

    assert kept == ["remote", "add a driving licence"]
    assert told is not None
    assert "“remote”; “add a driving licence”" in told
    assert left == ["add a driving licence"]


async def test_nobody_else_has_it_neither_in_the_tenant_nor_beyond(database: Database) -> None:
    async with memory(database) as kept:
        await kept.hear("acme", ADA, "always remote")

        assert await kept.wishes("acme", "person:bob") == []
        assert await kept.wishes("bolt", ADA) == []


async def test_the_database_itself_keeps_tenants_apart_whatever_namespace_is_asked_for(
    database: Database,
) -> None:
    async with memory(database) as kept:
        await kept.hear("acme", ADA, "always remote")
    async with tenant_pool(database.url, max_size=1) as pool:
        bare = AsyncPostgresStore(pool)
        with tenant_of_checkpoints("acme"):
            [namespace] = await namespaces(database)
            labels = tuple(namespace.split("."))
            [own] = await bare.abatch([GetOp(labels, await only_key(database))])
        with tenant_of_checkpoints("bolt"):
            [foreign] = await bare.abatch([GetOp(labels, await only_key(database))])
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await pool_put(bare, labels)

    assert own is not None
    assert foreign is None


async def pool_put(store: AsyncPostgresStore, labels: tuple[str, ...]) -> None:
    from langgraph.store.base import PutOp

    await store.abatch([PutOp(labels, "planted", {"wish": "planted"})])


async def namespaces(database: Database) -> list[str]:
    async with database.transaction("acme") as tx:
        return [row["prefix"] for row in await (await tx.execute("select prefix from store")).fetchall()]


async def only_key(database: Database) -> str:
    async with database.transaction("acme") as tx:
        [row] = await (await tx.execute("select key from store")).fetchall()
        return row["key"]


async def test_it_is_bounded_and_the_one_used_least_lately_makes_room(database: Database) -> None:
    async with memory(database) as kept:
        for number in range(MOST_WISHES + 3):
            await kept.hear("acme", ADA, f"always add skill number {number}")
        wishes = await kept.wishes("acme", ADA)

    assert len(wishes) == MOST_WISHES
    assert wishes[0] == "add skill number 3"


async def test_what_has_expired_is_neither_told_nor_kept(database: Database) -> None:
    async with memory(database) as kept:
        await kept.hear("acme", ADA, "always remote")
        async with database.transaction("acme") as tx:
            await tx.execute("update store set expires_at = now() - interval '1 minute'")
        assert await kept.wishes("acme", ADA) == []

        await kept.hear("acme", ADA, "always hybrid")
        assert len(await namespaces(database)) == 1


@pytest.fixture
async def desk(database: Database, nats: EmbeddedNats) -> AsyncIterator[Desk]:
    units = ScriptedUnits(
        hiring_catalogue(),
        {
            "intake.draft_requirements": lambda _, n: {"requirements": {"draft": n}},
            "projects.create_project": lambda _, n: {"project": {"id": n}},
        },
    )
    ada = Principal(subject=f"person:{new_id('ada')}", kind="person", tenant="acme")
    async with AsyncExitStack() as closing:
        yield await open_desk(closing, database, nats.url, units, ada)


async def test_the_next_role_is_drafted_with_what_was_wanted_for_every_role(desk: Desk) -> None:
    heard = await desk.say("always hybrid", thread="t0")

    events = await desk.say("hire a nurse", thread="t1")

    assert "keep that in mind" in said(heard)
    assert "I keep in mind what you want for every role: “hybrid”." in said(events)
    assert desk.units.arguments[0][1]["changes"] == ["hybrid"]
