"""The launcher's side of the nursery: ask for a service, learn when it ends."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shared.engines.process import ending_with_parent
from shared.kernel.errors import Unavailable

ROOT = Path(__file__).parents[2]


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

    def __init__(self, log: Path) -> None:
        self._log = log
        self._nursery: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._tickets = 0
        self._born: dict[int, asyncio.Future[Process]] = {}
        self._living: dict[int, Process] = {}

    @property
    def pid(self) -> int | None:
        """The nursery's process, or None."""
        return self._nursery.pid if self._nursery and self._nursery.returncode is None else None

    async def start(self, env: Mapping[str, str]) -> None:
        """Start the nursery; it imports while the caller does something else. From the main thread only.

        (The kernel sends the parent-death signal when the thread that started the child ends.)
        """
        self._log.parent.mkdir(mode=0o700, exist_ok=True)
        with self._log.open("ab") as log:
            self._nursery = await asyncio.create_subprocess_exec(
                *ending_with_parent(signal.SIGTERM),
                *(sys.executable, "-m", "supervisor.launch.nursery"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=dict(env),
                cwd=ROOT,
                start_new_session=True,
            )
        self._reader = asyncio.create_task(self._read(self._nursery), name="read nursery")

    async def spawn(self, name: str, module: str, env: Mapping[str, str], log: Path) -> Process:
        """Fork ``python -m module`` with ``env``, its output in ``log``. Raises Unavailable."""
        if self.pid is None:
            await self.start(env)
        nursery = self._nursery
        if nursery is None or nursery.stdin is None:
            raise Unavailable("services cannot be started.", fix=f"See {self._log}")
        self._tickets += 1
        ticket = self._tickets
        born = self._born[ticket] = asyncio.get_running_loop().create_future()
        order = {"ticket": ticket, "name": name, "module": module, "env": dict(env), "log": str(log)}
        try:
            nursery.stdin.write(json.dumps(order).encode() + b"\n")
            await nursery.stdin.drain()
            return await born
        except ConnectionError:
            raise Unavailable("services cannot be started.", fix=f"See {self._log}") from None
        finally:
            self._born.pop(ticket, None)

    async def stop(self) -> None:
        """End the nursery, and with it whatever service still lives."""
        if self._nursery is None or self._reader is None:
            return
        if self._nursery.stdin is not None:
            self._nursery.stdin.close()
        await self._reader
        await self._nursery.wait()
        self._nursery = None

    async def _read(self, nursery: asyncio.subprocess.Process) -> None:
        while nursery.stdout is not None and (line := await nursery.stdout.readline()):
            answer = json.loads(line)
            if "ticket" in answer:
                self._note_birth(answer["ticket"], answer["pid"])
            else:
                self._note_death(answer["pid"], answer["code"])
        for pid in list(self._living):  # they were sent SIGTERM when their parent died
            self._note_death(pid, -signal.SIGTERM)
        for born in self._born.values():
            born.set_exception(Unavailable("services cannot be started.", fix=f"See {self._log}"))

    def _note_birth(self, ticket: int, pid: int) -> None:
        process = self._living[pid] = Process(pid, asyncio.get_running_loop().create_future())
        born = self._born.get(ticket)
        if born is None or born.done():
            process.send(signal.SIGKILL)  # whoever asked has gone away meanwhile
        else:
            born.set_result(process)

    def _note_death(self, pid: int, code: int) -> None:
        self._living.pop(pid).ended.set_result(code)
