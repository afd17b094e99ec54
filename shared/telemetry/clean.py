"""What a span is stripped of before it leaves the process.

Libraries record exceptions with their text, and texts quote input. Nothing of a candidate may stand in
a span, so only known attributes pass, and no events and no status text.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanContext, Status

from shared.telemetry.names import ALLOWED, HTTP_STATUS, PLUMBING, PROBES, TWICE

NAME_LENGTH = 120
VALUE_LENGTH = 200
REMEMBERED = 10_000
REFUSED = 400


def is_plumbing(span: ReadableSpan) -> bool:
    """Say whether a span belongs to a library's inside."""
    return span.name.startswith(PLUMBING)


def is_wanted(span: ReadableSpan) -> bool:
    """Say whether a span tells anything that others do not."""
    if span.name.startswith(PROBES):
        return False
    status = (span.attributes or {}).get(HTTP_STATUS, 0)
    return span.name not in TWICE or (isinstance(status, int) and status >= REFUSED)


class Ancestry:
    """Finds the nearest parent that is kept, for spans whose parent is plumbing of the same process.

    Remembers a bounded number of plumbing spans; what is below a forgotten one becomes a root.
    """

    def __init__(self) -> None:
        self._above: OrderedDict[int, SpanContext | None] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, span: ReadableSpan) -> None:
        """Note what is above a plumbing span, when it starts."""
        context = span.get_span_context()
        assert context is not None
        with self._lock:
            self._above[context.span_id] = self._resolved(span.parent)
            while len(self._above) > REMEMBERED:
                self._above.popitem(last=False)

    def parent_of(self, span: ReadableSpan) -> SpanContext | None:
        """Return the parent to export a span with."""
        with self._lock:
            return self._resolved(span.parent)

    def _resolved(self, parent: SpanContext | None) -> SpanContext | None:
        return self._above.get(parent.span_id, parent) if parent else None


def cleaned(span: ReadableSpan, parent: SpanContext | None) -> ReadableSpan:
    """Return the span with allowed attributes only, cut to length, without events and status text."""
    attributes = {
        name: value[:VALUE_LENGTH] if isinstance(value, str) else value
        for name, value in (span.attributes or {}).items()
        if name in ALLOWED
    }
    return ReadableSpan(
        name=span.name[:NAME_LENGTH],
        context=span.context,
        parent=parent,
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
    """Hands cleaned spans to ``target`` and counts those that arrived or were not wanted."""

    def __init__(self, target: SpanExporter, ancestry: Ancestry) -> None:
        self._target = target
        self._ancestry = ancestry
        self._lock = threading.Lock()
        self.settled = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        wanted = [cleaned(span, self._ancestry.parent_of(span)) for span in spans if is_wanted(span)]
        result = self._target.export(wanted) if wanted else SpanExportResult.SUCCESS
        if result is SpanExportResult.SUCCESS:
            with self._lock:
                self.settled += len(spans)
        return result

    def shutdown(self) -> None:
        self._target.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._target.force_flush(timeout_millis)
