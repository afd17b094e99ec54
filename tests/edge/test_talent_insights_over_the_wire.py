"""Talent insights over real MCP: fed by the candidates and jobs units, asked by people of two organisations."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from servers.candidates.core.intake import Intake
from servers.candidates.core.keeping import Keeping
from servers.candidates.core.reading import Reading
from servers.candidates.server import Service
from servers.candidates.server import build_server as candidates_server
from servers.candidates.store import PostgresCandidates
from servers.jobs.core.knowledge import Knowledge
from servers.jobs.core.postings import Postings
from servers.jobs.server import Service as JobsService
from servers.jobs.server import build_server as jobs_server
from servers.jobs.store import PostgresJobs
from servers.recruiter_search.asking import UnitSources
from servers.talent_insights.core.figures import Desk
from servers.talent_insights.core.models import InsightStatus, Supply, WhatIf
from servers.talent_insights.core.noise import Noise
from servers.talent_insights.server import build_server
from servers.talent_insights.store import DuckDBMarket
from shared.edge.units import Units
from shared.following.feed import UnitFeed
from shared.following.follower import Follower
from shared.kernel.clock import SystemClock
from shared.kernel.errors import InvalidInput
from shared.mailbox.outbox import Outbox
from shared.taxonomy import Taxonomy
from tests.support.engines import OpenUnitDatabase
from tests.support.market import people, people_rows, posting_rows
from tests.support.units import BOB, OpenGate, hosted, mcp_client, units_at

POSTING = {
    "@type": "JobPosting",
    "title": "Data Engineer",
    "description": "You write Python.",
    "jobLocation": {"address": {"addressLocality": "Berlin", "addressCountry": "DE"}},
    "identifier": "p-1",
}


class Site:
    """The three units, and the desk behind the insights."""

    def __init__(self, units: Units, desk: Desk) -> None:
        self.units = units
        self.desk = desk

    async def ask(self, tool: str, returns: type[Any], **arguments: Any) -> Any:
        return await self.units.call_tool("talent_insights", tool, arguments, returns)


@pytest.fixture
async def site(unit_database: OpenUnitDatabase, tmp_path: Path) -> AsyncGenerator[Site]:
    clock = SystemClock()
    records = PostgresCandidates(Outbox("candidates", await unit_database("candidates")))
    service = Service(
        reading=Reading(records), intake=Intake(records, clock), keeping=Keeping(records, clock)
    )
    jobs_store = PostgresJobs(Outbox("jobs", await unit_database("jobs")))
    jobs_service = JobsService(Postings(jobs_store, clock), Knowledge(jobs_store, clock))
    market = DuckDBMarket(tmp_path, threads=1)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        stack.push_async_callback(market.aclose)
        candidates = await enter(hosted(candidates_server(service), name="candidates"))
        jobs = await enter(hosted(jobs_server(jobs_service), name="jobs"))
        feeding = await enter(units_at(candidates=candidates.url, jobs=jobs.url))
        desk = Desk(
            market,
            Follower(
                market.people,
                UnitFeed(feeding, "talent_insights", "candidates", "list_changes"),
                people_rows,
                clock,
            ),
            Follower(
                market.postings,
                UnitFeed(feeding, "talent_insights", "jobs", "list_posting_changes"),
                posting_rows,
                clock,
            ),
            clock,
            Taxonomy.compact(),
            5,
            Noise(b"a secret of the tests", 0, least=5),
        )
        stack.push_async_callback(desk.people.aclose)
        stack.push_async_callback(desk.postings.aclose)
        asked = await enter(hosted(build_server(desk), name="talent_insights"))
        urls = {"candidates": candidates.url, "jobs": jobs.url, "talent_insights": asked.url}
        yield Site(await enter(units_at(**urls)), desk)


async def test_from_an_import_to_what_a_requirement_costs_and_to_no_other_organisation(site: Site) -> None:
    items = [
        {**one.profile.model_dump(mode="json", by_alias=True, exclude_none=True), "meta": {"number": number}}
        for number, one in enumerate(people()[:40])
    ]
    for number, item in enumerate(items):
        item["basics"] |= {"name": f"Sample Person{number}", "email": f"person{number}@mail.example"}
    arguments = {"items": items, "source": "sample", "format": "json_resume"}
    await site.units.call_tool("candidates", "import_profiles", arguments, dict[str, Any], timeout=60)
    posted = {"items": [POSTING], "source": "sample"}
    await site.units.call_tool("jobs", "import_postings", posted, dict[str, Any])
    before = await site.ask("insight_status", InsightStatus)
    await site.desk.people.catch_up("acme")
    await site.desk.postings.catch_up("acme")

    after = await site.ask("insight_status", InsightStatus)
    role = {"occupation": "Data engineer", "place": "Berlin", "skills": ["Python", "Kubernetes"]}
    told = await site.ask("pool_what_if", WhatIf, segment=role)
    supply = await site.ask("talent_supply", Supply, segment={"place": "Berlin"}, by="skill")

    employers = await UnitSources(site.units).employers({"min_headcount": 5})

    assert before.k == 5
    assert (employers.employers, employers.told, employers.basis.n) == (["acme data"], 1, 40)
    assert (after.people, after.postings, after.caught_up, after.people_behind) == (40, 1, True, 0)
    assert (told.people, {c.change: c.gained for c in told.relax}["drop Kubernetes"]) == (24, 16)
    assert (supply.people, supply.open_postings, supply.basis.complete) == (40, 1, True)

    async with mcp_client(
        build_server(site.desk), name="talent_insights", gate=OpenGate(principal=BOB)
    ) as bob:
        foreign = (await bob.call_tool("talent_supply", {})).structured_content
    assert foreign is not None
    assert (foreign["people"], foreign["open_postings"], foreign["groups"]) == (None, 0, [])


async def test_a_question_by_a_protected_attribute_is_refused_with_the_reason(site: Site) -> None:
    with pytest.raises(InvalidInput, match="must not count"):
        await site.ask("talent_supply", Supply, segment={"age": "30-40"})


async def test_each_tool_only_reads(site: Site) -> None:
    gate = OpenGate(risks=frozenset({"read"}))
    async with mcp_client(build_server(site.desk), name="talent_insights", gate=gate) as client:
        for tool in (await client.list_tools()).tools:
            await client.call_tool(tool.name, {})
    assert {risk for _, risk in gate.decided} == {"read"}
