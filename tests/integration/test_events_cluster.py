"""Events on a cluster of three NATS servers, of which one fails."""

import asyncio
import logging
import signal
from functools import partial
from urllib.parse import urlsplit

import pytest

from shared.events import EventBus
from shared.events.bus import Payload, Stored
from tests.support.nats_cluster import Cluster

LOGGER = logging.getLogger("shared.events.bus")


async def test_events_outlive_the_server_that_a_unit_is_connected_to(nats_cluster: Cluster) -> None:
    async with await EventBus.open(nats_cluster.url, patience=30) as bus:
        before = await bus.publish_ui("acme", "agent", {"n": 1}, patience=30)
        connected = bus._client.connected_url
        assert connected is not None
        nats_cluster.kill(urlsplit(connected.geturl()).port or 0)
        after = await bus.publish_ui("acme", "agent", {"n": 2}, message_id="second", patience=30)
        heard = [(event.seq, event.event["n"]) async for event in bus.replay("acme", "agent")]
    assert heard == [(before, 1), (after, 2)]


async def test_what_a_replica_lags_behind_with_is_read_from_the_leader(
    nats_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await EventBus.open(nats_cluster.url, patience=30) as bus:
        numbers = range(3)
        seqs = [
            await bus.publish_ui("acme", "slow", {"n": n}, message_id=f"id-{n}", patience=30) for n in numbers
        ]
        page = bus._page

        async def behind(request: Payload) -> tuple[list[tuple[int, Stored]], bool]:
            kept, _ = await page(request)
            return [one for one in kept if one[0] == seqs[0]], False

        monkeypatch.setattr(bus, "_page", behind)
        heard = [(event.seq, event.event["n"]) async for event in bus.replay("acme", "slow")]
        names = await bus.shown("acme", "slow")
    assert heard == list(zip(seqs, numbers, strict=True))
    assert names == {f"id-{n}" for n in numbers}


class Noticed(logging.Handler):
    """Tells when something is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.it = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.it.set()


async def test_a_unit_that_comes_before_the_cluster_has_a_leader_waits_for_it(
    nats_cluster: Cluster, caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> None:
    caplog.set_level(logging.INFO, logger=LOGGER.name)
    noticed = Noticed()
    request.addfinalizer(partial(LOGGER.removeHandler, noticed))
    LOGGER.addHandler(noticed)
    awake = nats_cluster.leader()
    others = set(nats_cluster.servers) - {awake}
    for port in others:
        nats_cluster.servers[port].send_signal(signal.SIGSTOP)
    opening = asyncio.create_task(EventBus.open(f"nats://s3cret@127.0.0.1:{awake}", patience=60))
    waiting = asyncio.create_task(noticed.it.wait())
    await asyncio.wait({opening, waiting}, return_when=asyncio.FIRST_COMPLETED)
    for port in others:
        nats_cluster.servers[port].send_signal(signal.SIGCONT)
    async with await opening as bus:
        assert waiting.done(), "nothing was waited for"
        assert await bus.publish_ui("acme", "agent", {"n": 1}, patience=30) == 1
