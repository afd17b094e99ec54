"""What the registry needs of the world around it."""

from typing import Protocol

from servers.registry.core.models import Card, Probe, UnitKind, UnitState


class Prober(Protocol):
    """Reaches units."""

    async def probe(self, name: str, kind: UnitKind, url: str) -> Probe:
        """Return the unit's card as it is now. Raises Unavailable, InvalidInput for no card at all."""
        ...

    async def kind_at(self, url: str) -> UnitKind:
        """Say what answers at ``url``. Raises Unavailable, or InvalidInput when it is neither kind."""
        ...


class Ledger(Protocol):
    """Keeps what is known between restarts."""

    async def load(self) -> list[UnitState]:
        """Return all units that were ever seen or registered."""
        ...

    async def save(self, unit: UnitState) -> None:
        """Keep the state of one unit."""
        ...

    async def pins(self) -> dict[str, Card]:
        """Return the cards that people accepted, by unit."""
        ...

    async def pin(self, name: str, card: Card, by: str) -> None:
        """Accept a card in the name of ``by``."""
        ...


class Announcer(Protocol):
    """Tells others that the catalogue changed."""

    async def changed(self, unit: str, status: str) -> None:
        """Tell; never fails."""
        ...
