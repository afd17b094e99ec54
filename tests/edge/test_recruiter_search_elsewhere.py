"""Filters whose data another unit has: company figures and stages, asked before people are searched."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any

import pytest
from mcp.server import MCPServer

from servers.recruiter_search.asking import UnitSources
from servers.recruiter_search.core.changes import derive_changes
from servers.recruiter_search.core.compile import Compiler
from servers.recruiter_search.core.document import Deriver, ProfileDocument
from servers.recruiter_search.core.elsewhere import FRESH_SECONDS, HELD_SECONDS, Elsewhere
from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.search import TalentSearch
from servers.recruiter_search.server import build_server
from servers.recruiter_search.store import TantivyIndex
from shared.following.follower import Follower
from shared.following.model import Derived
from shared.kernel.errors import Denied, InvalidInput, Unavailable
from shared.taxonomy import Taxonomy
from tests.support.fixed_clock import FixedClock
from tests.support.talent import TODAY, FakeFeed, person
from tests.support.units import FakeUnits, OpenGate, mcp_client

TENANT = OpenGate().principal.tenant
EMPLOYERS = {
    "c1": "Cobalt Works",
    "c2": "Cobalt Works GmbH",
    "c3": "COBALT WORKS",
    "c4": "Cobalt Works Europe",
    "c5": "Umber Bank",
    "c6": "Umber Bank",
    "c7": "Amber Mills",
}
FIGURES: dict[str, tuple[int, float | None]] = {"cobalt works": (600, 0.4), "umber bank": (40, -0.1)}
STANDS_ON = (
    "by talent_insights on 2026-06-01. Figures are told of 2 (n = 640 people known here who work there, figures off "
    "by up to 4 on purpose); employers with fewer than 5 people known here have none and "
)
MOVES = {
    "moves": [
        {"candidate_id": who, "to_stage": stage}
        for who, stage in (("c1", "interview"), ("c4", "interview"), ("c5", "screening"), ("c1", "offer"))
    ]
}


def employers_within(given: dict[str, float]) -> dict[str, Any]:
    """Return what talent_insights tells of ``FIGURES``."""
    nothing = float("inf")

    def inside(figure: float | None, name: str) -> bool:
        asked = {side: given[f"{side}_{name}"] for side in ("min", "max") if f"{side}_{name}" in given}
        least, most = asked.get("min", -nothing), asked.get("max", nothing)
        return not asked or (figure is not None and least <= figure <= most)

    found = [key for key, (n, up) in FIGURES.items() if inside(n, "headcount") and inside(up, "growth")]
    basis = {"as_of": "2026-06-01", "n": 640, "k": 5, "noise": 4, "complete": True}
    return {"basis": basis, "employers": found, "told": len(FIGURES)}


class Site:
    """A searched pool, the units it asks, and its clock."""

    def __init__(self, units: FakeUnits) -> None:
        self.units = units
        self.seconds = 0.0
        self.server: MCPServer[Any]

    async def ask(self, tool: str = "search_candidates", **arguments: Any) -> Any:
        async with mcp_client(self.server, name=self.server.name) as client:
            return (await client.call_tool(tool, arguments)).structured_content

    async def found(self, **arguments: Any) -> list[str]:
        return sorted(hit["candidate_id"] for hit in (await self.ask(**arguments))["hits"])


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    index, feed = TantivyIndex(tmp_path_factory.mktemp("index")), FakeFeed()
    feed.put(TENANT, *(person(one, company=name) for one, name in EMPLOYERS.items()))
    deriver, site = Deriver(Taxonomy.compact()), Site(FakeUnits())

    async def derive(_: str, lines: Sequence[str], today: date) -> Derived[ProfileDocument]:
        return derive_changes(deriver, lines, today)

    follower = Follower(index, feed, derive, FixedClock(TODAY))
    await follower.catch_up(TENANT)
    elsewhere = Elsewhere(UnitSources(site.units), index, lambda: site.seconds)
    search = TalentSearch(index, follower, Taxonomy.compact(), FixedClock(TODAY), elsewhere=elsewhere)
    site.server = build_server(search)
    yield site
    await follower.aclose()
    await index.aclose()


@pytest.fixture
def site(served: Site) -> Site:
    """The same for each test, with nothing held of what was answered before."""
    served.units.replies |= {
        "talent_insights.employers_within": employers_within,
        "projects.stage_history": MOVES,
    }
    served.seconds += HELD_SECONDS + 1
    return served


def stage(*at: str) -> dict[str, Any]:
    return {"stage": {"project_id": "proj_1", "at": list(at)}}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"filters": {"known_headcount": {"at_least": 500}}}, ["c1", "c2", "c3"]),
        ({"filters": {"known_headcount": {"at_least": 10, "at_most": 100}}}, ["c5", "c6"]),
        ({"filters": {"known_headcount": {"at_most": 100}}}, ["c4", "c5", "c6", "c7"]),
        ({"exclude": {"known_headcount": {"at_least": 500}}}, ["c4", "c5", "c6", "c7"]),
        ({"filters": {"known_growth": {"at_least": 0.2}}}, ["c1", "c2", "c3"]),
        ({"exclude": {"known_growth": {"at_least": 0.2}}}, ["c4", "c5", "c6", "c7"]),
        ({"filters": {"known_headcount": {"at_least": 5000}}}, []),
        ({"filters": stage("interview", "screening")}, ["c4", "c5"]),
        ({"filters": stage("offer"), "exclude": {"known_growth": {"at_most": 0}}}, ["c1"]),
        ({"exclude": stage("interview", "offer", "screening")}, ["c2", "c3", "c6", "c7"]),
        ({"expression": "known_headcount:>=500"}, ["c1", "c2", "c3"]),
        ({"expression": "NOT known_headcount:10..100 AND engineer"}, ["c1", "c2", "c3", "c4", "c7"]),
        (
            {"expression": "known_growth:>20% OR Stage:proj_1/interview,screening"},
            ["c1", "c2", "c3", "c4", "c5"],
        ),
        ({"expression": 'known_growth:"-50%..0%"', "exclude": stage("screening")}, ["c6"]),
    ],
)
async def test_people_are_found_by_what_other_units_know_of_their_employer_or_of_them(
    site: Site, asked: dict[str, Any], found: list[str]
) -> None:
    assert await site.found(**asked) == found


async def test_the_answer_says_how_each_was_understood_and_what_is_left_out(site: Site) -> None:
    filters = {"known_headcount": {"at_least": 500}, "known_growth": {"at_least": 0.2}, **stage("offer")}
    page = await site.ask(filters=filters, facets=["current_company"])
    counts = await site.ask("clause_counts", filters=filters)
    small = await site.ask("facet_counts", facets=["skills"], filters={"known_headcount": {"at_most": 100}})

    assert page["elsewhere"] == counts["elsewhere"]
    assert page["elsewhere"] == [
        f"known_headcount at least 500: 1 employer, {STANDS_ON}are left out.",
        f"known_growth at least +20%: 1 employer, {STANDS_ON}are left out.",
        "stage offer: 1 person stands there now, by projects.",
    ]
    assert small["elsewhere"] == [
        f"known_headcount at most 100: 3 employers, {STANDS_ON}count as that small."
    ]
    assert [(one["clause"], one["alone"], one["without"]) for one in counts["clauses"]] == [
        ("filters.known_headcount", 3, 1),
        ("filters.known_growth", 3, 1),
        ("filters.stage", 1, 3),
    ]
    [hit] = page["hits"]
    assert hit["matched"][0]["passages"] == ["Cobalt Works"]
    assert page["facets"][0]["values"] == [{"value": "Cobalt Works", "label": "Cobalt Works", "count": 1}]


async def test_pages_of_an_expression_go_on_with_what_was_answered_for_the_first(site: Site) -> None:
    asked = {"expression": "known_headcount:>=500", "limit": 2}
    first = await site.ask(**asked)
    site.units.replies["talent_insights.employers_within"] = employers_within({"max_headcount": 100})
    site.seconds += FRESH_SECONDS + 1
    second = await site.ask(**asked, cursor=first["next_cursor"])

    assert first["elsewhere"] == [f"known_headcount at least 500: 1 employer, {STANDS_ON}are left out."]
    assert sorted(hit["candidate_id"] for page in (first, second) for hit in page["hits"]) == [
        "c1",
        "c2",
        "c3",
    ]


async def test_a_preference_ranks_higher_and_leaves_nobody_out(site: Site) -> None:
    page = await site.ask(prefer={"known_growth": {"at_most": 0}})
    assert {hit["candidate_id"] for hit in page["hits"][:2]} == {"c5", "c6"}
    assert page["total"] == len(EMPLOYERS)


async def test_pages_go_on_with_the_answers_of_the_first_whatever_other_units_say_meanwhile(
    site: Site,
) -> None:
    asked = {"filters": {"known_headcount": {"at_least": 500}}, "limit": 2}
    first = await site.ask(**asked)
    site.units.replies["talent_insights.employers_within"] = employers_within({"max_headcount": 100})
    site.seconds += FRESH_SECONDS + 1
    second = await site.ask(**asked, cursor=first["next_cursor"])

    seen = [hit["candidate_id"] for page in (first, second) for hit in page["hits"]]
    assert sorted(seen) == ["c1", "c2", "c3"]
    assert (second["total"], second["next_cursor"]) == (3, None)
    assert await site.found(**asked) == ["c5", "c6"]


async def test_pages_whose_answers_are_held_no_more_go_on_only_where_the_same_is_said(site: Site) -> None:
    asked = {"filters": {"known_headcount": {"at_least": 500}}, "limit": 2}
    cursor = (await site.ask(**asked))["next_cursor"]
    site.seconds += HELD_SECONDS + 1
    same = await site.ask(**asked, cursor=cursor)
    site.seconds += HELD_SECONDS + 1
    site.units.replies["talent_insights.employers_within"] = employers_within({"max_headcount": 100})
    other = await site.ask(**asked, cursor=cursor)

    assert len(same["hits"]) == 1
    assert (other["code"], other["fix"]) == ("conflict", "Search again from the first page.")


@pytest.mark.parametrize(
    ("tool", "part"),
    [
        ("search_candidates", "filters"),
        ("search_candidates", "prefer"),
        ("clause_counts", "exclude"),
    ],
)
async def test_nothing_is_searched_without_the_unit_that_is_asked(site: Site, tool: str, part: str) -> None:
    site.units.replies["talent_insights.employers_within"] = Unavailable("the connection was refused")
    site.units.replies["projects.stage_history"] = Denied("no scope permits read on projects.stage_history")

    away = await site.ask(tool, **{part: {"known_growth": {"at_least": 0}}})
    refused = await site.ask(tool, **{part: stage("offer")})

    assert (away["code"], away["retryable"]) == ("dependency_unavailable", True)
    assert away["message"].startswith(
        "talent_insights is asked for a filter of this query and does not answer"
    )
    assert refused["code"] == "denied"


async def test_figures_that_are_counted_only_in_part_are_said_to_be_and_none_at_all_are_no_answer(
    site: Site,
) -> None:
    asked = {"filters": {"known_headcount": {"at_least": 500}}}
    told = employers_within({"min_headcount": 500})
    told["basis"]["complete"] = False
    site.units.replies["talent_insights.employers_within"] = told
    partly = await site.ask(**asked)
    site.seconds += FRESH_SECONDS + 1
    site.units.replies["talent_insights.employers_within"] = {**told, "employers": [], "told": 0}
    nothing = await site.ask(**asked)

    assert partly["elsewhere"][0].endswith("The pool is still being read: figures are too low.")
    assert nothing["message"] == "talent_insights is still reading the pool"


async def test_what_no_figure_tells_and_what_asks_nothing_is_refused(site: Site) -> None:
    small = await site.ask(filters={"known_headcount": {"at_most": 3}})
    assert (small["code"], small["fix"]) == ("invalid_input", "Ask for at_most 5 or more.")
    for limits in ({}, {"at_least": 9, "at_most": 3}):
        with pytest.raises(InvalidInput):
            SearchQuery.model_validate({"filters": {"known_headcount": limits}})


@pytest.mark.parametrize("query", [{"filters": stage("offer")}, {"expression": "NOT stage:proj_1/offer"}])
def test_a_query_that_is_kept_cannot_ask_other_units(query: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="not kept"):
        Compiler(Names(Taxonomy.compact())).compile(SearchQuery.model_validate(query), TODAY)
