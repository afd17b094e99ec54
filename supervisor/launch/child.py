"""One supervised service: started, watched until it answers, restarted when it ends by itself."""

import asyncio
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from shared.engines.process import tail
from shared.kernel.errors import HiremeshError, Unavailable
from supervisor.launch.spawning import Process, Spawner

POLL_SECONDS = 0.1
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 60.0  # after so long without a fall, the pauses begin anew


@dataclass(frozen=True)
class Service:
    """How to run a Python module as a service: its name, module, environment, base URL and log."""

    name: str
    module: str
    env: Mapping[str, str]
    url: str
    log: Path


class Pauses:
    """How long what fell waits before it is started again: longer each time, until it stood for a while."""

    def __init__(self, longest: float = LONGEST_PAUSE) -> None:
        self._next = FIRST_PAUSE
        self._longest = longest

    def after(self, lived: float) -> float:
        """Return the pause, in seconds, after a life of so many."""
        pause = FIRST_PAUSE if lived > STEADY_SECONDS else self._next
        self._next = min(pause * 2, self._longest)
        return pause


class Child:
    """A service's process, and the task that keeps it running."""

    def __init__(
        self, service: Service, spawner: Spawner, http: httpx.AsyncClient, started: Callable[[str, int], None]
    ) -> None:
        self.service = service
        self._spawner = spawner
        self._http = http
        self._started = started
        self._process: Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._falls = 0

    @property
    def pid(self) -> int | None:
        """The living process, or None."""
        return self._process.pid if self._process is not None and self._process.alive else None

    async def start(self, seconds: float = 60.0) -> None:
        """Start it, keep it running, and return once it is ready. Raises Unavailable with its last words."""
        if self._keeper is None:
            await self._spawn()
            self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.service.name}")
        await self.ready(seconds)

    async def ready(self, seconds: float = 60.0) -> None:
        """Return once ``/readyz`` says 200. Raises Unavailable after ``seconds`` or when it keeps falling."""
        falls = self._falls
        deadline = time.monotonic() + seconds
        while not await self.is_ready():
            if time.monotonic() > deadline or self._falls > falls + 2:
                words = tail(self.service.log, lines=3)
                raise Unavailable(f"{self.service.name} is not ready: {words}", fix=f"See {self.service.log}")
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
        if self._process is None:
            return
        self._process.send(signal.SIGTERM)
        try:
            async with asyncio.timeout(grace):
                await self._process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """SIGKILL it, as a crash would, and return once it is gone; the keeper starts it again."""
        if self._process is not None:
            self._process.send(signal.SIGKILL)
            await self._process.wait()

    async def _spawn(self) -> None:
        service = self.service
        self._process = await self._spawner.spawn(service.name, service.module, service.env, service.log)
        self._started(service.name, self._process.pid)

    async def _keep(self) -> None:
        pauses = Pauses()
        while self._process is not None:
            since = time.monotonic()
            code = await self._process.wait()
            pause = pauses.after(time.monotonic() - since)
            self._falls += 1
            self._note(f"ended with {code}; starting again in {pause:g} s")
            await asyncio.sleep(pause)
            try:
                await self._spawn()
            except HiremeshError as error:
                self._note(str(error))

    def _note(self, text: str) -> None:
        with suppress(OSError), self.service.log.open("a") as log:  # a full disk must not end the keeping
            log.write(f"launcher: {self.service.name} {text}\n")
