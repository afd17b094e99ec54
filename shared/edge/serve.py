"""Running one unit as a process: settings, engines, door, endpoint, clean shutdown."""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Generator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn
from pydantic import ValidationError
from starlette.routing import BaseRoute, Route

from shared.audit.log import AuditLog
from shared.edge.app import UnitEdge, unit_app
from shared.edge.cards import prose_of
from shared.edge.door import Door
from shared.edge.manifest import Manifest, load_manifest
from shared.edge.partners import Outside, Partners
from shared.edge.policy import PolicyEngine
from shared.edge.ports import Gate
from shared.edge.settings import UnitSettings, misconfigured
from shared.edge.token_source import TokenSource
from shared.edge.tokens import TokenVerifier
from shared.edge.units import Units
from shared.edge.verified import RememberedTokens
from shared.events import EventBus
from shared.kernel.clock import Clock, SystemClock
from shared.kernel.errors import HiremeshError, InvalidInput
from shared.storage import Database
from shared.telemetry import setup_telemetry

if TYPE_CHECKING:  # what only some units need is imported when they do: it takes long
    from shared.edge.tasks import PostgresTasks
    from shared.llm import LanguageModel

SHUTDOWN_SECONDS = 5


@dataclass
class Runtime:
    """What a unit's ``build`` gets.

    Attributes:
        database, events: open when the manifest lists the engine, else None.
        units: calls other units on behalf of the current principal.
        policy, audit: what the doors, inwards and outwards, decide by and write to.
        outside: connections to partners, where the manifest asks for them, else None.
        partners: the door outwards, likewise.
        closing: enter here what must be closed when the unit stops; closed in reverse order.
        routes: append further routes of the unit; they are behind the door.
        pages: append static files that everybody may load, without a token.
        llm: the configured language model, where the manifest wants one; None means that rules have to do.
        gate: the unit's door, for routes that must authorise what they do.
    """

    name: str
    settings: UnitSettings
    manifest: Manifest
    clock: Clock
    units: Units
    tokens: TokenSource
    policy: PolicyEngine
    audit: AuditLog
    outside: Outside | None = None
    partners: Partners | None = None
    database: Database | None = None
    events: EventBus | None = None
    llm: "LanguageModel | None" = None
    closing: AsyncExitStack = field(default_factory=AsyncExitStack)
    routes: list[BaseRoute] = field(default_factory=list[BaseRoute])
    pages: list[Route] = field(default_factory=list[Route])
    gate: Gate = field(init=False)

    def require_database(self) -> Database:
        """Return the database. Raises InvalidInput when the manifest does not list postgres."""
        if self.database is None:
            raise InvalidInput(f"{self.name} has no database", fix='Add "postgres" to its engines.')
        return self.database

    def require_events(self) -> EventBus:
        """Return the event bus. Raises InvalidInput when the manifest does not list nats."""
        if self.events is None:
            raise InvalidInput(f"{self.name} has no event bus", fix='Add "nats" to its engines.')
        return self.events

    def require_outside(self) -> Outside:
        """Return the way out. Raises InvalidInput when the manifest does not ask for partners."""
        if self.outside is None:
            raise InvalidInput(f"{self.name} has no way out", fix="Add partners = true to its manifest.")
        return self.outside

    async def reachable(self) -> dict[str, bool]:
        """Return which of the unit's engines answer right now."""
        engines: dict[str, bool] = {}
        if self.database is not None:
            engines["postgres"] = await _answers(self.database)
        if self.events is not None:
            engines["nats"] = self.events.connected
        return engines

    def model_in_use(self) -> str:
        """Return what answers where the unit could ask a model: ``rules``, or the model's name."""
        if self.llm is None:
            return "rules"
        return self.llm.name if self.llm.answering else f"rules, {self.llm.name} does not answer"


Build = Callable[[Runtime], Awaitable[UnitEdge]]


def run_unit(package: str, build: Build) -> None:
    """Serve ``package`` until SIGTERM or SIGINT; leaves with status 1 and a sentence if it cannot start."""
    # Before the SDKs configure logging their way; theirs also quote request URLs.
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(serve_unit(load_manifest(package), build, _settings()))
    except HiremeshError as error:
        sys.exit(f"{package} cannot start: {error}")


def _settings() -> UnitSettings:
    try:
        return UnitSettings()
    except ValidationError as error:
        raise misconfigured(error) from None


