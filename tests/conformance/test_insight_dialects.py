"""Each insight in both engines over the same people: DuckDB, and ClickHouse's own engine in this process (chdb).

No ClickHouse server installs from a package registry: chdb is the double, asked through ClickHouse's client, and once
over HTTP through a server on loopback that runs on it.
"""

import json
import math
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import pytest

from servers.talent_insights.core.figures import Desk
from servers.talent_insights.core.segments import FULL, WITHIN_BITS, Reading, Segment
from servers.talent_insights.store.clickhouse_market import CLEARED, ClickHouseMarket
from servers.talent_insights.store.questions import parameters_of, questions
from shared.engines.process import free_port
from shared.following.model import Batch
from shared.kernel.errors import Unavailable
from shared.kernel.months import month_of
from shared.taxonomy import Taxonomy
from tests.support.clickhouse_http import clickhouse_http
from tests.support.market import TENANT, caught_up, desk_on, job, people, people_rows, postings, worker
from tests.support.talent import TODAY, FakeFeed

PARTS = {"conditions", "people", "postings", "dimension"}
MONTH = month_of(TODAY)
READING = Reading(Taxonomy.compact())
EVERYBODY = READING.conditions(Segment())
ROLE = READING.conditions(
    Segment(occupation="Data engineer", place="Berlin", skills=["Python", "Kubernetes"], min_years=2)
)
COMMON = {"now": MONTH, "day": TODAY.toordinal(), "k": 1, "limit": 50, "focus": None, "school": None}
ASKED: list[tuple[str, dict[str, Any]]] = [
    (name, {**COMMON, **conditions.with_(), **more})
    for conditions in (EVERYBODY, ROLE)
    for name, more in (
        ("pool", {}),
        *(("people_by", {"by": by}) for by in ("country", "place", "occupation", "company", "work_mode")),
        ("people_by_skill", {}),
        ("skills", {}),
        ("schools", {}),
        ("schools_of_all", {}),
        ("schools_of_all", {"school": "ashford university"}),
        ("adjacent", {"skill": "python"}),
        ("emerging", {}),
        ("emerging_of_all", {}),
        ("flows", {"kind": "company", "months": 36}),
        ("flows", {"kind": "place", "months": 12, "unasked": FULL & ~sum(WITHIN_BITS.values())}),
        ("flows", {"kind": "company", "months": 24, "focus": "kestrel foods"}),
        *(("workforce", {"by": by, "sort": "headcount"}) for by in ("company", "function")),
        ("workforce", {"by": "company", "sort": "growth"}),
        ("occupancy", {}),
        *(("layoffs", {"by": by}) for by in ("company", "function", "place")),
        ("demand", {}),
        ("demand_by", {"by": "occupation"}),
        ("demand_by_skill", {}),
        ("demand_over_time", {}),
        ("pay", {"by": "occupation"}),
    )
]


