"""One supervised process: started, watched until it answers, restarted when it ends by itself."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from shared.engines.process import ending_with_parent, tail
from shared.kernel.errors import Unavailable

POLL_SECONDS = 0.1
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 60.0  # after so long without a fall, the pauses begin anew
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Service:
    """How to run a Python module as a service: its name, module, environment and base URL."""

    name: str
    module: str
    env: Mapping[str, str]
    url: str


class Child:
    """A service's process. Use it from the event loop of the main thread.

    (The kernel sends the parent-death signal when the thread that started the child ends.)
    """

    def __init__(
        self, service: Service, log: Path, http: httpx.AsyncClient, started: Callable[[str, int], None]
    ) -> None:
        self.service = service
        self._log = log
        self._http = http
        self._started = started
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """The living process, or None."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and alive else None

    async def start(self, seconds: float = 60.0) -> None:
        """Start it, keep it running, and return once it is ready. Raises Unavailable with its last words."""
        if self._keeper is None:
            await self._spawn()
            self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.service.name}")
        await self.ready(seconds)

    async def ready(self, seconds: float = 60.0) -> None:
        """Return once ``/readyz`` says 200. Raises Unavailable after ``seconds`` or when it keeps falling."""
        falls = self.restarts
        deadline = time.monotonic() + seconds
        while not await self.is_ready():
            if time.monotonic() > deadline or self.restarts > falls + 2:
                raise Unavailable(
                    f"{self.service.name} is not ready: {tail(self._log)}", fix=f"See {self._log}"
                )
            await asyncio.sleep(POLL_SECONDS)

    async def is_ready(self) -> bool:
        """Ask its ``/readyz`` once."""
        if self.pid is None:
            return False
        try:
            answer = await self._http.get(f"{self.service.url}/readyz", timeout=5)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200

    async def stop(self, grace: float = 10.0) -> None:
        """End it for good: SIGTERM, then SIGKILL after ``grace`` seconds."""
        if self._keeper is not None:
            self._keeper.cancel()
            self._keeper = None
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), grace)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def kill(self) -> None:
        """SIGKILL it, as a crash would, and return once it is gone; the keeper starts it again."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _spawn(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *ending_with_parent(signal.SIGTERM),
                sys.executable,
                "-m",
                self.service.module,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                env=dict(self.service.env),
                cwd=ROOT,
                start_new_session=True,
            )
        self._started(self.service.name, self._process.pid)

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while self._process is not None:
            since = time.monotonic()
            code = await self._process.wait()
            if time.monotonic() - since > STEADY_SECONDS:
                pause = FIRST_PAUSE
            self._log_line(f"ended with {code}; starting again in {pause:g} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            await self._spawn()
            self.restarts += 1

    def _log_line(self, text: str) -> None:
        with self._log.open("a") as log:
            log.write(f"launcher: {self.service.name} {text}\n")
