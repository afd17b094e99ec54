"""The market's files across restarts, damage and kills, and organisations apart from each other."""

import asyncio
import sys
import threading
from pathlib import Path
from typing import Any

import duckdb
import pytest

from servers.talent_insights.core.segments import FACTS, FULL, Segment
from servers.talent_insights.core.status import status
from servers.talent_insights.core.supply import SupplyQuestions
from servers.talent_insights.deriving import people_pool
from servers.talent_insights.store import DuckDBMarket, duckdb_market
from servers.talent_insights.store.duckdb_market import DAMAGED, FILE, FORMER
from shared.following.model import Batch
from shared.kernel.errors import Unavailable
from shared.kernel.months import month_of
from tests.support.market import TENANT, caught_up, desk_on, job, people, people_rows, postings, worker
from tests.support.talent import TODAY, FakeFeed

DAY = TODAY.toordinal()
MONTH = month_of(TODAY)


async def _batch(seq: int, *ids: str, after: int = 0) -> Batch[str]:
    feed = FakeFeed()
    feed.put(TENANT, *(worker(who, job("Acme Data", "Data Engineer", "Berlin", "2020-01")) for who in ids))
    derived = await people_rows(TENANT, (await feed.after(TENANT, 0, 500)).lines, TODAY)
    return Batch(list(derived.documents.values()), [], seq, after)


async def _people(market: DuckDBMarket, tenant: str = TENANT) -> tuple[int, int]:
    kept = await market.kept(tenant, DAY)
    return kept.people_seq, kept.people


async def test_rows_and_sequence_are_there_after_a_restart(tmp_path: Path) -> None:
    first = DuckDBMarket(tmp_path)
    await first.people.apply(TENANT, await _batch(3, "c1", "c2"))
    await first.aclose()
    again = DuckDBMarket(tmp_path)
    assert (await again.tenants(), await _people(again)) == ([TENANT], (3, 2))
    await again.aclose()


async def test_a_batch_applied_again_changes_nothing_and_an_older_one_neither(tmp_path: Path) -> None:
    market = DuckDBMarket(tmp_path)
    for batch in (await _batch(3, "c1", "c2"), await _batch(3, "c1", "c2"), await _batch(2, "c9")):
        await market.people.apply(TENANT, batch)
    assert await _people(market) == (3, 2)
    await market.aclose()


async def test_changes_that_do_not_follow_on_what_is_kept_are_refused(tmp_path: Path) -> None:
    market = DuckDBMarket(tmp_path)
    with pytest.raises(Unavailable, match="missing"):
        await market.people.apply(TENANT, await _batch(9, "c9", after=5))
    assert await _people(market) == (0, 0)
    await market.aclose()


@pytest.mark.parametrize("content", [b"not a database", b"\0" * 20_000])
async def test_a_damaged_file_is_begun_anew_filled_again_and_said(tmp_path: Path, content: bytes) -> None:
    feed = FakeFeed()
    feed.put(TENANT, *people())
    async with desk_on(tmp_path, feed, postings()) as desk:
        await caught_up(desk)
    (tmp_path / TENANT / FILE).write_bytes(content)
    async with desk_on(tmp_path, feed, postings()) as desk:
        before = await desk.market.kept(TENANT, DAY)
        await caught_up(desk)
        said = await status(desk, TENANT)
    assert (before.people, before.people_seq, before.because) == (0, 0, DAMAGED)
    assert (said.people, said.postings, said.caught_up) == (100, 8, True)
    assert DAMAGED in said.note


async def test_closing_waits_for_who_still_reads(tmp_path: Path) -> None:
    reading, go_on = threading.Event(), threading.Event()

    def slowly(kept: Any) -> int:
        with kept.cursor() as cursor:
            reading.set()
            go_on.wait()
            return len(
                cursor.execute("select count(*) from range(200_000_000) t(i) where i % 7 = 3").fetchall()
            )

    market = DuckDBMarket(tmp_path)
    asked = asyncio.create_task(market.in_thread(TENANT, slowly))
    await asyncio.to_thread(reading.wait)
    closing = asyncio.create_task(market.aclose())
    go_on.set()
    assert (await asked, await closing) == (1, None)


async def test_damage_that_shows_while_asking_is_repaired_too(tmp_path: Path) -> None:
    feed = FakeFeed()
    feed.put(TENANT, *people())
    async with desk_on(tmp_path, feed) as desk:
        await caught_up(desk)
    whole = (tmp_path / TENANT / FILE).read_bytes()
    blocks = 4096 * 3  # the headers stay as they are
    (tmp_path / TENANT / FILE).write_bytes(whole[:blocks] + b"\xff" * (len(whole) - blocks))
    async with desk_on(tmp_path, feed) as desk:
        await asyncio.gather(desk.market.kept(TENANT, DAY), return_exceptions=True)
        await caught_up(desk)
        assert (await desk.market.kept(TENANT, DAY)).people == 100


