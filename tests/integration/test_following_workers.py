"""Processes that derive are gone with the process that has them, however that ends."""

import json
import os
import select
import signal
import subprocess
import sys

import pytest

from shared.following.deriving import WORKERS

MOST_SECONDS = 15


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
