"""Sweeps in Postgres, and the messages by which their pieces are worked off."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from pydantic import BaseModel

from servers.evaluator.core.models import Changed, Judged, Piece, PieceResult, StoredRun, Sweep
from servers.evaluator.store import RunRecords, as_json, queries
from shared.mailbox import Lane, Mailboxes, packed
from shared.storage import Connection
from shared.wire.facts import EvaluatedCandidate

SWEEP = "evaluator.sweep"
SHARDS = 4
"""Mailboxes of one sweep: as many of its pieces may be in work at once, wherever there is a worker."""

_SWEEP = set(Sweep.model_fields) - {"requirements", "principal"}


class Due(BaseModel):
    """A piece of a sweep is to be judged."""

    sweep: str
    piece: int


def mailbox_of(sweep_id: str, number: int) -> str:
    """Return the mailbox of a piece."""
    return f"{SWEEP}:{sweep_id}/{number % SHARDS}"


class PostgresBook(RunRecords):
    """One tenant's sweeps within one transaction; a piece is worked off when its message is."""

    def __init__(self, connection: Connection, tenant: str, mailboxes: Mailboxes) -> None:
        super().__init__(connection, tenant)
        self._mailboxes = mailboxes

    async def now(self) -> datetime:
        return (await self._all(queries.now))[0]["now"]

    async def sweep(self, sweep_id: str, *, lock: bool = False) -> Sweep | None:
        row = await self._one(queries.sweep_locked if lock else queries.sweep, id=sweep_id)
        return Sweep.model_validate(row) if row else None

    async def newest(self, project_id: str) -> str | None:
        row = await self._one(queries.newest_sweep, project_id=project_id)
        return row["id"] if row else None

    async def people(self, sweep_id: str) -> list[str]:
        return [row["candidate_id"] for row in await self._all(queries.people, id=sweep_id)]

    async def add(self, sweep: Sweep, run: StoredRun, pieces: Sequence[Piece]) -> bool:
        await self.add_run(run)
        values = sweep.model_dump(include=_SWEEP) | {
            "requirements": as_json(sweep.requirements),
            "principal": as_json(sweep.principal),
        }
        if await self._one(queries.add_sweep, **values) is None:
            return False
        await self._run_each(
            queries.add_piece, [one.model_dump(exclude={"done"}) | {"sweep_id": sweep.id} for one in pieces]
        )
        return True

    async def take_up(self, sweep: Sweep, begins: datetime | None) -> None:
        again = {"id": sweep.id, "reason": sweep.reason, "round": sweep.round}
        await self._run(queries.take_up, **again, principal=as_json(sweep.principal))
        for row in await self._all(queries.open_pieces, id=sweep.id):
            await self.send(sweep.id, row["number"], begins)

    async def send(self, sweep_id: str, number: int, begins: datetime | None) -> None:
        await self._mailboxes.send(
            self._tenant,
            mailbox_of(sweep_id, number),
            packed(Due(sweep=sweep_id, piece=number), message_id=f"{sweep_id}/{number}"),
            lane=Lane.BACKGROUND,
            not_before=begins,
            correlation_id=sweep_id,
            tx=self._connection,
        )

    async def piece(self, sweep_id: str, number: int) -> Piece | None:
        row = await self._one(queries.piece, id=sweep_id, number=number)
        return Piece.model_validate(row) if row else None

    async def stored(self, candidate_ids: Sequence[str], questions: Sequence[str]) -> list[Judged]:
        rows = await self._all(queries.stored, candidates=list(candidate_ids), questions=list(questions))
        return [
            Judged(evaluation=row["document"], reading=row["reading"], questions=row["questions"])
            for row in rows
        ]

    async def finish(self, sweep_id: str, piece: Piece, result: PieceResult) -> None:
        sweep = await self.sweep(sweep_id, lock=True)
        if sweep is None or sweep.state != "running":
            return
        number = {"id": sweep_id, "number": piece.number}
        if await self._one(queries.end_piece, **number, unknown=result.unknown) is None:
            return
        places = {candidate: piece.first + n for n, candidate in enumerate(piece.candidate_ids)}
        await self.add_judged(sweep_id, [(places[one.evaluation.candidate_id], one) for one in result.judged])
        if result.unknown:
            await self._run(queries.forget, candidates=result.unknown)
        if result.comparison:
            await self.add_comparison(sweep_id, piece.number, result.comparison)
        kept = sum(one.kept for one in result.judged)
        await self._run(
            queries.count_piece,
            id=sweep_id,
            judged=len(result.judged),
            reused=sum(one.kept == len(one.questions) for one in result.judged),
            kept=kept,
            redone=sum(len(one.questions) for one in result.judged) - kept,
            alone=sum(one.alone for one in result.judged),
            seconds=result.seconds,
        )

    async def end(
        self, sweep_id: str, state: str, reason: str | None = None, *, retryable: bool = False
    ) -> None:
        await self._run(queries.end_sweep, id=sweep_id, state=state, reason=reason, retryable=retryable)

    async def finished(self, sweep_id: str, seen: Sequence[int]) -> list[int]:
        rows = await self._all(queries.finished, id=sweep_id, seen=list(seen))
        return [row["number"] for row in rows]

    async def outcomes(self, sweep_id: str, pieces: Sequence[int]) -> list[EvaluatedCandidate]:
        rows = await self._all(queries.piece_outcomes, id=sweep_id, pieces=list(pieces))
        return [EvaluatedCandidate.model_validate(row["outcome"]) for row in rows]

    async def results(self, sweep_id: str) -> list[EvaluatedCandidate]:
        rows = await self._all(queries.results, id=sweep_id)
        return [EvaluatedCandidate.model_validate(row["outcome"]) for row in rows]

    async def changed(self, sweep_id: str) -> list[Changed]:
        return [Changed.model_validate(row) for row in await self._all(queries.changed, id=sweep_id)]

    async def unknown(self, sweep_id: str) -> list[str]:
        return [row["candidate_id"] for row in await self._all(queries.unknown, id=sweep_id)]


class PostgresShelf:
    """Opens books, a transaction each; workers are woken for what was sent once it has committed."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self._mailboxes = mailboxes

    @asynccontextmanager
    async def begin(self, tenant: str) -> AsyncGenerator[PostgresBook]:
        """Commit when the block ends well, roll back otherwise. Raises kernel errors."""
        async with self._mailboxes.transaction(tenant) as connection:
            yield PostgresBook(connection, tenant, self._mailboxes)
