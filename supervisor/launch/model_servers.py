"""The vLLM servers of a deployment: started, watched until they answer, started again when they end."""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import httpx

from shared.edge.tokens import client_secret
from shared.engines import EmbeddedVllm
from shared.engines.process import tail
from shared.engines.vllm import SECONDS_TO_START
from shared.kernel.errors import HiremeshError, Unavailable
from supervisor.launch.child import Pauses
from supervisor.launch.folder import DataFolder
from supervisor.launch.models import Model

POLL_SECONDS = 0.5
TELL_SECONDS = 20.0
LONGEST_PAUSE = 300.0  # a model that cannot be loaded must not keep the machine busy with trying
FAULT = re.compile(r"\b(?:\w+Error|\w+Exception|error): .+")


class ModelServer:
    """One model's server. ``risen`` is set once it answered or failed to, ``error`` says why it failed.

    Every server of a deployment has the same key, since a version of the engine may ask another one.
    """

    def __init__(self, folder: DataFolder, model: Model, otlp_endpoint: str | None) -> None:
        self.model = model
        self.engine = EmbeddedVllm(
            folder.path / f"vllm-{model.served_as.replace('/', '-')}",
            model.weights,
            model.served_as,
            arguments=model.arguments,
            cache=model.cache,
            api_key=client_secret(folder.deployment_secret, "vllm"),
            otlp_endpoint=otlp_endpoint,
        )
        self.risen = asyncio.Event()
        self.error: HiremeshError | None = None
        self._said_before = 0
        self._ready_at: float | None = None

    @property
    def has_ended(self) -> bool:
        """Whether there is no process, or none that lives."""
        return self.engine.process is None or self.engine.process.poll() is not None

    def launch(self) -> int:
        """Start it without waiting, and return its process. From the main thread only. Raises Unavailable."""
        with suppress(FileNotFoundError):
            self._said_before = self.engine.log.stat().st_size
        self._ready_at = None
        self.engine.launch()
        assert self.engine.process is not None
        return self.engine.process.pid

    def lived(self) -> float:
        """Return for how many seconds it has been ready."""
        return time.monotonic() - self._ready_at if self._ready_at is not None else 0.0

    async def is_ready(self, http: httpx.AsyncClient) -> bool:
        """Ask its ``/health`` once."""
        try:
            answer = await http.get(f"{self.engine.url}/health", timeout=5)
        except httpx.HTTPError:
            return False
        if answer.is_success and self._ready_at is None:
            self._ready_at = time.monotonic()
        return answer.is_success

    def settle(self, error: HiremeshError | None) -> None:
        """Note the outcome of the first start."""
        if not self.risen.is_set():
            self.error = error
            self.risen.set()

    def fault(self) -> str:
        """Return what it last said was wrong, since it was launched."""
        log = self.engine.log
        said = log.read_bytes()[self._said_before :].decode(errors="replace") if log.exists() else ""
        faults = FAULT.findall(said)
        return faults[-1] if faults else tail(log, lines=3)


class ModelServers:
    """All of them. They start at the same time as the rest, and ``ready`` waits for them."""

    def __init__(
        self,
        folder: DataFolder,
        models: Sequence[Model],
        started: Callable[[str, int], None],
        report: Callable[[str], None],
        otlp_endpoint: str | None,
    ) -> None:
        self._folder = folder
        self._models = models
        self._otlp_endpoint = otlp_endpoint
        self._servers: list[ModelServer] = []
        self._started = started
        self._report = report
        self._http = httpx.AsyncClient(trust_env=False)
        self._keepers: list[asyncio.Task[None]] = []

    @property
    def urls(self) -> dict[str, str]:
        """Server → base URL, once launched."""
        return {server.model.name: server.engine.url for server in self._servers}

    @property
    def settings(self) -> dict[str, str]:
        """What units find in their environment; of several models in one role the first counts."""
        found: dict[str, str] = {}
        for server in reversed(self._servers):
            found |= server.model.settings(server.engine.url, server.engine.api_key)
        return found

    def launch(self) -> None:
        """Start them without waiting. Raises Conflict, Unavailable. From the main thread only."""
        self._servers = [ModelServer(self._folder, model, self._otlp_endpoint) for model in self._models]
        for server in self._servers:
            self._started(server.model.name, server.launch())
            self._report(f"{server.model.name} starts, usually within a minute; see {server.engine.log}")
            keeper = asyncio.create_task(self._keep(server), name=f"keep {server.model.name}")
            self._keepers.append(keeper)

    async def ready(self) -> dict[str, HiremeshError]:
        """Wait until each answers for the first time, and return why some do not; those are tried again."""
        outcomes = await asyncio.gather(*(self._outcome(server) for server in self._servers))
        return {
            server.model.name: error
            for server, error in zip(self._servers, outcomes, strict=True)
            if error is not None
        }

    async def stop(self) -> None:
        """Stop them all at once."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*(asyncio.to_thread(server.engine.stop) for server in self._servers))
        await self._http.aclose()

    async def _outcome(self, server: ModelServer) -> HiremeshError | None:
        try:
            async with asyncio.timeout(SECONDS_TO_START):
                await server.risen.wait()
        except TimeoutError:
            return self._failure(server, f"not ready within {SECONDS_TO_START:.0f} s")
        return server.error

    def _failure(self, server: ModelServer, why: str) -> HiremeshError:
        return Unavailable(f"{server.model.name}: {why.rstrip('.')}.", fix=f"See {server.engine.log}")

    async def _keep(self, server: ModelServer) -> None:
        """Start it again when it ended by itself, on the same port and with the same key; clients reconnect."""
        name, pauses = server.model.name, Pauses(LONGEST_PAUSE)
        while True:
            await self._rising(server)
            if not server.has_ended:
                server.settle(None)
                self._report(f"{name} ready on {server.engine.url}")
                await _ended(server)
            fault, pause = server.fault(), pauses.after(server.lived())
            server.settle(self._failure(server, fault))
            self._report(f"{name} ended, and is started again in {pause:g} s: {fault}")
            await asyncio.sleep(pause)
            await asyncio.to_thread(server.engine.stop)
            try:
                self._started(name, server.launch())
            except (HiremeshError, OSError) as error:
                self._report(f"{name} cannot be started: {error}")

    async def _rising(self, server: ModelServer) -> None:
        """Wait until it answers or ends, telling how long it takes."""
        begun = told = time.monotonic()
        while not server.has_ended and not await server.is_ready(self._http):
            now = time.monotonic()
            if now - told >= TELL_SECONDS:
                told = now
                self._report(f"{server.model.name} still starts, {now - begun:.0f} s so far")
            await asyncio.sleep(POLL_SECONDS)


async def _ended(server: ModelServer) -> None:
    if server.engine.process is not None:
        await asyncio.to_thread(server.engine.process.wait)
