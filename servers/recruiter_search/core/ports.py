"""What the core needs from outside: a profile index."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from servers.recruiter_search.core.criteria import Criterion, Weighted
from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.models import FacetName, ProfileView, Sort
from shared.following import model as following
from shared.following.model import Derivation


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


Batch = following.Batch[ProfileDocument]
"""Changes to apply together: documents to put, ids to remove, and the sequence they bring us to."""


class ProfileIndex(Derivation[ProfileDocument], Protocol):
    """A tenant's profiles, searchable."""

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
