"""Named queries come from a file, and mistakes in it are named."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.storage import Queries, load_queries

ReadQueries = Callable[[str], Queries]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReadQueries:
    """Reads SQL text as the queries of a package of its own."""
    package = f"shop_{tmp_path.name}"

    def load(text: str) -> Queries:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
        (tmp_path / package / "queries.sql").write_text(text)
        monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
        return load_queries(package)

    return load


def test_each_block_is_an_attribute(read: ReadQueries) -> None:
    queries = read("-- About.\n\n-- name: one\nselect 1;\n\n-- name: two\n-- why\nselect 2\n")
    assert dict(queries) == {"one": "select 1;", "two": "-- why\nselect 2"}
    assert queries.one == "select 1;"


def test_a_query_that_is_not_there_is_named(read: ReadQueries) -> None:
    with pytest.raises(AttributeError, match=r"queries\.sql has no query named 'three'"):
        _ = read("-- name: one\nselect 1\n").three


def test_a_name_used_twice_is_refused(read: ReadQueries) -> None:
    with pytest.raises(ValueError, match="names two queries 'one'"):
        read("-- name: one\nselect 1\n-- name: one\nselect 2\n")
