"""The tools of recruiter search, called by an MCP client."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from mcp.server import MCPServer

from servers.recruiter_search.core.changes import derive_changes
from servers.recruiter_search.core.document import Deriver, ProfileDocument
from servers.recruiter_search.core.search import TalentSearch
from servers.recruiter_search.server import build_server
from servers.recruiter_search.store import TantivyIndex
from shared.following.follower import Follower
from shared.following.model import Derived
from shared.taxonomy import Taxonomy
from tests.support.filter_pool import TODAY, changes
from tests.support.fixed_clock import FixedClock
from tests.support.talent import FakeFeed
from tests.support.units import OpenGate, mcp_client

TENANT = OpenGate().principal.tenant


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[MCPServer[Any]]:
    index, feed, deriver = TantivyIndex(tmp_path), FakeFeed(), Deriver(Taxonomy.compact())
    feed.tell(TENANT, *changes())

    async def derive(_: str, lines: Sequence[str], today: date) -> Derived[ProfileDocument]:
        return derive_changes(deriver, lines, today)

    follower = Follower(index, feed, derive, FixedClock(TODAY))
    await follower.catch_up(TENANT)
    yield build_server(TalentSearch(index, follower, Taxonomy.compact(), FixedClock(TODAY)))
    await follower.aclose()
    await index.aclose()


async def _called(server: MCPServer[Any], tool: str, **arguments: Any) -> Any:
    async with mcp_client(server, name=server.name) as client:
        return await client.call_tool(tool, arguments)


async def test_a_search_with_all_its_parts_answers_with_reasons(server: MCPServer[Any]) -> None:
    answer = await _called(
        server,
        "search_candidates",
        expression="position:(title:engineer company:cobalt)",
        filters={"skills": [{"of": "python", "within_years": 1}]},
        exclude={"current_companies": ["umber"]},
        prefer={"languages": [{"code": "de"}]},
        facets=["functions"],
    )
    page = answer.structured_content
    [hit] = page["hits"]
    assert hit["candidate_id"] == "ann"
    assert [match["clause"] for match in hit["matched"]] == [
        "filters.skills",
        "exclude.current_companies",
        "expression",
        "prefer.languages",
    ]
    assert page["facets"][0]["values"] == [{"value": "data", "label": "data", "count": 1}]


async def test_what_a_clause_costs_is_told(server: MCPServer[Any]) -> None:
    answer = await _called(server, "clause_counts", filters={"skills_all": ["python", "cobol"]})
    assert answer.structured_content["told"] == "Nobody at all satisfies skills all: cobol."


@pytest.mark.parametrize("part", ["filters", "exclude", "prefer"])
async def test_a_filter_by_a_protected_attribute_is_refused_with_the_reason(
    server: MCPServer[Any], part: str
) -> None:
    answer = await _called(server, "search_candidates", **{part: {"age": 30}})
    assert answer.is_error
    assert answer.structured_content["code"] == "invalid_input"
    assert "no ground for selection" in answer.structured_content["message"]
