"""Live events with replay, events between units, and wake-ups, over NATS.

NATS carries what may be repeated or looked up again: a durable fact lives in Postgres. Live events
(``ui.<tenant>.<agent>``) are kept for a while so that a reconnecting page replays them; unit events
(``unit.<tenant>.<unit>.<what>``) are kept for durable consumers; wake-ups are not kept at all.
"""

from shared.events.bus import EventBus
from shared.events.live import Interrupted, UiEvent
from shared.events.units import UnitEvent

__all__ = ["EventBus", "Interrupted", "UiEvent", "UnitEvent"]
