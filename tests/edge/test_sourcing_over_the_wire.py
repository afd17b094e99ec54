"""Candidates, recruiter search and sourcing together, over real MCP and A2A, on real engines."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import to_json

from servers.candidates.core.intake import Intake
from servers.candidates.core.keeping import Keeping
from servers.candidates.core.reading import Reading
from servers.candidates.server import Service
from servers.candidates.server import build_server as candidates_server
from servers.candidates.store import PostgresCandidates
from servers.recruiter_search.core.results import IndexStatus, ProfileView, SearchPage
from servers.recruiter_search.core.search import TalentSearch
from servers.recruiter_search.deriving import deriving_pool
from servers.recruiter_search.server import build_server as search_server
from servers.recruiter_search.store import TantivyIndex
from servers.sourcing.agent import build_agent
from servers.sourcing.core.finding import Finding
from servers.sourcing.core.models import ExplainSearchResult, FindCandidatesResult
from servers.sourcing.core.needs import read_needs
from servers.sourcing.core.portfolio import Portfolio
from servers.sourcing.core.showing import Asked
from servers.sourcing.sources import UnitSources
from servers.sourcing.store import PostgresShelf
from shared.edge.progress import Progress
from shared.edge.units import Units
from shared.following.feed import UnitFeed
from shared.following.follower import Follower
from shared.kernel.clock import SystemClock
from shared.kernel.errors import InvalidInput, NotFound
from shared.mailbox.outbox import Outbox
from shared.taxonomy import Taxonomy
from supervisor.sample_pool import generate_pool
from tests.support.engines import OpenUnitDatabase
from tests.support.sourcing import role, skill
from tests.support.units import hosted, units_at

PEOPLE = 300
ROLE = role(
    skill("q1", "python"),
    skill("q2", "sql"),
    title="Data Engineer",
    location=None,
    country_code=None,
    work_mode="remote",
)


@dataclass
class Site:
    units: Units
    imported: int

    async def search(self, **arguments: Any) -> SearchPage:
        return await self.units.call_tool(
            "recruiter_search", "search_candidates", {"at_least_seq": self.imported, **arguments}, SearchPage
        )


@pytest.fixture
async def site(unit_database: OpenUnitDatabase, tmp_path: Path) -> AsyncIterator[Site]:
    store, clock, taxonomy = (
        PostgresCandidates(Outbox("candidates", await unit_database("candidates"))),
        SystemClock(),
        Taxonomy.compact(),
    )
    service = Service(
        reading=Reading(store),
        intake=Intake(store, clock),
        keeping=Keeping(store, clock),
    )
    shelf, index, pool = (
        PostgresShelf(await unit_database("sourcing")),
        TantivyIndex(tmp_path),
        deriving_pool(),
    )
    items = [one.model_dump(mode="json", exclude_none=True) for one in generate_pool(5, PEOPLE)]
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        stack.push_async_callback(pool.aclose)
        stack.push_async_callback(index.aclose)
        candidates = await enter(hosted(candidates_server(service), name="candidates"))
        units = await enter(units_at(candidates=candidates.url))
        arguments = {"items": items, "source": "sample", "format": "json_resume"}
        await units.call_tool("candidates", "import_profiles", arguments, dict[str, Any], timeout=60)
        follower = Follower(
            index, UnitFeed(units, "recruiter_search", "candidates", "list_changes"), pool.derive, clock
        )
        search = TalentSearch(index, follower, taxonomy)
        searching = await enter(hosted(search_server(search), name="recruiter_search"))
        finders = await enter(units_at(recruiter_search=searching.url))
        agent = build_agent(Finding(shelf, UnitSources(finders), taxonomy), shelf)
        sourcing = await enter(hosted(agent, name="sourcing"))
        urls = {"recruiter_search": searching.url, "sourcing": sourcing.url}
        yield Site(await enter(units_at(candidates=candidates.url, **urls)), PEOPLE)
        await follower.aclose()


async def test_from_an_import_to_an_explained_search(site: Site) -> None:
    found = await site.search(text="nurse", facets=["occupations"])
    assert found.indexed_seq == PEOPLE
    assert found.total > 0

    view = await site.units.call_tool(
        "recruiter_search", "get_profile", {"candidate_id": found.hits[0].candidate_id}, ProfileView
    )
    assert view.candidate_id == found.hits[0].candidate_id
    assert b".example" not in to_json(view)

    progress: list[Progress] = []

    async def watch(one: Progress) -> None:
        progress.append(one)

    first = await site.units.send(
        "sourcing",
        "find_candidates",
        {"requirements": ROLE.model_dump(mode="json")},
        FindCandidatesResult,
        on_progress=watch,
    )
    assert 0 < len(first.found.candidate_ids) <= 50
    assert any("Searching" in one.text for one in progress)

    told = await site.units.send(
        "sourcing", "explain_search", {"search_id": first.state.search_id}, ExplainSearchResult
    )
    assert told.shown == len(first.found.candidate_ids)

    needs = read_needs(ROLE, Taxonomy.compact())
    core = Portfolio(needs, Taxonomy.compact()).queries()[0]
    asked = Asked(needs, Taxonomy.compact())
    page = await UnitSources(site.units).people(core, [], 100)
    assert [asked.shown_by(hit) for hit in page.hits] == [
        ["Python", "SQL", "work as Data engineer"]
    ] * page.total
    assert page.total > 0

    with pytest.raises(InvalidInput, match="never closed"):
        await site.search(expression="(nurse OR doctor")
    with pytest.raises(NotFound):
        await site.units.call_tool(
            "recruiter_search", "get_profile", {"candidate_id": "cand_nobody"}, ProfileView
        )

    await site.units.call_tool(
        "candidates", "delete_candidate", {"candidate_id": view.candidate_id}, dict[str, Any]
    )
    site.imported += 1
    again = await site.search(text="nurse", limit=100)
    assert view.candidate_id not in [hit.candidate_id for hit in again.hits]
    status = await site.units.call_tool("recruiter_search", "index_status", {}, IndexStatus)
    assert (status.candidates, status.caught_up) == (PEOPLE - 1, True)
