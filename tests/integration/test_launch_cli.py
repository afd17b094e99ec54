"""``hiremesh up``, ``status``, ``migrate`` and ``serve`` as a person uses them, without any unit."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import psutil
import pytest

from shared.edge.manifest import catalogue
from shared.engines.process import lives
from shared.kernel.errors import NotFound
from supervisor.launch import DataFolder, RunRecord
from supervisor.launch.folder import ProcessMark

HIREMESH = [sys.executable, "-c", "from supervisor.cli import main; main()"]


@dataclass
class Terminal:
    """A terminal in which ``hiremesh up`` runs."""

    data: Path
    process: subprocess.Popen[str]
    said: str

    def hiremesh(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*HIREMESH, *arguments, "--data", str(self.data)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)


def up(data: Path) -> Terminal:
    without = [argument for name in catalogue() for argument in ("--without", name)]
    command = [*HIREMESH, "up", "--free-ports", "--data", str(data), *without]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = iter(process.stdout.readline, "")
    said = "".join(takewhile(lambda line: not line.endswith("Ctrl-C stops everything.\n"), lines))
    return Terminal(data, process, said)


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """``hiremesh up`` with no units."""
    terminal = up(tmp_path_factory.mktemp("terminal"))
    yield terminal
    terminal.process.terminate()
    terminal.process.communicate(timeout=60)


def test_up_says_how_to_talk_to_it(terminal: Terminal) -> None:
    assert "Hiremesh is up." in terminal.said
    assert re.search(r"OpenAI API +http://127\.0\.0\.1:\d+/v1/chat/completions", terminal.said)
    assert "hiremesh mcp-config" in terminal.said


def test_a_second_up_says_so_with_the_process(terminal: Terminal) -> None:
    second = terminal.hiremesh("up")
    assert second.returncode == 1
    assert f"already up: {terminal.data} is in use by process {terminal.process.pid}." in second.stderr


def test_status_shows_what_is_up_and_what_was_left_out(terminal: Terminal) -> None:
    status = terminal.hiremesh("status")
    assert re.search(r"postgres +up +\d+ +\d+ +18\.", status.stdout)
    assert re.search(r"nats +up +\d+ +\d+ +2\.", status.stdout)
    assert re.search(r"issuer +up +\d+ +\d+", status.stdout)
    assert re.search(r"supervisor +down", status.stdout)
    assert status.returncode == 0


def test_migrate_finds_nothing_left_to_do(terminal: Terminal) -> None:
    assert terminal.hiremesh("migrate").stdout == "nothing to do\n"


def test_serving_a_unit_that_does_not_exist_names_those_that_do(terminal: Terminal) -> None:
    served = terminal.hiremesh("serve", "nonesuch")
    assert served.returncode == 1
    assert "there is no unit 'nonesuch'. Choose one of: " in served.stderr


@pytest.mark.parametrize("command", [("status",), ("migrate",), ("serve", "projects")])
def test_commands_that_need_a_deployment_say_how_to_start_one(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    answer = subprocess.run(
        [*HIREMESH, *command, "--data", str(tmp_path)], capture_output=True, text=True, timeout=60
    )
    assert answer.returncode == 1
    assert f"nothing runs on {tmp_path}. Start it with: hiremesh up" in answer.stderr


@pytest.mark.parametrize(
    ("asked", "fix"),
    [
        (("--vllm",), "hiremesh model build"),
        (("--judge", "chat"), "--chat-model"),
        (("--chat-model", "Qwen/Qwen3-8B", "--speculative", "guess"), "draft:FOLDER"),
        (("--chat-model", "Qwen/Qwen3-8B"), "make vllm"),
    ],
    ids=["no judge", "no chat model", "no way to draft", "no vLLM"],
)
def test_up_says_what_a_model_lacks_before_anything_starts(
    tmp_path: Path, asked: tuple[str, ...], fix: str
) -> None:
    answer = subprocess.run(
        [*HIREMESH, "up", *asked, "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"HIREMESH_VLLM_PYTHON": str(tmp_path / "nowhere")},
    )
    assert answer.returncode == 1
    assert fix in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_signal_stops_everything_and_leaves_no_record(tmp_path: Path) -> None:
    terminal = up(tmp_path)
    run = DataFolder(tmp_path).running()
    processes = [psutil.Process(mark.pid) for mark in run.processes.values()]
    terminal.process.send_signal(signal.SIGINT)
    said, _ = terminal.process.communicate(timeout=60)
    assert said.endswith("stopping\nstopped\n")
    assert terminal.process.returncode == 0
    assert [process for process in processes if lives(process)] == []
    assert DataFolder(tmp_path).last_run() is None


def test_a_record_whose_launcher_was_killed_is_no_running_deployment(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    gone = ProcessMark(pid=os.getpid(), started=0.0)  # the pid was given to another process since
    folder.record(RunRecord(launcher=gone, processes={"projects": gone}))
    with pytest.raises(NotFound, match="hiremesh up"):
        folder.running()
