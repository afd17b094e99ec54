"""New matches of saved searches: who changed is compared with what is watched, and told once.

It follows the candidates' feed for itself, with a position in the database, since each replica's index is its
own: whichever replica comes first compares, and what it found, what is told of it and how far it came commit
together. A process that ends in between leaves no trace; what it would have done the next one does.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from pydantic import BaseModel

from servers.recruiter_search.core.ports import IndexQuery, ProfileIndex
from servers.recruiter_search.core.saved.matching import Matching, for_alerts
from servers.recruiter_search.core.saved.models import Saved
from servers.recruiter_search.core.saved.ports import Library, Shelf
from servers.recruiter_search.core.saved.searches import Reach
from shared.following.model import Batch, ChangeFeed, Changes, Derived
from shared.kernel.clock import Clock
from shared.kernel.errors import InvalidInput
from shared.taxonomy import Taxonomy

log = logging.getLogger(__name__)

MATCHED = "search_matched"
"""What is told when a saved search has new matches."""
MOST_NAMED = 100
"""People whom one such event names; it says how many there are in all."""
REACH_SECONDS = 20.0

TaxonomyOf = Callable[[str], Awaitable[Taxonomy]]


class Changed(BaseModel):
    """Somebody who changed, or turned out to be somebody else."""

    candidate_id: str
    deleted: bool = False
    merged_into: str | None = None


class Watching:
    """Implements ``Derivation`` of people who changed: what is kept is whom they newly match."""

    def __init__(
        self, library: Library, index: ProfileIndex, reach: Reach, taxonomy_of: TaxonomyOf, clock: Clock
    ) -> None:
        self._library = library
        self._index = index
        self._reach = reach
        self._taxonomy_of = taxonomy_of
        self._clock = clock
        self._matching = Matching(index, clock)

    async def apply(self, tenant: str, batch: Batch[Changed]) -> None:
        """Compare who changed with what is watched, and tell what is new.

        Raises DeadlineExceeded where this replica's index does not hold the changes yet, Unavailable.
        """
        await self._reach(tenant, batch.seq, REACH_SECONDS)
        taxonomy = await self._taxonomy_of(tenant)
        async with self._library.begin(tenant) as shelf:
            if batch.seq <= await shelf.position(hold=True):
                return  # another replica came first
            for one in batch.documents:
                if one.merged_into:  # the feed tells of who remains after it
                    await shelf.join_people(one.candidate_id, one.merged_into)
            await shelf.forget_people(batch.removed)
            changed = [one.candidate_id for one in batch.documents if not one.deleted]
            watched = await shelf.watched()
            asked = [(search, query) for search in watched if (query := self._query(search, taxonomy))]
            found = await self._matching.among(tenant, [query for _, query in asked], changed)
            for (search, _), people in zip(asked, found, strict=True):
                await self._tell(shelf, search, people)
            await shelf.move(batch.seq)

    async def seq(self, tenant: str) -> int:
        async with self._library.begin(tenant) as shelf:
            return await shelf.position()

    async def clear(self, tenant: str) -> None:
        """Compare everybody again; who was found before is not told twice."""
        async with self._library.begin(tenant) as shelf:
            await shelf.begin_anew()

    async def tenants(self) -> list[str]:
        return await self._index.tenants()

    def _query(self, search: Saved, taxonomy: Taxonomy) -> IndexQuery | None:
        try:
            return self._matching.compiled(for_alerts(search.query), taxonomy).query
        except InvalidInput as error:  # its words have come to mean something else since it was saved
            log.warning("the saved search %s cannot be read any more: %s", search.search_id, error.message)
            return None

    async def _tell(self, shelf: Shelf, search: Saved, people: Sequence[str]) -> None:
        new = sorted(await shelf.find(search.search_id, people, self._clock.now())) if people else []
        if new:
            told = {
                "search_id": search.search_id,
                "owner": search.owner,
                "name": search.name,
                "project_id": search.project_id,
                "candidate_ids": new[:MOST_NAMED],
                "number": len(new),
            }
            await shelf.tell(MATCHED, told)


class WatchedFeed:
    """The candidates' feed, asked only for tenants in which somebody watches. Implements ``ChangeFeed``."""

    def __init__(self, library: Library, feed: ChangeFeed) -> None:
        self._library = library
        self._feed = feed

    async def after(self, tenant: str, seq: int, limit: int) -> Changes:
        async with self._library.begin(tenant) as shelf:
            watched = await shelf.watched_count()
        return await self._feed.after(tenant, seq, limit) if watched else Changes([], seq)


async def changed_people(tenant: str, lines: Sequence[str], today: date) -> Derived[Changed]:
    """Return who changed, and who was deleted, by a feed's lines."""
    derived = Derived[Changed]()
    for line in lines:
        change = Changed.model_validate_json(line)
        if change.deleted and not change.merged_into:
            derived.remove(change.candidate_id)
        else:
            derived.put(change.candidate_id, change)
    return derived
