"""Evaluations in Postgres."""

from collections.abc import Mapping

from psycopg.types.json import Jsonb

from servers.evaluator.core.models import StoredRun
from shared.storage import Database, load_queries
from shared.wire.evaluation import Evaluation

queries = load_queries(__package__)


class PostgresEvaluations:
    """Keeps evaluations by tenant, each once for one input."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, tenant: str, hashes: Mapping[str, str]) -> dict[str, Evaluation]:
        """Return stored evaluations by candidate, for {candidate id: input hash}."""
        if not hashes:
            return {}
        values = {"candidates": list(hashes), "hashes": list(hashes.values())}
        async with self._database.transaction(tenant) as connection:
            rows = await (await connection.execute(queries.known, values)).fetchall()
        found = [Evaluation.model_validate(row["document"]) for row in rows]
        return {one.candidate_id: one for one in found}

    async def save(self, tenant: str, run: StoredRun, evaluations: list[Evaluation]) -> None:
        """Store a run with its candidates in order; evaluations that are stored already stay as they are."""
        keyed = [{**one.model_dump(include=_KEY), "tenant": tenant} for one in evaluations]
        documents = [
            {**key, "document": Jsonb(one.model_dump(mode="json"))}
            for key, one in zip(keyed, evaluations, strict=True)
        ]
        places = [{**key, "run_id": run.evaluation_id, "place": place} for place, key in enumerate(keyed)]
        async with self._database.transaction(tenant) as connection, connection.cursor() as cursor:
            await cursor.execute(queries.add_run, {**run.model_dump(), "tenant": tenant})
            await cursor.executemany(queries.add_evaluation, documents)
            await cursor.executemany(queries.add_run_candidate, places)

    async def of_run(
        self, tenant: str, run_id: str, candidate_ids: list[str], offset: int, limit: int
    ) -> list[Evaluation] | None:
        """Return evaluations of a run in its order, or None where there is no such run."""
        values = {"run_id": run_id, "candidates": candidate_ids, "offset": offset, "limit": limit}
        async with self._database.transaction(tenant) as connection:
            if await (await connection.execute(queries.run_exists, values)).fetchone() is None:
                return None
            rows = await (await connection.execute(queries.of_run, values)).fetchall()
        return [Evaluation.model_validate(row["document"]) for row in rows]

    async def newest(
        self, tenant: str, candidate_ids: list[str], offset: int, limit: int
    ) -> list[Evaluation]:
        """Return the newest evaluation of each candidate, in the order of the ids."""
        values = {"candidates": candidate_ids, "offset": offset, "limit": limit}
        async with self._database.transaction(tenant) as connection:
            rows = await (await connection.execute(queries.newest, values)).fetchall()
        return [Evaluation.model_validate(row["document"]) for row in rows]

    async def forget(self, tenant: str, candidate_ids: list[str]) -> None:
        """Erase everything that was said of candidates."""
        if not candidate_ids:
            return
        async with self._database.transaction(tenant) as connection:
            await connection.execute(queries.forget, {"candidates": candidate_ids})


_KEY = {"candidate_id", "input_hash", "engine", "recommendation"}
