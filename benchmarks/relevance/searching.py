"""The unit's own search core over an index of its own, in this process."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path

from benchmarks.relevance.encoding import MiniLm
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
from shared.following.model import Changes, Derived
from shared.taxonomy import Taxonomy
from shared.wire.changes import CandidateChange
from shared.wire.profile import Dossier

TENANT = "relevance"
TODAY = datetime(2026, 6, 1, tzinfo=UTC)


class _Today:
    """A clock that stands, so that a pool is the same whenever it is measured."""

    def now(self) -> datetime:
        return TODAY

    def today(self) -> date:
        return TODAY.date()


class _Feed:
    """The candidates unit's changes: everybody came once."""

    def __init__(self, dossiers: Sequence[Dossier]) -> None:
        self._lines = [
            CandidateChange(seq=number, candidate_id=one.candidate_id, dossier=one).model_dump_json()
            for number, one in enumerate(dossiers, start=1)
        ]

    async def after(self, tenant: str, seq: int, limit: int) -> Changes:
        lines = self._lines[seq : seq + limit]
        return Changes(lines, seq + len(lines))


class Pool:
    """People who can be asked for in two ways: as the unit knows them, and by words that no taxonomy has read."""

    def __init__(self, known: TalentSearch, bare: TalentSearch) -> None:
        self._known, self._bare = known, bare

    async def ranked(self, query: SearchQuery, *, bare: bool, limit: int) -> list[str]:
        """Return the ids of the first ``limit`` hits, 100 at most."""
        page = await (self._bare if bare else self._known).search(TENANT, query, limit=limit)
        return [hit.candidate_id for hit in page.hits]


@asynccontextmanager
async def indexed(
    folder: Path, dossiers: Sequence[Dossier], taxonomy: Taxonomy, encoder: Encoder | None = None
) -> AsyncIterator[TalentSearch]:
    """Index ``dossiers`` below ``folder`` as the unit does, with one taxonomy; lend the search over them."""
    deriver, meanings = Deriver(taxonomy), Meanings(folder / "meanings", encoder.model) if encoder else None
    index = TantivyIndex(folder / "profiles", meanings)

    async def derive(tenant: str, lines: Sequence[str], today: date) -> Derived[ProfileDocument]:
        return derive_changes(deriver, lines, today)

    async with AsyncExitStack() as closing:
        closing.push_async_callback(index.aclose)
        follower = Follower(index, _Feed(dossiers), derive, _Today())
        closing.push_async_callback(follower.aclose)
        await follower.catch_up(TENANT)
        if encoder and meanings:
            describing = Describing(PeopleBeside(index, meanings), meanings, encoder)
            closing.push_async_callback(describing.aclose)
            await describing.catch_up(TENANT)
        yield TalentSearch(index, follower, taxonomy, _Today(), Understanding(encoder))


@asynccontextmanager
async def pool_of(
    folder: Path, dossiers: Sequence[Dossier], encoder: Encoder | None, queries: Sequence[str]
) -> AsyncIterator[Pool]:
    """Index everybody with the packaged taxonomy, and once more without any.

    Vectors of all that will be asked for are made beforehand: a search waits two seconds for its own.
    """
    taxonomy = Taxonomy.compact()
    if isinstance(encoder, MiniLm):
        deriver = Deriver(taxonomy)
        meant = (deriver.derive(one, TODAY.date()).meant for one in dossiers)
        await asyncio.to_thread(encoder.learn, [*queries, *chain.from_iterable(meant)])
    async with (
        indexed(folder / "known", dossiers, taxonomy, encoder) as known,
        indexed(folder / "bare", dossiers, Taxonomy((), ())) as bare,
    ):
        yield Pool(known, bare)
