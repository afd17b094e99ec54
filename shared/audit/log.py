"""Writes audit entries durably, many callers to one commit."""

import asyncio
from collections import deque
from typing import NamedTuple

from shared.audit.entry import AuditEntry
from shared.kernel.errors import HiremeshError, RateLimited, Unavailable
from shared.storage import Database

_APPEND = "select audit.append(%(entries)s::jsonb)"
_BATCH = 256
_MOST_WAITING = 4096


class _Waiting(NamedTuple):
    text: str
    written: asyncio.Future[None]


class AuditLog:
    """The append-only log as one unit's processes write it.

    While one commit is under way, the entries that arrive wait and go together into the next: the cost of
    a commit is shared, and order within this process is kept.

    Args:
        database: the unit's own; keep a small pool for it alone, so that an entry never waits for a
            transaction that waits for the entry.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[_Waiting] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def record(self, entry: AuditEntry) -> None:
        """Return once the entry is durable. Raises Unavailable, or RateLimited past 4,096 waiting ones."""
        if len(self._waiting) >= _MOST_WAITING:
            raise RateLimited("the audit log cannot keep up", retry_after=1.0)
        written = asyncio.get_running_loop().create_future()
        # PostgreSQL's jsonb has no place for the character NUL.
        self._waiting.append(_Waiting(entry.model_dump_json().replace("\\u0000", "\\ufffd"), written))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        await written

    async def close(self) -> None:
        """Wait until everything that was recorded is written; the database stays open."""
        if self._writer is not None:
            await asyncio.shield(self._writer)

    async def _write(self) -> None:
        try:
            while self._waiting:
                count = min(len(self._waiting), _BATCH)
                await self._commit([self._waiting.popleft() for _ in range(count)])
        finally:
            self._writer = None
            for left in self._waiting:
                _fail(left, Unavailable("the audit log is closed"))
            self._waiting.clear()

    async def _commit(self, batch: list[_Waiting]) -> None:
        try:
            await self._append(batch)
        except HiremeshError as error:
            if len(batch) == 1 or isinstance(error, Unavailable):
                for one in batch:
                    _fail(one, Unavailable("the audit log cannot be written", retry_after=1.0))
                return
            for one in batch:  # one bad entry must not take the others with it
                await self._commit([one])

    async def _append(self, batch: list[_Waiting]) -> None:
        entries = f"[{','.join(one.text for one in batch)}]"
        await self._database.fetch(_APPEND, {"entries": entries})
        for one in batch:
            if not one.written.done():  # its caller may have been cancelled
                one.written.set_result(None)


def _fail(waiting: _Waiting, error: HiremeshError) -> None:
    if not waiting.written.done():
        waiting.written.set_exception(error)
