"""A turn belongs to the trace of whoever sent its message."""

import asyncio

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from shared.kernel.errors import InvalidInput
from shared.mailbox import InTransaction, Mailboxes, Message, Worker
from shared.storage import Connection
from shared.telemetry import names
from shared.telemetry.setup import build_telemetry
from tests.support.engines import OpenUnitDatabase
from tests.support.mailbox_worker import KIND, numbered


async def test_a_turn_continues_the_trace_of_its_sender_and_names_the_run(
    unit_database: OpenUnitDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = InMemorySpanExporter()
    telemetry = build_telemetry("supervisor", memory)
    tracer = telemetry.provider.get_tracer("test")
    monkeypatch.setattr("shared.mailbox.turns.tracer", lambda: tracer)
    entered = asyncio.Event()

    async def handle(message: Message, tx: Connection) -> None:
        entered.set()
        raise InvalidInput("Ada Example cannot be handled")

    mailboxes = Mailboxes(await unit_database("supervisor"))
    worker = Worker(mailboxes, KIND, InTransaction(handle), sweep=0.05)
    await worker.start()
    with tracer.start_as_current_span("chat"):
        await mailboxes.send("acme", f"{KIND}:ada", numbered(1), correlation_id="run_1")
    await entered.wait()
    await worker.drain()
    await telemetry.aclose()
    chat, turn = sorted(memory.get_finished_spans(), key=lambda span: span.name)
    assert turn.context.trace_id == chat.context.trace_id
    assert turn.parent.span_id == chat.context.span_id
    assert turn.attributes[names.RUN_ID] == "run_1"
    assert turn.attributes[names.ERROR_TYPE] == "invalid_input"
    assert turn.status.status_code is StatusCode.ERROR
    [letter] = await mailboxes.dead_letters("acme")
    assert letter.traceparent is not None
    assert format(chat.context.trace_id, "032x") in letter.traceparent
