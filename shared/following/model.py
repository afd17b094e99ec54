"""What a follower pulls, what becomes of it, and where it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Changes:
    """Changes in order, each as JSON, and the sequence that they bring us to.

    They are read where they are derived from, away from the loop that answers questions.
    """

    lines: list[str]
    next: int
    last: int | None = None
    """The sequence of the feed's end, where the unit tells it."""


class ChangeFeed(Protocol):
    """A unit's changes, in order."""

    async def after(self, tenant: str, seq: int, limit: int) -> Changes:
        """Return up to ``limit`` changes after ``seq``. Raises Unavailable."""
        ...


@dataclass(slots=True)
class Derived(Generic[T]):
    """Documents to put and keys to remove; later changes replace earlier ones."""

    documents: dict[str, T] = field(default_factory=dict[str, T])
    removed: set[str] = field(default_factory=set[str])

    def __len__(self) -> int:
        return len(self.documents) + len(self.removed)

    def put(self, key: str, document: T) -> None:
        """Note the latest document of ``key``."""
        self.removed.discard(key)
        self.documents[key] = document

    def remove(self, key: str) -> None:
        """Note that ``key`` is no longer there."""
        self.documents.pop(key, None)
        self.removed.add(key)

    def add(self, later: "Derived[T]") -> None:
        """Note what came after."""
        for key, document in later.documents.items():
            self.put(key, document)
        for key in later.removed:
            self.remove(key)


@dataclass(frozen=True)
class Batch(Generic[T]):
    """Changes to keep together: documents to put, keys to remove, and the sequence they bring us to.

    ``after`` is the sequence that they follow on: where less than that is kept, something is missing.
    """

    documents: Sequence[T]
    removed: Sequence[str]
    seq: int
    after: int = 0


class Derivation(Protocol[T]):
    """Where what was derived is kept, by tenant; a change and the sequence it brings are stored together."""

    async def apply(self, tenant: str, batch: Batch[T]) -> None:
        """Put and remove, atomically with ``batch.seq``; applying a batch twice changes nothing."""
        ...

    async def seq(self, tenant: str) -> int:
        """Return the sequence that is kept; 0 where nothing is."""
        ...

    async def clear(self, tenant: str) -> None:
        """Forget everything of a tenant."""
        ...

    async def tenants(self) -> list[str]:
        """Return the tenants of whom something is kept."""
        ...
