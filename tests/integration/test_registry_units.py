"""The registry against real units, a real database and real events."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from mcp.server.mcpserver import MCPServer

from servers.registry.core.directory import Directory
from servers.registry.core.models import SkillPage, UnitInfo, UnitList, UnitState
from servers.registry.following import NatsAnnouncer
from servers.registry.probing import HttpProber
from servers.registry.server import build_server
from servers.registry.store import PostgresLedger
from shared.edge.a2a_cards import card_json
from shared.edge.cards import McpCard, with_tools
from shared.edge.partners import Outside
from shared.edge.settings import UnitSettings
from shared.engines import EmbeddedNats
from shared.events import EventBus, UnitEvent
from shared.kernel.clock import SystemClock
from shared.kernel.errors import Unavailable
from shared.storage import Database
from shared.wire.planning import planning_meta
from tests.support.engines import OpenUnitDatabase
from tests.support.sample_units import Echo, sample_agent, sample_card, sample_server
from tests.support.units import FixedTokens, hosted, units_at

PROSE = McpCard(name="tools", title="Tools", description="For tests.", instructions="None.")


@asynccontextmanager
async def directory_of(
    units: list[UnitState], database: Database, nats_url: str
) -> AsyncGenerator[tuple[Directory, EventBus]]:
    async with AsyncExitStack() as closing:
        outside = Outside(UnitSettings(partners_on_private_networks=True))
        closing.push_async_callback(outside.aclose)
        prober = await closing.enter_async_context(HttpProber(FixedTokens(), outside))
        events = await closing.enter_async_context(await EventBus.open(nats_url))
        directory = Directory(units, prober, PostgresLedger(database), NatsAnnouncer(events), SystemClock())
        await directory.restore()
        yield directory, events


def changed_server() -> MCPServer[Any]:
    server = sample_server()

    @server.tool(meta=planning_meta(risk="write"))
    async def newcomer() -> Echo:
        """Was not there when the card was accepted."""
        return Echo(text="new")

    return server


async def test_real_units_are_compared_with_their_pinned_cards_and_drift_is_quarantined_until_pinned(
    unit_database: OpenUnitDatabase, nats: EmbeddedNats
) -> None:
    database = await unit_database("registry")
    pinned = (await with_tools(PROSE, sample_server())).model_dump(mode="json")
    async with (
        hosted(sample_server(), name="tools", card=PROSE) as good,
        hosted(sample_agent(), name="sample") as agent,
        hosted(changed_server(), name="drifted", card=PROSE) as drifted,
    ):
        units = [
            UnitState(name="tools", kind="mcp", url=good.url, accepted=pinned),
            UnitState(name="sample", kind="a2a", url=agent.url, accepted=card_json(sample_card())),
            UnitState(name="drifted", kind="mcp", url=drifted.url, accepted=pinned),
            UnitState(name="gone", kind="mcp", url="http://127.0.0.1:9", accepted=pinned),
        ]
        async with (
            directory_of(units, database, nats.url) as (directory, _),
            hosted(build_server(directory), name="registry") as registry,
            units_at(registry=registry.url) as calls,
        ):
            listed = await calls.call_tool("registry", "refresh", {}, UnitList)
            found = await calls.call_tool("registry", "search_skills", {"risk": "write"}, SkillPage)
            pinned_now = await calls.call_tool("registry", "pin_unit", {"name": "drifted"}, UnitInfo)
            after = await calls.call_tool("registry", "search_skills", {"query": "newcomer"}, SkillPage)
    assert {unit.name: unit.status for unit in listed.units} == {
        "tools": "active",
        "sample": "active",
        "drifted": "quarantined",
        "gone": "down",
    }
    assert [(one.where, one.change) for one in listed.units[0].differences] == [("skill newcomer", "added")]
    assert [skill.id for skill in found.skills] == ["sample.work"]
    assert found.skills[0].planning.requires == {"text": "work.order"}
    assert pinned_now.status == "active"
    assert after.skills[0].id == "drifted.newcomer"


async def test_what_was_known_is_there_after_a_restart(
    unit_database: OpenUnitDatabase, nats: EmbeddedNats
) -> None:
    database = await unit_database("registry")
    async with (
        hosted(sample_agent(), name="partner") as partner,
        directory_of([], database, nats.url) as (directory, _),
    ):
        await directory.register("partner", partner.url, "person:ada", "acme", data=["posting"])
    async with directory_of([], database, nats.url) as (again, _):
        before = again.list_units("acme").units
        await again.probe_all()
        after = again.list_units("acme").units
    assert [(unit.name, unit.status, unit.kind) for unit in before] == [("partner", "active", "a2a")]
    assert after[0].status == "down"
    assert after[0].last_seen == before[0].last_seen
    assert after[0].latency_ms == before[0].latency_ms


async def test_a_change_is_told_to_whoever_follows_the_registry(
    unit_database: OpenUnitDatabase, nats: EmbeddedNats
) -> None:
    heard: defaultdict[str, asyncio.Queue[UnitEvent]] = defaultdict(asyncio.Queue)

    async def listen(event: UnitEvent) -> None:
        await heard[event.payload["unit"]].put(event)

    pinned = (await with_tools(PROSE, sample_server())).model_dump(mode="json")
    async with hosted(sample_server(), name="tools", card=PROSE) as unit:
        units = [UnitState(name="followed", kind="mcp", url=unit.url, accepted=pinned)]
        async with directory_of(units, await unit_database("registry"), nats.url) as (directory, events):
            follower = await events.consume_units("test", listen, unit="registry", what="changed")
            await directory.probe_all()
            event = await heard["followed"].get()
            await follower.aclose()
    assert event.payload == {"unit": "followed", "status": "active"}


async def test_an_address_without_a_card_cannot_be_registered(
    unit_database: OpenUnitDatabase, nats: EmbeddedNats
) -> None:
    async with directory_of([], await unit_database("registry"), nats.url) as (directory, _):
        with pytest.raises(Unavailable):
            await directory.register("nobody", "http://127.0.0.1:9", "person:ada", "acme")
