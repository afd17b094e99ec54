"""Saved searches on a real database and a real index; what the candidates unit tells is invented."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from servers.recruiter_search.core.changes import derive_changes
from servers.recruiter_search.core.document import Deriver, ProfileDocument
from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.saved.searches import SavedSearches
from servers.recruiter_search.core.saved.watching import Changed, WatchedFeed, Watching, changed_people
from servers.recruiter_search.core.search import TalentSearch
from servers.recruiter_search.store import TantivyIndex
from servers.recruiter_search.store.saved_searches import PostgresLibrary
from shared.following.follower import Follower
from shared.following.model import Changes, Derived
from shared.kernel.errors import NotFound
from shared.kernel.principal import Principal
from shared.mailbox.outbox import Outbox
from shared.storage import Database
from shared.taxonomy import Taxonomy
from shared.wire.changes import CandidateChange
from tests.support.fixed_clock import FixedClock
from tests.support.talent import TODAY, FakeFeed

WORDS = Taxonomy.compact()


class Ids:
    """A feed asked for ids alone."""

    def __init__(self, feed: FakeFeed) -> None:
        self._feed = feed

    async def after(self, tenant: str, seq: int, limit: int) -> Changes:
        page = await self._feed.after(tenant, seq, limit)
        read = [CandidateChange.model_validate_json(line) for line in page.lines]
        lines = [
            Changed(
                candidate_id=one.candidate_id,
                deleted=one.dossier is None,
                merged_into=self._feed.merged.get(one.candidate_id),
            ).model_dump_json()
            for one in read
        ]
        return Changes(lines, page.next)


class SomeProjects:
    """A projects unit in which only ``proj_1`` can be read."""

    async def check(self, project_id: str) -> None:
        if project_id != "proj_1":
            raise NotFound("no such project", field="project_id")


class Keeping:
    """One replica: an index with its follower, the saved searches, and what watches for them.

    Nothing publishes what it tells: that stays in the outbox, as of a process that ended before.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        feed: FakeFeed,
        library: type[PostgresLibrary] = PostgresLibrary,
    ) -> None:
        clock, self._deriver = FixedClock(TODAY), Deriver(WORDS)
        self.index = TantivyIndex(folder)
        self.following = Follower(self.index, feed, self._derive, clock)
        self.library = library(Outbox("recruiter_search", database))
        self.searches = SavedSearches(self.library, self.index, self.following.reach, SomeProjects(), clock)
        self.watching = Watching(self.library, self.index, self.following.reach, self._words, clock)
        watched = WatchedFeed(self.library, Ids(feed))
        self.watcher = Follower(self.watching, watched, changed_people, clock)
        self.search = TalentSearch(self.index, self.following, WORDS, clock)

    async def level(self, tenant: str) -> None:
        """Take in all that changed: first the index, then the watch."""
        await self.following.catch_up(tenant)
        await self.watcher.catch_up(tenant)

    async def aclose(self) -> None:
        await self.watcher.aclose()
        await self.following.aclose()
        await self.index.aclose()

    async def save(self, caller: Principal, name: str, query: SearchQuery, *, alerts: bool = True) -> str:
        """Save a search and return its id."""
        return (await self.searches.save(caller, WORDS, name, query, alerts=alerts)).search.search_id

    async def news(self, caller: Principal) -> dict[str, list[str]]:
        """Return who is new, by the name of the search."""
        told = await self.searches.news(caller, WORDS, self.search, None, limit=50)
        return {one.name: sorted(hit.candidate_id for hit in one.hits) for one in told.searches}

    async def _derive(self, _: str, lines: Sequence[str], today: date) -> Derived[ProfileDocument]:
        return derive_changes(self._deriver, lines, today)

    async def _words(self, _: str) -> Taxonomy:
        return WORDS
