"""Tracing with OpenTelemetry: one trace from the chat message to the last tool call.

Spans go to an OTLP collector where one is configured and into PostgreSQL otherwise. They never carry
what a candidate, a recruiter or a model said.
"""

from shared.telemetry.propagation import TraceMiddleware, extract, inject_headers, tracer
from shared.telemetry.setup import Telemetry, TelemetrySettings, setup_telemetry
from shared.telemetry.tree import Node, load_trace

__all__ = [
    "Node",
    "Telemetry",
    "TelemetrySettings",
    "TraceMiddleware",
    "extract",
    "inject_headers",
    "load_trace",
    "setup_telemetry",
    "tracer",
]
