"""Processes that derive: warmed once asked, and gone with the process that has them, however that ends."""

import json
import os
import select
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from shared.following.deriving import WORKERS, DerivingPool
from shared.following.model import Derived
from shared.taxonomy import Words

FOLDER = "HIREMESH_TEST_LOADED"
MOST_SECONDS = 15


def derive(lines: list[str], today: date, words: Words) -> list[str]:
    """Note which process has loaded what it derives by."""
    (Path(os.environ[FOLDER]) / f"{os.getpid()}-{len(lines)}").touch()
    return lines


def joined(parts: list[list[str]]) -> Derived[str]:
    return Derived[str]()


async def test_once_warmed_every_worker_and_this_process_have_loaded_what_they_derive_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    pool = DerivingPool(derive, joined)
    await pool.warm()
    await pool.aclose()  # a worker that still loads ends after that
    loaded = set(os.listdir(tmp_path))
    assert len(loaded) == 1 + WORKERS
    assert f"{os.getpid()}-0" in loaded


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_the_process_that_has_them(sent: signal.Signals) -> None:
    command = (sys.executable, "-m", "tests.support.deriving_process")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        workers: list[int] = json.loads(child.stdout.readline())
        handles = {os.pidfd_open(pid) for pid in workers}
        waiting = select.poll()
        for handle in handles:
            waiting.register(handle, select.POLLIN)
        child.send_signal(sent)
        left = set(handles)
        while left and (found := waiting.poll(MOST_SECONDS * 1000)):
            for handle, _ in found:
                left.remove(handle)
                waiting.unregister(handle)
        for handle in left:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        for handle in handles:
            os.close(handle)
    assert (len(workers), left) == (WORKERS, set())
