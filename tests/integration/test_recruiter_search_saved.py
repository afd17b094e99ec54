"""Saved searches and who is new in them, on a real database and a real index."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from servers.recruiter_search.core.models import Filters, SearchQuery
from servers.recruiter_search.core.saved import searches
from servers.recruiter_search.core.saved.watching import MATCHED
from servers.recruiter_search.saving import keep_searches
from servers.recruiter_search.store.saved_searches import PostgresLibrary, PostgresShelf
from shared.edge.serve import Runtime
from shared.edge.taxonomies import Taxonomies
from shared.edge.units import UnitCalls
from shared.engines import EmbeddedNats
from shared.events import EventBus, UnitEvent
from shared.kernel.errors import Conflict, Denied, InvalidInput, NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, current_principal
from shared.mailbox.outbox import open_outbox
from shared.storage import Database
from tests.support.engines import OpenUnitDatabase
from tests.support.fixed_clock import FixedClock
from tests.support.saved import WORDS, Ids, Keeping
from tests.support.talent import TODAY, FakeFeed, person
from tests.support.told import told_by

TENANT = "north"
ADA = Principal(subject="person:ada", kind="person", tenant=TENANT)
BEN = Principal(subject="person:ben", kind="person", tenant=TENANT)
EVE = Principal(subject="person:ada", kind="person", tenant="south")
RUST = SearchQuery(filters=Filters(skills=["rust"]))


@pytest.fixture
def feed() -> FakeFeed:
    return FakeFeed()


@pytest.fixture
async def database(unit_database: OpenUnitDatabase) -> Database:
    return await unit_database("recruiter_search")


@pytest.fixture
async def kept(database: Database, tmp_path: Path, feed: FakeFeed) -> AsyncIterator[Keeping]:
    feed.put(TENANT, person("old", skills=["Rust"]), person("other", skills=["Java"]))
    keeping = Keeping(database, tmp_path / "one", feed)
    await keeping.level(TENANT)
    yield keeping
    await keeping.aclose()


async def _told(database: Database) -> list[list[str]]:
    told = await told_by("recruiter_search", database, TENANT)
    assert {what for what, _ in told} <= {MATCHED}
    return [payload["candidate_ids"] for _, payload in told]


async def test_who_comes_to_match_a_saved_search_is_told_once_and_stays_new_until_marked_as_seen(
    kept: Keeping, database: Database, feed: FakeFeed
) -> None:
    search = await kept.save(ADA, "Rust", RUST)
    assert await kept.news(ADA) == {}
    feed.put(TENANT, person("new", skills=["Rust"]), person("old", skills=["Rust", "Go"]))
    await kept.level(TENANT)
    feed.put(TENANT, person("other", skills=["Java", "Rust"]), person("new", skills=["Rust", "Go"]))
    await kept.level(TENANT)

    assert await _told(database) == [["new"], ["other"]]
    assert await kept.news(ADA) == {"Rust": ["new", "other"]}
    page = await kept.searches.run(ADA, kept.search, search, limit=10, cursor=None)
    assert (page.page.total, sorted(page.new_candidate_ids)) == (3, ["new", "other"])
    seen = await kept.searches.see(ADA, search, ["new", "old"])
    assert (seen.marked, seen.unseen) == (1, 1)
    assert await kept.news(ADA) == {"Rust": ["other"]}


async def test_people_who_asked_not_to_be_contacted_and_those_deleted_never_alert(
    kept: Keeping, database: Database, feed: FakeFeed
) -> None:
    asks_for_all = RUST.model_copy(update={"include": ["do_not_contact"]})
    search = await kept.save(ADA, "Rust", asks_for_all)
    feed.put(TENANT, person("barred", skills=["Rust"], flags=["do_not_contact"]))
    feed.put(TENANT, person("later", skills=["Rust"]), person("gone", skills=["Rust"]))
    await kept.level(TENANT)
    feed.put(TENANT, person("later", skills=["Rust"], flags=["do_not_contact"]))
    feed.delete(TENANT, "gone")
    await kept.level(TENANT)

    assert await _told(database) == [["gone", "later"]]
    [news] = (await kept.searches.news(ADA, WORDS, kept.search, search, limit=50)).searches
    assert (news.hits, news.gone) == ([], ["later"])


class Dying(PostgresShelf):
    """Ends after it told of new matches and before it noted how far it came."""

    async def move(self, seq: int) -> None:
        raise ZeroDivisionError


class DyingLibrary(PostgresLibrary):
    records = Dying


async def test_a_process_that_ends_while_it_tells_loses_nothing_and_repeats_nothing(
    kept: Keeping, database: Database, feed: FakeFeed, tmp_path: Path, nats: EmbeddedNats
) -> None:
    tenant = new_id("tenant")
    ada = ADA.model_copy(update={"tenant": tenant})
    feed.put(tenant, person("old", skills=["Rust"]))
    await kept.level(tenant)
    await kept.save(ada, "Rust", RUST)
    feed.put(tenant, person("new", skills=["Rust"]))
    dying = Keeping(database, tmp_path / "dying", feed, DyingLibrary)
    with pytest.raises(ZeroDivisionError):
        await dying.level(tenant)
    await dying.aclose()
    assert await told_by("recruiter_search", database, tenant) == []

    await kept.level(tenant)  # found and told, and not published
    await kept.watching.clear(tenant)  # as if what was told had been forgotten
    await kept.level(tenant)
    heard: asyncio.Queue[UnitEvent] = asyncio.Queue()
    async with await EventBus.open(nats.url) as bus:
        consumer = await bus.consume_units(new_id("test"), heard.put, tenant=tenant)
        async with open_outbox("recruiter_search", database, bus), asyncio.timeout(30):
            event = await heard.get()
        await consumer.aclose()
    assert (event.what, event.payload["candidate_ids"], heard.empty()) == (MATCHED, ["new"], True)


class Others:
    """The other units: candidates who change, and nothing that widens the taxonomy."""

    def __init__(self, feed: FakeFeed) -> None:
        self._feed = Ids(feed)

    async def call_tool(
        self, unit: str, tool: str, arguments: dict[str, Any], returns: type[Any], *, timeout: float = 30
    ) -> Any:
        if tool == "get_taxonomy_extension":
            return returns(next=0)
        assert (unit, tool, arguments["only_ids"]) == ("candidates", "list_changes", True)
        page = await self._feed.after(current_principal().tenant, arguments["after"], arguments["limit"])
        return returns(json_lines="\n".join(page.lines), next=page.next)


async def test_who_was_told_of_is_not_told_again_under_the_record_that_theirs_was_merged_into(
    kept: Keeping, database: Database, feed: FakeFeed
) -> None:
    search_id = await kept.save(ADA, "Rust", RUST)
    feed.put(TENANT, person("gone", skills=["Rust"]), person("kept", skills=["Java"]))
    await kept.level(TENANT)
    feed.merge(TENANT, "gone", person("kept", skills=["Rust", "Java"]))
    feed.merge(TENANT, "old", person("other", skills=["Rust", "Java"]))
    await kept.level(TENANT)

    assert await _told(database) == [["gone"]]
    assert await kept.news(ADA) == {"Rust": ["kept"]}
    assert (await kept.searches.see(ADA, search_id, ["kept"])).marked == 1


async def test_the_unit_hears_of_changes_compares_them_and_tells_the_others(
    kept: Keeping, database: Database, feed: FakeFeed, nats: EmbeddedNats
) -> None:
    tenant, heard = new_id("tenant"), asyncio.Queue[UnitEvent]()
    ada = ADA.model_copy(update={"tenant": tenant})
    async with AsyncExitStack() as closing, asyncio.timeout(60):
        bus = await closing.enter_async_context(await EventBus.open(nats.url))
        runtime = SimpleNamespace(
            units=Others(feed),
            closing=closing,
            clock=FixedClock(TODAY),
            require_events=lambda: bus,
            require_database=lambda: database,
        )
        taxonomies = Taxonomies(cast(UnitCalls, runtime.units), "recruiter_search", max_age=60)
        searches = await keep_searches(
            cast(Runtime, runtime), kept.index, kept.following, taxonomies, gather=0
        )
        consumer = await bus.consume_units(new_id("test"), heard.put, tenant=tenant, unit="recruiter_search")
        closing.push_async_callback(consumer.aclose)
        feed.put(tenant, person("old", skills=["Rust"]))
        await kept.following.catch_up(tenant)
        await searches.save(ada, WORDS, "Rust", RUST)
        seq = feed.put(tenant, person("new", skills=["Rust"]))
        await bus.publish_unit(tenant, "candidates", "changed", {"seq": seq})
        event = await heard.get()
    assert (event.what, event.payload["candidate_ids"], event.payload["owner"]) == (
        MATCHED,
        ["new"],
        ADA.subject,
    )


async def test_of_two_replicas_only_one_tells(
    kept: Keeping, database: Database, feed: FakeFeed, tmp_path: Path
) -> None:
    await kept.save(ADA, "Rust", RUST)
    other = Keeping(database, tmp_path / "other", feed)
    feed.put(TENANT, *(person(f"n{number}", skills=["Rust"]) for number in range(5)))
    await asyncio.gather(kept.level(TENANT), other.level(TENANT))
    await other.aclose()
    assert await _told(database) == [[f"n{number}" for number in range(5)]]


async def test_a_feed_is_asked_for_nothing_where_nobody_watches_and_a_later_search_begins_where_it_is_saved(
    kept: Keeping, database: Database, feed: FakeFeed
) -> None:
    await kept.save(ADA, "Unwatched", RUST, alerts=False)
    feed.put(TENANT, person("before", skills=["Rust"]))
    await kept.following.catch_up(TENANT)
    asked = len(feed.asked)
    await kept.watcher.catch_up(TENANT)
    assert len(feed.asked) == asked
    await kept.save(BEN, "Rust", RUST)
    feed.put(TENANT, person("after", skills=["Rust"]))
    await kept.level(TENANT)
    assert (await kept.news(BEN), await kept.news(ADA)) == ({"Rust": ["after"]}, {})


async def test_who_matches_a_changed_query_is_not_new_and_turning_alerts_off_forgets(
    kept: Keeping, feed: FakeFeed
) -> None:
    search = await kept.save(ADA, "Rust", RUST)
    java = SearchQuery(filters=Filters(skills=["java"]))
    changed = await kept.searches.change(ADA, WORDS, search, name="Java", query=java)
    assert (changed.search.name, changed.total) == ("Java", 1)
    feed.put(TENANT, person("other", skills=["Java", "Go"]), person("new", skills=["Java"]))
    await kept.level(TENANT)
    assert await kept.news(ADA) == {"Java": ["new"]}
    await kept.searches.change(ADA, WORDS, search, alerts=False)
    assert await kept.news(ADA) == {}


async def test_a_search_is_its_owners_and_is_read_by_readers_of_its_project(kept: Keeping) -> None:
    mine = await kept.save(ADA, "Mine", RUST)
    answer = await kept.searches.save(ADA, WORDS, "Ours", RUST, project_id="proj_1")
    ours = answer.search.search_id
    assert (await kept.searches.run(BEN, kept.search, ours, limit=5, cursor=None)).page.total == 1
    listed = await kept.searches.listing(BEN, "proj_1", None, 10)
    assert [one.name for one in listed.searches] == ["Ours"]
    assert (await kept.searches.listing(BEN, None, None, 10)).searches == []
    with pytest.raises(Denied):
        await kept.searches.delete(BEN, ours)
    with pytest.raises(NotFound):
        await kept.searches.run(BEN, kept.search, mine, limit=5, cursor=None)
    for call in (kept.searches.delete(EVE, mine), kept.searches.see(EVE, mine, ["old"])):
        with pytest.raises(NotFound):
            await call
    with pytest.raises(NotFound):
        await kept.searches.save(ADA, WORDS, "Theirs", RUST, project_id="proj_2")
    await kept.searches.delete(ADA, mine)
    assert [one.name for one in (await kept.searches.listing(ADA, None, None, 10)).searches] == ["Ours"]


async def test_names_numbers_and_broad_searches_are_limited_with_a_way_out(
    kept: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    await kept.save(ADA, "Rust", RUST)
    with pytest.raises(Conflict, match="of this name"):
        await kept.save(ADA, " RUST ", RUST)
    await kept.save(BEN, "Rust", RUST)
    monkeypatch.setattr(searches, "MOST_KNOWN", 1)
    with pytest.raises(InvalidInput, match="2 people match"):
        await kept.save(ADA, "Everybody", SearchQuery())
    assert await kept.save(ADA, "Everybody", SearchQuery(), alerts=False)
    monkeypatch.setattr(searches, "MOST_WATCHED", 2)
    with pytest.raises(Conflict, match="searches with alerts"):
        await kept.save(ADA, "Third", RUST)
    monkeypatch.setattr(searches, "MOST_OF_ONE", 2)
    with pytest.raises(Conflict, match="the most there may be"):
        await kept.save(ADA, "Third", RUST, alerts=False)
