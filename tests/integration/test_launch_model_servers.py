"""How a deployment starts, keeps and ends the servers of its models. A stand-in starts as vLLM does, but at once."""

import asyncio
import os
import re
import shlex
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from shared.engines import EmbeddedVllm
from supervisor.launch import DataFolder, RunRecord
from supervisor.launch.health import check
from supervisor.launch.model_servers import ModelServers
from supervisor.launch.models import Model
from tests.support import fake_vllm

pytestmark = pytest.mark.timeout(600)  # the real one starts slowly on a busy machine

COLLECTOR = "http://127.0.0.1:4318"


class Told:
    """What the launcher reported and started."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pids: list[int] = []
        self._more = asyncio.Condition()

    def report(self, line: str) -> None:
        self.lines.append(line)
        self._notify()

    def started(self, name: str, pid: int) -> None:
        self.pids.append(pid)

    async def until(self, wanted: Callable[[list[str]], bool]) -> None:
        async with self._more:
            await self._more.wait_for(lambda: wanted(self.lines))

    def _notify(self) -> None:
        async def notify() -> None:
            async with self._more:
                self._more.notify_all()

        self._task = asyncio.get_running_loop().create_task(notify())


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture(autouse=True)
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter of vLLM's environment that runs the stand-in, whatever it is told to run."""
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    command = shlex.join([sys.executable, fake_vllm.__file__])
    python.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    python.chmod(0o700)
    monkeypatch.setenv("HIREMESH_VLLM_PYTHON", str(python))


@pytest.fixture
def judge(tmp_path: Path) -> Model:
    weights = tmp_path / "weights"
    weights.mkdir()
    return Model("judge", weights, "judge-one", ())


@asynccontextmanager
async def serving(folder: Path, told: Told, *models: Model) -> AsyncIterator[ModelServers]:
    data = DataFolder(folder)
    data.owned.claim()
    servers = ModelServers(data, models, told.started, told.report, COLLECTOR)
    servers.launch()
    try:
        yield servers
    finally:
        await servers.stop()
        data.owned.release()


async def test_units_are_told_where_each_model_is_and_its_key(
    tmp_path: Path, told: Told, judge: Model
) -> None:
    chat = Model("chat", judge.weights, "Qwen/Qwen3-8B", ())
    async with serving(tmp_path / "data", told, judge, chat) as servers:
        assert await servers.ready() == {}
        urls, settings = servers.urls, servers.settings
    assert settings["HIREMESH_JUDGE_URL"] == urls["vllm judge-one"]
    assert settings["HIREMESH_JUDGE_FOLDER"] == str(judge.weights)
    assert settings["HIREMESH_LLM_BASE_URL"] == urls["vllm Qwen/Qwen3-8B"] + "/v1"
    assert settings["HIREMESH_LLM_MODEL"] == "Qwen/Qwen3-8B"
    assert settings["HIREMESH_JUDGE_API_KEY"] == settings["HIREMESH_LLM_API_KEY"] != ""


async def test_of_several_judges_the_first_judges(tmp_path: Path, told: Told, judge: Model) -> None:
    second = Model("judge", judge.weights, "judge-two", ())
    async with serving(tmp_path / "data", told, judge, second) as servers:
        assert servers.settings["HIREMESH_JUDGE_MODEL"] == "judge-one"
        assert servers.settings["HIREMESH_JUDGE_URL"] == servers.urls["vllm judge-one"]


async def test_a_killed_server_comes_back_on_its_address_with_its_key(
    tmp_path: Path, told: Told, judge: Model
) -> None:
    async with serving(tmp_path / "data", told, judge) as servers:
        await servers.ready()
        before = servers.settings
        os.kill(told.pids[0], signal.SIGKILL)
        await told.until(lambda lines: sum("ready on" in line for line in lines) == 2)
        assert servers.settings == before
    assert told.pids[0] != told.pids[1]


async def test_a_model_that_cannot_be_loaded_is_named_with_its_fault_and_tried_again(
    tmp_path: Path, told: Told, judge: Model
) -> None:
    fault = Path(judge.weights) / "fault"
    fault.write_text("ValueError: no such architecture\ngood bye")
    async with serving(tmp_path / "data", told, judge) as servers:
        failures = await servers.ready()
        assert "ValueError: no such architecture" in str(failures["vllm judge-one"])
        fault.unlink()
        await told.until(lambda lines: any("ready on" in line for line in lines))


async def test_each_server_is_told_of_the_collector_and_its_key_is_on_no_command_line(
    tmp_path: Path, told: Told, judge: Model
) -> None:
    async with serving(tmp_path / "data", told, judge) as servers:
        await servers.ready()
        said = psutil.Process(told.pids[0]).cmdline()
        assert said[said.index("--otlp-traces-endpoint") + 1] == f"{COLLECTOR}/v1/traces"
        assert servers.settings["HIREMESH_JUDGE_API_KEY"] not in " ".join(said)


async def test_nothing_is_left_once_they_are_stopped(tmp_path: Path, told: Told, judge: Model) -> None:
    async with serving(tmp_path / "data", told, judge) as servers:
        await servers.ready()
    assert not psutil.pid_exists(told.pids[0])


async def test_status_says_how_much_a_model_has_to_do(tmp_path: Path, told: Told, judge: Model) -> None:
    async with serving(tmp_path / "data", told, judge) as servers:
        await servers.ready()
        run = RunRecord(models=servers.urls | {"vllm gone": "http://127.0.0.1:9"})
        up, gone = await check(run)
    assert (up.name, up.up, up.version) == ("vllm judge-one", True, "0.0.0")
    assert up.note == "requests: 2 running, 7 waiting; figures on /metrics"
    assert not gone.up


async def test_status_reads_the_version_and_figures_of_a_real_server(vllm: EmbeddedVllm) -> None:
    [judge] = await check(RunRecord(models={"vllm judge": vllm.url}))
    assert judge.up
    assert re.match(r"\d+\.\d+", judge.version)
    assert judge.note == "requests: 0 running, 0 waiting; figures on /metrics"
