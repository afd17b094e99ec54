"""Searches in Postgres: the plan, who was handed on, and each round's answer."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from servers.sourcing.core.models import Brought, FindCandidatesResult, RunningQuery, Search
from shared.kernel.errors import Conflict
from shared.storage import Connection, Database, load_queries

queries = load_queries(__package__)


class PostgresBook:
    """One tenant's searches within one transaction."""

    def __init__(self, connection: Connection, tenant: str) -> None:
        self._connection = connection
        self._tenant = tenant

    async def _rows(self, query: LiteralString, **values: Any) -> list[dict[str, Any]]:
        return await (await self._connection.execute(query, values)).fetchall()

    async def search(self, search_id: str) -> Search | None:
        return await self._whole(await self._rows(queries.search, search_id=search_id))

    async def newest(self, project_id: str, revision: int | None) -> Search | None:
        return await self._whole(await self._rows(queries.newest, project_id=project_id, revision=revision))

    async def _whole(self, rows: list[dict[str, Any]]) -> Search | None:
        if not rows:
            return None
        search = Search.model_validate(rows[0]["document"])
        kept = await self._rows(queries.queries, search_id=search.search_id)
        search.queries = [RunningQuery.model_validate(row["document"]) for row in kept]
        return search

    async def brought(self, search_id: str) -> list[Brought]:
        rows = await self._rows(queries.brought, search_id=search_id)
        return [Brought.model_validate(row) for row in rows]

    async def shown(self, project_id: str) -> list[str]:
        return [row["candidate_id"] for row in await self._rows(queries.shown, project_id=project_id)]

    async def answer(self, request_hash: str) -> FindCandidatesResult | None:
        rows = await self._rows(queries.answer, request_hash=request_hash)
        return FindCandidatesResult.model_validate(rows[0]["document"]) if rows else None

    async def answers(self, search_id: str) -> list[FindCandidatesResult]:
        rows = await self._rows(queries.answers, search_id=search_id)
        return [FindCandidatesResult.model_validate(row["document"]) for row in rows]

    async def save(
        self, search: Search, brought: list[Brought], request_hash: str, result: FindCandidatesResult
    ) -> None:
        document = search.model_dump(mode="json", exclude={"queries"})
        place = {"tenant": self._tenant, "search_id": search.search_id}
        saved = await self._rows(
            queries.save_search,
            id=search.search_id,
            tenant=self._tenant,
            project_id=search.project_id,
            revision=search.revision,
            round=search.round,
            document=Jsonb(document),
        )
        if not saved:
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
        async with self._connection.cursor() as cursor:
            await cursor.executemany(queries.save_query, kept)
            await cursor.executemany(queries.save_result, people)
            answer = {"request_hash": request_hash, "round": search.round, "document": Jsonb(_plain(result))}
            await cursor.execute(queries.save_answer, {**place, **answer})


def _plain(result: FindCandidatesResult) -> dict[str, Any]:
    return result.model_dump(mode="json")


class PostgresShelf:
    """Opens books, a transaction each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def begin(self, tenant: str) -> AsyncGenerator[PostgresBook]:
        async with self._database.transaction(tenant) as connection:
            yield PostgresBook(connection, tenant)
