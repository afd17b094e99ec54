"""Evaluations in Postgres."""

from collections.abc import Sequence
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import BaseModel

from servers.evaluator.core.models import Comparison, Judged, StoredRun
from servers.evaluator.core.outcomes import counts_of
from shared.kernel.ids import new_id
from shared.storage import Database, TenantRecords, load_queries
from shared.wire.evaluation import Evaluation
from shared.wire.facts import EvaluatedCandidate

queries = load_queries(__package__)
_KEY = {"candidate_id", "input_hash", "engine", "recommendation"}


class RunRecords(TenantRecords):
    """One tenant's runs within one transaction."""

    async def add_run(self, run: StoredRun) -> None:
        """Store a run, unless it is there."""
        await self._run(queries.add_run, **run.model_dump())

    async def add_judged(self, run_id: str, judged: Sequence[tuple[int, Judged]]) -> None:
        """Store candidates of a run at their places; evaluations that are stored already stay as they are."""
        keys = [one.evaluation.model_dump(include=_KEY) for _, one in judged]
        await self._run_each(
            queries.add_evaluation,
            [
                key
                | {"document": as_json(one.evaluation), "reading": one.reading, "questions": one.questions}
                for key, (_, one) in zip(keys, judged, strict=True)
            ],
        )
        await self._run_each(
            queries.add_run_candidate,
            [
                key | {"run_id": run_id, "place": place, "outcome": as_json(counts_of(one.evaluation))}
                for key, (place, one) in zip(keys, judged, strict=True)
            ],
        )

    async def add_comparison(self, run_id: str, number: int, comparison: Comparison) -> None:
        """Store what a version in shadow said of a piece of a run; a single person's is piece 0."""
        of_piece = {"sweep_id": run_id, "number": number}
        counted = comparison.model_dump(exclude={"differences"})
        await self._run(queries.add_comparison, **of_piece, **counted)
        await self._run_each(
            queries.add_difference,
            [of_piece | one.model_dump(mode="json") for one in comparison.differences],
        )


class PostgresEvaluations:
    """Keeps evaluations by tenant, each once for one input."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, tenant: str, run: StoredRun, judged: Judged) -> None:
        """Store the evaluation of one candidate as a run of its own."""
        async with self._database.transaction(tenant) as connection:
            runs = RunRecords(connection, tenant)
            await runs.add_run(run)
            await runs.add_judged(run.evaluation_id, [(0, judged)])

    async def compared(self, tenant: str, run_id: str | None, comparison: Comparison) -> None:
        """Store what a version in shadow said of one person; without a run only how much differs."""
        kept = comparison if run_id else comparison.without_people()
        async with self._database.transaction(tenant) as connection:
            await RunRecords(connection, tenant).add_comparison(run_id or new_id("eval"), 0, kept)

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


def as_json(model: BaseModel | None) -> Jsonb | None:
    """Return a document as a column takes it."""
    return None if model is None else Jsonb(model.model_dump(mode="json"))
