"""Keeps spans in PostgreSQL where there is no collector."""

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import format_span_id, format_trace_id
from psycopg.types.json import Jsonb

from shared.telemetry.names import RUN_ID

log = logging.getLogger(__name__)

KEEP_DAYS = 7
PRUNE_SECONDS = 3600.0

COPY = """
    copy telemetry.span (trace_id, span_id, parent_id, service, name, kind, status, started_at, ended_at,
        run_id, attributes) from stdin
"""


class PostgresSpanExporter(SpanExporter):
    """Copies spans into ``telemetry.span``, from the batching thread, over a connection of its own.

    A batch that cannot be written is given up: telemetry never waits for the database to come back.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection | None = None
        self._pruned_at = 0.0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        try:
            connection = self._connected()
            with connection.cursor() as cursor, cursor.copy(COPY) as rows:
                for span in spans:
                    rows.write_row(row_of(span))
            self._prune(connection)
        except psycopg.Error as error:
            log.warning("%d spans could not be kept: %s", len(spans), type(error).__name__)
            self.shutdown()
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return True

    def _connected(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            # A lost last batch is not worth a disk flush each second.
            options = "-c synchronous_commit=off -c statement_timeout=5000"
            self._connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=3, options=options, application_name="telemetry"
            )
        return self._connection

    def _prune(self, connection: psycopg.Connection) -> None:
        now = time.monotonic()
        if now - self._pruned_at > PRUNE_SECONDS or not self._pruned_at:
            self._pruned_at = now
            connection.execute("select telemetry.prune(make_interval(days => %s))", (KEEP_DAYS,))


def row_of(span: ReadableSpan) -> tuple[Any, ...]:
    """Return a cleaned span as a row of ``telemetry.span``."""
    attributes = dict(span.attributes or {})
    context = span.get_span_context()
    assert context is not None  # every finished span has one
    return (
        format_trace_id(context.trace_id),
        format_span_id(context.span_id),
        format_span_id(span.parent.span_id) if span.parent else None,
        str(span.resource.attributes.get("service.name", "")),
        span.name,
        span.kind.name.lower(),
        span.status.status_code.name.lower(),
        _instant(span.start_time),
        _instant(span.end_time),
        attributes.pop(RUN_ID, None),
        Jsonb({name: list(v) if isinstance(v, tuple) else v for name, v in attributes.items()}),
    )


def _instant(nanoseconds: int | None) -> datetime:
    return datetime.fromtimestamp((nanoseconds or 0) / 1e9, UTC)
