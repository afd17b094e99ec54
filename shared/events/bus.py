"""The one connection to NATS that a process has."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from datetime import datetime
from typing import Any, Self, cast

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import Header, RawStreamMsg
from nats.js.errors import NotFoundError
from pydantic_core import from_json, to_json

from shared.events.live import Interrupted, LiveFeed, UiEvent, status
from shared.events.servers import Servers
from shared.events.streams import UI_STREAM, UNIT_STREAM, ensure_streams, is_forming
from shared.events.subjects import ui_subject, unit_filter, unit_subject
from shared.events.units import UnitConsumer, UnitHandler
from shared.kernel.errors import InvalidInput, Unavailable
from shared.kernel.ids import new_id

log = logging.getLogger(__name__)

REPLAY_BATCH = 256
ATTEMPT_SECONDS = 2.0
RETRY_SECONDS = 0.1

Payload = Mapping[str, object]
Stored = Msg | RawStreamMsg


class EventBus:
    """Publishes and follows events. Open one a process; it reconnects by itself."""

    def __init__(self, client: Client, servers: Servers) -> None:
        self._client = client
        self._servers = servers
        self._js = client.jetstream(timeout=ATTEMPT_SECONDS)
        self._feed = LiveFeed(client)

    @classmethod
    async def open(cls, url: str, *, name: str = "hiremesh", patience: float = 10) -> Self:
        """Connect and make sure the streams are there.

        ``url`` may name several servers of a cluster, separated by commas. Raises InvalidInput, and
        Unavailable after ``patience`` seconds.
        """
        servers = Servers.of(url)
        client = Client()
        bus = cls(client, servers)
        try:
            async with asyncio.timeout(patience):
                await client.connect(
                    servers.urls,
                    user=servers.user,
                    password=servers.password,
                    token=servers.token,
                    name=name,
                    connect_timeout=2,
                    reconnect_time_wait=1,
                    max_reconnect_attempts=-1,
                    ping_interval=20,
                    error_cb=bus._on_error,
                    reconnected_cb=bus._on_reconnect,
                )
                await bus._wait_for_streams()
        except (TimeoutError, OSError, nats.errors.Error) as error:
            await client.close()
            raise Unavailable("NATS does not answer.", fix="Check HIREMESH_NATS_URL.") from error
        return bus

    async def aclose(self) -> None:
        """Flush and disconnect; a second call does nothing."""
        if self._client.is_closed:
            return
        self._feed.interrupt_all()
        if self._client.is_connected:
            await self._client.drain()
            return
        with suppress(OSError):  # what was still to be flushed has nowhere to go
            await self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    @property
    def connected(self) -> bool:
        """Whether NATS is in reach right now (readiness)."""
        return self._client.is_connected

    # Wake-ups: not kept, lost when nobody listens.

    async def publish(self, subject: str, payload: Payload, *, message_id: str | None = None) -> None:
        """Publish to whoever listens now. Raises InvalidInput, Unavailable."""
        headers: dict[str, Any] | None = {Header.MSG_ID.value: message_id} if message_id else None
        try:
            await self._client.publish(subject, _encode(payload), headers=headers)
        except nats.errors.MaxPayloadError as error:
            raise InvalidInput("the event is too large.", fix="Send a reference instead.") from error
        except nats.errors.Error as error:
            raise Unavailable("NATS does not answer.") from error

    async def subscribe(
        self, subject: str, handler: Callable[[dict[str, Any]], Awaitable[None]], *, queue: str = ""
    ) -> Subscription:
        """Call ``handler`` with each payload until ``unsubscribe()``; of a ``queue`` one member is called."""

        async def deliver(message: Msg) -> None:
            await handler(from_json(message.data))

        return await self._client.subscribe(subject, queue=queue, cb=deliver)

    # Live events.

    async def publish_ui(
        self,
        tenant: str,
        agent: str,
        event: Payload,
        *,
        message_id: str | None = None,
        patience: float = 10,
    ) -> int:
        """Append an event to what ``agent`` shows and return its sequence, the SSE id.

        The same ``message_id`` within two minutes is the same event. Waits up to ``patience`` seconds
        for a NATS that is away. Raises InvalidInput, Unavailable.
        """
        return await self._append(ui_subject(tenant, agent), event, message_id, patience)

    async def position(self) -> int:
        """Return the sequence of the newest event of anybody: attach after it to see only what comes."""
        try:
            return (await self._js.stream_info(cast(str, UI_STREAM.name))).state.last_seq
        except nats.errors.Error as error:
            raise Unavailable("live events cannot be followed now.") from error

    async def replay(self, tenant: str, agent: str, after: int = 0) -> AsyncGenerator[UiEvent]:
        """Yield the kept events with a sequence above ``after``, oldest first. Raises Unavailable."""
        async for seq, message in self._kept(ui_subject(tenant, agent), {"seq": after + 1}):
            yield UiEvent(seq, from_json(message.data or b"null"))

    async def shown(self, tenant: str, agent: str, since: datetime | None = None) -> frozenset[str]:
        """Return the ids of the kept events, of those that came since a moment if it is given.

        A publisher that cannot know whether it published before asks: an id is refused for two minutes only.
        Raises Unavailable.
        """
        first: Payload = {"start_time": since.isoformat()} if since else {"seq": 1}
        kept = self._kept(ui_subject(tenant, agent), first)
        return frozenset([(message.headers or {})[Header.MSG_ID.value] async for _, message in kept])

    async def live(self, tenant: str, agent: str) -> AsyncGenerator[UiEvent]:
        """Yield events from now on. Raises Interrupted when some were lost: attach again after the last."""
        await self._feed.start()
        with self._feed.listen(ui_subject(tenant, agent)) as listener:
            async for item in listener.events():
                yield UiEvent(item.seq, item.event)

    async def attach(
        self, tenant: str, agent: str, after: int = 0, *, patience: float = 60
    ) -> AsyncGenerator[UiEvent]:
        """Yield what was kept after ``after``, then live events, without gap or duplicate, for ever.

        Outlives a restart of NATS of up to ``patience`` seconds, and a reader that falls behind is
        served from the log again. Raises Unavailable.
        """
        clock = asyncio.get_running_loop().time
        await self._feed.start()
        with self._feed.listen(ui_subject(tenant, agent)) as listener:
            good = clock()
            while True:
                try:
                    after = await self._known(after)
                    async with aclosing(self.replay(tenant, agent, after)) as kept:
                        async for event in kept:
                            yield event
                            after = event.seq
                    good = clock()
                    async for item in listener.events():
                        if item.previous > after:
                            break  # one was missed: the log has it
                        if item.seq > after:
                            yield UiEvent(item.seq, item.event)
                            after = item.seq
                except Interrupted:
                    good = clock()
                except Unavailable:
                    if clock() > good + patience:
                        raise
                    await asyncio.sleep(RETRY_SECONDS)

    # Events between units.

    async def publish_unit(
        self,
        tenant: str,
        unit: str,
        what: str,
        payload: Payload,
        *,
        message_id: str | None = None,
        patience: float = 10,
    ) -> int:
        """Append what happened in ``unit`` and return its sequence. Raises InvalidInput, Unavailable."""
        return await self._append(unit_subject(tenant, unit, what), payload, message_id, patience)

    async def consume_units(
        self,
        durable: str,
        handler: UnitHandler,
        *,
        tenant: str | None = None,
        unit: str | None = None,
        what: str | None = None,
    ) -> UnitConsumer:
        """Handle unit events, at least once each, remembered under ``durable`` across restarts.

        A handler's retryable error brings the event back later; any other HiremeshError sets it aside.
        Close the returned consumer with ``aclose()``.
        """
        subject = unit_filter(tenant, unit, what)
        return await UnitConsumer.open(self._js, cast(str, UNIT_STREAM.name), durable, subject, handler)

    async def _append(self, subject: str, payload: Payload, message_id: str | None, patience: float) -> int:
        headers = {Header.MSG_ID.value: message_id or new_id("ev")}
        data = _encode(payload)
        deadline = asyncio.get_running_loop().time() + patience
        while True:
            try:
                return (await self._js.publish(subject, data, headers=dict(headers))).seq
            except nats.errors.MaxPayloadError as error:
                raise InvalidInput("the event is too large.", fix="Send a reference instead.") from error
            except nats.errors.Error as error:
                if asyncio.get_running_loop().time() > deadline or self._client.is_closed:
                    raise Unavailable("NATS does not take events.") from error
            await asyncio.sleep(RETRY_SECONDS)

    async def _kept(self, subject: str, first: Payload) -> AsyncGenerator[tuple[int, Stored]]:
        """Yield the kept messages of a subject with their sequences, from where ``first`` says."""
        more = True
        while more:
            page, more = await self._page({**first, "next_by_subj": subject, "batch": REPLAY_BATCH})
            if not more and self._servers.replicas(self._client) > 1:
                page += await self._lagging(subject, page[-1][0] + 1 if page else first.get("seq"))
            for seq, message in page:
                yield seq, message
                first = {"seq": seq + 1}

    async def _lagging(self, subject: str, seq: object) -> list[tuple[int, Stored]]:
        """Return what the leader has from ``seq`` on, if that is known: a replica that lags answers direct gets too."""
        later: list[tuple[int, Stored]] = []
        try:
            with suppress(NotFoundError):
                while isinstance(seq, int):
                    message = await self._js.get_msg(cast(str, UI_STREAM.name), seq, subject, next=True)
                    later.append((message.seq or seq, message))
                    seq = later[-1][0] + 1
        except nats.errors.Error as error:
            raise Unavailable("live events cannot be replayed now.") from error
        return later

    async def _page(self, request: Payload) -> tuple[list[tuple[int, Stored]], bool]:
        """Fetch the next kept events in one direct get; the flag says whether more follow."""
        inbox = self._client.new_inbox()
        subscription = await self._client.subscribe(inbox)
        page: list[tuple[int, Stored]] = []
        try:
            await self._client.publish(
                f"$JS.API.DIRECT.GET.{UI_STREAM.name}", json.dumps(request).encode(), reply=inbox
            )
            while True:
                message = await subscription.next_msg(ATTEMPT_SECONDS)
                if code := status(message):
                    if code not in ("204", "404"):
                        raise Unavailable("live events cannot be replayed now.")
                    pending = (message.headers or {}).get("Nats-Num-Pending", "0")
                    return page, int(pending) > 0
                headers = cast(Mapping[str, str], message.headers)
                page.append((int(headers["Nats-Sequence"]), message))
        except nats.errors.Error as error:
            raise Unavailable("live events cannot be replayed now.") from error
        finally:
            await subscription.unsubscribe()

    async def _known(self, after: int) -> int:
        """Return ``after``, or 0 if the log has been lost since and counts anew."""
        try:
            state = (await self._js.stream_info(cast(str, UI_STREAM.name))).state
        except nats.errors.Error as error:
            raise Unavailable("live events cannot be replayed now.") from error
        return after if after <= state.last_seq else 0

    async def _on_error(self, error: Exception) -> None:
        log.warning("NATS: %s", error)
        if isinstance(error, nats.errors.SlowConsumerError):
            self._feed.interrupt_all()

    async def _wait_for_streams(self) -> None:
        """Make sure of the streams, trying again while a cluster has not found its leaders and servers yet."""
        while True:
            try:
                return await self._ensure_streams()
            except nats.errors.Error as error:
                if not is_forming(error):
                    raise
                log.info("JetStream is not ready yet: %s", error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _ensure_streams(self) -> None:
        await ensure_streams(self._js, self._servers.replicas(self._client))

    async def _on_reconnect(self) -> None:
        try:
            await self._ensure_streams()
        except nats.errors.Error:
            log.warning("NATS is back but JetStream is not ready yet", exc_info=True)
        self._feed.interrupt_all()


def _encode(payload: Payload) -> bytes:
    return to_json(payload)
