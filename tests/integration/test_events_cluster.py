"""Events on a cluster of three NATS servers, of which one fails."""

from urllib.parse import urlsplit

from shared.events import EventBus
from tests.support.nats_cluster import Cluster


async def test_events_outlive_the_server_that_a_unit_is_connected_to(nats_cluster: Cluster) -> None:
    async with await EventBus.open(nats_cluster.url, patience=30) as bus:
        before = await bus.publish_ui("acme", "agent", {"n": 1}, patience=30)
        connected = bus._client.connected_url
        assert connected is not None
        nats_cluster.kill(urlsplit(connected.geturl()).port or 0)
        after = await bus.publish_ui("acme", "agent", {"n": 2}, message_id="second", patience=30)
        heard = [(event.seq, event.event["n"]) async for event in bus.replay("acme", "agent")]
    assert heard == [(before, 1), (after, 2)]
