"""Where a process's spans go."""

import asyncio
import logging
from typing import Protocol

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter

from shared.telemetry.clean import Ancestry, CleanExporter, is_plumbing
from shared.telemetry.postgres import PostgresSpanExporter

log = logging.getLogger(__name__)

QUEUE = 4_096
BATCH = 512
EVERY_MS = 1_000


class TelemetrySettings(Protocol):
    """The settings that telemetry reads; a unit's settings have them."""

    @property
    def otlp_endpoint(self) -> str | None:
        """Base URL of an OTLP/HTTP collector."""
        ...

    @property
    def database_url(self) -> str | None:
        """Where spans are kept when there is no collector."""
        ...


class Telemetry:
    """A process's tracing. Spans are batched off the caller's path in a bounded queue."""

    def __init__(self, provider: TracerProvider, processor: "CountingProcessor | None") -> None:
        self.provider = provider
        self._processor = processor

    @property
    def dropped(self) -> int:
        """How many finished spans were lost so far: the queue was full or its target did not answer."""
        return self._processor.dropped if self._processor else 0

    async def aclose(self) -> None:
        """Send what is left and stop; waits at most for one export."""
        await asyncio.to_thread(self.provider.shutdown)
        if self.dropped:
            log.warning("%d spans were dropped", self.dropped)


class CountingProcessor(BatchSpanProcessor):
    """The SDK's batching, which drops the oldest span when its queue is full, with a count of the lost."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._ancestry = Ancestry()
        self._clean = CleanExporter(exporter, self._ancestry)
        self._ended = 0
        super().__init__(
            self._clean, max_queue_size=QUEUE, schedule_delay_millis=EVERY_MS, max_export_batch_size=BATCH
        )

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        if is_plumbing(span):
            self._ancestry.remember(span)

    def on_end(self, span: ReadableSpan) -> None:
        if not is_plumbing(span):
            self._ended += 1
            super().on_end(span)

    @property
    def dropped(self) -> int:
        """Spans neither delivered nor, as of the last export, on their way."""
        self.force_flush()
        return max(0, self._ended - self._clean.settled)


def build_telemetry(service: str, exporter: SpanExporter | None) -> Telemetry:
    """Return tracing that is not yet the process's, with spans going to ``exporter`` (None: nowhere)."""
    provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
    processor = CountingProcessor(exporter) if exporter else None
    if processor:
        provider.add_span_processor(processor)
    return Telemetry(provider, processor)


def setup_telemetry(service: str, settings: TelemetrySettings) -> Telemetry:
    """Make ``service`` trace: to the collector of ``otlp_endpoint``, else into Postgres, else nowhere.

    Once a process: the tracer provider is the process's. Never fails because a target is away.
    """
    exporter: SpanExporter | None = None
    if settings.otlp_endpoint:
        exporter = OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/traces", timeout=5)
    elif settings.database_url:
        exporter = PostgresSpanExporter(settings.database_url)
    telemetry = build_telemetry(service, exporter)
    trace.set_tracer_provider(telemetry.provider)
    return telemetry
