"""SQL kept in ``queries.sql`` files, in blocks that begin with ``-- name: <name>``."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import LiteralString, cast

_BLOCK = re.compile(r"^-- name: *(\w+) *$", re.MULTILINE)


class Queries:
    """The queries of one package, as attributes: ``queries.insert_candidate``."""

    def __init__(self, source: str, blocks: dict[str, LiteralString]) -> None:
        self._source = source
        self._blocks = blocks

    def __getattr__(self, name: str) -> LiteralString:
        try:
            return self._blocks[name]
        except KeyError:
            raise AttributeError(f"{self._source} has no query named {name!r}") from None

    def __iter__(self) -> Iterator[tuple[str, LiteralString]]:
        return iter(self._blocks.items())


@cache
def load_queries(package: str) -> Queries:
    """Read ``queries.sql`` of ``package`` (``servers.candidates``). Raises ValueError for a repeated name."""
    source = f"{package}/queries.sql"
    text = files(package).joinpath("queries.sql").read_text(encoding="utf-8")
    blocks: dict[str, LiteralString] = {}
    for name, body in zip(*[iter(_BLOCK.split(text)[1:])] * 2, strict=True):
        if name in blocks:
            raise ValueError(f"{source} names two queries {name!r}")
        # Text from a file of this repository is as trustworthy as a literal.
        blocks[name] = cast(LiteralString, body.strip())
    return Queries(source, blocks)
