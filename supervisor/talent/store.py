"""The searches of conversations in Postgres."""

from typing import NamedTuple

from psycopg.types.json import Jsonb
from pydantic import BaseModel, Field

from shared.storage import TenantRecords, load_queries
from supervisor.core.talent_query import TalentQuery

queries = load_queries(__package__ or "supervisor.talent")

MOST_LISTED = 100


class Shown(BaseModel):
    """The search that a conversation is about.

    ``asked`` are the words that led to it, ``total`` how many it found, ``seen`` how many of them were shown and
    ``cursor`` where the next ones begin. ``saved`` is the id of the saved search it became.
    """

    query: TalentQuery
    asked: list[str] = Field(default_factory=list)
    total: int = 0
    seen: int = 0
    cursor: str | None = None
    on_table: bool = Field(default=True, exclude=True)
    saved: str | None = Field(default=None, exclude=True)

    @property
    def title(self) -> str:
        """What it is called: the words it was asked in."""
        return "; ".join(self.asked)


class Conversation(NamedTuple):
    """A conversation that is a search and nothing else."""

    thread: str
    title: str


class TalentSearches(TenantRecords):
    """One search for each conversation, the newest."""

    async def search(self, agent: str, thread: str) -> Shown | None:
        """Return what a conversation searched for last."""
        row = await self._one(queries.search, agent=agent, thread=thread)
        if row is None:
            return None
        return Shown.model_validate(row["document"] | {"on_table": row["on_table"], "saved": row["saved"]})

    async def put(self, agent: str, thread: str, search: Shown) -> None:
        """Keep a search as what was last talked about."""
        document = search.model_dump(mode="json") | {"title": search.title}
        given = {"agent": agent, "thread": thread, "saved": search.saved}
        await self._run(queries.put, document=Jsonb(document), **given)

    async def put_aside(self, agent: str, thread: str) -> None:
        """Note that something else is talked about."""
        await self._run(queries.put_aside, agent=agent, thread=thread)

    async def conversations(self, agent: str) -> list[Conversation]:
        """Return an agent's conversations that are searches and nothing else, the newest first."""
        rows = await self._all(queries.conversations, agent=agent, limit=MOST_LISTED)
        return [Conversation(**row) for row in rows]
