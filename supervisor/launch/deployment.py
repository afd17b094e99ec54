"""A whole deployment on one machine: engines, issuer and units, started, kept and stopped together."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

from shared.edge.manifest import Manifest, catalogue
from shared.engines.process import end, free_ports, is_free
from shared.kernel.errors import Conflict, HiremeshError, InvalidInput, Unavailable
from shared.storage.migrate import migrate
from supervisor.launch.child import Child, Service
from supervisor.launch.engines import Engines
from supervisor.launch.environment import LOOPBACK, inherited, service_environment, unit_environment
from supervisor.launch.folder import DataFolder, ProcessMark, RunRecord, others_models
from supervisor.launch.logs import keep_bounded
from supervisor.launch.model_servers import ModelServers
from supervisor.launch.models import Model
from supervisor.launch.spawning import NURSERY, Spawner

ISSUER_PORT = 8100
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - recognised, not chosen
AT_ONCE = max(2, os.cpu_count() or 2)
Report = Callable[[str], None]


class Deployment:
    """One deployment on one data folder.

    Args:
        folder: where everything lies.
        port_base: first of the ports (manifests count from 8100), or None for free ones.
        host: where services listen; they call each other over loopback if that is part of it.
        units: what to run; default every unit of the installation.
        without: units to leave out, for example to run them in a debugger.
        models: to serve with vLLM, for the units that ask one.
        report: told one line for each thing that came up.
    """

    def __init__(
        self,
        folder: DataFolder,
        *,
        port_base: int | None = ISSUER_PORT,
        host: str = LOOPBACK,
        units: Mapping[str, Manifest] | None = None,
        without: Iterable[str] = (),
        models: Sequence[Model] = (),
        report: Report = lambda line: None,
    ) -> None:
        self.folder = folder
        self.manifests = dict(catalogue() if units is None else units)
        self._without = frozenset(without)
        self._port_base = port_base
        self._host = host
        self._report = report
        self._http = httpx.AsyncClient(trust_env=False)
        self._spawner = Spawner(folder.path / "logs" / "nursery.log", inherited(), self._note_process)
        self._children: dict[str, Child] = {}
        self._log_keeper: asyncio.Task[None] | None = None
        self._engines = Engines(folder, self._note_process, report)
        otlp_endpoint = os.environ.get("HIREMESH_OTLP_ENDPOINT")
        self._models = ModelServers(folder, models, self._note_process, report, otlp_endpoint)
        self.run = RunRecord(launcher=ProcessMark.of(os.getpid()), left_out=sorted(self._without))
        self.failures: dict[str, HiremeshError] = {}

    async def start(self) -> None:
        """Bring everything up, repairing what a killed run left. Raises Conflict, Unavailable, InvalidInput.

        A unit or a model that does not come up is reported in ``failures`` and tried again in the background.
        """
        self._claim()
        try:
            self._choose_ports()
            self._models.launch()  # they take longest
            self.run.models = self._models.urls or others_models()
            self.run.settings = self._models.settings
            await self._spawner.start()  # imports while the engines start
            self._engines.start()
            self.run.postgres_url, self.run.nats_url = self._engines.postgres_url, self._engines.nats_url
            self.folder.record(self.run)
            self._log_keeper = asyncio.create_task(keep_bounded(self.folder.path), name="keep logs bounded")
            self._report("engines ready")
            secret = self.folder.deployment_secret
            migrating = asyncio.create_task(asyncio.to_thread(migrate, self.run.postgres_url, secret))
            await self._start_issuer()
            await migrating
            self._report("database migrated, issuer ready")
            await self._start_units()
            self.failures |= await self._models.ready()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop everything in order: supervisor, agents, servers, issuer, models, engines."""
        if self._log_keeper is not None:
            self._log_keeper.cancel()
        for wave in self._waves():
            await asyncio.gather(*(self._children[name].stop() for name in wave))
        await self._spawner.stop()
        await self._models.stop()
        self._engines.stop()
        await self._http.aclose()
        self.folder.forget_run()
        self.folder.owned.release()

    def url(self, name: str) -> str:
        """Return the base URL of a unit, or of the ``issuer``."""
        return self.run.issuer_url if name == "issuer" else self.run.units[name]

    def pid(self, name: str) -> int | None:
        """Return the process of a unit or the ``issuer``, None while it is down."""
        return self._children[name].pid

    async def kill(self, name: str) -> None:
        """SIGKILL a unit; it is started again as after any crash. Await ``ready`` to see it back."""
        await self._children[name].kill()

    async def halt(self, name: str) -> None:
        """Stop one unit and leave it down until ``restart``."""
        await self._children[name].stop()

    async def restart(self, name: str) -> None:
        """Stop one unit, start it, and return once it is ready. Raises Unavailable."""
        await self._children[name].stop()
        await self._children[name].start()

    async def ready(self, name: str) -> None:
        """Return once a unit is ready. Raises Unavailable."""
        await self._children[name].ready()

    def _claim(self) -> None:
        try:
            self.folder.owned.claim()
        except Conflict as error:
            raise Conflict(f"Hiremesh is already up: {error.message}", fix=error.fix) from None
        before = self.folder.last_run()
        if before is not None:
            _end_left_over(before)

    def _choose_ports(self) -> None:
        self.run.host = self._host
        reached = LOOPBACK if self._host in EVERYWHERE else self._host
        wanted = {name: manifest.port for name, manifest in self.manifests.items()}
        if "HIREMESH_ISSUER_URL" in os.environ:
            self.run.issuer_url = os.environ["HIREMESH_ISSUER_URL"]
        else:
            wanted["issuer"] = ISSUER_PORT
        spare = iter(free_ports(len(wanted)))
        for name, port in wanted.items():
            chosen = next(spare) if self._port_base is None else port - ISSUER_PORT + self._port_base
            if name not in self._without:
                self._check_free(name, chosen)
            url = f"http://{reached}:{chosen}"
            if name == "issuer":
                self.run.issuer_url = url
            else:
                self.run.units[name] = url

    def _check_free(self, name: str, port: int) -> None:
        try:
            if is_free(port, self._host):
                return
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise InvalidInput(f"cannot listen on {self._host}: {reason}.", field="--host") from None
        raise Conflict(f"port {port} ({name}) is taken.", fix="Use --port-base or --free-ports.")

    async def _start_issuer(self) -> None:
        if "HIREMESH_ISSUER_URL" in os.environ:
            return
        secret = {
            "HIREMESH_DEPLOYMENT_SECRET": self.folder.deployment_secret,
            "HIREMESH_ISSUER_URL": self.run.issuer_url,
        }
        env = (
            service_environment(self.run, self.run.issuer_url)
            | secret
            | {"HIREMESH_DATA_DIR": str(self.folder.path)}
        )
        await self._start_child("issuer", "shared.edge.issuer", env)

    async def _start_units(self) -> None:
        turn = asyncio.Semaphore(AT_ONCE)

        async def start(manifest: Manifest) -> None:
            async with turn:
                env = unit_environment(self.folder, self.run, manifest)
                try:
                    await self._start_child(manifest.name, manifest.package, env)
                except Unavailable as error:
                    self.failures[manifest.name] = error

        mine = (manifest for name, manifest in self.manifests.items() if name not in self._without)
        await asyncio.gather(*(start(manifest) for manifest in mine))

    async def _start_child(self, name: str, module: str, env: Mapping[str, str]) -> None:
        service = Service(name, module, env, self.url(name), self.folder.log_of(name))
        child = Child(service, self._spawner, self._http, self._note_process)
        self._children[name] = child
        await child.start()
        self._report(f"{name} ready on {service.url}")

    def _note_process(self, name: str, pid: int) -> None:
        try:
            self.run.processes[name] = ProcessMark.of(pid)
        except psutil.NoSuchProcess:
            return  # fell at once; its keeper says so
        try:
            self.folder.record(self.run)
        except OSError as error:  # on a full disk; what runs is kept running, and recorded at the next start
            self._report(f"what runs cannot be recorded: {error.strerror}")

    def _waves(self) -> list[list[str]]:
        kinds = {name: manifest.kind for name, manifest in self.manifests.items() if name != "supervisor"}
        waves = [["supervisor"]]
        waves += [[name for name, kind in kinds.items() if kind == each] for each in ("a2a", "mcp")]
        return [[name for name in wave if name in self._children] for wave in [*waves, ["issuer"]]]


def _end_left_over(run: RunRecord) -> None:
    """End what an earlier, killed launcher left. The engines see to their own."""
    left = {name: process for name, mark in run.processes.items() if (process := mark.find())}
    for engine in ("postgres", "nats"):
        left.pop(engine, None)
    end([left.pop(NURSERY)] if NURSERY in left else [], signal.SIGKILL, grace=10)
    end(left.values(), signal.SIGTERM, grace=10)


@asynccontextmanager
async def running_deployment(
    data_dir: Path, *, free_ports: bool = True, **options: Any
) -> AsyncGenerator[Deployment]:
    """A deployment that is up within the block, every unit of it ready.

    ``options`` are Deployment's. Raises Unavailable naming each unit that did not come up.
    """
    ports = {"port_base": None} if free_ports else {}
    deployment = Deployment(DataFolder(data_dir), **ports, **options)
    await deployment.start()
    try:
        if deployment.failures:
            raise Unavailable(" ".join(str(error) for error in deployment.failures.values()))
        yield deployment
    finally:
        await deployment.stop()
