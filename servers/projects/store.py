"""The ledger in Postgres: one row-level-secured transaction a verb."""

from datetime import datetime

from psycopg.types.json import Jsonb

from servers.projects.core.models import (
    Approval,
    ApprovalStatus,
    Project,
    Revision,
    RevisionDocument,
    ShortlistEntry,
    Stage,
    StageMove,
)
from shared.mailbox.outbox import TellingRecords, TellingStore
from shared.storage import load_queries
from shared.wire.ranking import ApprovedRanking

queries = load_queries(__package__)


class PostgresBook(TellingRecords):
    """One tenant's records within one transaction."""

    async def add_project(self, project: Project) -> None:
        await self._run(queries.add_project, **project.model_dump())

    async def project(self, project_id: str, *, lock: bool = False) -> Project | None:
        query = queries.project_locked if lock else queries.project
        row = await self._one(query, project_id=project_id)
        return Project.model_validate(row) if row else None

    async def save_project(self, project: Project) -> None:
        await self._run(queries.save_project, **project.model_dump())

    async def projects(self, *, like: str | None, before: str | None, limit: int) -> list[Project]:
        rows = await self._all(queries.projects, like=like, before=before, limit=limit)
        return [Project.model_validate(row) for row in rows]

    async def add_revision(self, document: RevisionDocument) -> None:
        values = document.model_dump(mode="json")
        values["requirements"] = Jsonb(values["requirements"])
        values["changes"] = Jsonb(values["changes"])
        await self._run(queries.add_revision, **values)

    async def revision(self, project_id: str, revision: int) -> RevisionDocument | None:
        row = await self._one(queries.revision, project_id=project_id, revision=revision)
        return RevisionDocument.model_validate(row) if row else None

    async def revisions(self, project_id: str) -> list[Revision]:
        rows = await self._all(queries.revisions, project_id=project_id)
        return [Revision.model_validate(row) for row in rows]

    async def approve_revision(self, project_id: str, revision: int, person: str, at: datetime) -> None:
        await self._run(
            queries.approve_revision, project_id=project_id, revision=revision, person=person, at=at
        )

    async def save_entries(self, project_id: str, revision: int, entries: list[ShortlistEntry]) -> int:
        known = await self._all(queries.entry_ids, project_id=project_id, revision=revision)
        place = {"project_id": project_id, "revision": revision}
        await self._run_each(queries.save_entry, [{**one.model_dump(), **place} for one in entries])
        return len({one.candidate_id for one in entries} - {row["candidate_id"] for row in known})

    async def entries(self, project_id: str, revision: int) -> list[ShortlistEntry]:
        rows = await self._all(queries.entries, project_id=project_id, revision=revision)
        return [ShortlistEntry.model_validate(row) for row in rows]

    async def note_exhausted(self, project_id: str, revision: int, exhausted: bool) -> None:
        await self._run(queries.note_exhausted, project_id=project_id, revision=revision, exhausted=exhausted)

    async def exhausted(self, project_id: str, revision: int) -> bool:
        row = await self._one(queries.exhausted, project_id=project_id, revision=revision)
        return bool(row and row["exhausted"])

    async def stage(self, project_id: str, candidate_id: str, *, lock: bool = False) -> Stage | None:
        query = queries.stage_locked if lock else queries.stage
        row = await self._one(query, project_id=project_id, candidate_id=candidate_id)
        return row["stage"] if row else None

    async def save_moves(self, moves: list[StageMove]) -> None:
        rows = [move.model_dump() for move in moves]
        await self._run_each(queries.save_stage, rows)
        await self._run_each(queries.save_move, rows)

    async def moves(self, project_id: str, candidate_id: str | None) -> list[StageMove]:
        rows = await self._all(queries.moves, project_id=project_id, candidate_id=candidate_id)
        return [StageMove.model_validate(row) for row in rows]

    async def runners_up(self, but: str | None, limit: int) -> list[str]:
        rows = await self._all(queries.runners_up, but=but, limit=limit)
        return [row["candidate_id"] for row in rows]

    async def add_ranking(self, ranking_id: str, ranking: ApprovedRanking) -> None:
        values = ranking.model_dump() | {"id": ranking_id, "weights": Jsonb(ranking.weights.given)}
        await self._run(queries.add_ranking, **values)

    async def ranking(self, project_id: str) -> ApprovedRanking | None:
        row = await self._one(queries.ranking, project_id=project_id)
        return ApprovedRanking.model_validate(row) if row else None

    async def add_approval(self, approval: Approval) -> None:
        values = approval.model_dump() | {"arguments": Jsonb(approval.arguments)}
        await self._run(queries.add_approval, **values)

    async def approval(self, approval_id: str, *, lock: bool = False) -> Approval | None:
        query = queries.approval_locked if lock else queries.approval
        row = await self._one(query, approval_id=approval_id)
        return Approval.model_validate(row) if row else None

    async def save_approval(self, approval: Approval) -> None:
        values = approval.model_dump(exclude={"arguments"})
        await self._run(queries.save_approval, **values)

    async def receipt(self, call: str | None) -> str | None:
        row = await self._one(queries.receipt, call=call) if call else None
        return row["result"] if row else None

    async def add_receipt(self, call: str | None, result: str) -> None:
        if call:
            await self._run(queries.add_receipt, call=call, result=result)

    async def approvals(
        self, *, status: ApprovalStatus | None, now: datetime, before: str | None, limit: int
    ) -> list[Approval]:
        rows = await self._all(queries.approvals, status=status, now=now, before=before, limit=limit)
        return [Approval.model_validate(row) for row in rows]


class PostgresLedger(TellingStore[PostgresBook]):
    """Opens transactions on the unit's schema."""

    records = PostgresBook
