"""``hiremesh up`` with real units, and kill -9 of each kind of process: it works again, and nothing is lost."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from shared.edge.manifest import catalogue
from shared.engines.process import lives
from shared.kernel.errors import Unavailable
from supervisor.cli._operator import operator
from supervisor.cli._signed_in import signed_in_units
from supervisor.launch import DataFolder

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

HIREMESH = [sys.executable, "-c", "from supervisor.cli import main; main()"]
UNITS = {"candidates", "recruiter_search"}
TRADES = {
    "candidates": "cooper",
    "issuer": "farrier",
    "nats": "glazier",
    "postgres": "thatcher",
    "nursery": "chandler",
}
JsonObject = dict[str, Any]


@dataclass
class Terminal:
    """A terminal in which ``hiremesh up`` runs, with the units that take people in and find them."""

    data: Path
    process: asyncio.subprocess.Process

    def pid(self, name: str) -> int:
        """Return the process that now goes by a name."""
        return DataFolder(self.data).running().processes[name].pid

    async def import_and_find(self, trade: str) -> list[str]:
        """Import a person of a trade, and return the headlines of all who are found by it."""
        run = DataFolder(self.data).running()
        async with (
            operator(self.data) as issuer,
            signed_in_units(issuer, run.units, "acme", "person:ada") as units,
        ):
            person = {
                "basics": {"name": f"Wendeline {trade.title()}", "label": trade.title()},
                "work": [{"name": "Guildhall", "position": trade.title(), "startDate": "2019-05"}],
            }
            arguments = {"items": [person], "source": f"{trade}.json", "format": "json_resume"}
            await units.call_tool("candidates", "import_profiles", arguments, JsonObject)
            changes = await units.call_tool("candidates", "list_changes", {"limit": 500}, JsonObject)
            found = await units.call_tool(
                "recruiter_search",
                "search_candidates",
                {"text": trade, "at_least_seq": changes["next"]},
                JsonObject,
            )
            return [hit["headline"] for hit in found["hits"]]

    async def keeps_trying(self, trade: str) -> list[str]:
        """Do so as a recruiter would: again after each failure, for a minute at most."""
        async with asyncio.timeout(60):
            while True:
                try:
                    return await self.import_and_find(trade)
                except Unavailable:
                    await asyncio.sleep(0.5)


@asynccontextmanager
async def up(data: Path) -> AsyncIterator[Terminal]:
    without = [word for name in catalogue() if name not in UNITS for word in ("--without", name)]
    process = await asyncio.create_subprocess_exec(
        *(*HIREMESH, "up", "--free-ports", "--data", str(data), *without),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async for line in process.stdout:
        if line.endswith(b"Ctrl-C stops everything.\n"):
            break
    yield Terminal(data, process)
    if process.returncode is None:
        process.terminate()
    await process.communicate()


@pytest.fixture(scope="module")
async def terminal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Terminal]:
    async with up(tmp_path_factory.mktemp("repair")) as terminal:
        assert await terminal.import_and_find("wheelwright") == ["Wheelwright"]
        yield terminal


@pytest.mark.parametrize("name", TRADES)
async def test_it_works_again_after_kill_9_of(terminal: Terminal, name: str) -> None:
    before = psutil.Process(terminal.pid(name))

    os.kill(before.pid, signal.SIGKILL)

    assert await terminal.keeps_trying(TRADES[name]) == [TRADES[name].title()]
    assert not lives(before)
    assert await terminal.keeps_trying("wheelwright") == ["Wheelwright"]


async def test_the_next_up_repairs_what_kill_9_of_the_launcher_left(terminal: Terminal) -> None:
    run = DataFolder(terminal.data).running()
    left = [psutil.Process(mark.pid) for mark in run.processes.values() if mark.find()]

    terminal.process.kill()
    await terminal.process.wait()

    async with up(terminal.data) as again:
        assert [process for process in left if lives(process)] == []
        assert await again.import_and_find("wheelwright") == ["Wheelwright"]
        assert await again.import_and_find("tinker") == ["Tinker"]
