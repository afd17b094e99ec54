"""Vectors in files: exact among few, near enough among many, whole after a crash."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tantivy import Document, Index, Query, Searcher

from servers.recruiter_search.store.tantivy.schema import KEY, register, schema
from servers.recruiter_search.store.vectors import Vectors, keys_of
from servers.recruiter_search.store.vectors.nearest import nearest

PEOPLE, DIMENSIONS, BEST = 4000, 384, 50
HEAD = 32
"""Bytes of what stands beside each row."""
KEYS = keys_of([f"p{number}" for number in range(PEOPLE)])


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def rows() -> NDArray[np.float32]:
    """Vectors in loose groups, as people of a few trades have them."""
    rng = np.random.default_rng(7)
    trades = rng.normal(size=(20, DIMENSIONS))
    return _unit(trades[rng.integers(0, 20, PEOPLE)] + rng.normal(size=(PEOPLE, DIMENSIONS)))


@pytest.fixture
def vectors(tmp_path: Path, rows: NDArray[np.float32]) -> Vectors:
    opened = Vectors(tmp_path / "vectors", DIMENSIONS)
    for first in range(0, PEOPLE, 1000):
        part = slice(first, first + 1000)
        opened.put(KEYS[part], KEYS[part], rows[part])
    return opened


def test_rows_are_there_again_after_a_restart(
    tmp_path: Path, vectors: Vectors, rows: NDArray[np.float32]
) -> None:
    vectors.drop(KEYS[:3])
    again = Vectors(tmp_path / "vectors", DIMENSIONS)
    assert len(again) == PEOPLE - 3
    assert again.marks(KEYS[:4]).tolist() == [0, 0, 0, int(KEYS[3])]
    found, there = again.get(KEYS)
    assert np.abs(found[3:] - rows[3:]).max() < 0.002
    assert there.tolist() == [False] * 3 + [True] * (PEOPLE - 3)


def test_a_row_that_was_torn_counts_as_not_there_and_can_be_put_again(
    tmp_path: Path, vectors: Vectors, rows: NDArray[np.float32]
) -> None:
    content = bytearray((tmp_path / "vectors" / "rows").read_bytes())
    content[5 * DIMENSIONS + 7] ^= 1
    (tmp_path / "vectors" / "rows").write_bytes(bytes(content[: 100 * DIMENSIONS]))
    again = Vectors(tmp_path / "vectors", DIMENSIONS)
    assert len(again) == 99
    again.put(KEYS, KEYS, rows)
    assert (again.marks(KEYS) == KEYS).all()


def test_a_row_that_a_crash_left_twice_is_there_once_and_goes_as_a_whole(
    tmp_path: Path, vectors: Vectors
) -> None:
    for name, size in (("heads", HEAD), ("rows", DIMENSIONS)):
        with (tmp_path / "vectors" / name).open("r+b") as file:
            row = file.read(size)
            file.seek(PEOPLE * size)
            file.write(row)
    again = Vectors(tmp_path / "vectors", DIMENSIONS)
    assert len(again) == PEOPLE
    again.drop(KEYS[:1])
    assert Vectors(tmp_path / "vectors", DIMENSIONS).marks(KEYS[:2]).tolist() == [0, int(KEYS[1])]


@pytest.mark.parametrize("damage", ["not json", '{"format": 0, "dimensions": 384}'])
def test_files_of_another_format_are_begun_anew(tmp_path: Path, vectors: Vectors, damage: str) -> None:
    (tmp_path / "vectors" / "format.json").write_text(damage)
    assert len(Vectors(tmp_path / "vectors", DIMENSIONS)) == 0


def test_among_chosen_people_likeness_is_exact_to_the_byte(
    vectors: Vectors, rows: NDArray[np.float32]
) -> None:
    chosen = KEYS[::7]
    stored, _ = vectors.get(chosen)
    liked = vectors.likeness(rows[0], chosen)
    assert np.abs(liked - stored @ rows[0]).max() < 1e-5
    assert np.abs(liked - rows[::7] @ rows[0]).max() < 0.01
    assert vectors.likeness(rows[0], keys_of(["nobody"])).tolist() == [-1.0]


def test_of_all_people_signs_find_nearly_everybody_whom_comparing_all_finds(
    vectors: Vectors, rows: NDArray[np.float32]
) -> None:
    recalls: list[float] = []
    for number in range(20):
        best = set(KEYS[np.argsort(-(rows @ rows[number]))[:BEST]].tolist())
        keys, liked = vectors.nearest(rows[number], 10 * BEST)
        assert (np.diff(liked) <= 0).all()
        recalls.append(len(best & set(keys[:BEST].tolist())) / BEST)
    assert np.mean(recalls) > 0.95


@pytest.mark.parametrize(("narrow", "least"), [(PEOPLE, 1.0), (100, 0.95)])
def test_the_nearest_of_whom_conditions_hold_are_found_however_rare_they_are(
    vectors: Vectors, rows: NDArray[np.float32], narrow: int, least: float
) -> None:
    searcher = _searcher()
    for name, every in (("half", 2), ("few", 50)):
        conditions = Query.term_query(schema(), "flags", name, "basic")
        holding = np.arange(0, PEOPLE, every)
        stored, _ = vectors.get(KEYS[holding])
        recalls: list[float] = []
        for number in range(10):
            keys, liked, places = nearest(searcher, conditions, vectors, rows[number], BEST, narrow)
            best = KEYS[holding[np.argsort(-(stored @ rows[number]), kind="stable")[:BEST]]]
            assert set(keys.tolist()) <= set(KEYS[holding].tolist()) & set(places)
            assert len(keys) == BEST
            assert (np.diff(liked) <= 0).all()
            recalls.append(len(set(best.tolist()) & set(keys.tolist())) / BEST)
        assert np.mean(recalls) >= least


def _searcher() -> Searcher:
    """Return a state of an index in which every second person is of the half, and every fiftieth of the few."""
    index = register(Index(schema()))
    writer = index.writer(15_000_000, 1)
    for number, key in enumerate(KEYS.tolist()):
        flags = [name for name, every in (("half", 2), ("few", 50)) if number % every == 0]
        writer.add_document(Document.from_dict({KEY: key, "flags": flags}, schema()))
    writer.commit()
    index.reload()
    return index.searcher()
