"""The versions of the engine that a deployment has: which one serves, which looks on in shadow, and how that changes."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from psycopg.types.json import Jsonb
from pydantic import BaseModel, Field

from servers.evaluator.core.models import Difference
from servers.evaluator.core.ports import Judge
from servers.evaluator.core.versions import ENGINE
from servers.evaluator.judges import AnyJudge, JudgeSettings, open_judge, version_of
from servers.evaluator.store import queries
from shared.kernel.errors import Conflict, InvalidInput, NotFound
from shared.storage import Connection, Database

LOOK_SECONDS = 10.0
"""So long after a change evaluations may still begin with the engine before."""
Kind = Literal["rules", "cross_encoder", "chat"]
State = Literal["candidate", "shadow", "serving", "retired"]


class Served(BaseModel):
    """Where a model is served, as in ``JudgeSettings``; without its key, which is the deployment's."""

    kind: Literal["cross_encoder", "chat"] = "cross_encoder"
    url: str
    folder: Path | None = None
    model: str | None = None


class EngineVersion(BaseModel):
    """One version; ``gate`` is the report by which it may serve, with ``passed``."""

    name: str
    kind: Kind
    state: State
    settings: dict[str, Any] = Field(default_factory=dict[str, Any])
    gate: dict[str, Any] | None = None
    served_since: datetime | None = None
    changed_by: str
    changed_at: datetime

    @property
    def has_passed(self) -> bool:
        return bool(self.gate and self.gate.get("passed") is True)


class EngineVersions:
    """Keeps the versions. Every change names who made it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[EngineVersion]:
        """Return all versions, those that serve or served first."""
        rows = await self._database.fetch(queries.engine_versions)
        return [EngineVersion.model_validate(row) for row in rows]

    async def register(self, served: Served | None, by: str) -> str:
        """Add a served model as a candidate, or the rules where none is given, and return its name.

        Raises InvalidInput where the folder holds no model that we can ask, or a chat model is not named.
        """
        name = version_of(served.kind, served.folder, served.model).name if served else ENGINE
        settings = served.model_dump(mode="json") if served else {}
        kind = served.kind if served else "rules"
        async with self._database.transaction(None) as tx:
            values = {"name": name, "kind": kind, "settings": Jsonb(settings), "by": by}
            await tx.execute(queries.add_engine_version, values)
        return name

    async def gate(self, name: str, report: dict[str, Any], by: str) -> None:
        """Keep the report of a version's gate. Raises NotFound, and InvalidInput for another version's."""
        if report.get("version", name) != name or not isinstance(report.get("passed"), bool):
            raise InvalidInput(
                f"this is no report of {name}.", field="gate", fix="It says version and passed."
            )
        async with self._database.transaction(None) as tx:
            values = {"name": name, "gate": Jsonb(report), "by": by}
            if await (await tx.execute(queries.gate_engine_version, values)).fetchone() is None:
                raise NotFound(f"there is no version {name}.", field="version")

    async def shadow(self, name: str, by: str) -> None:
        """Have a version look on. Raises NotFound, Conflict."""
        async with self._database.transaction(None) as tx:
            if (await _locked(tx, name)).state == "serving":
                raise Conflict(f"{name} serves already.")
            await _enter(tx, name, "shadow", leaves="candidate", by=by)

    async def promote(self, name: str, by: str) -> None:
        """Have a version serve. Raises NotFound, and Conflict for one that has not passed its gate.

        The rules need none: they are what others are measured against.
        """
        async with self._database.transaction(None) as tx:
            version = await _locked(tx, name)
            if version.kind != "rules" and not version.has_passed:
                raise Conflict(f"{name} has not passed its gate.", fix="Run the gate and keep its report.")
            await _enter(tx, name, "serving", leaves="retired", by=by)

    async def rollback(self, by: str) -> str:
        """Have the version serve again that served before, and return its name. Raises Conflict."""
        async with self._database.transaction(None) as tx:
            await tx.execute(queries.lock_engine_versions)
            rows = await (await tx.execute(queries.engine_versions)).fetchall()
            past = [row["name"] for row in rows if row["served_since"] and row["state"] != "serving"]
            if not past:
                raise Conflict("no version served before this one.")
            await _enter(tx, past[0], "serving", leaves="retired", by=by)
        return past[0]

    async def differences(
        self, tenant: str, name: str, limit: int = 50
    ) -> tuple[list[dict[str, Any]], list[Difference]]:
        """Return how much of an organisation's a version judged in shadow, and the newest differences.

        The counts have ``serving``, ``shadow``, ``judgements`` and ``differing``.
        """
        async with self._database.transaction(tenant) as tx:
            values = {"shadow": name, "limit": limit}
            counts = await (await tx.execute(queries.compared, values)).fetchall()
            rows = await (await tx.execute(queries.differences, values)).fetchall()
        return counts, [Difference.model_validate(row) for row in rows]


async def _locked(tx: Connection, name: str) -> EngineVersion:
    await tx.execute(queries.lock_engine_versions)
    rows = await (await tx.execute(queries.engine_versions)).fetchall()
    found = next((row for row in rows if row["name"] == name), None)
    if found is None:
        raise NotFound(f"there is no version {name}.", field="version")
    return EngineVersion.model_validate(found)


async def _enter(tx: Connection, name: str, state: State, *, leaves: State, by: str) -> None:
    """Give a version a state that only one has; the one that had it has ``leaves`` then."""
    await tx.execute(queries.leave_state, {"state": state, "next": leaves, "by": by})
    await tx.execute(queries.enter_state, {"name": name, "state": state, "by": by})


class RegisteredJudges:
    """The bench by what is registered; where nothing serves, the judge of the environment does. ``aclose()`` it."""

    def __init__(
        self,
        versions: EngineVersions,
        configured: JudgeSettings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._versions = versions
        self._configured = configured
        self._clock = clock
        self._looked_at = float("-inf")
        self._found: dict[State, EngineVersion] = {}
        self._opened: dict[str, AnyJudge] = {}

    async def serving(self) -> Judge:
        """Return the judge that serves. Raises InvalidInput where its folder is gone."""
        await self._look()
        version = self._found.get("serving")
        return self._judge(version) if version else self._open("", self._configured)

    async def shadow(self) -> Judge | None:
        """Return the judge in shadow."""
        await self._look()
        version = self._found.get("shadow")
        return self._judge(version) if version else None

    async def _look(self) -> None:
        if self._clock() - self._looked_at >= LOOK_SECONDS:
            self._found = {one.state: one for one in await self._versions.all()}
            self._looked_at = self._clock()

    def _judge(self, version: EngineVersion) -> Judge:
        key = {"api_key": self._configured.api_key}
        settings = JudgeSettings.model_validate(
            {"url": None, "kind": "cross_encoder", **version.settings, **key}
        )
        return self._open(f"{version.name} {version.settings}", settings)

    def _open(self, key: str, settings: JudgeSettings) -> Judge:
        if key not in self._opened:
            self._opened[key] = open_judge(settings)
        return self._opened[key]

    async def aclose(self) -> None:
        """Close the connections of all judges."""
        for one in self._opened.values():
            await one.aclose()
