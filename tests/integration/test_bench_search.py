"""The search benchmark, tiny: our unit over MCP, bare Tantivy and PostgreSQL, asked the same."""

from pathlib import Path

import pytest

from benchmarks.search.__main__ import run
from benchmarks.search.copies import run_copies
from benchmarks.search.measuring import Plan
from benchmarks.search.questions import KINDS

PLAN = Plan(people=400, rounds=4, seconds=60, load_seconds=0.2, update_seconds=0.5)


@pytest.mark.timeout(300)
async def test_all_three_find_the_same_people_and_an_update_is_found(tmp_path: Path) -> None:
    said = await run(tmp_path, PLAN)
    found = [
        {kind: figures["latency"][kind]["found"] for kind in KINDS} for figures in said["systems"].values()
    ]
    assert found[1:] == found[:-1]
    assert sum(found[0].values()) > 0
    assert [one["probes"] for one in said["freshness"].values()] == [1, 1]


@pytest.mark.timeout(300)
async def test_of_copies_both_find_everybody_so_many_times(tmp_path: Path) -> None:
    said = await run_copies(tmp_path / "lives", PLAN, 3)
    found = [
        [figures["latency"][kind]["found"] for kind in ("filtered text", "boolean", "seven facets")]
        for figures in said["systems"].values()
    ]
    ours, bare, ours_often, bare_often = found
    assert ours == bare
    assert ours_often == bare_often == [3 * people for people in ours]
    assert sum(ours) > 0
