"""What a span may say when it leaves its process."""

import pytest
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes
from opentelemetry.trace import StatusCode

from shared.telemetry import names
from shared.telemetry.propagation import TraceMiddleware, inject_headers, route_of
from shared.telemetry.setup import build_telemetry
from shared.telemetry.tree import Node, grow


async def exported(record) -> list:
    memory = InMemorySpanExporter()
    telemetry = build_telemetry("evaluator", memory)
    record(telemetry.provider.get_tracer("test"))
    assert telemetry.provider.force_flush()
    spans = list(memory.get_finished_spans())
    await telemetry.aclose()
    return spans


async def test_only_known_attributes_leave_the_process() -> None:
    def record(tracer) -> None:
        known = {names.GEN_AI_TOOL: "get_dossier", names.RUN_ID: "run_1"}
        content = {"gen_ai.input.messages": "Ada Example, 41", "url.full": "http://x/?q=Ada"}
        tracer.start_span("tools/call get_dossier", attributes=known | content).end()

    [span] = await exported(record)
    assert dict(span.attributes) == {names.GEN_AI_TOOL: "get_dossier", names.RUN_ID: "run_1"}


async def test_an_exceptions_text_never_leaves_the_process() -> None:
    def record(tracer) -> None:
        span = tracer.start_span("tools/call get_dossier")
        span.record_exception(ValueError("Ada Example is unknown"))
        span.set_status(StatusCode.ERROR, "Ada Example is unknown")
        span.end()

    [span] = await exported(record)
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description is None
    assert not span.events


async def test_what_is_below_a_librarys_plumbing_hangs_below_what_is_above_it() -> None:
    def record(tracer) -> None:
        with (
            tracer.start_as_current_span("POST /a2a"),
            tracer.start_as_current_span("a2a.server.handle"),
            tracer.start_as_current_span("a2a.server.process"),
        ):
            tracer.start_span("MCP send tools/call get_dossier").end()

    call, request = await exported(record)
    assert (call.name, request.name) == ("MCP send tools/call get_dossier", "POST /a2a")
    assert call.parent.span_id == request.context.span_id


async def test_probes_and_requests_told_twice_are_left_out_but_refusals_are_kept() -> None:
    def record(tracer) -> None:
        for name in ("tools/list", "MCP send tools/list", "GET /.well-known/agent-card.json"):
            tracer.start_span(name).end()
        for status in (200, 403):
            tracer.start_span("POST /mcp", attributes={names.HTTP_STATUS: status}).end()

    [span] = await exported(record)
    assert dict(span.attributes) == {names.HTTP_STATUS: 403}


async def test_lost_spans_are_counted_and_unwanted_ones_are_no_loss() -> None:
    class Down(SpanExporter):
        def export(self, spans) -> SpanExportResult:
            return SpanExportResult.FAILURE

    telemetry = build_telemetry("evaluator", Down())
    tracer = telemetry.provider.get_tracer("test")
    for name in ("one", "two", "a2a.server.tasks.task_manager"):
        tracer.start_span(name).end()
    assert telemetry.dropped == 2
    working = build_telemetry("evaluator", InMemorySpanExporter())
    working.provider.get_tracer("test").start_span("tools/list").end()
    assert working.dropped == 0
    await telemetry.aclose()
    await working.aclose()


def test_genai_names_are_those_of_the_semantic_conventions() -> None:
    conventions = {value for name, value in vars(gen_ai_attributes).items() if name.startswith("GEN_AI_")}
    ours = {name for name in names.ALLOWED if name.startswith("gen_ai.")}
    assert ours <= conventions


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/mcp", "/mcp"),
        ("/runs/run_0197c3d2/events", "/runs/{id}/events"),
        ("/v1/chat/completions", "/v1/chat/completions"),
        ("/people/4711-0815", "/people/{id}"),
    ],
)
def test_identifiers_do_not_become_part_of_a_spans_name(path: str, route: str) -> None:
    assert route_of(path) == route


async def test_a_request_continues_its_callers_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = InMemorySpanExporter()
    telemetry = build_telemetry("evaluator", memory)
    tracer = telemetry.provider.get_tracer("test")
    monkeypatch.setattr("shared.telemetry.propagation.tracer", lambda: tracer)

    async def app(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 503, "headers": []})

    async def send(message) -> None: ...

    headers: dict[str, str] = {}
    with tracer.start_as_current_span("caller"):
        inject_headers(headers)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/mcp",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await TraceMiddleware(app)(scope, None, send)
    telemetry.provider.force_flush()
    caller, server = memory.get_finished_spans()
    assert server.name == "POST /mcp"
    assert server.parent.span_id == caller.context.span_id
    assert server.context.trace_id == caller.context.trace_id
    assert server.status.status_code is StatusCode.ERROR
    await telemetry.aclose()


def test_spans_grow_into_trees_and_one_without_its_parent_is_a_root() -> None:
    def node(span: str, parent: str | None) -> Node:
        return Node(span, parent, "t", "unit", span, "internal", "unset", None, None, None, {})  # type: ignore[arg-type]

    roots = grow([node("a", None), node("b", "a"), node("c", "b"), node("d", "gone"), node("e", "a")])
    assert [[each.span_id for each in root.walk()] for root in roots] == [["a", "b", "c", "e"], ["d"]]
