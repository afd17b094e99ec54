"""Named questions in SQL, a file a dialect: ``-- name: <name>`` begins a block, ``@name`` includes another."""

import re
from functools import cache
from importlib.resources import files
from typing import Literal

Dialect = Literal["duckdb", "clickhouse"]
_PACKAGE = __name__.rpartition(".")[0]
_BLOCK = re.compile(r"^-- name: *(\w+) *$", re.MULTILINE)
_INCLUDE = re.compile(r"@(\w+)")
_PARAMETER = {"duckdb": re.compile(r"\$(\w+)"), "clickhouse": re.compile(r"\{(\w+):[\w()]+\}")}


@cache
def questions(dialect: Dialect) -> dict[str, str]:
    """Return the text of each question of a dialect, its parts included."""
    folder = files(_PACKAGE).joinpath("sql")
    blocks: dict[str, str] = {}
    for name in ("parts", "people", "work", "postings"):
        text = folder.joinpath(f"{name}.{dialect}.sql").read_text(encoding="utf-8")
        blocks |= blocks_of(text)
    return {name: whole(text, blocks) for name, text in blocks.items()}


@cache
def statements(name: str) -> dict[str, str]:
    """Return the statements of one file of the folder."""
    return blocks_of(files(_PACKAGE).joinpath("sql", name).read_text(encoding="utf-8"))


@cache
def parameters_of(text: str, dialect: Dialect) -> frozenset[str]:
    """Return the names of the parameters that a statement takes."""
    return frozenset(_PARAMETER[dialect].findall(text))


def blocks_of(text: str) -> dict[str, str]:
    """Return the blocks of a text by name."""
    parts = [part.strip() for part in _BLOCK.split(text)[1:]]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def whole(text: str, blocks: dict[str, str]) -> str:
    """Return a block with those that it includes."""
    while _INCLUDE.search(text):
        text = _INCLUDE.sub(lambda found: blocks[found[1]], text)
    return text
