"""What the core needs from outside: a profile index."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from servers.recruiter_search.core.criteria import Criterion, Weighted
from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.models import Sort
from servers.recruiter_search.core.results import FacetName, ProfileView
from shared.following import model as following
from shared.following.model import Derivation

DEEPEST = 10_000
"""Result pages end at this hit."""


@dataclass(frozen=True)
class IndexQuery:
    """A query in the index's own terms: everything in ``must`` holds, ``should`` ranks.

    An index never finds people who asked not to be contacted, or whose record is for its own hiring team,
    unless the query ``admits`` those marks.
    """

    must: tuple[Criterion, ...] = ()
    should: tuple[Weighted, ...] = ()
    sort: Sort = "relevance"
    admits: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Found:
    """One hit of the index."""

    candidate_id: str
    score: float
    view: ProfileView


@dataclass(frozen=True)
class FoundPage:
    """Hits in order; ``mark`` is where to go on, None at the end."""

    hits: list[Found]
    total: int
    mark: str | None = None


Batch = following.Batch[ProfileDocument]
"""Changes to apply together: documents to put, ids to remove, and the sequence they bring us to."""


class ProfileIndex(Derivation[ProfileDocument], Protocol):
    """A tenant's profiles, searchable."""

    async def count(self, tenant: str) -> int:
        """Return how many profiles are indexed."""
        ...

    async def search(
        self, tenant: str, query: IndexQuery, *, limit: int, after: str | None = None
    ) -> FoundPage:
        """Return the next ``limit`` hits after a page's ``mark``, or the first.

        Pages after a mark come from the same state of the index as the first, however it changes meanwhile:
        nobody twice, nobody left out; who was removed or barred since is dropped from them. A mark whose
        state is no longer held goes on after the last hit in today's order. Raises InvalidInput for a mark
        that is none.
        """
        ...

    async def totals(self, tenant: str, queries: Sequence[IndexQuery]) -> list[int]:
        """Return how many people each query finds, all in the same state of the index."""
        ...

    async def facets(
        self, tenant: str, query: IndexQuery, names: Sequence[FacetName], size: int
    ) -> dict[FacetName, list[tuple[str, int]]]:
        """Return the ``size`` most frequent values of each facet with their counts."""
        ...

    async def get(self, tenant: str, candidate_ids: Sequence[str]) -> dict[str, ProfileDocument]:
        """Return the documents found, by candidate id."""
        ...
