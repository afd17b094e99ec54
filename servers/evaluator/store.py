"""Evaluations, and sweeps of many of them, in Postgres."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import BaseModel

from servers.evaluator.core.models import Judged, Piece, PieceResult, StoredRun, Sweep
from servers.evaluator.core.outcomes import counts_of
from shared.mailbox import Lane, Mailboxes
from shared.storage import Connection, Database, TenantRecords, load_queries
from shared.wire.evaluation import Evaluation
from shared.wire.facts import EvaluatedCandidate

queries = load_queries(__package__)

SWEEP = "evaluator.sweep"
SHARDS = 4
"""Mailboxes of one sweep: as many of its pieces may be in work at once, wherever there is a worker."""


class PostgresEvaluations:
    """Keeps evaluations by tenant, each once for one input."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, tenant: str, run: StoredRun, judged: Judged) -> None:
        """Store the evaluation of one candidate as a run of its own."""
        async with self._database.transaction(tenant) as connection:
            book = PostgresBook(connection, tenant)
            await book.add_run(run)
            await book.add_judged(run.evaluation_id, [(0, judged)])

    async def of_run(
        self, tenant: str, run_id: str, candidate_ids: list[str], offset: int, limit: int
    ) -> list[Evaluation] | None:
        """Return evaluations of a run in its order, or None where there is no such run."""
        values = {"run_id": run_id, "candidates": candidate_ids, "offset": offset, "limit": limit}
        rows = await self._of_run(tenant, queries.of_run, values)
        return None if rows is None else [Evaluation.model_validate(row["document"]) for row in rows]

    async def outcomes(
        self, tenant: str, run_id: str, offset: int, limit: int
    ) -> list[EvaluatedCandidate] | None:
        """Return how the candidates of a run came out, in its order, or None where there is no such run."""
        values = {"run_id": run_id, "offset": offset, "limit": limit}
        rows = await self._of_run(tenant, queries.outcomes, values)
        return None if rows is None else [EvaluatedCandidate.model_validate(row["outcome"]) for row in rows]

    async def _of_run(self, tenant: str, query: Any, values: dict[str, Any]) -> list[dict[str, Any]] | None:
        async with self._database.transaction(tenant) as connection:
            if await (await connection.execute(queries.run_exists, values)).fetchone() is None:
                return None
            return await (await connection.execute(query, values)).fetchall()

    async def newest(
        self, tenant: str, candidate_ids: list[str], offset: int, limit: int
    ) -> list[Evaluation]:
        """Return the newest evaluation of each candidate, in the order of the ids."""
        values = {"candidates": candidate_ids, "offset": offset, "limit": limit}
        async with self._database.transaction(tenant) as connection:
            rows = await (await connection.execute(queries.newest, values)).fetchall()
        return [Evaluation.model_validate(row["document"]) for row in rows]


class PostgresBook(TenantRecords):
    """One tenant's sweeps within one transaction; taking one up sends a message for each piece."""

    def __init__(self, connection: Connection, tenant: str, mailboxes: Mailboxes | None = None) -> None:
        super().__init__(connection, tenant)
        self._mailboxes = mailboxes

    async def sweep(self, sweep_id: str, *, lock: bool = False) -> Sweep | None:
        row = await self._one(queries.sweep_locked if lock else queries.sweep, id=sweep_id)
        return Sweep.model_validate(row) if row else None

    async def add(self, sweep: Sweep, run: StoredRun, pieces: Sequence[Piece]) -> bool:
        await self.add_run(run)
        values = sweep.model_dump(include=_SWEEP) | {
            "requirements": _json(sweep.requirements),
            "principal": _json(sweep.principal) if sweep.principal and pieces else None,
        }
        if await self._one(queries.add_sweep, **values) is None:
            return False
        await self._run_each(
            queries.add_piece, [one.model_dump(exclude={"done"}) | {"sweep_id": sweep.id} for one in pieces]
        )
        return True

    async def take_up(self, sweep: Sweep) -> None:
        if self._mailboxes is None:
            raise TypeError("this book sends no messages")
        again = {"id": sweep.id, "reason": sweep.reason, "round": sweep.round}
        await self._run(queries.take_up, **again, principal=_json(sweep.principal))
        for row in await self._all(queries.open_pieces, id=sweep.id):
            number = row["number"]
            await self._mailboxes.send(
                self._tenant,
                f"{SWEEP}:{sweep.id}/{number % SHARDS}",
                {
                    "messageId": f"{sweep.id}/{number}",
                    "role": "ROLE_USER",
                    "parts": [{"data": {"sweep": sweep.id, "piece": number}}],
                },
                key=f"{number}/{sweep.round}",
                lane=Lane.BACKGROUND,
                correlation_id=sweep.id,
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

    async def finish(self, sweep: Sweep, piece: Piece, result: PieceResult) -> None:
        number = {"id": sweep.id, "number": piece.number}
        if await self._one(queries.end_piece, **number, unknown=result.unknown) is None:
            return  # somebody else was faster
        places = {candidate: piece.first + n for n, candidate in enumerate(piece.candidate_ids)}
        await self.add_judged(sweep.id, [(places[one.evaluation.candidate_id], one) for one in result.judged])
        if result.unknown:
            await self._run(queries.forget, candidates=result.unknown)
        kept = sum(one.kept for one in result.judged)
        await self._run(
            queries.count_piece,
            id=sweep.id,
            judged=len(result.judged),
            reused=sum(one.kept == len(one.questions) for one in result.judged),
            kept=kept,
            redone=sum(len(one.questions) for one in result.judged) - kept,
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

    async def unknown(self, sweep_id: str) -> list[str]:
        return [row["candidate_id"] for row in await self._all(queries.unknown, id=sweep_id)]

    async def add_run(self, run: StoredRun) -> None:
        """Store a run, unless it is there."""
        await self._run(queries.add_run, **run.model_dump())

    async def add_judged(self, run_id: str, judged: Sequence[tuple[int, Judged]]) -> None:
        """Store candidates of a run at their places; evaluations that are stored already stay as they are."""
        keys = [one.evaluation.model_dump(include=_KEY) for _, one in judged]
        await self._run_each(
            queries.add_evaluation,
            [
                key | {"document": _json(one.evaluation), "reading": one.reading, "questions": one.questions}
                for key, (_, one) in zip(keys, judged, strict=True)
            ],
        )
        await self._run_each(
            queries.add_run_candidate,
            [
                key | {"run_id": run_id, "place": place, "outcome": _json(counts_of(one.evaluation))}
                for key, (place, one) in zip(keys, judged, strict=True)
            ],
        )


class PostgresShelf:
    """Opens books, a transaction each; workers are woken for what was sent once it has committed."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self._mailboxes = mailboxes

    @asynccontextmanager
    async def begin(self, tenant: str) -> AsyncGenerator[PostgresBook]:
        """Commit when the block ends well, roll back otherwise. Raises kernel errors."""
        async with self._mailboxes.transaction(tenant) as connection:
            yield PostgresBook(connection, tenant, self._mailboxes)


def _json(model: BaseModel | None) -> Jsonb | None:
    return None if model is None else Jsonb(model.model_dump(mode="json"))


_KEY = {"candidate_id", "input_hash", "engine", "recommendation"}
_SWEEP = set(Sweep.model_fields) - {"requirements", "principal"}
