"""What a recruiter's agent remembers: kept across restarts, apart by tenant and person, bounded, and used."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from shared.agents.memory import open_memory
from shared.engines import EmbeddedNats
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.storage import Database
from supervisor.memory import MOST_WISHES, Memory
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
    async with open_memory(database.url) as store:
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
        async with database.transaction("acme") as tx:
            rows = await (await tx.execute("select value from store")).fetchall()
        assert [row["value"] for row in rows] == [{"wish": "hybrid"}]


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
