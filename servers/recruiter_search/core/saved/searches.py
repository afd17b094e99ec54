"""The verbs of saved searches: keep, list, run, see what is new, forget."""

from collections.abc import Awaitable, Callable

from servers.recruiter_search.core.compile import Compiled
from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.ports import DEEPEST, ProfileIndex
from servers.recruiter_search.core.saved.matching import Matching, for_alerts
from servers.recruiter_search.core.saved.models import (
    LONGEST_NAME,
    News,
    Saved,
    SavedAnswer,
    SavedPage,
    SavedRun,
    SearchNews,
    Seen,
)
from servers.recruiter_search.core.saved.ports import Library, Projects, Shelf
from servers.recruiter_search.core.search import TalentSearch
from shared.kernel.clock import Clock
from shared.kernel.cursors import read_cursor, write_cursor
from shared.kernel.errors import Conflict, Denied, InvalidInput, NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.taxonomy import Taxonomy

MOST_OF_ONE = 100
"""Searches that one person may keep."""
MOST_WATCHED = 1_000
"""Searches of one organisation whose new matches are looked for."""
MOST_KNOWN = DEEPEST
"""People that a watched search may find when it is saved: more would be told all day long."""
SEARCHES_TOLD = 20
REACH_SECONDS = 10.0

Reach = Callable[[str, int, float], Awaitable[None]]
"""Waits until a tenant's index holds the changes up to a number."""