async def test_a_file_that_breaks_while_it_is_open_is_begun_anew_and_answers_say_so_until_all_is_read(
    tmp_path: Path,
) -> None:
    feed, file = FakeFeed(), tmp_path / TENANT / FILE
    feed.put(TENANT, *people())
    async with desk_on(tmp_path, feed, postings()) as desk:
        await caught_up(desk)
        assert isinstance(desk.market, DuckDBMarket)
        desk.market.on_loss = desk.lost
        asked = SupplyQuestions(desk).supply(TENANT, Segment(), None, 1)
        assert (await asked).basis.complete
        await desk.market.aclose()  # what is in memory is written, so that the next question reads the file
        file.write_bytes(b"\0" * 20_000)
        broken = await SupplyQuestions(desk).supply(TENANT, Segment(), None, 1)
        assert (broken.people, broken.basis.complete) == (None, False)
        await caught_up(desk)
        whole = await SupplyQuestions(desk).supply(TENANT, Segment(), None, 1)
        assert (whole.people, whole.open_postings, whole.basis.complete) == (100, 6, True)


async def test_a_file_of_a_former_format_is_dropped_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / TENANT).mkdir()
    old = tmp_path / TENANT / "market-0.duckdb"
    old.write_bytes(b"old")
    market = DuckDBMarket(tmp_path)
    assert (await market.kept(TENANT, DAY)).because == FORMER
    assert not old.exists()
    await market.aclose()


async def _clustered(market: DuckDBMarket) -> list[str]:
    """Return the skills as they lie in the table."""
    rows = await market.in_thread(
        TENANT, lambda kept: kept.connection.cursor().execute("select skill from skill").fetchall()
    )
    return [skill for (skill,) in rows]


async def test_rows_are_put_in_order_as_people_come_and_tell_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = FakeFeed()
    feed.put(TENANT, *people())
    lines = (await feed.after(TENANT, 0, 500)).lines
    documents = [*(await people_rows(TENANT, lines, TODAY)).documents.values()]
    plain, ordered = DuckDBMarket(tmp_path / "plain"), DuckDBMarket(tmp_path / "ordered")
    await plain.people.apply(TENANT, Batch(documents, [], 100, 0))
    monkeypatch.setattr(duckdb_market, "CLUSTER_FROM", 10)
    former = [*(one.replace('"remote":false', '"remote":true') for one in documents[:30]), *documents[30:]]
    await ordered.people.apply(TENANT, Batch(former, [], 100, 0))
    await ordered.people.apply(TENANT, Batch(documents[:15], [], 101, 100))
    unordered = await _clustered(ordered)
    await ordered.people.apply(TENANT, Batch(documents[15:30], [], 102, 101))
    in_order = await _clustered(ordered)
    assert sorted(in_order) == in_order != unordered
    assert sorted(unordered) == in_order == sorted(await _clustered(plain))
    assert await _people(ordered) == (102, 100)
    for name in ("skills", "occupancy"):
        asked = {**dict.fromkeys(FACTS), "unasked": FULL, "full": FULL, "now": MONTH, "k": 1, "limit": 50}
        assert await ordered.ask(TENANT, name, asked) == await plain.ask(TENANT, name, asked)
    await plain.aclose()
    await ordered.aclose()


async def test_who_is_written_again_as_before_is_left_alone_and_who_changed_is_replaced(
    tmp_path: Path,
) -> None:
    feed = FakeFeed()
    feed.put(TENANT, *people())
    lines = (await feed.after(TENANT, 0, 500)).lines
    documents = (await people_rows(TENANT, lines, TODAY)).documents
    market = DuckDBMarket(tmp_path)
    await market.people.apply(TENANT, Batch([*documents.values()], [], 100, 0))
    before = await _rows_of(market)
    changed = {**documents, "acme00": documents["acme00"].replace('"python"', '"java"')}
    del changed["left00"]
    await market.people.apply(TENANT, Batch([*changed.values()], ["left00"], 200, 100))
    after = await _rows_of(market)
    assert {who for who, _ in before ^ after} == {"acme00", "left00"}
    assert await _people(market) == (200, 99)
    await market.aclose()
    with duckdb.connect(str(tmp_path / TENANT / FILE)) as file:  # as it was before digests were kept
        file.execute("alter table person drop column digest")
    again = DuckDBMarket(tmp_path)
    await again.people.apply(TENANT, Batch([*documents.values()], [], 300, 200))
    assert await _people(again) == (300, 100)
    assert {who for who, _ in await _rows_of(again)} == {who for who, _ in before}
    await again.aclose()


async def _rows_of(market: DuckDBMarket) -> set[tuple[str, int]]:
    """Return which rows of skills are whose."""
    text = "select candidate_id, skill.rowid from skill join person using (person)"
    return {*await market.in_thread(TENANT, lambda kept: kept.connection.cursor().execute(text).fetchall())}


