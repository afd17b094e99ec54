"""Recomputes the chains and says where the first one breaks."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import dict_row

from shared.audit.entry import GENESIS, chain_hash
from shared.kernel.errors import InvalidInput
from shared.storage.errors import translated

_OWNER = "set local role hiremesh_owner"
_TENANT = "select set_config('app.tenant', %s, true)"
_HEADS = "select tenant, seq, hash from audit.head order by tenant"
_ENTRIES = (
    "select tenant, seq, record::text as record, record ->> 'seq' as said_seq, "
    "record ->> 'tenant' as said_tenant, previous, hash from audit.entry order by seq"
)
_LATEST = "select record, hash from audit.entry order by seq desc limit %s"


class Anchor(NamedTuple):
    """A head that was noted outside the database earlier; a rewritten chain cannot match it."""

    seq: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """Read ``<seq>:<hash>``, as ``hiremesh audit verify`` prints it. Raises InvalidInput."""
        seq, _, digest = text.partition(":")
        if not seq.isdecimal() or len(digest) != len(GENESIS):
            raise InvalidInput("an anchor looks like 120:<64 hex digits>", field="anchor")
        return cls(int(seq), digest)


class ChainReport(NamedTuple):
    """One tenant's chain.

    Attributes:
        entries: how many were read.
        head: the newest entry's number and hash.
        broken_at: number of the first entry that does not fit, or None for a whole chain.
        problem: what is wrong there, empty for a whole chain.
    """

    tenant: str
    entries: int
    head: Anchor
    broken_at: int | None = None
    problem: str = ""


def verify_chains(admin_url: str, anchors: Mapping[str, Anchor] | None = None) -> list[ChainReport]:
    """Recompute every tenant's chain, reading row by row.

    ``anchors`` (tenant → head noted earlier) also shows a chain that was rewritten or cut as a whole.
    Raises Unavailable when the database does not answer.
    """
    try:
        with _connect(admin_url) as connection:
            connection.execute("set transaction isolation level repeatable read")
            connection.execute(_OWNER)
            heads = connection.execute(_HEADS).fetchall()
            known: dict[str, Anchor] = {row["tenant"]: Anchor(row["seq"], row["hash"]) for row in heads}
            noted = anchors or {}
            return [
                _verify(connection, tenant, known.get(tenant), noted.get(tenant))
                for tenant in sorted(known.keys() | noted.keys())
            ]
    except psycopg.Error as error:
        raise translated(error) from None


def latest_entries(admin_url: str, tenant: str, limit: int) -> list[dict[str, Any]]:
    """Return the newest entries of a tenant as recorded, oldest first, each with its hash."""
    try:
        with _connect(admin_url) as connection:
            connection.execute(_OWNER)
            connection.execute(_TENANT, (tenant,))
            rows = connection.execute(_LATEST, (limit,)).fetchall()
    except psycopg.Error as error:
        raise translated(error) from None
    return [{**row["record"], "hash": row["hash"]} for row in reversed(rows)]


def _connect(admin_url: str) -> psycopg.Connection[dict[str, Any]]:
    return psycopg.Connection[dict[str, Any]].connect(admin_url, row_factory=dict_row, connect_timeout=10)


def _verify(
    connection: psycopg.Connection[dict[str, Any]], tenant: str, head: Anchor | None, anchor: Anchor | None
) -> ChainReport:
    connection.execute(_TENANT, (tenant,))
    reached = Anchor(0, GENESIS)
    with connection.cursor("chain") as rows:
        for row in rows.execute(_ENTRIES):
            for problem in _problems(row, tenant, reached):
                return ChainReport(tenant, reached.seq, reached, reached.seq + 1, problem)
            reached = Anchor(row["seq"], row["hash"])
            if anchor is not None and anchor.seq == reached.seq and anchor.hash != reached.hash:
                return ChainReport(tenant, reached.seq, reached, reached.seq, "is not what the anchor noted")
    if head is None or reached != head:
        return ChainReport(tenant, reached.seq, reached, reached.seq + 1, "the newest entries are missing")
    if anchor is not None and anchor.seq > reached.seq:
        problem = "the anchor noted entries that are missing"
        return ChainReport(tenant, reached.seq, reached, reached.seq + 1, problem)
    return ChainReport(tenant, reached.seq, reached)


def _problems(row: Mapping[str, Any], tenant: str, reached: Anchor) -> Iterator[str]:
    if row["seq"] != reached.seq + 1:
        yield "an entry is missing"
    if row["previous"] != reached.hash:
        yield "it does not follow the entry before it"
    if row["hash"] != chain_hash(row["previous"], row["record"]):
        yield "its content is not what was recorded"
    if row["said_seq"] != str(row["seq"]) or row["said_tenant"] != tenant:
        yield "it was moved from another place"
