"""A search over people whose vectors are made: for what must hold while they are, and when something breaks."""

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from servers.recruiter_search.core.changes import derive_changes
from servers.recruiter_search.core.document import Deriver, ProfileDocument
from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.ports import Encoder
from servers.recruiter_search.core.search import TalentSearch
from servers.recruiter_search.core.understanding import Understanding
from servers.recruiter_search.store import TantivyIndex
from servers.recruiter_search.store.vectors.beside import PeopleBeside
from servers.recruiter_search.store.vectors.describing import Describing
from servers.recruiter_search.store.vectors.meanings import Meanings
from shared.following.follower import Follower
from shared.following.model import Derived
from shared.kernel.errors import Unavailable
from shared.taxonomy import Taxonomy
from tests.support.fixed_clock import FixedClock
from tests.support.talent import TODAY, FakeFeed

if TYPE_CHECKING:
    from servers.recruiter_search.store.opensearch import OpenSearchIndex

EncoderT = TypeVar("EncoderT", bound=Encoder)
TENANT = "acme"
TOPICS = (
    ("data", "spark", "etl", "warehouse", "pipelines", "analytics"),
    ("nurse", "wound", "clinic", "patients", "ward", "bedside"),
    ("chef", "kitchen", "cooking", "menu", "restaurant", "meals"),
)


class Topics:
    """An encoder for which words of one topic mean the same. ``down`` makes it unavailable."""

    model = "topics"

    def __init__(self) -> None:
        self.down = False
        self.asked: list[str] = []

    async def encode(self, texts: Sequence[str], *, seconds: float) -> NDArray[np.float32]:
        if self.down:
            raise Unavailable("the server of embeddings does not answer.")
        self.asked += texts
        rows = np.array([_topics_of(text) for text in texts], np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _topics_of(text: str) -> list[float]:
    return [0.05 + sum(word in text.lower() for word in topic) for topic in TOPICS]


class DescribedPool(Generic[EncoderT]):
    """A search over a feed of people, whose vectors are made when ``settle`` is called.

    While ``flowing`` is not set, nothing comes into the index.

    Args:
        index: whose vectors are in itself; None: Tantivy's, with vectors beside it.
    """

    def __init__(self, folder: Path, encoder: EncoderT, index: "OpenSearchIndex | None" = None) -> None:
        self.encoder, self.feed = encoder, FakeFeed()
        self.meanings = Meanings(folder / "vectors", encoder.model)
        self.index = index or TantivyIndex(folder / "index", self.meanings)
        people = PeopleBeside(self.index, self.meanings) if index is None else index
        self.describing = Describing(people, self.meanings, encoder)
        self.flowing = asyncio.Event()
        self.flowing.set()
        deriver = Deriver(Taxonomy.compact())

        async def derive(_: str, lines: Sequence[str], today: date) -> Derived[ProfileDocument]:
            await self.flowing.wait()
            return derive_changes(deriver, lines, today)

        self.follower = Follower(self.index, self.feed, derive, FixedClock(TODAY))
        self.search = TalentSearch(
            self.index, self.follower, Taxonomy.compact(), FixedClock(TODAY), Understanding(encoder)
        )

    @property
    def vectors(self) -> int:
        """How many people have one."""
        vectors = self.meanings.people(TENANT).vectors
        return len(vectors) if vectors is not None else 0

    async def settle(self) -> None:
        await self.follower.catch_up(TENANT)
        await self.describing.catch_up(TENANT)

    async def aclose(self) -> None:
        await self.follower.aclose()
        await self.describing.aclose()
        await self.index.aclose()

    async def found(self, query: SearchQuery) -> list[str]:
        page = await self.search.search(TENANT, query, limit=50)
        return [hit.candidate_id for hit in page.hits]