_WRITER = """
import asyncio, resource, sys
from pathlib import Path
from servers.talent_insights.store import DuckDBMarket, duckdb_market
from shared.following.model import Batch
from shared.kernel.errors import Unavailable
from tests.support.market import job, people_rows, worker
from tests.support.talent import TODAY, FakeFeed

duckdb_market.CLUSTER_FROM = 1
FULL = int(sys.argv[2])


async def write():
    market, feed = DuckDBMarket(Path(sys.argv[1])), FakeFeed()
    for seq in range(1, 100_000):
        feed.put("acme", worker(f"c{seq}", job("Acme Data", "Data Engineer", "Berlin", "2020-01"), skills=["SQL"]))
        page = await feed.after("acme", seq - 1, 1)
        derived = await people_rows("acme", page.lines, TODAY)
        batch = Batch(list(derived.documents.values()), [], seq, seq - 1)
        if seq == FULL:
            await full(market, batch)
        await market.people.apply("acme", batch)
        print(seq, flush=True)


async def full(market, batch):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))  # no file may grow: the disk is full
    try:
        await market.people.apply("acme", batch)
    except Unavailable as refused:
        print(refused.message, flush=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


asyncio.run(write())
"""


async def test_a_kill_while_writing_loses_no_committed_person_and_counts_nobody_twice(tmp_path: Path) -> None:
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _WRITER, str(tmp_path), "0", stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    told = [int(await writer.stdout.readline()) for _ in range(10)]
    writer.kill()
    await writer.wait()
    market = DuckDBMarket(tmp_path)
    seq, count = await _people(market)
    assert seq >= told[-1]
    assert count == seq
    await market.people.apply(TENANT, await _batch(seq + 1, f"c{seq + 1}", after=seq))
    assert await _people(market) == (seq + 1, seq + 1)
    await market.aclose()


async def test_a_full_disk_refuses_the_batch_and_with_space_again_it_is_taken_in_once(tmp_path: Path) -> None:
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _WRITER, str(tmp_path), "5", stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    told = [(await writer.stdout.readline()).decode().strip() for _ in range(7)]
    writer.kill()
    await writer.wait()
    assert told == ["1", "2", "3", "4", "insights cannot be read or written", "5", "6"]
    market = DuckDBMarket(tmp_path)
    seq, count = await _people(market)
    assert seq >= 6
    assert count == seq
    await market.aclose()


async def test_a_folder_that_another_process_writes_is_refused_with_the_reason(tmp_path: Path) -> None:
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _WRITER, str(tmp_path), "0", stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout is not None
    await holder.stdout.readline()
    market = DuckDBMarket(tmp_path)
    with pytest.raises(Unavailable, match="another process"):
        await market.kept(TENANT, DAY)
    holder.kill()
    await holder.wait()
    await market.aclose()


async def test_an_organisation_never_sees_another_ones_people(tmp_path: Path) -> None:
    market = DuckDBMarket(tmp_path)
    await market.people.apply(TENANT, await _batch(3, "c1", "c2", "c3"))
    await market.people.apply("Other/../Org", await _batch(1, "x1"))
    asked = {**dict.fromkeys(("country", "region", "place", "function", "occupation", "seniority", "company")),
             **dict.fromkeys(("remote", "years", "skill1", "skill2", "skill3", "skill4", "skill5")),
             "unasked": FULL, "now": 24_000}  # fmt: skip
    assert await market.ask(TENANT, "pool", asked) == [{"mask": FULL, "n": 3}]
    assert await market.ask("Other/../Org", "pool", asked) == [{"mask": FULL, "n": 1}]
    assert await market.ask("nobody", "pool", asked) == []
    assert sorted(await market.tenants()) == ["Other/../Org", TENANT, "nobody"]
    await market.people.clear(TENANT)
    assert (await _people(market), await _people(market, "Other/../Org")) == ((0, 0), (1, 1))
    await market.aclose()


async def test_no_statement_reads_another_file(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    market = DuckDBMarket(tmp_path / "market")
    for statement in (
        f"select * from read_csv('{tmp_path}/secret.csv')",
        f"attach '{tmp_path}/other.duckdb'",
        "set enable_external_access = true",
    ):
        with pytest.raises(Unavailable):
            await market.in_thread(TENANT, lambda kept, sql=statement: kept.connection.cursor().execute(sql))
    await market.aclose()


async def test_rows_are_derived_in_worker_processes_as_they_are_in_this_one() -> None:
    feed = FakeFeed()
    feed.put(TENANT, *people())
    lines = (await feed.after(TENANT, 0, 500)).lines
    pool = people_pool()
    there = await pool.derive(TENANT, lines, TODAY)
    await pool.aclose()
    assert there.documents == (await people_rows(TENANT, lines, TODAY)).documents
