"""The two streams and how long they keep what."""

from typing import cast

import nats.errors
from nats.js import JetStreamContext
from nats.js.api import RePublish, StorageType, StreamConfig
from nats.js.errors import APIError, ServerError, ServiceUnavailableError

from shared.events.subjects import LIVE, UI, UNIT

DAY = 24 * 3600.0
STREAM_NAME_IN_USE = 10058
NO_PEERS = 10005
"""Too few servers for a stream's replicas: so it is too while a cluster forms, until all have found each other."""

UI_STREAM = StreamConfig(
    name="UI",
    description="what people may see happen; republished live, replayed on reconnect",
    subjects=[f"{UI}.*.*"],
    storage=StorageType.FILE,
    max_age=7 * DAY,
    max_msgs_per_subject=5_000,
    max_bytes=1 << 30,
    duplicate_window=120,
    allow_direct=True,
    republish=RePublish(src=f"{UI}.>", dest=f"{LIVE}.{UI}.>"),
)

UNIT_STREAM = StreamConfig(
    name="UNIT",
    description="what happened in units, for durable consumers",
    subjects=[f"{UNIT}.*.*.*"],
    storage=StorageType.FILE,
    max_age=7 * DAY,
    max_bytes=1 << 30,
    duplicate_window=120,
    allow_direct=True,
)


async def ensure_streams(js: JetStreamContext, replicas: int) -> None:
    """Create the streams on so many servers, or bring existing ones to these settings.

    Streams keep their replicas: how many there are is the operator's to change.
    """
    for config in (UI_STREAM, UNIT_STREAM):
        try:
            await js.add_stream(config, num_replicas=replicas)
        except APIError as error:
            if error.err_code != STREAM_NAME_IN_USE:
                raise
            kept = await js.stream_info(cast(str, config.name))
            await js.update_stream(config, num_replicas=kept.config.num_replicas)


def is_forming(error: nats.errors.Error) -> bool:
    """Return whether a cluster fails so that has not found its leaders and servers yet."""
    if isinstance(error, APIError) and error.err_code == NO_PEERS:
        return True
    return isinstance(error, nats.errors.TimeoutError | ServiceUnavailableError | ServerError)
