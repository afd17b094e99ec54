"""The search benchmark, tiny: our unit over MCP, bare Tantivy and PostgreSQL, asked the same."""

from pathlib import Path

import pytest

from benchmarks.search.__main__ import Plan, run
from benchmarks.search.questions import KINDS


@pytest.mark.timeout(300)
async def test_all_three_find_the_same_people_and_an_update_is_found(tmp_path: Path) -> None:
    said = await run(tmp_path, Plan(people=400, rounds=4, seconds=60, load_seconds=0.2, update_seconds=0.5))
    found = [
        {kind: figures["latency"][kind]["found"] for kind in KINDS} for figures in said["systems"].values()
    ]
    assert found[1:] == found[:-1]
    assert sum(found[0].values()) > 0
    assert said["freshness"]["probes"] == 1
