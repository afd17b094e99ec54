"""Live events and unit events over a real NATS."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import aclosing

import nats as nats_client
import pytest
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig
from nats.js.errors import BadRequestError

from shared.engines import EmbeddedNats
from shared.events import EventBus, Interrupted, UnitEvent, units
from shared.events.streams import NO_PEERS, ensure_streams
from shared.kernel.errors import InvalidInput, Unavailable
from shared.kernel.ids import new_id


@pytest.fixture
async def bus(nats: EmbeddedNats) -> AsyncIterator[EventBus]:
    async with await EventBus.open(nats.url) as opened:
        yield opened


@pytest.mark.parametrize(("err_code", "is_ready_soon"), [(NO_PEERS, True), (10052, False)])
async def test_a_cluster_whose_servers_have_not_found_each_other_is_waited_for(
    nats: EmbeddedNats, monkeypatch: pytest.MonkeyPatch, err_code: int, is_ready_soon: bool
) -> None:
    refusals = [BadRequestError(code=400, err_code=err_code, description="refused")] * 2

    async def refused_at_first(js: JetStreamContext, replicas: int) -> None:
        if refusals:
            raise refusals.pop()
        await ensure_streams(js, replicas)

    monkeypatch.setattr("shared.events.bus.ensure_streams", refused_at_first)
    if not is_ready_soon:
        with pytest.raises(Unavailable):
            await EventBus.open(nats.url)
        return
    async with await EventBus.open(nats.url) as opened:
        assert opened.connected
    assert refusals == []


@pytest.fixture
def agent() -> str:
    return new_id("agent")


async def take(events: AsyncIterator, count: int) -> list:
    return [await anext(events) for _ in range(count)]


async def test_replay_yields_what_came_after_the_given_sequence_in_order(bus: EventBus, agent: str) -> None:
    seqs = [await bus.publish_ui("acme", agent, {"n": n}) for n in range(600)]
    replayed = [event async for event in bus.replay("acme", agent, after=seqs[99])]
    assert [event.seq for event in replayed] == seqs[100:]
    assert [event.event["n"] for event in replayed] == list(range(100, 600))


async def test_replay_of_an_agent_that_never_spoke_is_empty(bus: EventBus, agent: str) -> None:
    assert [event async for event in bus.replay("acme", agent)] == []


async def test_the_same_message_id_is_one_event(bus: EventBus, agent: str) -> None:
    first = await bus.publish_ui("acme", agent, {"n": 1}, message_id=f"{agent}-1")
    again = await bus.publish_ui("acme", agent, {"n": 1}, message_id=f"{agent}-1")
    assert first == again
    assert len([event async for event in bus.replay("acme", agent)]) == 1


async def test_agents_and_tenants_do_not_hear_each_other_whatever_their_names_hold(bus: EventBus) -> None:
    names = ["a.b", "a", "*", ">", "a b", "ä%2E", "a%2Eb"]
    for name in names:
        await bus.publish_ui("t.1", name, {"name": name})
    heard = {name: [e.event["name"] async for e in bus.replay("t.1", name)] for name in names}
    assert heard == {name: [name] for name in names}
    assert [event async for event in bus.replay("t", "1")] == []


async def test_an_empty_name_is_refused(bus: EventBus) -> None:
    with pytest.raises(InvalidInput):
        await bus.publish_ui("", "agent", {})


async def test_an_event_beyond_the_payload_limit_is_refused(bus: EventBus, agent: str) -> None:
    with pytest.raises(InvalidInput, match="too large"):
        await bus.publish_ui("acme", agent, {"text": "x" * 3_000_000})


async def test_attach_joins_the_log_and_the_live_feed_without_gap_or_duplicate(
    nats: EmbeddedNats, bus: EventBus, agent: str
) -> None:
    started = asyncio.Event()

    async def speak() -> list[int]:
        seqs = []
        for n in range(500):
            seqs.append(await bus.publish_ui("acme", agent, {"n": n}))
            if n == 100:
                started.set()
        return seqs

    async with await EventBus.open(nats.url) as other:
        speaking = asyncio.create_task(speak())
        await started.wait()
        async with aclosing(other.attach("acme", agent)) as events:
            heard = await take(events, 500)
        assert [event.seq for event in heard] == await speaking
        assert [event.event["n"] for event in heard] == list(range(500))


async def test_a_reconnect_goes_on_after_the_last_event_seen(bus: EventBus, agent: str) -> None:
    for n in range(10):
        await bus.publish_ui("acme", agent, {"n": n})
    async with aclosing(bus.attach("acme", agent)) as events:
        seen = await take(events, 4)
    async with aclosing(bus.attach("acme", agent, after=seen[-1].seq)) as events:
        rest = await take(events, 6)
    assert [event.event["n"] for event in seen + rest] == list(range(10))


async def test_a_listener_that_falls_behind_is_told_so_and_an_attached_one_loses_nothing(
    bus: EventBus, agent: str
) -> None:
    live = bus.live("acme", agent)
    attached = bus.attach("acme", agent)
    first_live, first_attached = asyncio.create_task(anext(live)), asyncio.create_task(anext(attached))
    ready = EventProbe(bus, agent)
    await ready.both_are_listening(first_live, first_attached)
    for n in range(2_000):
        await bus.publish_ui("acme", agent, {"n": n})
    with pytest.raises(Interrupted):
        await take(live, 3_000)
    heard = await take(attached, 2_000 + ready.sent - 1)
    assert [event.event["n"] for event in heard[-2_000:]] == list(range(2_000))
    await attached.aclose()


class EventProbe:
    """Publishes until the listeners have heard something."""

    def __init__(self, bus: EventBus, agent: str) -> None:
        self._bus, self._agent, self.sent = bus, agent, 0

    async def both_are_listening(self, *tasks: asyncio.Task) -> None:
        while not all(task.done() for task in tasks):
            await self._bus.publish_ui("acme", self._agent, {"probe": self.sent})
            self.sent += 1


async def test_an_attached_reader_outlives_a_killed_nats_and_hears_what_it_missed(
    tmp_path_factory: pytest.TempPathFactory, agent: str
) -> None:
    server = EmbeddedNats(tmp_path_factory.mktemp("killed"))
    url = server.start()
    try:
        async with await EventBus.open(url) as speaker, await EventBus.open(url) as hearer:
            events = hearer.attach("acme", agent)
            await speaker.publish_ui("acme", agent, {"n": 0})
            heard = await take(events, 1)
            assert server.process is not None
            server.process.kill()
            server.stop()
            with pytest.raises(Unavailable):
                await speaker.publish_ui("acme", agent, {"n": -1}, patience=0)
            server.start()
            for n in range(1, 5):
                await speaker.publish_ui("acme", agent, {"n": n}, patience=30)
            heard += await take(events, 4)
            assert [event.event["n"] for event in heard if event.event["n"] >= 0] == [0, 1, 2, 3, 4]
            await events.aclose()
    finally:
        server.stop()


async def test_a_log_that_was_lost_is_heard_from_its_new_beginning(
    tmp_path_factory: pytest.TempPathFactory, agent: str
) -> None:
    with EmbeddedNats(tmp_path_factory.mktemp("lost")) as server:
        async with await EventBus.open(server.url) as bus:
            await bus.publish_ui("acme", agent, {"n": 1})
            async with aclosing(bus.attach("acme", agent, after=9_999)) as events:
                assert (await anext(events)).event == {"n": 1}


async def test_a_durable_consumer_gets_each_unit_event_and_a_retryable_failure_again(
    bus: EventBus, agent: str
) -> None:
    handled: list[UnitEvent] = []
    attempts = itertools.count()
    enough = asyncio.Event()

    async def handle(event: UnitEvent) -> None:
        if next(attempts) == 0:
            raise Unavailable("not yet", retry_after=0.05)
        handled.append(event)
        if len(handled) == 3:
            enough.set()

    for n in range(3):
        await bus.publish_unit(agent, "candidates", "changed", {"n": n}, message_id=f"{agent}-{n}")
    await bus.publish_unit(agent, "candidates", "changed", {"n": 0}, message_id=f"{agent}-0")
    consumer = await bus.consume_units(f"test-{agent}", handle, tenant=agent, unit="candidates")
    await enough.wait()
    await consumer.aclose()
    assert sorted(event.payload["n"] for event in handled) == [0, 1, 2]
    assert {(event.tenant, event.unit, event.what) for event in handled} == {(agent, "candidates", "changed")}
    assert {event.message_id for event in handled} == {f"{agent}-{n}" for n in range(3)}


async def test_an_event_that_takes_long_stays_in_one_hand(
    bus: EventBus, nats: EmbeddedNats, agent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(units, "ACK_SECONDS", 0.5)
    kept_in_hand, handled = asyncio.Semaphore(0), asyncio.Queue[UnitEvent]()

    async def hear(_: Msg) -> None:
        kept_in_hand.release()

    async def handle_slowly(event: UnitEvent) -> None:
        for _ in range(6):  # twice as long as the stream waits
            await kept_in_hand.acquire()
        await handled.put(event)

    onlooker = await nats_client.connect(nats.url)
    await onlooker.subscribe(f"$JS.ACK.UNIT.test-{agent}.>", cb=hear)
    consumers = [await bus.consume_units(f"test-{agent}", handle_slowly, tenant=agent) for _ in range(2)]
    await bus.publish_unit(agent, "candidates", "changed", {"n": 1})
    await handled.get()
    for consumer in consumers:
        await consumer.aclose()
    await onlooker.close()

    assert handled.empty()


async def test_an_event_in_the_hand_of_a_process_of_an_earlier_release_that_vanished_comes_to_another(
    bus: EventBus, nats: EmbeddedNats, agent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(units, "ACK_SECONDS", 0.5)
    durable, handled = f"test-{agent}", asyncio.Queue[UnitEvent]()
    vanished = await nats_client.connect(nats.url)
    config = ConsumerConfig(ack_wait=3600, max_deliver=1)
    await bus.publish_unit(agent, "candidates", "changed", {"n": 1})
    subscription = await vanished.jetstream().pull_subscribe(f"unit.{agent}.*.*", durable, "UNIT", config)
    await subscription.fetch(1)
    await vanished.close()

    consumer = await bus.consume_units(durable, handled.put, tenant=agent)
    event = await handled.get()
    await consumer.aclose()

    assert event.payload == {"n": 1}


async def test_a_wake_up_reaches_one_member_of_a_queue(bus: EventBus, agent: str) -> None:
    calls: list[str] = []
    done = asyncio.Event()

    async def one(_: dict) -> None:
        calls.append("one")

    async def other(_: dict) -> None:
        calls.append("other")

    async def last(_: dict) -> None:
        done.set()

    subscriptions = [
        await bus.subscribe(f"wake.{agent}", one, queue="workers"),
        await bus.subscribe(f"wake.{agent}", other, queue="workers"),
        await bus.subscribe(f"end.{agent}", last),
    ]
    for _ in range(20):
        await bus.publish(f"wake.{agent}", {})
    await bus.publish(f"end.{agent}", {})
    await done.wait()
    for subscription in subscriptions:
        await subscription.unsubscribe()
    assert len(calls) == 20
