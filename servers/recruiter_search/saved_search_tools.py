"""The tools of saved searches."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from mcp.server import MCPServer
from pydantic import Field

from servers.recruiter_search.core.saved.models import (
    LONGEST_NAME,
    Deleted,
    News,
    SavedAnswer,
    SavedPage,
    SavedRun,
    Seen,
    WholeQuery,
)
from servers.recruiter_search.core.saved.searches import SavedSearches
from servers.recruiter_search.core.search import TalentSearch
from shared.kernel.errors import Unavailable
from shared.kernel.principal import current_principal
from shared.taxonomy import Taxonomy
from shared.wire.planning import planning_meta

SearchId = Annotated[str, Field(description="a saved search's id, such as ssrch_0197…")]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, description="what you call it")]
Cursor = Annotated[str | None, Field(description="next_cursor of the page before; omit for the first page")]
Alerts = Annotated[bool, Field(description="whether to hear of people who newly match")]

Informed = Callable[[], Awaitable[TalentSearch]]
Kept = Callable[[], SavedSearches]
Knowing = Callable[[], Awaitable[Taxonomy]]


def add_saved_search_tools(
    mcp: MCPServer, saved: SavedSearches | None, informed: Informed, knowing: Knowing
) -> None:
    """Add the tools; ``knowing`` returns the caller's taxonomy, ``informed`` a search that reads by it."""

    def kept() -> SavedSearches:
        if saved is None:
            raise Unavailable("searches cannot be kept here: there is no database")
        return saved

    _add_keeping(mcp, kept, knowing)
    _add_reading(mcp, kept, informed, knowing)


def _add_keeping(mcp: MCPServer, kept: Kept, knowing: Knowing) -> None:
    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def save_search(
        name: Name,
        query: WholeQuery,
        search_id: Annotated[
            str | None,
            Field(description="one of your saved searches, to give it this name and query instead"),
        ] = None,
        project_id: Annotated[
            str | None, Field(description="the project it is for, whose readers may run it too")
        ] = None,
        alerts: Alerts = True,
    ) -> SavedAnswer:
        """Keep a query under a name. With alerts you hear of people who come to match it: when a record is
        added or changes, each person once. Who matches already is not new."""
        caller, taxonomy = current_principal(), await knowing()
        if search_id:
            return await kept().change(caller, taxonomy, search_id, name=name, query=query, alerts=alerts)
        return await kept().save(caller, taxonomy, name, query, project_id=project_id, alerts=alerts)

    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def change_saved_search(
        search_id: SearchId,
        name: Annotated[
            str | None, Field(min_length=1, max_length=LONGEST_NAME, description="another name")
        ] = None,
        alerts: Annotated[bool | None, Field(description="whether to hear of people who newly match")] = None,
    ) -> SavedAnswer:
        """Rename one of your saved searches, or turn its alerts on or off."""
        caller, taxonomy = current_principal(), await knowing()
        return await kept().change(caller, taxonomy, search_id, name=name, alerts=alerts)

    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def delete_saved_search(search_id: SearchId) -> Deleted:
        """Delete one of your saved searches and forget who was found by it."""
        await kept().delete(current_principal(), search_id)
        return Deleted(search_id=search_id)

    @mcp.tool(meta=planning_meta(risk="write", plannable=False))
    async def mark_search_news_seen(
        search_id: SearchId,
        candidate_ids: Annotated[
            list[str], Field(min_length=1, max_length=1000, description="of saved_search_news")
        ],
    ) -> Seen:
        """Mark people whom a saved search newly found as seen: they are no news any more."""
        return await kept().see(current_principal(), search_id, candidate_ids)


def _add_reading(mcp: MCPServer, kept: Kept, informed: Informed, knowing: Knowing) -> None:
    @mcp.tool(meta=planning_meta(risk="read", plannable=False))
    async def list_saved_searches(
        project_id: Annotated[str | None, Field(description="everybody's for this project instead")] = None,
        cursor: Cursor = None,
        limit: Annotated[int, Field(ge=1, le=100, description="how many to return")] = 50,
    ) -> SavedPage:
        """List your saved searches, newest first, each with how many people are new."""
        return await kept().listing(current_principal(), project_id, cursor, limit)

    @mcp.tool(meta=planning_meta(risk="read", cost={"seconds": 0.05}, plannable=False))
    async def run_saved_search(
        search_id: SearchId,
        cursor: Cursor = None,
        limit: Annotated[int, Field(ge=1, le=100, description="hits on a page")] = 25,
    ) -> SavedRun:
        """Run a saved search as it stands: a page of whom it finds now, and who of them is new."""
        return await kept().run(current_principal(), await informed(), search_id, limit=limit, cursor=cursor)

    @mcp.tool(meta=planning_meta(risk="read", cost={"seconds": 0.1}, plannable=False))
    async def saved_search_news(
        search_id: Annotated[str | None, Field(description="only of this one")] = None,
        limit: Annotated[int, Field(ge=1, le=100, description="people of each search")] = 25,
    ) -> News:
        """Say who came to match your saved searches since you last marked them as seen, and still does."""
        caller, taxonomy = current_principal(), await knowing()
        return await kept().news(caller, taxonomy, await informed(), search_id, limit=limit)
