"""A process that has imported what every service imports, and forks one service after another.

Ten services import much the same modules, about two seconds of processor time each; forked from one
process that did so once, they start in a fraction and share the memory. Run as a module this file is
that process: it reads one JSON order a line and answers with births and deaths. Services end with it,
and it ends with its launcher.
"""

import ctypes
import gc
import json
import os
import runpy
import select
import signal
import sys
from importlib import import_module
from typing import Any

PRELOADED = ("shared.edge.serve",)
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
Order = dict[str, Any]


class _Nursery:
    """The event loop of the parent; ``next_service`` returns once in each forked child."""

    def __init__(self, orders: int, answers: int) -> None:
        self._orders = orders
        self._answers = answers
        self._unread = b""
        self._wake, wakened = os.pipe()
        os.set_blocking(wakened, False)
        signal.set_wakeup_fd(wakened)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        self._fds = (orders, answers, self._wake, wakened)

    def next_service(self) -> Order | None:
        """Return the order to carry out in this (forked) process, or None when the launcher is gone."""
        while True:
            readable, _, _ = select.select([self._orders, self._wake], [], [])
            if self._wake in readable:
                os.read(self._wake, 4096)
                self._report_deaths()
            if self._orders in readable:
                received = os.read(self._orders, 1 << 16)
                if not received:
                    return None
                *lines, self._unread = (self._unread + received).split(b"\n")
                for line in lines:
                    order = json.loads(line)
                    parent = os.getpid()
                    child = os.fork()
                    if child == 0:
                        self._leave(order, parent)
                        return order
                    self._say({"ticket": order["ticket"], "pid": child})

    def _report_deaths(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._say({"pid": pid, "code": os.waitstatus_to_exitcode(status)})

    def _say(self, answer: Order) -> None:
        os.write(self._answers, json.dumps(answer).encode() + b"\n")

    def _leave(self, order: Order, parent: int) -> None:
        """Turn the fork into a process of its own: session, signals, files, environment, name."""
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in self._fds:
            os.close(descriptor)
        nothing = os.open(os.devnull, os.O_RDONLY)
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for source, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        os.environ.clear()
        os.environ.update(order["env"])
        if sys.platform == "linux":
            kernel = ctypes.CDLL(None)
            kernel.prctl(PR_SET_NAME, order["name"].encode()[:15])
            kernel.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit(1)


def main() -> None:
    """Import, then fork what is asked for until the launcher closes the pipe."""
    orders, answers = os.dup(0), os.dup(1)
    os.dup2(2, 1)  # a module that prints while it is imported must not speak to the launcher
    for module in PRELOADED:
        import_module(module)
    gc.freeze()  # so that the collector's bookkeeping does not unshare the pages
    order = _Nursery(orders, answers).next_service()
    if order is not None:
        sys.argv = [order["module"]]
        runpy.run_module(order["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
