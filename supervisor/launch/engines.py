"""The engines of a deployment: embedded, or somebody else's by URL."""

import asyncio
import os
from collections.abc import Callable

from shared.engines import EmbeddedNats, EmbeddedPostgres
from shared.kernel.errors import HiremeshError
from supervisor.launch.folder import DataFolder

WATCH_SECONDS = 1.0
Engine = EmbeddedPostgres | EmbeddedNats


class Engines:
    """PostgreSQL and NATS; each is started only where no URL names another one."""

    def __init__(
        self, folder: DataFolder, started: Callable[[str, int], None], report: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._started = started
        self._report = report
        self._watcher: asyncio.Task[None] | None = None
        self.postgres_url = os.environ.get("HIREMESH_POSTGRES_URL", "")
        self.nats_url = os.environ.get("HIREMESH_NATS_URL", "")
        self._embedded: dict[str, Engine] = {}
        if not self.postgres_url:
            self._embedded["postgres"] = EmbeddedPostgres(folder.path / "postgres")
        if not self.nats_url:
            self._embedded["nats"] = EmbeddedNats(folder.path / "nats")

    def start(self) -> None:
        """Start what is embedded. Raises Conflict, Unavailable. Call it from the main thread."""
        for name in self._embedded:
            self._start(name)
        self._watcher = asyncio.create_task(self._watch(), name="watch engines")

    def _start(self, name: str) -> None:
        engine = self._embedded[name]
        url = engine.start()
        if isinstance(engine, EmbeddedPostgres):
            self.postgres_url = url
        else:
            self.nats_url = url
        if engine.process is not None:
            self._started(name, engine.process.pid)

    async def _watch(self) -> None:
        """Start an engine again that ended by itself, on the same port; clients reconnect.

        Not where the data folder was removed meanwhile: its place may be another launcher's by now.
        """
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if not self._folder.owned.is_ours():
                self._report(f"{self._folder.path} was removed: stop this and start anew")
                return
            for name, engine in self._embedded.items():
                if engine.process is None or engine.process.poll() is not None:
                    engine.stop()
                    try:
                        self._start(name)
                        self._report(f"{name} ended by itself and was started again")
                    except HiremeshError as error:
                        self._report(f"{name} is down: {error}")

    def stop(self) -> None:
        """Stop what is embedded, the database last."""
        if self._watcher is not None:
            self._watcher.cancel()
        for engine in reversed(self._embedded.values()):
            engine.stop()
