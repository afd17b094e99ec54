"""The questions about the market that conversations asked last, in Postgres."""

from psycopg.types.json import Jsonb

from shared.storage import TenantRecords, load_queries
from supervisor.market.following import Asked

queries = load_queries(__package__ or "supervisor.market")


class MarketQuestions(TenantRecords):
    """One question for each conversation, as long as it is what was last talked about."""

    async def put(self, agent: str, thread: str, asked: Asked) -> None:
        """Keep a question as what was last talked about."""
        await self._run(
            queries.put, agent=agent, thread=thread, document=Jsonb(asked.model_dump(mode="json"))
        )

    async def take(self, agent: str, thread: str) -> Asked | None:
        """Return the question that is talked about, and have it talked about no more."""
        row = await self._one(queries.take, agent=agent, thread=thread)
        return Asked.model_validate(row["document"]) if row else None
