"""What the core needs from outside: a profile index, and the candidates it follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from servers.recruiter_search.core.criteria import Criterion, Weighted
from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.models import FacetName, ProfileView, Sort


@dataclass(frozen=True)
class IndexQuery:
    """A query in the index's own terms: everything in ``must`` holds, ``should`` ranks."""

    must: tuple[Criterion, ...] = ()
    should: tuple[Weighted, ...] = ()
    sort: Sort = "relevance"


@dataclass(frozen=True)
class Found:
    """One hit of the index."""

    candidate_id: str
    score: float
    view: ProfileView


@dataclass(frozen=True)
class FoundPage:
    hits: list[Found]
    total: int


@dataclass(frozen=True)
class Batch:
    """Changes to apply together: documents to put, ids to remove, and the sequence they bring us to."""

    documents: Sequence[ProfileDocument]
    removed: Sequence[str]
    seq: int


class ProfileIndex(Protocol):
    """A tenant's profiles, searchable. A change and the sequence it brings are stored together."""

    async def apply(self, tenant: str, batch: Batch) -> None:
        """Put and remove, atomically with ``batch.seq``; applying a batch twice changes nothing."""
        ...

    async def seq(self, tenant: str) -> int:
        """Return the sequence that is searchable; 0 for an empty index."""
        ...

    async def count(self, tenant: str) -> int:
        """Return how many profiles are indexed."""
        ...

    async def search(self, tenant: str, query: IndexQuery, *, limit: int, offset: int = 0) -> FoundPage:
        """Return hits ``[offset, offset + limit)``, equal scores in a stable order."""
        ...

    async def facets(
        self, tenant: str, query: IndexQuery, names: Sequence[FacetName], size: int
    ) -> dict[FacetName, list[tuple[str, int]]]:
        """Return the ``size`` most frequent values of each facet with their counts."""
        ...

    async def get(self, tenant: str, candidate_ids: Sequence[str]) -> dict[str, ProfileDocument]:
        """Return the documents found, by candidate id."""
        ...

    async def clear(self, tenant: str) -> None:
        """Forget everything of a tenant."""
        ...

    async def tenants(self) -> list[str]:
        """Return the tenants that have an index."""
        ...


@dataclass(frozen=True)
class Changes:
    """Changes in order, each a ``Change`` as JSON, and the sequence that they bring us to.

    They are read where they are derived from, away from the loop that answers searches.
    """

    lines: list[str]
    next: int


class ChangeFeed(Protocol):
    """The candidates unit's changes, in order."""

    async def after(self, tenant: str, seq: int, limit: int) -> Changes:
        """Return up to ``limit`` changes after ``seq``. Raises Unavailable."""
        ...
