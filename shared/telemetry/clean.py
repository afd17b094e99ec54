"""What a span is stripped of before it leaves the process.

Libraries record exceptions with their text, and texts quote input. Nothing of a candidate may stand in
a span, so only known attributes pass, and no events and no status text.
"""

import threading
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Status

from shared.telemetry.names import ALLOWED, NOISE

NAME_LENGTH = 120
VALUE_LENGTH = 200


def cleaned(span: ReadableSpan) -> ReadableSpan:
    """Return the span with allowed attributes only, cut to length, without events and status text."""
    attributes = {
        name: value[:VALUE_LENGTH] if isinstance(value, str) else value
        for name, value in (span.attributes or {}).items()
        if name in ALLOWED
    }
    return ReadableSpan(
        name=span.name[:NAME_LENGTH],
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=attributes,
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


class CleanExporter(SpanExporter):
    """Hands cleaned spans to ``target`` and counts what was delivered and what was left out as noise."""

    def __init__(self, target: SpanExporter) -> None:
        self._target = target
        self._lock = threading.Lock()
        self.settled = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        wanted = [cleaned(span) for span in spans if not span.name.startswith(NOISE)]
        result = self._target.export(wanted) if wanted else SpanExportResult.SUCCESS
        if result is SpanExportResult.SUCCESS:
            with self._lock:
                self.settled += len(spans)
        return result

    def shutdown(self) -> None:
        self._target.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._target.force_flush(timeout_millis)