async def serve_unit(manifest: Manifest, build: Build, settings: UnitSettings) -> None:
    """Open what the manifest asks for, build the unit and serve it. Raises HiremeshError children."""
    port = settings.port or manifest.port
    base_url = (settings.public_url or f"http://{settings.host}:{port}").rstrip("/")
    async with AsyncExitStack() as closing:
        telemetry = setup_telemetry(manifest.name, settings)
        closing.push_async_callback(telemetry.aclose)
        runtime = await _open(manifest, settings, closing)
        runtime.gate = await _door(runtime, base_url, closing)
        edge = await build(runtime)
        tasks = await _tasks(runtime) if manifest.kind == "a2a" else None
        app = unit_app(
            edge,
            name=manifest.name,
            gate=runtime.gate,
            base_url=base_url,
            allowed_hosts=settings.allowed_hosts,
            tasks=tasks,
            checks=runtime.reachable,
            # Where a judge works too, its versions say what answers.
            model=runtime.model_in_use if manifest.model and not manifest.judge else None,
            routes=runtime.routes,
            card=prose_of(manifest) if manifest.kind == "mcp" else None,
            pages=runtime.pages,
        )
        await _Server(app, manifest, settings.host, port).serve()


async def _open(manifest: Manifest, settings: UnitSettings, closing: AsyncExitStack) -> Runtime:
    http = await closing.enter_async_context(httpx.AsyncClient(trust_env=False))
    secret = settings.client_secret.get_secret_value()
    tokens = TokenSource(settings.issuer_url, manifest.name, secret, http)
    policy = PolicyEngine(*([settings.policy_dir] if settings.policy_dir else []))
    audit = await _audit(manifest, settings, closing)
    outside, partners = None, None
    if manifest.partners:
        outside = Outside(settings)
        closing.push_async_callback(outside.aclose)
        partners = Partners(outside, policy, audit)
    units = await closing.enter_async_context(Units(settings.unit_urls(), tokens, partners=partners))
    runtime = Runtime(
        manifest.name,
        settings,
        manifest,
        SystemClock(),
        units,
        tokens,
        policy,
        audit,
        outside,
        partners,
        closing=closing,
    )
    if manifest.model and settings.llm_base_url:
        from shared.llm.compatible import open_model

        if model := open_model(settings):
            closing.push_async_callback(model.aclose)
            runtime.llm = model
    if "postgres" in manifest.engines:
        url = _configured(settings.database_url, "HIREMESH_DATABASE_URL", manifest)
        runtime.database = await closing.enter_async_context(await Database.open(url))
    if "nats" in manifest.engines:
        url = _configured(settings.nats_url, "HIREMESH_NATS_URL", manifest)
        runtime.events = await closing.enter_async_context(await EventBus.open(url, name=manifest.name))
        if partners is not None:
            changes = await runtime.events.subscribe("unit.*.registry.changed", partners.on_change)
            closing.push_async_callback(changes.unsubscribe)
    return runtime


def _configured(value: str | None, variable: str, manifest: Manifest) -> str:
    if not value:
        raise InvalidInput(f"{manifest.name} needs {variable}", field=variable, fix="Set it.")
    return value


async def _tasks(runtime: Runtime) -> "PostgresTasks | None":
    """Return where the unit's A2A tasks are kept, and keep them until it stops; None: in memory."""
    if runtime.database is None:
        return None
    from shared.edge.tasks import PostgresTasks

    tasks = PostgresTasks(runtime.database, runtime.name)
    await runtime.closing.enter_async_context(tasks.kept())
    return tasks


async def _door(runtime: Runtime, base_url: str, closing: AsyncExitStack) -> Gate:
    """Open the unit's door. There is no way to serve a unit without one."""
    settings = runtime.settings
    http = await closing.enter_async_context(httpx.AsyncClient(trust_env=False))
    audiences = [runtime.name, base_url]
    verifier = RememberedTokens(
        TokenVerifier(settings.issuer_url, audiences, http, tenant_claim=settings.tenant_claim)
    )
    return Door(runtime.name, verifier, runtime.policy, runtime.audit, public_url=base_url)


async def _audit(manifest: Manifest, settings: UnitSettings, closing: AsyncExitStack) -> AuditLog:
    url = _configured(settings.database_url, "HIREMESH_DATABASE_URL", manifest)
    # A pool of its own: an entry must never wait for a transaction that waits for the entry.
    audit = AuditLog(await closing.enter_async_context(await Database.open(url, max_size=2)))
    closing.push_async_callback(audit.close)
    return audit


async def _answers(database: Database) -> bool:
    try:
        async with asyncio.timeout(2), database.transaction(None) as connection:
            await connection.execute("select 1")
    except (HiremeshError, TimeoutError):
        return False
    return True


class _Server(uvicorn.Server):
    """Says when it listens, and leaves on a signal without killing the process under our open engines."""

    def __init__(self, app: Any, manifest: Manifest, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                lifespan="on",
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            )
        )
        self._line = f"{manifest.name} listens on http://{host}:{port} ({manifest.kind})"

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(self._line, flush=True)

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Like uvicorn's, but without raising the signal again at the end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)
