"""The MCP face: names, schemas and descriptions of the tools."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from mcp.server import MCPServer
from pydantic import Field

from servers.recruiter_search.card import INSTRUCTIONS, NAME
from servers.recruiter_search.core.expression import fields
from servers.recruiter_search.core.models import Barred, Filters, SearchQuery, Sort
from servers.recruiter_search.core.ranking import Ranking
from servers.recruiter_search.core.results import (
    ClauseCounts,
    FacetCounts,
    FacetName,
    IndexStatus,
    ProfileView,
    SearchPage,
    SimilarPage,
)
from servers.recruiter_search.core.saved.searches import SavedSearches
from servers.recruiter_search.core.search import TalentSearch
from servers.recruiter_search.core.wording.proposals import Proposer
from servers.recruiter_search.core.wording.reader import Called
from servers.recruiter_search.saved_search_tools import add_saved_search_tools
from servers.recruiter_search.wording_tools import add_wording_tools
from shared.edge.taxonomies import Taxonomies
from shared.kernel.principal import current_principal
from shared.taxonomy import Taxonomy
from shared.wire.planning import planning_meta

CandidateId = Annotated[str, Field(description="a candidate's id, such as cand_0197…")]
Text = Annotated[str | None, Field(max_length=4000, description="free text; most of its words must occur")]
Expression = Annotated[
    str | None,
    Field(
        description='boolean, such as `title:"data engineer" AND (spark OR flink) NOT junior`; AND before OR; '
        f'"phrases", prefix*, and fields: {", ".join(fields())}; numbers as `years:>=5` or `years:2..5`; '
        "`skill:python>=3y` for how long, `skill:python@2y` for still done two years ago; "
        "`position:(title:engineer company:cobalt)` means one and the same position"
    ),
]
FilterSet = Annotated[Filters | None, Field(description="what every hit must satisfy")]
Unwanted = Annotated[Filters | None, Field(description="nobody is found of whom any entry of these holds")]
AtLeastSeq = Annotated[
    int | None,
    Field(
        ge=0, description="wait (20 s at most) until changes of the pool up to this sequence are searchable"
    ),
]


Informed = Callable[[], Awaitable[TalentSearch]]


def build_server(
    search: TalentSearch,
    taxonomies: Taxonomies | None = None,
    saved: SavedSearches | None = None,
    proposer: Proposer | None = None,
    called: Called | None = None,
) -> MCPServer:
    """Return the server with all tools.

    Args:
        taxonomies: widen what it knows for each organisation; None: nothing does.
        saved: keeps searches; None: they cannot be kept here.
        proposer: reads words that the rules cannot; None: they stay unread.
        called: tells the ids of the projects of a name; None: words name them by id.
    """

    async def knowing() -> Taxonomy:
        return await taxonomies.current() if taxonomies else Taxonomy.compact()

    async def informed() -> TalentSearch:
        return search.knowing(await knowing())

    mcp = MCPServer(name=NAME, instructions=INSTRUCTIONS)
    _add_search_tools(mcp, informed)
    _add_profile_tools(mcp, informed)
    add_saved_search_tools(mcp, saved, informed, knowing)
    add_wording_tools(mcp, proposer, knowing, called)
    return mcp


def _query(
    text: str | None,
    expression: str | None,
    filters: Filters | None,
    exclude: Filters | None,
    prefer: Filters | None = None,
    sort: Sort = "relevance",
    include: list[Barred] | None = None,
    ranking: Ranking | None = None,
) -> SearchQuery:
    return SearchQuery(
        text=text,
        expression=expression,
        filters=filters or Filters(),
        exclude=exclude or Filters(),
        prefer=prefer or Filters(),
        sort=sort,
        include=include or [],
        ranking=ranking,
    )


def _add_search_tools(mcp: MCPServer, informed: Informed) -> None:
    @mcp.tool(meta=planning_meta(risk="read", cost={"seconds": 0.05}))
    async def search_candidates(
        text: Text = None,
        expression: Expression = None,
        filters: FilterSet = None,
        exclude: Unwanted = None,
        prefer: Annotated[
            Filters | None, Field(description="what ranks a hit higher without being a condition")
        ] = None,
        sort: Annotated[Sort, Field(description="relevance, or years of work")] = "relevance",
        include: Annotated[
            list[Barred] | None,
            Field(description="also people who asked not to be contacted, or whose record is private"),
        ] = None,
        ranking: Annotated[
            Ranking | None, Field(description="other weights of what ranks, as learning approved them")
        ] = None,
        facets: Annotated[
            list[FacetName] | None, Field(description="also count these over the whole result")
        ] = None,
        limit: Annotated[int, Field(ge=1, le=100, description="hits on a page")] = 25,
        cursor: Annotated[
            str | None, Field(description="next_cursor of the page before, with the same query")
        ] = None,
        at_least_seq: AtLeastSeq = None,
    ) -> SearchPage:
        """Find people. Returns a page of hits, best first, each with why it was found.

        A cursor goes on in the state that its first page was read from: nobody twice, nobody left out.
        """
        query = _query(text, expression, filters, exclude, prefer, sort, include, ranking)
        return await (await informed()).search(
            current_principal().tenant,
            query,
            limit=limit,
            cursor=cursor,
            facets=facets or (),
            at_least_seq=at_least_seq,
        )

    @mcp.tool(meta=planning_meta(risk="read", cost={"seconds": 0.05}))
    async def facet_counts(
        facets: Annotated[list[FacetName], Field(min_length=1, description="what to count by")],
        text: Text = None,
        expression: Expression = None,
        filters: FilterSet = None,
        exclude: Unwanted = None,
        size: Annotated[int, Field(ge=1, le=100, description="most frequent values of each")] = 10,
    ) -> FacetCounts:
        """Count the people who match a query by skill, occupation, place, level and the like."""
        query = _query(text, expression, filters, exclude)
        return await (await informed()).facet_counts(current_principal().tenant, query, facets, size)

    @mcp.tool(meta=planning_meta(risk="read", cost={"seconds": 0.1}))
    async def clause_counts(
        text: Text = None,
        expression: Expression = None,
        filters: FilterSet = None,
        exclude: Unwanted = None,
    ) -> ClauseCounts:
        """Say which clause empties or narrows a result: how many satisfy each alone, and all but it."""
        query = _query(text, expression, filters, exclude)
        return await (await informed()).clause_counts(current_principal().tenant, query)

    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def index_status(at_least_seq: AtLeastSeq = None) -> IndexStatus:
        """Say how many people are searchable and whether all changes of the pool are."""
        return await (await informed()).status(current_principal().tenant, at_least_seq)


def _add_profile_tools(mcp: MCPServer, informed: Informed) -> None:
    @mcp.tool(meta=planning_meta(risk="read", cost={"seconds": 0.02}))
    async def get_profile(candidate_id: CandidateId) -> ProfileView:
        """Return one person's career, without name and contact data."""
        return await (await informed()).profile(current_principal().tenant, candidate_id)

    @mcp.tool(meta=planning_meta(risk="read", cost={"seconds": 0.05}))
    async def similar_profiles(
        candidate_id: CandidateId,
        filters: FilterSet = None,
        limit: Annotated[int, Field(ge=1, le=50, description="how many to return")] = 10,
    ) -> SimilarPage:
        """Find people with a career like a given person's, and say what they share."""
        return await (await informed()).similar(
            current_principal().tenant, candidate_id, filters or Filters(), limit
        )
