"""The engines of a deployment: embedded, or somebody else's by URL."""

import asyncio
import os
import shutil
from collections.abc import Callable

from shared.engines import EmbeddedNats, EmbeddedPostgres
from shared.engines.engine import Engine
from shared.kernel.errors import HiremeshError
from supervisor.launch.folder import DataFolder

WATCH_SECONDS = 1.0
FULL_BYTES = 32 << 20
"""With less space than this PostgreSQL may not be able to make the next file of its log, of 16 MB."""


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
        self._down: set[str] = set()  # engines that could not be started again, which was said
        self._disk_is_full = False
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
            self._look_at_the_disk()
            for name, engine in self._embedded.items():
                if engine.process is None or engine.process.poll() is not None:
                    self._start_again(name, "ended by itself and was started again")

    def _look_at_the_disk(self) -> None:
        """Say when there is no space, and when there is again.

        PostgreSQL is then up by itself, or is started until it is. NATS writes nothing to a stream that
        failed once, and would not say so, until it is started anew.
        """
        free = shutil.disk_usage(self._folder.path).free if self._embedded else FULL_BYTES
        if free < FULL_BYTES and not self._disk_is_full:
            self._disk_is_full = True
            self._report(f"the disk of {self._folder.path} is full: nothing is taken in until there is space")
        elif free >= 2 * FULL_BYTES and self._disk_is_full:
            self._disk_is_full = False
            self._report(f"the disk of {self._folder.path} has space again")
            if "nats" in self._embedded:
                self._start_again("nats", "was started again, to write again")

    def _start_again(self, name: str, why: str) -> None:
        self._embedded[name].stop()
        try:
            self._start(name)
        except (HiremeshError, OSError) as error:
            if name not in self._down:
                self._report(f"{name} is down, and is started until it is up: {error}")
            self._down.add(name)
        else:
            self._down.discard(name)
            self._report(f"{name} {why}")

    def stop(self) -> None:
        """Stop what is embedded, the database last."""
        if self._watcher is not None:
            self._watcher.cancel()
        for engine in reversed(self._embedded.values()):
            engine.stop()
