"""A2A tasks in Postgres, apart by tenant, unit and caller in the database itself."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from a2a.server.context import ServerCallContext
from a2a.server.tasks import TaskStore
from a2a.types.a2a_pb2 import ListTasksRequest, ListTasksResponse, Role, Task, TaskState
from a2a.utils.constants import DEFAULT_LIST_TASKS_PAGE_SIZE
from a2a.utils.errors import InvalidParamsError
from a2a.utils.task import ListTasksCursor, decode_list_tasks_cursor, encode_list_tasks_cursor
from google.protobuf.json_format import MessageToDict, ParseDict
from psycopg.types.json import Jsonb

from shared.edge.errors import error_body
from shared.edge.ports import PRINCIPAL_STATE
from shared.kernel.errors import HiremeshError, Unavailable
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.storage import Database, load_queries

SECONDS_BETWEEN_BEATS = 10.0
SILENCE = timedelta(seconds=30)
KEEP = timedelta(days=7)
SECONDS_BETWEEN_WRITES = 1.0

_log = logging.getLogger(__name__)
_queries = load_queries("shared.edge")
_OPEN = (TaskState.TASK_STATE_SUBMITTED, TaskState.TASK_STATE_WORKING)


class PostgresTasks(TaskStore):
    """Keeps the tasks of one unit.

    While a task runs it is written at most once a second: who streams sees everything at once, and what a
    running task has reached is lost with its process anyway.
    """

    def __init__(self, database: Database, unit: str) -> None:
        self._database = database
        self._unit = unit
        self._instance = new_id("inst")
        self._written: dict[str, tuple[tuple[int, ...], float]] = {}

    async def save(self, task: Task, context: ServerCallContext) -> None:
        """Write a task, unless it still runs and was written a moment ago."""
        shape = _shape(task)
        before = self._written.get(task.id)
        now = time.monotonic()
        if before and before[0] == shape and now - before[1] < SECONDS_BETWEEN_WRITES:
            return
        fields = self._fields(task.id, context) | {
            "tenant": _principal(context).tenant,
            "context_id": task.context_id,
            "state": TaskState.Name(task.status.state),
            "instance": self._instance,
            "updated_at": _updated_at(task),
            "task": Jsonb(MessageToDict(task)),
        }
        await self._execute(_queries.save_task, fields, context)
        if task.status.state in _OPEN:
            self._written[task.id] = (shape, now)
        else:
            self._written.pop(task.id, None)

    async def get(self, task_id: str, context: ServerCallContext) -> Task | None:
        """Return the caller's task, or None."""
        rows = await self._execute(_queries.get_task, self._fields(task_id, context), context)
        return ParseDict(rows[0]["task"], Task()) if rows else None

    async def delete(self, task_id: str, context: ServerCallContext) -> None:
        """Forget the caller's task."""
        await self._execute(_queries.delete_task, self._fields(task_id, context), context)

    async def list(self, params: ListTasksRequest, context: ServerCallContext) -> ListTasksResponse:
        """Return a page of the caller's tasks, newest first. Raises InvalidParamsError for a bad token."""
        size = params.page_size or DEFAULT_LIST_TASKS_PAGE_SIZE
        before, before_id = _position(params.page_token)
        has_since = params.HasField("status_timestamp_after")
        fields = self._fields(None, context) | {
            "context_id": params.context_id or None,
            "state": TaskState.Name(params.status) if params.status else None,
            "since": params.status_timestamp_after.ToDatetime(UTC) if has_since else None,
            "before": before,
            "before_id": before_id,
            "limit": size + 1,
        }
        async with self._database.transaction(_principal(context).tenant) as connection:
            total = await (await connection.execute(_queries.count_tasks, fields)).fetchone()
            rows = await (await connection.execute(_queries.list_tasks, fields)).fetchall()
        page = rows[:size]
        return ListTasksResponse(
            tasks=[ParseDict(row["task"], Task()) for row in page],
            total_size=total["total"] if total else 0,
            page_size=size,
            next_page_token=_token(page[-1]) if len(rows) > size else "",
        )

    @asynccontextmanager
    async def kept(self) -> AsyncGenerator[None]:
        """Say within the block that this process is alive, and fail what dead ones left open."""
        await self.beat()
        beating = asyncio.create_task(self._beat_on(), name=f"tasks of {self._unit}")
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
            await self._leave()

    async def beat(self) -> int:
        """Do that once; returns how many tasks were failed."""
        fields = {
            "unit": self._unit,
            "instance": self._instance,
            "status": Jsonb(_lost_status()),
            "silence": SILENCE,
            "keep": KEEP,
        }
        async with self._database.transaction(None) as connection:
            row = await (await connection.execute(_queries.beat, fields)).fetchone()
        failed = int(row["failed"]) if row else 0
        if failed:
            _log.warning("%s: %d tasks of a stopped process failed", self._unit, failed)
        return failed

    async def _beat_on(self) -> None:
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_BEATS)
            try:
                await self.beat()
            except HiremeshError as error:
                _log.warning("%s cannot tell that it is alive: %s", self._unit, error)

    async def _leave(self) -> None:
        try:
            async with self._database.transaction(None) as connection:
                fields = {"unit": self._unit, "instance": self._instance}
                await connection.execute(_queries.leave, fields)
        except HiremeshError as error:
            _log.warning("%s could not say that it stops: %s", self._unit, error)

    def _fields(self, task_id: str | None, context: ServerCallContext) -> dict[str, Any]:
        return {"unit": self._unit, "id": task_id, "owner": _principal(context).subject}

    async def _execute(
        self, query: Any, fields: dict[str, Any], context: ServerCallContext
    ) -> "list[dict[str, Any]]":
        async with self._database.transaction(_principal(context).tenant) as connection:
            cursor = await connection.execute(query, fields)
            return await cursor.fetchall() if cursor.description else []


def _principal(context: ServerCallContext) -> Principal:
    return context.state[PRINCIPAL_STATE]


def _shape(task: Task) -> tuple[int, ...]:
    """Return what must not change unwritten: whether it runs, ended or asks, and what the caller said."""
    state = TaskState.TASK_STATE_WORKING if task.status.state in _OPEN else task.status.state
    return (state, sum(message.role == Role.ROLE_USER for message in task.history))


def _updated_at(task: Task) -> datetime:
    if task.status.HasField("timestamp"):
        return task.status.timestamp.ToDatetime(UTC)
    return datetime.now(UTC)


def _position(token: str) -> tuple[datetime | None, str | None]:
    if not token:
        return None, None
    cursor = decode_list_tasks_cursor(token)
    if cursor is None or cursor.timestamp_ns is None:
        raise InvalidParamsError("Invalid page token")
    moment = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=cursor.timestamp_ns // 1000)
    return moment, cursor.task_id


def _token(row: dict[str, Any]) -> str:
    since_epoch: timedelta = row["updated_at"] - datetime.fromtimestamp(0, UTC)
    microseconds = since_epoch // timedelta(microseconds=1)
    return encode_list_tasks_cursor(ListTasksCursor(timestamp_ns=microseconds * 1000, task_id=row["id"]))


def _lost_status() -> dict[str, Any]:
    """Return the status of a task whose process is gone: failed, and worth another try."""
    error = Unavailable("the agent stopped in the middle of this task", fix="Send it again.")
    parts = [{"text": str(error)}, {"data": {"error": error_body(error)}}]
    message = {"messageId": new_id("msg"), "role": "ROLE_AGENT", "parts": parts}
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return {"state": "TASK_STATE_FAILED", "message": message, "timestamp": now}
