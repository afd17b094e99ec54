"""The versions of the engine that a deployment has: which one serves, which looks on in shadow, and how that changes."""

import asyncio
from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from servers.evaluator.core.models import Difference
from servers.evaluator.core.operating import Change, Counted, EngineVersion, Served, State
from servers.evaluator.core.versions import ENGINE
from servers.evaluator.judges.opening import version_of
from servers.evaluator.judges.weights import weights_in
from servers.evaluator.store import queries
from shared.kernel.errors import Conflict, InvalidInput, NotFound
from shared.storage import Connection, Database

ENVIRONMENTS = "-"
"""Stands for the judge that the environment names, where no version serves."""


class EngineVersions:
    """Keeps the versions. Every change names who made it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[EngineVersion]:
        """Return all versions, those that serve or served first."""
        found = [
            EngineVersion.model_validate(row) for row in await self._database.fetch(queries.engine_versions)
        ]
        return [one.model_copy(update={"judges_as": _renamed(one)}) for one in found]

    async def served(self, name: str) -> Served | None:
        """Return where a version is served, None for the rules. Raises NotFound."""
        version = _named(await self.all(), name)
        return Served.model_validate(version.settings) if version.kind != "rules" else None

    async def changes(self, limit: int) -> list[Change]:
        """Return what was decided, the newest first."""
        return [
            Change.model_validate(row)
            for row in await self._database.fetch(queries.changes, {"limit": limit})
        ]

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
            await _note(tx, name, "registered", by, "")
        return name

    async def gate(self, name: str, report: dict[str, Any], by: str) -> bool:
        """Keep the report of a version's gate and return whether it passed.

        Raises NotFound, and InvalidInput for the report of another version or of other weights.
        """
        if report.get("version") != name or not isinstance(report.get("passed"), bool):
            raise InvalidInput(
                f"this is no report of {name}.", field="report", fix="It says version and passed."
            )
        passed = bool(report["passed"])
        async with self._database.transaction(None) as tx:
            version = (await _locked(tx, name)).model_copy(update={"gate": report})
            await asyncio.to_thread(_as_gated, version)
            await tx.execute(queries.gate_engine_version, {"name": name, "gate": Jsonb(report), "by": by})
            await _note(
                tx, name, "passed" if passed else "failed", by, "; ".join(report.get("reasons", []))[:2000]
            )
        return passed

    async def shadow(self, name: str, by: str, reason: str) -> str | None:
        """Have a version look on, and return which one did before. Raises NotFound, Conflict."""
        async with self._database.transaction(None) as tx:
            if (await _locked(tx, name)).state in ("serving", "shadow"):
                raise Conflict(f"{name} judges already.")
            before = await _left(tx, queries.leave_state, state="shadow", next="candidate", by=by)
            await _enter(tx, name, "shadow", by, reason)
        return before

    async def promote(self, name: str, by: str, reason: str) -> str | None:
        """Have a version serve, and return which one did before.

        Raises NotFound, and Conflict for one that has not passed its gate with the weights that it has now. The
        rules need none: they are what others are measured against.
        """
        async with self._database.transaction(None) as tx:
            version = await _locked(tx, name)
            if version.state == "serving":
                raise Conflict(f"{name} serves already.")
            if version.kind != "rules" and not version.passed:
                raise Conflict(f"{name} has not passed its gate.", fix=f"hiremesh model gate {name}")
            await asyncio.to_thread(_as_gated, version)
            before = await _left(tx, queries.leave_state, state="serving", next="retired", by=by)
            await _enter(tx, name, "serving", by, reason)
        return before

    async def rollback(self, by: str, reason: str) -> tuple[EngineVersion | None, str]:
        """Have serve again what served before: return that, None for the environment's judge, and what leaves.

        Raises Conflict where no version serves, or where the one before is not what it was.
        """
        async with self._database.transaction(None) as tx:
            versions = await _all_locked(tx)
            before = next((one for one in versions if one.served_since and one.state != "serving"), None)
            left = await _left(tx, queries.leave_service, by=by)
            if left is None:
                raise Conflict("no version serves: the environment says what judges.")
            if before is None:
                await _note(tx, ENVIRONMENTS, "serving", by, reason)
            else:
                await asyncio.to_thread(_as_gated, before)
                await _enter(tx, before.name, "serving", by, reason)
        return before, left

    async def differences(
        self, tenant: str, name: str, limit: int = 50
    ) -> tuple[list[Counted], list[Difference]]:
        """Return how much of an organisation's a version judged in shadow, and the newest differences."""
        async with self._database.transaction(tenant) as tx:
            values = {"shadow": name, "limit": limit}
            counts = await (await tx.execute(queries.compared, values)).fetchall()
            rows = await (await tx.execute(queries.differences, values)).fetchall()
        return [Counted.model_validate(row) for row in counts], [
            Difference.model_validate(row) for row in rows
        ]


def _renamed(version: EngineVersion) -> str | None:
    """Return what judges in this release with a version's settings, where that has got another name.

    Rules get one when they change, chat models when their prompt is reworded. A built model's lies in its folder.
    """
    match version.kind:
        case "rules":
            now = ENGINE
        case "chat":
            now = version_of("chat", None, Served.model_validate(version.settings).model).name
        case "cross_encoder":
            return None
    return now if now != version.name else None


def _as_gated(version: EngineVersion) -> None:
    """Raise Conflict where something else would judge under a version's name than its gate measured."""
    if now := _renamed(version):
        raise Conflict(
            f"this release judges by {now}, not by {version.name}.",
            fix="Register it anew, as it is now: hiremesh model register",
        )
    if version.kind == "rules":
        return
    gate, served = version.gate or {}, Served.model_validate(version.settings)
    now = version_of(served.kind, served.folder, served.model)
    weights = (weights_in(served.folder) if served.folder else None) or now.weights
    if (gate.get("weights_sha256"), gate.get("identity")) != (weights, now.identity):
        raise Conflict(
            f"what {version.name} stands for is not what its gate measured.",
            fix=f"hiremesh model gate {version.name}",
        )


async def _all_locked(tx: Connection) -> list[EngineVersion]:
    await tx.execute(queries.lock_engine_versions)
    rows = await (await tx.execute(queries.engine_versions)).fetchall()
    return [EngineVersion.model_validate(row) for row in rows]


async def _locked(tx: Connection, name: str) -> EngineVersion:
    return _named(await _all_locked(tx), name)


def _named(versions: Sequence[EngineVersion], name: str) -> EngineVersion:
    found = next((one for one in versions if one.name == name), None)
    if found is None:
        raise NotFound(f"there is no version {name}.", field="version")
    return found


async def _left(tx: Connection, leave: LiteralString, **values: str) -> str | None:
    """Take a state, which only one version has, from the one that has it; return its name."""
    row = await (await tx.execute(leave, values)).fetchone()
    return row["name"] if row else None


async def _enter(tx: Connection, name: str, state: State, by: str, reason: str) -> None:
    await tx.execute(queries.enter_state, {"name": name, "state": state, "by": by})
    await _note(tx, name, state, by, reason)


async def _note(tx: Connection, version: str, did: str, by: str, reason: str) -> None:
    await tx.execute(queries.add_change, {"version": version, "did": did, "by": by, "reason": reason})
