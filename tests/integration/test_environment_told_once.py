"""What is told by itself is shown once, however long after a failure its turn is repeated."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nats as nats_client
import pytest

from shared.engines import EmbeddedNats
from shared.events import EventBus
from shared.events.streams import UI_STREAM
from shared.kernel.errors import Unavailable
from shared.kernel.ids import new_id
from supervisor.environment.digests import Telling


class Failing:
    """A live log, without the history, that fails after so many events."""

    def __init__(self, bus: EventBus, left: int) -> None:
        self._bus = bus
        self._left = left

    async def publish_ui(self, tenant: str, agent: str, event: Any, *, message_id: Any, parts: Any) -> int:
        if not self._left:
            raise Unavailable("the process was killed here")
        self._left -= 1
        return await self._bus.publish_ui(tenant, agent, event, message_id=message_id)

    async def shown(self, tenant: str, agent: str, since: datetime | None) -> frozenset[str]:
        return await self._bus.shown(tenant, agent, since)


@pytest.fixture
async def forgetful(tmp_path: Path) -> AsyncIterator[EventBus]:
    """A NATS that knows an event again for a tenth of a second."""
    with EmbeddedNats(tmp_path) as server:
        async with await EventBus.open(server.url) as bus:
            client = await nats_client.connect(server.url)
            await client.jetstream().update_stream(UI_STREAM, duplicate_window=0.1)
            await client.close()
            yield bus


async def test_a_telling_that_is_repeated_when_nats_has_forgotten_it_shows_what_was_missing_and_no_more(
    forgetful: EventBus,
) -> None:
    since = datetime.now(UTC)

    async def tell(failing_after: int) -> None:
        telling = Telling(Failing(forgetful, failing_after))
        await telling.say("acme", "ada", "t1", "ev_1:role", "Somebody applied.", since=since)

    for failing_after in (0, 1, 3):
        with pytest.raises(Unavailable):
            await tell(failing_after)
        await forgotten(forgetful)
    await tell(5)
    await forgotten(forgetful)
    await tell(5)

    shown = [event.event["event"]["type"] async for event in forgetful.replay("acme", "ada")]
    assert shown == [
        "RUN_STARTED",
        "TEXT_MESSAGE_START",
        "TEXT_MESSAGE_CONTENT",
        "TEXT_MESSAGE_END",
        "RUN_FINISHED",
    ]


async def forgotten(bus: EventBus) -> None:
    """Return once an event that is published now is not known again."""
    probe = new_id("probe")
    first = again = await bus.publish_ui("acme", "probe", {}, message_id=probe)
    while again == first:
        again = await bus.publish_ui("acme", "probe", {}, message_id=probe)
