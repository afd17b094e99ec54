"""An OTLP/HTTP collector that keeps the spans it is sent."""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from opentelemetry import context
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    TraceFlags,
    format_trace_id,
    set_span_in_context,
)


@dataclass(frozen=True)
class Received:
    """One span as it crossed the wire; identifiers in hex."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    ended: int
    attributes: dict[str, Any]

    @classmethod
    def of(cls, service: str, span: Span) -> Self:
        return cls(
            service,
            span.name,
            span.trace_id.hex(),
            span.span_id.hex(),
            span.parent_span_id.hex(),
            span.end_time_unix_nano,
            values(span.attributes),
        )


@dataclass
class Collector:
    """Where it listens, and what came; whole once every sender has stopped."""

    url: str
    spans: list[Received] = field(default_factory=list[Received])
    came: threading.Condition = field(default_factory=threading.Condition)

    def awaited(self, wanted: Callable[[Received], bool], seconds: float = 120.0) -> Received:
        """Return the first span that is wanted, once it is there."""
        with self.came:
            found = self.came.wait_for(lambda: next(filter(wanted, self.spans), None), seconds)
        assert found is not None, "no such span came"
        return found


def values(attributes: Any) -> dict[str, Any]:
    """Return OTLP's attributes as a dict; arrays and maps stay messages."""
    each: Iterator[KeyValue] = iter(attributes)
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value") or "") for pair in each}


@contextmanager
def calling_trace(trace: int) -> Generator[str]:
    """Be within a trace of a caller, and yield how it is written."""
    caller = SpanContext(trace, 0xCA11, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    attached = context.attach(set_span_in_context(NonRecordingSpan(caller)))
    try:
        yield format_trace_id(trace)
    finally:
        context.detach(attached)


@contextmanager
def otlp_collector() -> Generator[Collector]:
    """Listen on a free port until the block ends."""

    class Receive(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            request = ExportTraceServiceRequest.FromString(
                self.rfile.read(int(self.headers["content-length"]))
            )
            for resource in request.resource_spans:
                service = values(resource.resource.attributes)["service.name"]
                with collector.came:
                    for scope in resource.scope_spans:
                        collector.spans += [Received.of(service, span) for span in scope.spans]
                    collector.came.notify_all()
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receive)
    collector = Collector(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
