"""What intake's core asks of the world."""

from dataclasses import dataclass
from typing import Protocol

from shared.wire.requirements import Requirements


@dataclass(frozen=True, slots=True)
class PastRole:
    """A role that the tenant hired for before."""

    project_id: str
    title: str
    requirements: Requirements


class PastRoles(Protocol):
    """Finds past roles of the caller's tenant."""

    async def similar(self, title: str) -> list[PastRole]:
        """Return past roles with a similar title, nearest first. Raises HiremeshError children."""
        ...
