"""Events on a cluster of three NATS servers, of which one fails."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared.engines.nats import nats_binary
from shared.engines.process import end_child, free_ports, spawn
from shared.events import EventBus

CONFIG = """\
listen: "127.0.0.1:{port}"
server_name: "{name}"
authorization {{ token: "s3cret" }}
jetstream {{ store_dir: "{store}", max_file_store: 4GB }}
cluster {{ name: three, listen: "127.0.0.1:{route}", routes: [{routes}] }}
"""


@dataclass
class Cluster:
    """Three servers by port, and the URL of one of them."""

    servers: dict[int, subprocess.Popen[bytes]]
    url: str

    def kill(self, port: int) -> None:
        end_child(self.servers[port], signal.SIGKILL, grace=10)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    free = free_ports(6)
    ports, routes = free[:3], free[3:]
    servers: dict[int, subprocess.Popen[bytes]] = {}
    known = ", ".join(f'"nats://127.0.0.1:{route}"' for route in routes)
    with ExitStack() as stopping:
        for port, route in zip(ports, routes, strict=True):
            config = tmp_path / f"{port}.conf"
            text = CONFIG.format(port=port, name=port, store=tmp_path / str(port), route=route, routes=known)
            config.write_text(text)
            command = [nats_binary(), "--config", str(config)]
            servers[port] = spawn(command, tmp_path / f"{port}.log")
            stopping.callback(end_child, servers[port], signal.SIGTERM, 10)
        yield Cluster(servers, f"nats://s3cret@127.0.0.1:{ports[0]}")


async def test_events_outlive_the_server_that_a_unit_is_connected_to(cluster: Cluster) -> None:
    async with await EventBus.open(cluster.url, patience=30) as bus:
        before = await bus.publish_ui("acme", "agent", {"n": 1}, patience=30)
        connected = bus._client.connected_url
        assert connected is not None
        cluster.kill(urlsplit(connected.geturl()).port or 0)
        after = await bus.publish_ui("acme", "agent", {"n": 2}, message_id="second", patience=30)
        heard = [(event.seq, event.event["n"]) async for event in bus.replay("acme", "agent")]
    assert heard == [(before, 1), (after, 2)]
