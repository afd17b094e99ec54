"""Reading a trace back as a tree."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

LIMIT = 20_000

SPANS = """
    with traces as (
        select distinct trace_id from telemetry.span where run_id = %(of)s or trace_id = %(of)s
    )
    select s.* from telemetry.span s join traces using (trace_id) order by s.started_at limit %(limit)s
"""


@dataclass
class Node:
    """A span and those it led to, in order of their start."""

    span_id: str
    parent_id: str | None
    trace_id: str
    service: str
    name: str
    kind: str
    status: str
    started_at: datetime
    ended_at: datetime
    run_id: str | None
    attributes: dict[str, Any]
    children: list["Node"] = field(default_factory=list["Node"])

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended_at - self.started_at).total_seconds()

    def walk(self) -> Iterator["Node"]:
        """Yield this span and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def load_trace(connection: psycopg.Connection[Any], of: str) -> list[Node]:
    """Return every trace that a run (or a trace id) has a part in, as trees in order of their start.

    Needs the operator's connection: units may add spans but not read them. A span whose parent was
    never recorded is a root. Returns an empty list for an unknown run.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(SPANS, {"of": of, "limit": LIMIT}).fetchall()
    return grow([Node(**row) for row in rows])


def grow(nodes: list[Node]) -> list[Node]:
    """Hang each span below its parent and return the roots; ``nodes`` are in order of their start."""
    known = {(node.trace_id, node.span_id) for node in nodes}
    below: dict[tuple[str, str], list[Node]] = defaultdict(list)
    roots: list[Node] = []
    for node in nodes:
        if node.parent_id and (node.trace_id, node.parent_id) in known:
            below[node.trace_id, node.parent_id].append(node)
        else:
            roots.append(node)
    for node in nodes:
        node.children = below[node.trace_id, node.span_id]
    return roots