def chdb(folder: Path) -> ClickHouseMarket:
    """Return a market in ClickHouse's engine inside this process, through ClickHouse's own client."""
    return ClickHouseMarket(f"chdb://{folder}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the one engine that a process may have keeps its data."""
    return tmp_path_factory.mktemp("chdb")


@pytest.fixture(scope="module")
async def desks(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[Desk, Desk]]:
    feed, ours_at = FakeFeed(), tmp_path_factory.mktemp("duckdb")
    feed.put(TENANT, *people())
    async with (
        desk_on(ours_at, feed, postings()) as ours,
        desk_on(folder, feed, postings(), engine=chdb) as theirs,
    ):
        await caught_up(ours)
        await caught_up(theirs)
        yield ours, theirs


def _plain(value: Any) -> Any:
    """Return a value as both engines would write it: numbers rounded, no number that is none."""
    number = isinstance(value, int | float) or (isinstance(value, str) and value.lstrip("-").isdigit())
    if not number:
        return value
    return None if math.isnan(float(value)) else round(float(value), 6)


def _compared(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return sorted(plain, key=lambda row: json.dumps(row, sort_keys=True))


def test_each_question_is_there_in_both_dialects_with_the_same_parameters() -> None:
    both = {
        dialect: {name: parameters_of(text, dialect) for name, text in questions(dialect).items()}
        for dialect in ("duckdb", "clickhouse")
    }
    assert both["duckdb"] == both["clickhouse"]
    assert {name for name, _ in ASKED} == both["duckdb"].keys() - PARTS


@pytest.mark.parametrize(
    ("question", "parameters"), ASKED, ids=[f"{i}-{question}" for i, (question, _) in enumerate(ASKED)]
)
async def test_both_dialects_answer_the_same(
    desks: tuple[Desk, Desk], question: str, parameters: dict[str, Any]
) -> None:
    ours, theirs = [await desk.market.ask(TENANT, question, parameters) for desk in desks]
    assert _compared(theirs) == _compared(ours)


@pytest.mark.parametrize(
    ("question", "of_all"),
    [("people_by_skill", "skills"), ("schools", "schools_of_all"), ("emerging", "emerging_of_all")],
)
async def test_a_question_of_everybody_alone_answers_as_the_one_of_anybody(
    desks: tuple[Desk, Desk], question: str, of_all: str
) -> None:
    asked = {**COMMON, **EVERYBODY.with_()}
    for desk in desks:
        alone = await desk.market.ask(TENANT, of_all, asked)
        assert alone
        assert _compared(alone) == _compared(await desk.market.ask(TENANT, question, asked))


async def _batch(seq: int, *ids: str, after: int = 0, removed: Sequence[str] = ()) -> Batch[str]:
    feed = FakeFeed()
    feed.put(TENANT, *(worker(who, job("Acme Data", "Data Engineer", "Berlin", "2020-01")) for who in ids))
    derived = await people_rows(TENANT, (await feed.after(TENANT, 0, 500)).lines, TODAY)
    return Batch(list(derived.documents.values()), removed, seq, after)


async def _kept(market: ClickHouseMarket, tenant: str) -> tuple[int, int, int]:
    kept = await market.kept(tenant, TODAY.toordinal())
    spans = await market.ask(tenant, "occupancy", {**COMMON, **EVERYBODY.with_()})
    return kept.people_seq, kept.people, sum(row["joined"] for row in spans)


async def test_a_batch_written_again_changes_nothing_and_an_older_one_neither(folder: Path) -> None:
    market = chdb(folder)
    for batch in (await _batch(3, "c1", "c2"), await _batch(3, "c1", "c2"), await _batch(2, "c9")):
        await market.people.apply("again", batch)
    assert await _kept(market, "again") == (3, 2, 2)
    await market.people.apply("again", await _batch(5, "c3", after=3, removed=["c1"]))
    assert await _kept(market, "again") == (5, 2, 2)
    with pytest.raises(Unavailable, match="missing"):
        await market.people.apply("again", await _batch(9, "c9", after=7))
    await market.aclose()


_KILLED = """
import asyncio, os, signal, sys
from servers.talent_insights.store.clickhouse_market import ClickHouseMarket
from shared.following.model import Batch


async def write():
    market = ClickHouseMarket(f"chdb://{sys.argv[1]}")
    before = await market.kept("killed", 1)
    if sys.argv[2] == "kill":
        client = await market.in_thread("killed", lambda kept: kept.client)
        client.command = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # rows are written, their sequence is not
    await market.people.apply("killed", Batch(sys.stdin.read().splitlines(), [], 2, 0))
    after = await market.kept("killed", 1)
    print(before.people_seq, before.people, after.people_seq, after.people)


asyncio.run(write())
"""


def test_a_kill_between_the_rows_and_their_sequence_counts_nobody_twice(
    tmp_path: Path, two: Batch[str]
) -> None:
    def run(then: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", _KILLED, str(tmp_path), then]
        return subprocess.run(
            command, input="\n".join(two.documents), capture_output=True, text=True, timeout=120
        )

    assert run("kill").returncode == -signal.SIGKILL
    assert run("go on").stdout.split() == ["0", "2", "2", "2"]


@pytest.fixture
async def two() -> Batch[str]:
    """Return a batch of two people."""
    return await _batch(2, "c1", "c2")


async def test_clickhouse_is_asked_over_http_and_no_organisation_sees_another_ones_people(
    folder: Path,
) -> None:
    with clickhouse_http(folder) as address:
        market = ClickHouseMarket(address)
        await market.people.apply("one's", await _batch(3, "c1", "c2", "c3"))
        await market.people.apply("Other/../Org", await _batch(1, "x1"))
        assert await _kept(market, "one's") == (3, 3, 3)
        assert await _kept(market, "Other/../Org") == (1, 1, 1)
        assert await _kept(market, "nobody") == (0, 0, 0)
        assert {"one's", "Other/../Org", "nobody"} <= {*await market.tenants()}
        await market.people.clear("one's")
        assert (await market.kept("one's", 1)).because == CLEARED
        assert await _kept(market, "Other/../Org") == (1, 1, 1)
        with pytest.raises(Unavailable):
            await market.in_thread("nobody", lambda kept: kept.client.query("select nothing"))
        await market.aclose()


async def test_a_server_that_does_not_answer_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await ClickHouseMarket(f"http://127.0.0.1:{free_port()}").kept(TENANT, 1)
