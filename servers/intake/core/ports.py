"""What intake's core asks of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from servers.intake.core.model_reading import ChangesReading, Line, PostingReading
from shared.wire.requirements import Requirements

V = TypeVar("V")


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


@dataclass(frozen=True, slots=True)
class Heard(Generic[V]):
    """What a model said, or the sentence that says why it said nothing of use."""

    value: V | None
    note: str = ""


class Reader(Protocol):
    """Reads with a language model. It never raises for one that fails: the rules go on without it."""

    @property
    def name(self) -> str:
        """The model's name, as it stands in the output."""
        ...

    async def posting(self, lines: Sequence[Line]) -> Heard[PostingReading]:
        """Return what the lines of a posting ask for."""
        ...

    async def changes(self, statements: Sequence[str], changes: Sequence[str]) -> Heard[ChangesReading]:
        """Return what a person's sentences change in a list of statements; both are numbered from 1."""
        ...
