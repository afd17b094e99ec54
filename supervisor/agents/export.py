"""All that is kept of an agent as a zip of JSON lines: messages, runs with their steps, decisions, wishes."""

import json
import tempfile
import zipfile
from collections.abc import AsyncIterator
from typing import IO, Any

from shared.storage import Database
from supervisor.agents.history import MOST, History, HistoryQuery
from supervisor.agents.records import AgentStore
from supervisor.approvals import Approvals
from supervisor.environment.store import EnvironmentStore
from supervisor.memory import Memory
from supervisor.store import Run, RunStore, Step

RUNS_AT_ONCE = 20
IN_MEMORY = 4_000_000


class Exporter:
    """Writes exports, as the current principal."""

    def __init__(self, database: Database, history: History, memory: Memory, approvals: Approvals) -> None:
        self._database = database
        self._history = history
        self._memory = memory
        self._approvals = approvals

    async def export(self, tenant: str, agent: str) -> IO[bytes]:
        """Return a zip file, ready to be read; the caller closes it.

        Raises NotFound; Unavailable where a decision cannot be had.
        """
        async with self._database.transaction(tenant) as tx:
            found = await AgentStore(tx, tenant).agent(agent)
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
        try:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("agent.json", found.model_dump_json(indent=2))
                await _write(archive, "messages.jsonl", self._messages(tenant, agent))
                await _write(archive, "runs.jsonl", self._runs(tenant, agent))
                await _write(archive, "decisions.jsonl", self._decisions(tenant, agent))
                await _write(archive, "wishes.jsonl", self._wishes(tenant, agent))
            if found.closed_at:  # since then nothing came: the file holds everything
                async with self._database.transaction(tenant) as tx:
                    await AgentStore(tx, tenant).exported(agent)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    async def _messages(self, tenant: str, agent: str) -> AsyncIterator[dict[str, Any]]:
        query = HistoryQuery()
        cursor = self._history.beginning(tenant, agent, query)
        while (page := await self._history.page(tenant, agent, query, cursor, MOST)).messages:
            for message in page.messages:
                yield message.model_dump(mode="json")
            cursor = page.newer

    async def _runs(self, tenant: str, agent: str) -> AsyncIterator[dict[str, Any]]:
        async for run, steps in self._each_run(tenant, agent):
            async with self._database.transaction(tenant) as tx:
                facts = await RunStore(tx, tenant).facts(run.id)
            yield {
                **run.model_dump(mode="json", exclude={"tenant"}),
                "steps": [step.model_dump(mode="json") for step in steps],
                "facts": [fact.model_dump(mode="json") for fact in facts.values()],
            }

    async def _decisions(self, tenant: str, agent: str) -> AsyncIterator[dict[str, Any]]:
        async for run, steps in self._each_run(tenant, agent):
            for step in steps:
                if step.approval:
                    yield {"run": run.id, "step": step.id, **await self._approvals.record(step.approval)}

    async def _wishes(self, tenant: str, agent: str) -> AsyncIterator[dict[str, Any]]:
        for wish in await self._memory.wishes(tenant, agent):
            yield {"wish": wish}
        async with self._database.transaction(tenant) as tx:
            told = EnvironmentStore(tx, tenant)
            rules, watches = (await told.attention(agent)).rules, await told.watches(agent)
            refreshes = await told.refreshes(agent)
        yield {"rules": rules.model_dump(mode="json", exclude_defaults=True)}
        for title in watches:
            yield {"watches": title}
        for refresh in refreshes:
            yield {"refreshes": refresh.title, "at": refresh.at.isoformat("minutes")}

    async def _each_run(self, tenant: str, agent: str) -> AsyncIterator[tuple[Run, list[Step]]]:
        last: Run | None = None
        while True:
            async with self._database.transaction(tenant) as tx:
                runs = await AgentStore(tx, tenant).runs_after(agent, last, RUNS_AT_ONCE)
                steps = [await RunStore(tx, tenant).steps(run.id) for run in runs]
            for pair in zip(runs, steps, strict=True):
                yield pair
            if not runs:
                return
            last = runs[-1]


async def _write(archive: zipfile.ZipFile, name: str, records: AsyncIterator[dict[str, Any]]) -> None:
    with archive.open(name, "w", force_zip64=True) as file:
        async for record in records:
            file.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
