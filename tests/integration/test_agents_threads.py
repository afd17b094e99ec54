"""What a LangGraph agent gets: threads that go on after a crash, forgotten in time, apart by tenant."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, TypedDict

import psycopg
import pytest
from langgraph.graph import END, START, StateGraph
from langgraph.store.base import BaseStore, PutOp
from langgraph.store.postgres.aio import AsyncPostgresStore
from langgraph.types import interrupt

from shared.agents.checkpoints import open_checkpointer
from shared.agents.memory import TenantMemory, open_memory
from shared.agents.tenants import bound_to, tenant_pool
from shared.agents.threads import Threads
from shared.kernel.errors import Conflict
from shared.storage.roles import OWNER, unit_url
from tests.support.engines import SECRET, UnitDatabases

UNIT = "intake"


class State(TypedDict, total=False):
    text: str
    city: str
    said: list[str]


class Walk:
    """A graph of three steps that notes what runs: it begins, asks for a city, and remembers it."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.fails_in = ""

    def ends(self, node: str) -> None:
        if node == self.fails_in:
            raise ConnectionError("cut off")

    def graph(self, checkpointer: Any, store: BaseStore) -> Any:
        async def begin(state: State) -> State:
            self.ran.append("begin")
            return {"said": [state.get("text", "")]}

        async def ask(state: State) -> State:
            self.ran.append("ask")
            city = interrupt("Which city?")
            self.ends("ask")
            return {"city": city}

        async def remember(state: State, *, store: BaseStore) -> State:
            self.ran.append("remember")
            await store.aput(("cities",), state.get("city", ""), {})
            self.ends("remember")
            return {"said": [item.key for item in await store.asearch(("cities",))]}

        graph = StateGraph(State)
        for node in (begin, ask, remember):
            graph.add_node(node.__name__, node)
        graph.add_edge(START, "begin")
        graph.add_edge("begin", "ask")
        graph.add_edge("ask", "remember")
        graph.add_edge("remember", END)
        return graph.compile(checkpointer=checkpointer, store=store)


@pytest.fixture
def url(unit_databases: UnitDatabases) -> str:
    """A unit's database with the tables that its one migration makes."""
    admin = unit_databases.create(UNIT)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            f"set role {OWNER}; set search_path = {UNIT}; select agents.keep_graphs()".encode()
        )
    return unit_url(admin, UNIT, SECRET)


@pytest.fixture
async def store(url: str) -> AsyncIterator[TenantMemory]:
    async with open_memory(url) as store:
        yield store


@pytest.fixture
async def walk() -> Walk:
    return Walk()


@pytest.fixture
async def threads(url: str, store: TenantMemory, walk: Walk) -> AsyncIterator[Threads]:
    async with open_checkpointer(url) as checkpointer:
        yield Threads(walk.graph(checkpointer, store), kept=timedelta(days=30))


async def test_a_thread_waits_for_an_answer_and_what_it_learns_is_remembered_by_the_next(
    threads: Threads,
) -> None:
    asked = await threads.begin("acme", "one", {"text": "hi"}, message="m1")
    ended = await threads.answer("acme", "one", "Oslo", message="m2")
    await threads.begin("acme", "two", {"text": "hi"}, message="m3")
    other = await threads.answer("acme", "two", "Riga", message="m4")

    assert (asked.asks, ended.asks) == (["Which city?"], [])
    assert ended.values["said"] == ["Oslo"]
    assert sorted(other.values["said"]) == ["Oslo", "Riga"]


@pytest.mark.parametrize(("node", "again"), [("ask", ["ask", "remember"]), ("remember", ["remember"])])
async def test_a_thread_that_was_cut_off_goes_on_at_the_node_that_did_not_end(
    threads: Threads, walk: Walk, node: str, again: list[str]
) -> None:
    await threads.begin("acme", "one", {"text": "hi"}, message="m1")
    walk.fails_in = node
    with pytest.raises(ConnectionError):
        await threads.answer("acme", "one", "Oslo", message="m2")
    walk.fails_in, before = "", len(walk.ran)
    ended = await threads.answer("acme", "one", "Oslo", message="m2")

    assert ended.values["city"] == "Oslo"
    assert walk.ran[before:] == again


