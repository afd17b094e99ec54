"""The Tantivy index across restarts; kills and changed bytes are in test_recruiter_search_damage."""

import asyncio
import os
from pathlib import Path

import pytest

from servers.recruiter_search.core.document import FORMAT, Deriver
from servers.recruiter_search.core.ports import Batch, IndexQuery
from servers.recruiter_search.store import TantivyIndex
from shared.kernel.errors import Unavailable
from shared.taxonomy import Taxonomy
from tests.support.talent import TODAY, person

TENANT = "acme"


def _batch(seq: int, *ids: str) -> Batch:
    deriver = Deriver(Taxonomy.compact())
    return Batch([deriver.derive(person(candidate_id), TODAY) for candidate_id in ids], [], seq)


async def test_people_and_sequence_are_there_after_a_restart(tmp_path: Path) -> None:
    first = TantivyIndex(tmp_path)
    await first.apply(TENANT, _batch(3, "c1", "c2"))
    await first.aclose()
    again = TantivyIndex(tmp_path)
    assert await again.tenants() == [TENANT]
    assert (await again.seq(TENANT), await again.count(TENANT)) == (3, 2)
    await again.aclose()


async def test_a_damaged_index_is_begun_anew(tmp_path: Path) -> None:
    first = TantivyIndex(tmp_path)
    await first.apply(TENANT, _batch(3, "c1"))
    await first.aclose()
    (tmp_path / TENANT / f"format-{FORMAT}" / "meta.json").write_text("not json")
    again = TantivyIndex(tmp_path)
    assert (await again.seq(TENANT), await again.count(TENANT)) == (0, 0)
    await again.apply(TENANT, _batch(1, "c1"))
    assert await again.count(TENANT) == 1
    await again.aclose()


async def test_looking_through_one_index_at_the_start_keeps_no_other_tenant_waiting(tmp_path: Path) -> None:
    first = TantivyIndex(tmp_path)
    for tenant in (TENANT, "other"):
        await first.apply(tenant, _batch(3, "c1"))
    await first.aclose()
    slow = tmp_path / TENANT / f"format-{FORMAT}" / "meta.json"
    slow.unlink()
    os.mkfifo(slow)  # whoever opens it waits until somebody else does
    again = TantivyIndex(tmp_path)
    waiting = [asyncio.create_task(again.count(TENANT)) for _ in range(100)]  # more than there are threads
    assert await again.count("other") == 1
    assert not any(one.done() for one in waiting)
    waiting[0].cancel()  # who asked first goes away, and the others are answered
    os.close(os.open(slow, os.O_WRONLY))
    assert await asyncio.gather(*waiting[1:]) == [0] * 99  # nothing stood in it, so it is begun anew
    await again.aclose()


async def test_an_index_of_another_format_is_dropped(tmp_path: Path) -> None:
    old = tmp_path / TENANT / "format-0"
    old.mkdir(parents=True)
    (old / "meta.json").write_text("{}")
    index = TantivyIndex(tmp_path)
    assert await index.seq(TENANT) == 0
    assert not old.exists()
    await index.aclose()


async def test_what_was_not_committed_is_gone_together_with_its_sequence(tmp_path: Path) -> None:
    first = TantivyIndex(tmp_path)
    await first.apply(TENANT, _batch(1, "c1"))
    copied = {f.name: f.read_bytes() for f in (tmp_path / TENANT / f"format-{FORMAT}").iterdir()}
    await first.aclose()
    elsewhere = tmp_path / "copy" / TENANT / f"format-{FORMAT}"
    elsewhere.mkdir(parents=True)
    for name, content in copied.items():
        (elsewhere / name).write_bytes(content)
    crashed = TantivyIndex(tmp_path / "copy")
    assert await crashed.seq(TENANT) == 1
    page = await crashed.search(TENANT, IndexQuery(), limit=5)
    assert [hit.candidate_id for hit in page.hits] == ["c1"]
    await crashed.aclose()


async def test_a_folder_that_another_process_writes_is_refused_with_the_reason(tmp_path: Path) -> None:
    first, second = TantivyIndex(tmp_path), TantivyIndex(tmp_path)
    await first.apply(TENANT, _batch(1, "c1"))
    with pytest.raises(Unavailable, match="another process"):
        await second.seq(TENANT)
    await first.aclose()
