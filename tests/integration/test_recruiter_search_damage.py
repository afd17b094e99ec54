"""Index and vectors when a process is killed, the disk is full, or files are not what was written."""

import asyncio
import errno
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from servers.recruiter_search.core.document import FORMAT
from servers.recruiter_search.core.models import Filters, SearchQuery
from shared.kernel.errors import Unavailable
from tests.support.breaking_pool import FEW, NAMES, Pool, expected, opened, told, vectors
from tests.support.described_pool import TENANT

INDEX = f"index/{TENANT}/format-{FORMAT}"
FILES = {"term": 0.0, "idx": 0.2, "pos": 0.4, "fieldnorm": 0.6, "fast": 0.8, "store": 1.0}
"""Kinds of files, and where a byte of each is changed."""
VECTORS = (
    "people/acme/heads",
    "people/acme/rows",
    "people/acme/format.json",
    "texts/heads",
    "texts/rows",
    "model.json",
)
ALL = {"found": len(NAMES), "coverage": 1.0}


def _flip(file: Path, where: float) -> None:
    content = bytearray(file.read_bytes())
    content[int((len(content) - 1) * where)] ^= 0x40
    file.write_bytes(content)


async def _is_whole(pool: Pool) -> None:
    await pool.settle()
    assert await told(pool) == ALL
    found, there = vectors(pool)
    assert all(there)
    assert np.abs(found - await expected()).max() < 0.01


@pytest.fixture(scope="module")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which everybody is indexed and described."""
    folder = tmp_path_factory.mktemp("whole")
    pool = opened(folder)
    await _is_whole(pool)
    await pool.aclose()
    return folder


async def test_an_index_with_a_changed_byte_is_built_again_and_says_how_far_it_is(
    whole: Path, tmp_path: Path
) -> None:
    for kind, where in FILES.items():
        folder = shutil.copytree(whole, tmp_path / kind)
        _flip(next((folder / INDEX).glob(f"*.{kind}")), where)
        pool = opened(folder)
        pool.flowing.clear()
        page = await pool.search.search(TENANT, SearchQuery())
        said = f"the index is being built: 0 of {len(NAMES)} changes are searched"
        assert (page.building, page.hits) == (said, [])
        pool.flowing.set()
        page = await pool.search.search(TENANT, SearchQuery(), at_least_seq=len(NAMES))
        assert (page.building, page.total) == ("", len(NAMES))
        await _is_whole(pool)
        await pool.aclose()


@pytest.mark.parametrize("pattern", ["meta.json", "*.store", "*.idx"])
async def test_an_index_that_the_disk_cannot_read_is_built_again(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    folder = shutil.copytree(whole, tmp_path / "one")
    unreadable = {next((folder / INDEX).glob(pattern))}
    opening = Path.open

    def failing(file: Path, *args: Any, **kwargs: Any) -> Any:
        if file in unreadable:
            unreadable.remove(file)
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return opening(file, *args, **kwargs)

    monkeypatch.setattr(Path, "open", failing)
    pool = opened(folder)
    page = await pool.search.search(TENANT, SearchQuery(), at_least_seq=len(NAMES))

    assert (unreadable, page.building, page.total) == (set(), "", len(NAMES))
    await _is_whole(pool)
    await pool.aclose()


@pytest.mark.parametrize(("kind", "upto"), [("store", 0.5), ("store", 1.0), ("idx", 1.0), ("fast", 1.0)])
async def test_files_that_go_bad_while_they_are_searched_have_the_index_built_again(
    whole: Path, tmp_path: Path, kind: str, upto: float
) -> None:
    pool = opened(shutil.copytree(whole, tmp_path / "one"))
    assert await pool.index.count(TENANT) == len(NAMES)
    for file in (tmp_path / "one" / INDEX).glob(f"*.{kind}"):
        with file.open("r+b") as same:
            same.write(b"\xff" * int(file.stat().st_size * upto))
    pool.follower.follow(TENANT)  # outlives what the engine panics over
    with pytest.raises(Unavailable, match="is built again"):
        await pool.search.similar(TENANT, NAMES[0], Filters(), 5)
    page = await pool.search.search(TENANT, SearchQuery(), at_least_seq=len(NAMES))
    assert (page.building, page.total) == ("", len(NAMES))
    await _is_whole(pool)
    await pool.aclose()


async def test_vectors_with_a_changed_byte_are_made_again_while_search_goes_on(
    whole: Path, tmp_path: Path
) -> None:
    for number, name in enumerate(VECTORS):
        folder = shutil.copytree(whole, tmp_path / str(number))
        file = folder / "vectors" / "topics" / name
        _flip(file, min(0.5, 100 / file.stat().st_size))  # where there is somebody
        pool = opened(folder)
        assert len(await pool.found(SearchQuery(text="nurse"))) == len(NAMES) // 3
        await _is_whole(pool)
        await pool.aclose()


async def _started(folder: Path, *what: str) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "tests.support.breaking_pool", str(folder), *what)
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)


async def _line(child: asyncio.subprocess.Process) -> Any:
    assert child.stdout is not None
    return json.loads(await child.stdout.readline())


async def test_kills_while_people_are_indexed_and_described_cost_nobody(tmp_path: Path) -> None:
    for lines in (4, 11):
        child = await _started(tmp_path, "one-by-one")
        for _ in range(lines):
            await _line(child)
        child.kill()
        await child.wait()
    pool = opened(tmp_path)
    assert await pool.index.seq(TENANT) >= 11
    assert await pool.index.count(TENANT) == await pool.index.seq(TENANT)
    await _is_whole(pool)
    await pool.aclose()


async def test_a_kill_between_any_two_steps_of_writing_leaves_people_and_sequence_as_they_belong_together(
    tmp_path: Path,
) -> None:
    async def killed_before(call: int) -> tuple[int | None, bool]:
        folder = tmp_path / str(call)
        child = await _started(folder, "dying", str(call))
        await child.communicate()
        pool = opened(folder)
        seq, count = await pool.index.seq(TENANT), await pool.index.count(TENANT)
        await pool.aclose()
        return child.returncode, seq == count

    # Somebody's five are to take away, to add, both of the sequence, and to commit.
    ended = await asyncio.gather(*(killed_before(call) for call in range(2, 9)))
    assert ended == [(-signal.SIGKILL, True)] * 7


async def test_on_a_full_disk_search_goes_on_and_once_there_is_room_all_is_there(tmp_path: Path) -> None:
    child = await _started(tmp_path, "full-disk")
    few, index_full, vectors_full, room = [await _line(child) for _ in range(4)]
    await child.wait()
    assert few == {"found": FEW, "coverage": 1.0}
    assert index_full == {"failed": "the profile index cannot be read or written", **few}
    assert vectors_full == {"failed": os.strerror(27), "found": len(NAMES), "coverage": FEW / len(NAMES)}
    assert room == ALL
    pool = opened(tmp_path)
    await _is_whole(pool)
    await pool.aclose()
