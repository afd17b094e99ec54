"""Searches in Postgres: the plan, who was handed on, and each round's answer."""

from typing import Any

from psycopg.types.json import Jsonb

from servers.sourcing.core.models import Brought, FindCandidatesResult, RunningQuery, Search
from shared.kernel.errors import Conflict
from shared.storage import TenantRecords, TenantStore, load_queries

queries = load_queries(__package__)


class PostgresBook(TenantRecords):
    """One tenant's searches within one transaction."""

    async def search(self, search_id: str) -> Search | None:
        return await self._whole(await self._all(queries.search, search_id=search_id))

    async def newest(self, project_id: str, revision: int | None) -> Search | None:
        return await self._whole(await self._all(queries.newest, project_id=project_id, revision=revision))

    async def _whole(self, rows: list[dict[str, Any]]) -> Search | None:
        if not rows:
            return None
        search = Search.model_validate(rows[0]["document"])
        kept = await self._all(queries.queries, search_id=search.search_id)
        search.queries = [RunningQuery.model_validate(row["document"]) for row in kept]
        return search

    async def brought(self, search_id: str) -> list[Brought]:
        rows = await self._all(queries.brought, search_id=search_id)
        return [Brought.model_validate(row) for row in rows]

    async def shown(self, project_id: str) -> list[str]:
        return [row["candidate_id"] for row in await self._all(queries.shown, project_id=project_id)]

    async def found(self, search_id: str, round: int, offset: int, limit: int) -> list[str]:
        place = {"search_id": search_id, "round": round, "offset": offset, "limit": limit}
        return [row["candidate_id"] for row in await self._all(queries.found, **place)]

    async def answer(self, request_hash: str) -> FindCandidatesResult | None:
        rows = await self._all(queries.answer, request_hash=request_hash)
        return FindCandidatesResult.model_validate(rows[0]["document"]) if rows else None

    async def answers(self, search_id: str) -> list[FindCandidatesResult]:
        rows = await self._all(queries.answers, search_id=search_id)
        return [FindCandidatesResult.model_validate(row["document"]) for row in rows]

    async def save(
        self,
        search: Search,
        brought: list[Brought],
        judged: list[Brought],
        request_hash: str,
        result: FindCandidatesResult,
    ) -> None:
        document = search.model_dump(mode="json", exclude={"queries"})
        place = {"search_id": search.search_id}
        saved = await self._one(
            queries.save_search,
            id=search.search_id,
            project_id=search.project_id,
            revision=search.revision,
            round=search.round,
            document=Jsonb(document),
        )
        if saved is None:
            raise Conflict("another round of this search ran meanwhile", field="state")
        kept = [
            {
                **place,
                "id": query.planned.id,
                "rank": query.rank,
                "status": query.status,
                "brought": query.brought,
                "document": Jsonb(query.model_dump(mode="json")),
            }
            for query in search.queries
        ]
        people = [{**place, "project_id": search.project_id, **one.model_dump()} for one in brought]
        await self._run_each(queries.save_query, kept)
        await self._run_each(queries.save_result, people)
        verdicts = [{**place, "candidate_id": one.candidate_id, "good": one.good} for one in judged]
        await self._run_each(queries.save_verdict, verdicts)
        await self._run(
            queries.save_answer,
            search_id=search.search_id,
            request_hash=request_hash,
            round=search.round,
            document=Jsonb(result.model_dump(mode="json")),
        )


class PostgresShelf(TenantStore[PostgresBook]):
    """Opens books, a transaction each."""

    records = PostgresBook
