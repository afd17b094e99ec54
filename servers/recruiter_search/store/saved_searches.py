"""Saved searches in Postgres, and what is told of them: one row-level-secured transaction a verb."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from servers.recruiter_search.core.saved.models import Saved, SavedLine
from shared.mailbox.outbox import TellingRecords, TellingStore
from shared.storage import load_queries

queries = load_queries(__package__ or "servers.recruiter_search.store")


class PostgresShelf(TellingRecords):
    """Implements ``Shelf``: one tenant's saved searches within one transaction."""

    async def add(self, search: Saved) -> None:
        await self._run(queries.add_search, **_row(search))

    async def save(self, search: Saved) -> None:
        await self._run(queries.save_search, **_row(search))

    async def search(self, search_id: str, *, lock: bool = False) -> Saved | None:
        query = queries.search_locked if lock else queries.search
        row = await self._one(query, search_id=search_id)
        return Saved.model_validate(row) if row else None

    async def delete(self, search_id: str) -> None:
        await self._run(queries.delete_search, search_id=search_id)

    async def named(self, owner: str, name: str) -> str | None:
        row = await self._one(queries.named, owner=owner, name=name)
        return row["search_id"] if row else None

    async def count(self, owner: str) -> int:
        return await self._number(queries.count_of, owner=owner)

    async def listing(
        self, *, owner: str | None, project_id: str | None, before: str | None, limit: int
    ) -> list[SavedLine]:
        rows = await self._all(
            queries.listing, owner=owner, project_id=project_id, before=before, limit=limit
        )
        return [SavedLine.model_validate(row) for row in rows]

    # Watching.

    async def watched(self) -> list[Saved]:
        return [Saved.model_validate(row) for row in await self._all(queries.watched)]

    async def watched_count(self) -> int:
        return await self._number(queries.watched_count)

    async def position(self, *, hold: bool = False) -> int:
        if hold:
            await self._run(queries.open_position)
        row = await self._one(queries.position_held if hold else queries.position)
        return row["seq"] if row else 0

    async def move(self, seq: int) -> None:
        await self._run(queries.move, seq=seq)

    async def begin_anew(self) -> None:
        await self._run(queries.begin_anew)

    # Who matches.

    async def know(self, search_id: str, candidate_ids: Sequence[str], at: datetime) -> None:
        await self._run(queries.know, search_id=search_id, candidate_ids=[*candidate_ids], at=at)

    async def find(self, search_id: str, candidate_ids: Sequence[str], at: datetime) -> list[str]:
        return await self._ids(queries.find, search_id=search_id, candidate_ids=[*candidate_ids], at=at)

    async def forget_matches(self, search_id: str) -> None:
        await self._run(queries.forget_matches, search_id=search_id)

    async def join_people(self, gone: str, kept: str) -> None:
        await self._run(queries.join_people, gone=gone, kept=kept)

    async def forget_people(self, candidate_ids: Sequence[str]) -> None:
        await self._run(queries.forget_people, candidate_ids=[*candidate_ids])

    async def unseen(self, search_id: str, limit: int) -> list[str]:
        return await self._ids(queries.unseen, search_id=search_id, limit=limit)

    async def unseen_among(self, search_id: str, candidate_ids: Sequence[str]) -> list[str]:
        found = await self._ids(queries.unseen_among, search_id=search_id, candidate_ids=[*candidate_ids])
        return [one for one in candidate_ids if one in set(found)]

    async def unseen_count(self, search_id: str) -> int:
        return await self._number(queries.unseen_count, search_id=search_id)

    async def with_news(self, owner: str, search_id: str | None, limit: int) -> list[Saved]:
        rows = await self._all(queries.with_news, owner=owner, search_id=search_id, limit=limit)
        return [Saved.model_validate(row) for row in rows]

    async def see(self, search_id: str, candidate_ids: Sequence[str], at: datetime) -> int:
        return len(await self._ids(queries.see, search_id=search_id, candidate_ids=[*candidate_ids], at=at))

    async def _ids(self, query: LiteralString, **values: Any) -> list[str]:
        return [row["candidate_id"] for row in await self._all(query, **values)]

    async def _number(self, query: LiteralString, **values: Any) -> int:
        row = await self._one(query, **values)
        return row["number"] if row else 0


class PostgresLibrary(TellingStore[PostgresShelf]):
    """Implements ``Library`` on the unit's schema and its outbox."""

    records = PostgresShelf


def _row(search: Saved) -> dict[str, Any]:
    query = search.query.model_dump(mode="json", exclude_defaults=True)
    return {**search.model_dump(exclude={"query"}), "asked": Jsonb(query)}
