"""What recruiter_search answers, as far as a conversation shows it."""

from typing import Any

from pydantic import BaseModel, Field

from shared.edge.units import UnitCalls
from supervisor.core.talent_query import EXPRESSION, TalentQuery
from supervisor.talent.card import Hit

UNIT = "recruiter_search"
PAGE = 10
LONGEST_WORDS = 1_000


class Words(BaseModel):
    """Words and how they were taken: whichever of the rest is said of them."""

    words: str
    part: str = ""
    says: str = ""
    kept: str = ""
    taken: str = ""
    otherwise: str = ""
    reason: str = ""
    rewording: str | None = None


class Reading(BaseModel):
    """Words as a query."""

    query: dict[str, Any]
    read: list[Words] = Field(default_factory=list[Words])
    unread: list[Words] = Field(default_factory=list[Words])
    doubts: list[Words] = Field(default_factory=list[Words])
    refused: list[Words] = Field(default_factory=list[Words])
    expression: str | None = None
    not_in_expression: list[str] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)

    @property
    def asked(self) -> TalentQuery:
        """What the words ask for."""
        return TalentQuery.read(self.query, self.expression, self.not_in_expression)


class Clause(BaseModel):
    """One condition; ``term`` is it in the boolean language, where it was said in that."""

    clause: str
    says: str
    alone: int
    without: int
    term: str = ""


class Counts(BaseModel):
    """What each condition does."""

    clauses: list[Clause] = Field(default_factory=list[Clause])
    told: str = ""
    unresolved: list[str] = Field(default_factory=list)
    hints: list[str] = Field(default_factory=list)
    elsewhere: list[str] = Field(default_factory=list)

    @property
    def terms(self) -> list[str]:
        """The conditions that were said in the boolean language, one by one."""
        return [one.term for one in self.clauses if one.clause == EXPRESSION and one.term]


class Page(BaseModel):
    """A page of people."""

    hits: list[Hit]
    total: int
    beside: int = 0
    next_cursor: str | None = None


class SavedSearch(BaseModel):
    """A saved search."""

    search_id: str
    name: str


class SavedAnswer(BaseModel):
    """A search as it is kept now, and how many it finds."""

    search: SavedSearch
    total: int


class SavedList(BaseModel):
    """Saved searches of one person."""

    searches: list[SavedSearch]


class NewMatches(SavedSearch):
    """Who newly matches a saved search."""

    hits: list[Hit]
    unseen: int


class News(BaseModel):
    """What is new in saved searches."""

    searches: list[NewMatches]


class TalentUnits:
    """Calls recruiter_search as the current principal. Raises HiremeshError children.

    It finds nobody who is not to be contacted, and names nobody: that is its own doing, whatever is asked here.
    """

    def __init__(self, units: UnitCalls) -> None:
        self._units = units

    async def read(self, words: str) -> Reading:
        """Return the query that words ask for."""
        given = {"words": words[:LONGEST_WORDS]}
        return await self._units.call_tool(UNIT, "query_from_words", given, Reading)

    async def counts(self, query: TalentQuery) -> Counts:
        """Return what each condition does."""
        return await self._units.call_tool(UNIT, "clause_counts", query.conditions, Counts)

    async def page(self, query: TalentQuery, cursor: str | None) -> Page:
        """Return a page of whom a query finds, best first; a cursor goes on in the very query that it came from."""
        given = query.whole | {"limit": PAGE} | ({"cursor": cursor} if cursor else {})
        return await self._units.call_tool(UNIT, "search_candidates", given, Page)

    async def named(self, name: str) -> str | None:
        """Return the id of one's saved search of this name."""
        kept = await self._units.call_tool(UNIT, "list_saved_searches", {"limit": 100}, SavedList)
        return next((one.search_id for one in kept.searches if one.name == name), None)

    async def save(
        self, name: str, query: TalentQuery, search_id: str | None, *, alerts: bool
    ) -> SavedAnswer:
        """Keep a query under a name; one's search of ``search_id`` gets both instead."""
        given = {"name": name, "query": query.whole, "alerts": alerts}
        return await self._units.call_tool(
            UNIT, "save_search", given | ({"search_id": search_id} if search_id else {}), SavedAnswer
        )

    async def silence(self, search_id: str) -> SavedAnswer:
        """Turn a saved search's alerts off."""
        given = {"search_id": search_id, "alerts": False}
        return await self._units.call_tool(UNIT, "change_saved_search", given, SavedAnswer)

    async def news(self, search_id: str) -> NewMatches | None:
        """Return who newly matches a saved search, or None."""
        given = {"search_id": search_id, "limit": PAGE}
        told = await self._units.call_tool(UNIT, "saved_search_news", given, News)
        return next((one for one in told.searches if one.hits), None)

    async def seen(self, search_id: str, candidate_ids: list[str]) -> None:
        """Mark people of a saved search as seen."""
        given = {"search_id": search_id, "candidate_ids": candidate_ids}
        await self._units.call_tool(UNIT, "mark_search_news_seen", given, dict[str, Any])


def why_refused(one: Words) -> str:
    """Return why words must not count, and what may be said instead."""
    return f"{one.reason.rstrip('.')}." + (f" Instead: {one.rewording}" if one.rewording else "")
