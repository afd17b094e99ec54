"""What the core needs from outside: a profile index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from servers.recruiter_search.core.criteria import Criterion, Weighted
from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.models import Sort
from servers.recruiter_search.core.ranking import Ranking
from servers.recruiter_search.core.results import FacetName, ProfileView
from shared.following.model import Batch as ChangeBatch
from shared.following.model import Derivation

DEEPEST = 10_000
"""Result pages end at this hit."""


class Encoder(Protocol):
    """Makes vectors of texts, near each other where the texts mean something alike."""

    @property
    def model(self) -> str:
        """The model's name; vectors of different models have nothing to do with each other."""
        ...

    async def encode(self, texts: Sequence[str], *, seconds: float) -> NDArray[np.float32]:
        """Return a unit vector for each text, (texts, dimensions).

        Raises Unavailable, RateLimited, DeadlineExceeded after ``seconds``, ModelOutputInvalid.
        """
        ...


@dataclass(frozen=True)
class Blend:
    """How words, taxonomy, meaning and recency are fused into one order.

    The people nearest by taxonomy or meaning are found even where conditions in ``said`` do not hold of them.

    Args:
        ranking: what each part weighs.
        said: those of the query's conditions that its free text sets.
        vector: what the query means, a unit vector as float32 bytes; None: nothing, or nobody can say.
        today: as ``date.toordinal`` counts it.
    """

    ranking: Ranking
    said: tuple[Criterion, ...] = ()
    vector: bytes | None = None
    today: int = 0


@dataclass(frozen=True)
class IndexQuery:
    """A query in the index's own terms: everything in ``must`` holds, ``should`` ranks.

    An index never finds people who asked not to be contacted, or whose record is for its own hiring team,
    unless the query ``admits`` those marks. With a ``blend`` relevance is fused of several parts; counts and
    facets are of those of whom everything in ``must`` holds. Where people ``alike`` are asked for, an index may
    leave out of the hits and the total whom nothing in ``should`` holds of, as long as others fill the page.
    """

    must: tuple[Criterion, ...] = ()
    should: tuple[Weighted, ...] = ()
    sort: Sort = "relevance"
    admits: frozenset[str] = frozenset()
    blend: Blend | None = None
    alike: bool = False


@dataclass(frozen=True)
class Found:
    """One hit of the index.

    Args:
        parts: of a fused score, what each part of the ranking adds.
        said: whether the conditions hold that the query's free text sets.
    """

    candidate_id: str
    score: float
    view: ProfileView
    parts: Mapping[str, float] = field(default_factory=dict[str, float])
    said: bool = True


@dataclass(frozen=True)
class FoundPage:
    """Hits in order; ``mark`` is where to go on, None at the end.

    Args:
        total: people of whom everything holds.
        beside: people found besides, near by taxonomy or meaning, of whom the query's free text does not hold.
    """

    hits: list[Found]
    total: int
    mark: str | None = None
    beside: int = 0


Batch = ChangeBatch[ProfileDocument]
"""Changes to apply together: documents to put, ids to remove, and the sequence they bring us to."""


@dataclass(frozen=True)
class Counted:
    """How many people a query finds, and of each facet the most frequent values with their counts."""

    total: int
    facets: Mapping[FacetName, Sequence[tuple[str, int]]]


class ProfileIndex(Derivation[ProfileDocument], Protocol):
    """A tenant's profiles, searchable."""

    async def count(self, tenant: str) -> int:
        """Return how many profiles are indexed."""
        ...

    async def coverage(self, tenant: str) -> float | None:
        """Return of how many of a tenant's people likeness in meaning is known, from 0 to 1; None where of nobody."""
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

    async def facets(self, tenant: str, query: IndexQuery, names: Sequence[FacetName], size: int) -> Counted:
        """Return how many people a query finds, and the ``size`` most frequent values of each facet."""
        ...

    async def get(self, tenant: str, candidate_ids: Sequence[str]) -> dict[str, ProfileDocument]:
        """Return the documents found, by candidate id."""
        ...