async def test_a_new_message_begins_anew_whatever_was_asked_and_nothing_takes_an_answer_twice(
    threads: Threads,
) -> None:
    await threads.begin("acme", "one", {"text": "hi"}, message="m1")
    asked = await threads.begin("acme", "one", {"text": "or rather"}, message="m2")
    ended = await threads.answer("acme", "one", "Oslo", message="m3")
    with pytest.raises(Conflict, match="nothing is asked"):
        await threads.answer("acme", "one", "Riga", message="m4")

    assert (asked.values["said"], asked.asks) == (["or rather"], ["Which city?"])
    assert ended.values["said"] == ["Oslo"]


async def test_a_message_that_comes_again_is_not_taken_in_twice(threads: Threads, walk: Walk) -> None:
    first = await threads.begin("acme", "one", {"text": "hi"}, message="m1")
    again = await threads.begin("acme", "one", {"text": "hi"}, message="m1")
    ended = await threads.answer("acme", "one", "Oslo", message="m2")
    ran = [*walk.ran]

    assert first == again
    assert await threads.answer("acme", "one", "Oslo", message="m2") == ended
    assert walk.ran == ran


async def test_a_message_that_was_given_up_on_does_not_stand_in_the_way_of_the_next(
    threads: Threads, walk: Walk
) -> None:
    await threads.begin("acme", "one", {"text": "hi"}, message="m1")
    walk.fails_in = "remember"
    with pytest.raises(ConnectionError):
        await threads.answer("acme", "one", "Oslo", message="m2")
    walk.fails_in = ""

    asked = await threads.begin("acme", "one", {"text": "once more"}, message="m3")

    assert asked.asks == ["Which city?"]
    assert asked.values["said"] == ["once more"]


async def test_threads_that_nobody_goes_on_with_are_forgotten_by_whoever_works(
    threads: Threads, url: str, walk: Walk
) -> None:
    await threads.begin("acme", "old", {"text": "hi"}, message="m1")
    await threads.begin("bolt", "old", {"text": "hi"}, message="m1")
    with bound_to("acme"):
        async with tenant_pool(url, max_size=1) as pool, pool.connection() as connection:
            await connection.execute("update checkpoints set written_at = now() - interval '31 days'")

    await threads.begin("acme", "new", {"text": "hi"}, message="m2")

    with bound_to("acme"):
        async with tenant_pool(url, max_size=1) as pool, pool.connection() as connection:
            rows = await (await connection.execute("select distinct thread_id from checkpoints")).fetchall()
            blobs = await (
                await connection.execute("select distinct thread_id from checkpoint_blobs")
            ).fetchall()
    assert [row["thread_id"] for row in rows] == [row["thread_id"] for row in blobs] == ["acme:new"]
    assert (await threads.answer("bolt", "old", "Oslo", message="m2")).values["city"] == "Oslo"


async def test_memory_is_the_bound_tenants_whatever_namespace_is_asked_for(
    store: TenantMemory, url: str
) -> None:
    with bound_to("acme"):
        await store.aput(("cities", "warm"), "lisbon", {"n": 1})
        found = await store.asearch(("cities",))
        listed = await store.alist_namespaces(prefix=("cities",))
    with bound_to("bolt"):
        assert await store.asearch(("cities",)) == []
        assert await store.aget(("acme", "cities", "warm"), "lisbon") is None
        assert await store.alist_namespaces() == []
        async with tenant_pool(url, max_size=1) as pool:  # past our code, the database itself refuses
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await AsyncPostgresStore(pool).abatch([PutOp(("acme", "cities"), "planted", {})])
    with pytest.raises(LookupError, match="no tenant"):
        await store.asearch(("cities",))

    assert [(item.namespace, item.key) for item in found] == [(("cities", "warm"), "lisbon")]
    assert listed == [("cities", "warm")]