class SavedSearches:
    """What the tools do. Its owner may change a search; a project's is read by who may read the project."""

    def __init__(
        self, library: Library, index: ProfileIndex, reach: Reach, projects: Projects, clock: Clock
    ) -> None:
        self._library = library
        self._index = index
        self._reach = reach
        self._projects = projects
        self._clock = clock
        self._matching = Matching(index, clock)

    async def save(
        self,
        caller: Principal,
        taxonomy: Taxonomy,
        name: str,
        query: SearchQuery,
        *,
        project_id: str | None = None,
        alerts: bool = True,
    ) -> SavedAnswer:
        """Keep a new search. Raises InvalidInput, Conflict for a name or number there is already, NotFound."""
        now = self._clock.now()
        search = Saved(
            search_id=new_id("ssrch"), owner=caller.subject, name=_name(name), project_id=project_id,
            query=query, alerts=alerts, created_at=now, updated_at=now,
        )  # fmt: skip
        compiled = self._matching.compiled(query, taxonomy)
        if project_id:
            await self._projects.check(project_id)
        async with self._library.begin(caller.tenant) as shelf:
            if await shelf.count(caller.subject) >= MOST_OF_ONE:
                raise Conflict(
                    f"you keep {MOST_OF_ONE} saved searches, the most there may be", fix="Delete one first."
                )
            await _check_name(shelf, search)
            await shelf.add(search)
            if alerts:
                await self._watch(shelf, caller.tenant, search, compiled)
        return await self._answer(caller.tenant, search, compiled)

    async def change(
        self,
        caller: Principal,
        taxonomy: Taxonomy,
        search_id: str,
        *,
        name: str | None = None,
        query: SearchQuery | None = None,
        alerts: bool | None = None,
    ) -> SavedAnswer:
        """Change what is given of one's own search. Who matches a changed query today is not new.

        Raises NotFound, Denied, InvalidInput, Conflict.
        """
        async with self._library.begin(caller.tenant) as shelf:
            before = await _own(shelf, caller, search_id)
            given = {"name": _name(name) if name is not None else None, "query": query, "alerts": alerts}
            changes = {field: value for field, value in given.items() if value is not None}
            search = before.model_copy(update={**changes, "updated_at": self._clock.now()})
            compiled = self._matching.compiled(search.query, taxonomy)
            await _check_name(shelf, search)
            await shelf.save(search)
            if not search.alerts:
                await shelf.forget_matches(search_id)
            elif search.query != before.query or not before.alerts:
                await self._watch(shelf, caller.tenant, search, compiled)
        return await self._answer(caller.tenant, search, compiled)

    async def delete(self, caller: Principal, search_id: str) -> None:
        """Forget one's own search. Raises NotFound, Denied."""
        async with self._library.begin(caller.tenant) as shelf:
            await _own(shelf, caller, search_id)
            await shelf.delete(search_id)

    async def listing(
        self, caller: Principal, project_id: str | None, cursor: str | None, limit: int
    ) -> SavedPage:
        """Return one's own searches, or everybody's of a project. Raises NotFound, Denied."""
        if project_id:
            await self._projects.check(project_id)
        place = (caller.tenant, caller.subject, project_id)
        owner = None if project_id else caller.subject
        async with self._library.begin(caller.tenant) as shelf:
            found = await shelf.listing(
                owner=owner, project_id=project_id, before=read_cursor(cursor, *place), limit=limit + 1
            )
        page, more = found[:limit], len(found) > limit
        next_cursor = write_cursor(page[-1].search_id, *place) if more else None
        return SavedPage(searches=page, next_cursor=next_cursor)

    async def run(
        self, caller: Principal, search: TalentSearch, search_id: str, *, limit: int, cursor: str | None
    ) -> SavedRun:
        """Return a page of whom a search finds now. Raises NotFound, Denied."""
        async with self._library.begin(caller.tenant) as shelf:
            saved = await _kept(shelf, search_id)
        await self._may_read(caller, saved)
        page = await search.search(caller.tenant, saved.query, limit=limit, cursor=cursor)
        found = [hit.candidate_id for hit in page.hits]
        async with self._library.begin(caller.tenant) as shelf:
            new = await shelf.unseen_among(search_id, found)
        return SavedRun(search=saved, page=page, new_candidate_ids=new)

    async def news(
        self,
        caller: Principal,
        taxonomy: Taxonomy,
        search: TalentSearch,
        search_id: str | None,
        *,
        limit: int,
    ) -> News:
        """Return who newly matches one's own searches, ``limit`` of each at most. Raises NotFound, Denied."""
        told: list[tuple[Saved, list[str], int]] = []
        async with self._library.begin(caller.tenant) as shelf:
            if search_id:
                await _own(shelf, caller, search_id)
            for saved in await shelf.with_news(caller.subject, search_id, SEARCHES_TOLD):
                people = await shelf.unseen(saved.search_id, limit)
                told.append((saved, people, await shelf.unseen_count(saved.search_id)))
        return News(searches=[await self._news(caller.tenant, taxonomy, search, *one) for one in told])

    async def see(self, caller: Principal, search_id: str, candidate_ids: list[str]) -> Seen:
        """Mark people as seen in one's own search. Raises NotFound, Denied."""
        async with self._library.begin(caller.tenant) as shelf:
            await _own(shelf, caller, search_id)
            marked = await shelf.see(search_id, candidate_ids, self._clock.now())
            return Seen(marked=marked, unseen=await shelf.unseen_count(search_id))

    async def _may_read(self, caller: Principal, saved: Saved) -> None:
        if saved.owner == caller.subject:
            return
        if saved.project_id is None:
            raise _not_found()
        await self._projects.check(saved.project_id)

    async def _watch(self, shelf: Shelf, tenant: str, search: Saved, compiled: Compiled) -> None:
        """Note who matches now, in a state of the index not older than what was compared before.

        The position is held meanwhile, so that nobody who changes now is compared without this search.
        """
        position = await shelf.position(hold=True)
        watched = await shelf.watched_count()
        if watched > MOST_WATCHED:
            raise Conflict(
                f"your organisation has {MOST_WATCHED} searches with alerts, the most there may be",
                field="alerts",
                fix="Save it without alerts, or delete one that nobody needs.",
            )
        if position:
            await self._reach(tenant, position, REACH_SECONDS)
        seq = await self._index.seq(tenant)
        total = await self._matching.total(tenant, compiled.query)
        if total > MOST_KNOWN:
            raise InvalidInput(
                f"{total:,} people match; alerts are for searches that find at most {MOST_KNOWN:,}",
                field="alerts",
                fix="Ask for more, or save it without alerts.",
            )
        await shelf.know(
            search.search_id, await self._matching.everybody(tenant, compiled.query), self._clock.now()
        )
        if watched == 1:  # nobody else waits for the changes before
            await shelf.move(seq)

    async def _news(
        self,
        tenant: str,
        taxonomy: Taxonomy,
        search: TalentSearch,
        saved: Saved,
        people: list[str],
        unseen: int,
    ) -> SearchNews:
        """Return those of ``people`` who still match; nobody who asked not to be contacted."""
        query = for_alerts(saved.query)
        [still] = await self._matching.among(tenant, [self._matching.compiled(query, taxonomy).query], people)
        there = [one for one in people if one in set(still)]
        shown = query.filters.model_copy(update={"candidate_ids": there})
        page = await search.search(
            tenant, query.model_copy(update={"filters": shown}), limit=max(1, len(there))
        )
        return SearchNews(
            search_id=saved.search_id,
            name=saved.name,
            project_id=saved.project_id,
            hits=page.hits if there else [],
            unseen=unseen,
            gone=[one for one in people if one not in there],
        )

    async def _answer(self, tenant: str, search: Saved, compiled: Compiled) -> SavedAnswer:
        return SavedAnswer(
            search=search,
            total=await self._matching.total(tenant, compiled.query),
            unresolved=compiled.unresolved,
            hints=compiled.hints,
        )


async def _check_name(shelf: Shelf, search: Saved) -> None:
    if await shelf.named(search.owner, search.name) not in (None, search.search_id):
        raise Conflict(
            "you have a saved search of this name", field="name", fix="Change that one, or take another name."
        )


async def _kept(shelf: Shelf, search_id: str, *, lock: bool = False) -> Saved:
    found = await shelf.search(search_id, lock=lock)
    if found is None:
        raise _not_found()
    return found


async def _own(shelf: Shelf, caller: Principal, search_id: str) -> Saved:
    """Return one's own search, held. Somebody else's is theirs to change, or not there at all."""
    saved = await _kept(shelf, search_id, lock=True)
    if saved.owner == caller.subject:
        return saved
    if saved.project_id is None:
        raise _not_found()
    raise Denied(
        "this search belongs to somebody else", field="search_id", fix="Save the query under your own name."
    )


def _name(given: str) -> str:
    name = " ".join(given.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput(f"a name has 1 to {LONGEST_NAME} characters", field="name")
    return name


def _not_found() -> NotFound:
    return NotFound("you have no saved search with this id", field="search_id")
