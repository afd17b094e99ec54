"""What the registry needs of the world around it."""

from typing import Protocol

from servers.registry.core.models import Card, Probe, UnitKind, UnitState


class Prober(Protocol):
    """Reaches units."""

    async def probe(self, unit: UnitState) -> Probe:
        """Return the unit's card as it is now. Raises Unavailable, InvalidInput for no card at all.

        A registered unit is reached as it was registered: Denied where it does not accept the credentials.
        """
        ...

    async def kind_at(self, url: str) -> UnitKind:
        """Say what answers at ``url``. Raises Unavailable, Denied for an address that is not followed."""
        ...


class Ledger(Protocol):
    """Keeps what is known between restarts."""

    async def load(self) -> list[UnitState]:
        """Return all units that were ever seen or registered."""
        ...

    async def save(self, unit: UnitState) -> None:
        """Keep the state of one unit."""
        ...

    async def pins(self) -> dict[tuple[str, str], Card]:
        """Return the cards that people accepted, by tenant and unit."""
        ...

    async def pin(self, unit: UnitState, card: Card, by: str) -> None:
        """Accept a card in the name of ``by``."""
        ...

    async def remove(self, unit: UnitState) -> None:
        """Forget a registered unit and the cards that were accepted of it."""
        ...


class Announcer(Protocol):
    """Tells others that the catalogue changed."""

    async def changed(self, unit: str, status: str) -> None:
        """Tell; never fails."""
        ...
