"""Three NATS servers that form a cluster on 127.0.0.1."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from shared.engines.nats import nats_binary
from shared.engines.process import end_child, free_ports, spawn

CONFIG = """\
listen: "127.0.0.1:{port}"
http: "127.0.0.1:{monitor}"
server_name: "{port}"
authorization {{ token: "s3cret" }}
jetstream {{ store_dir: "{store}", max_file_store: 4GB }}
cluster {{ name: three, listen: "127.0.0.1:{route}", routes: [{routes}] }}
"""
PATIENCE_SECONDS = 60


@dataclass
class Cluster:
    """Three servers by port, where each is monitored, and the URL of all."""

    servers: dict[int, subprocess.Popen[bytes]]
    monitors: dict[int, int]

    @property
    def url(self) -> str:
        return ",".join(f"nats://s3cret@127.0.0.1:{port}" for port in self.servers)

    def kill(self, port: int) -> None:
        end_child(self.servers[port], signal.SIGKILL, grace=10)

    def leader(self) -> int:
        """Return the port of JetStream's leader, once one is elected."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        for monitor in self.monitors.values():
            while time.monotonic() < deadline:
                try:
                    with urlopen(f"http://127.0.0.1:{monitor}/jsz") as answer:
                        elected = json.load(answer).get("meta_cluster", {}).get("leader")
                except OSError:
                    continue  # not up yet
                if elected:
                    return int(elected)
        raise AssertionError("no leader was elected")


@pytest.fixture
def nats_cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster of three that is starting."""
    free = free_ports(9)
    ports, routes, monitors = free[:3], free[3:6], free[6:]
    servers: dict[int, subprocess.Popen[bytes]] = {}
    known = ", ".join(f'"nats://127.0.0.1:{route}"' for route in routes)
    with ExitStack() as stopping:
        for port, route, monitor in zip(ports, routes, monitors, strict=True):
            config = tmp_path / f"{port}.conf"
            places = {"store": tmp_path / str(port), "route": route, "routes": known, "monitor": monitor}
            config.write_text(CONFIG.format(port=port, **places))
            command = [nats_binary(), "--config", str(config)]
            servers[port] = spawn(command, tmp_path / f"{port}.log")
            stopping.callback(end_child, servers[port], signal.SIGTERM, 10)
        yield Cluster(servers, dict(zip(ports, monitors, strict=True)))
