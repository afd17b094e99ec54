"""W3C trace context over HTTP: out with each request, in through an ASGI middleware."""

import re
from collections.abc import MutableMapping
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.propagate import extract as extract_context
from opentelemetry.propagate import inject
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry.names import ERROR_TYPE, HTTP_METHOD, HTTP_ROUTE, HTTP_STATUS

UNTRACED = frozenset({"/health", "/healthz", "/ready", "/readyz", "/live"})
_ID = re.compile(r"/(?=[^/]*\d)[^/]{6,}(?=/|$)")
_LONGEST_ROUTE = 80


def tracer() -> trace.Tracer:
    """Return the tracer for spans of our own. Set no attribute that says anything of a candidate."""
    return trace.get_tracer("hiremesh")


def inject_headers(headers: MutableMapping[str, str], span: Span | None = None) -> None:
    """Add ``traceparent`` of a span, or of the one in progress, to an outgoing request's headers."""
    inject(headers, trace.set_span_in_context(span) if span else None)


def extract(scope: Scope) -> Context | None:
    """Return the trace context that an ASGI request carries, or None."""
    wanted = (b"traceparent", b"tracestate")
    carrier = {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in wanted}
    return extract_context(carrier) if carrier else None


def route_of(path: str) -> str:
    """Return a path with what looks like an identifier replaced, so that a name stays a name."""
    return _ID.sub("/{id}", path)[:_LONGEST_ROUTE]


class TraceMiddleware:
    """Opens a server span around each HTTP request, continuing the caller's trace."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNTRACED:
            await self._app(scope, receive, send)
            return
        route = route_of(scope["path"])
        attributes: dict[str, Any] = {HTTP_METHOD: scope["method"], HTTP_ROUTE: route}
        with tracer().start_as_current_span(
            f"{scope['method']} {route}",
            context=extract(scope),
            kind=SpanKind.SERVER,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:

            async def observed(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute(HTTP_STATUS, message["status"])
                    if message["status"] >= 500:
                        span.set_status(Status(StatusCode.ERROR))
                await send(message)

            try:
                await self._app(scope, receive, observed)
            except BaseException as error:
                span.set_attribute(ERROR_TYPE, type(error).__name__)
                span.set_status(Status(StatusCode.ERROR))
                raise
