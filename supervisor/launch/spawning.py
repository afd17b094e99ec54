"""The launcher's side of the nursery: ask for a service, learn when it ends."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psutil

from shared.engines.process import end, ending_with_parent
from shared.kernel.errors import Unavailable

ROOT = Path(__file__).parents[2]
NURSERY = "nursery"


@dataclass
class Process:
    """A forked service."""

    pid: int
    ended: asyncio.Future[int] = field(repr=False)

    @property
    def alive(self) -> bool:
        """Whether it has not been reported dead."""
        return not self.ended.done()

    async def wait(self) -> int:
        """Return its exit code, negative for a signal, once it has ended."""
        return await asyncio.shield(self.ended)

    def send(self, sig: signal.Signals) -> None:
        """Send a signal while it lives."""
        if self.alive:
            os.kill(self.pid, sig)


class Spawner:
    """Starts the nursery when first asked for a service, and again should it die."""

    def __init__(self, log: Path, env: Mapping[str, str], started: Callable[[str, int], None]) -> None:
        self._log = log
        self._env = env
        self._started = started
        self._nursery: asyncio.subprocess.Process | None = None
        self._starting = asyncio.Lock()
        self._reader: asyncio.Task[None] | None = None
        self._tickets = count()
        self._born: dict[int, asyncio.Future[Process]] = {}
        self._living: dict[int, Process] = {}

    async def start(self) -> asyncio.subprocess.Process:
        """Return the nursery, started where there is none; it imports meanwhile. From the main thread only.

        (The kernel sends the parent-death signal when the thread that started the child ends.)
        """
        async with self._starting:
            if self._nursery is None:
                self._log.parent.mkdir(mode=0o700, exist_ok=True)
                with self._log.open("ab") as log:
                    self._nursery = await asyncio.create_subprocess_exec(
                        *ending_with_parent(signal.SIGTERM),
                        *(sys.executable, "-m", "supervisor.launch.nursery"),
                        stdin=asyncio.subprocess.PIPE,
                        stdout=asyncio.subprocess.PIPE,
                        stderr=log,
                        env=self._env,
                        cwd=ROOT,
                        start_new_session=True,
                    )
                self._started(NURSERY, self._nursery.pid)
                self._reader = asyncio.create_task(self._read(self._nursery), name="read nursery")
            return self._nursery

    async def spawn(self, name: str, module: str, env: Mapping[str, str], log: Path) -> Process:
        """Fork ``python -m module`` with ``env``, its output in ``log``. Raises Unavailable."""
        nursery = await self.start()
        ticket = next(self._tickets)
        born = self._born[ticket] = asyncio.get_running_loop().create_future()
        order = {"ticket": ticket, "name": name, "module": module, "env": dict(env), "log": str(log)}
        if nursery.stdin is not None:
            nursery.stdin.write(json.dumps(order).encode() + b"\n")
        try:
            return await born
        finally:
            del self._born[ticket]

    async def stop(self) -> None:
        """End the nursery, and with it whatever service still lives."""
        if self._nursery is None or self._reader is None:
            return
        if self._nursery.stdin is not None:
            self._nursery.stdin.close()
        await self._reader

    async def _read(self, nursery: asyncio.subprocess.Process) -> None:
        while nursery.stdout is not None and (line := await nursery.stdout.readline()):
            answer = json.loads(line)
            if "ticket" in answer:
                self._note_birth(answer["ticket"], answer["pid"])
            else:
                self._note_death(answer["pid"], answer["code"])
        self._nursery = None
        for born in self._born.values():
            born.set_exception(Unavailable("services cannot be started.", fix=f"See {self._log}"))
        left = [process for pid in self._living if (process := _find(pid))]
        await asyncio.to_thread(end, left, signal.SIGTERM, 10)  # the kernel has told them already
        for pid in list(self._living):
            self._note_death(pid, -signal.SIGTERM)
        await nursery.wait()

    def _note_birth(self, ticket: int, pid: int) -> None:
        process = self._living[pid] = Process(pid, asyncio.get_running_loop().create_future())
        born = self._born.get(ticket)
        if born is None or born.done():
            process.send(signal.SIGKILL)  # whoever asked has gone away meanwhile
        else:
            born.set_result(process)

    def _note_death(self, pid: int, code: int) -> None:
        self._living.pop(pid).ended.set_result(code)


def _find(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None
