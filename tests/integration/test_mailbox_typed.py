"""An author's view: typed messages in, typed messages out."""

import asyncio
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from shared.engines import EmbeddedNats
from shared.events import EventBus
from shared.kernel.errors import HiremeshError, InvalidInput, Unavailable
from shared.kernel.principal import current_principal
from shared.mailbox import (
    Backoff,
    Mailboxes,
    Outcome,
    Received,
    Reply,
    Send,
    Worker,
    Write,
    packed,
    typed,
    typed_in_transaction,
)
from shared.mailbox.claims import Claims
from shared.storage import Connection
from tests.support.engines import OpenUnitDatabase
from tests.support.units import ADA

ECHO, ASKER = "supervisor.echo", "supervisor.asker"


class Ping(BaseModel):
    type: Literal["ping"] = "ping"
    text: str


class Halt(BaseModel):
    type: Literal["halt"] = "halt"


class Pong(BaseModel):
    type: Literal["pong"] = "pong"
    text: str


EchoMessage = Annotated[Ping | Halt, Field(discriminator="type")]


async def echo(message: Received[Ping | Halt]) -> list[Outcome]:
    match message.content:
        case Ping(text=text) if message.attempt < 2:
            raise Unavailable(f"not yet: {text}")
        case Ping(text=text):
            return [Reply(Pong(text=text)), Reply(Pong(text=text.upper()))]
        case Halt():
            return []


@pytest.fixture
async def mailboxes(unit_database: OpenUnitDatabase, nats: EmbeddedNats):
    async with await EventBus.open(nats.url) as bus:
        yield Mailboxes(await unit_database("supervisor"), bus)


async def test_two_agents_talk_in_typed_messages(mailboxes: Mailboxes) -> None:
    heard: asyncio.Queue[Pong] = asyncio.Queue()

    async def ask(message: Received[Ping | Pong]) -> list[Outcome]:
        match message.content:
            case Pong() as pong:
                heard.put_nowait(pong)
                return []
            case Ping() as ping:
                return [Send(f"{ECHO}:it", ping)]

    backoff = Backoff(0.01, 1.0)
    workers = [
        Worker(mailboxes, ECHO, typed(mailboxes, EchoMessage, echo), backoff=backoff, sweep=0.1),
        Worker(mailboxes, ASKER, typed(mailboxes, Ping | Pong, ask), backoff=backoff, sweep=0.1),
    ]
    for worker in workers:
        await worker.start()
    await mailboxes.send("acme", f"{ASKER}:ada", packed(Ping(text="hi"), message_id="m1"), correlation_id="c")
    assert [(await heard.get()).text, (await heard.get()).text] == ["hi", "HI"]
    for worker in workers:
        await worker.drain()
    history = await mailboxes.history("acme", f"{ASKER}:ada")
    assert {entry.correlation_id for entry in history} == {"c"}
    assert [entry.causation_id for entry in history] == [None, f"{ECHO}:it#1", f"{ECHO}:it#1"]


async def test_a_reply_that_nobody_awaits_is_kept_in_the_history(mailboxes: Mailboxes) -> None:
    async def answer(message: Received[Ping]) -> list[Outcome]:
        return [Reply(Pong(text=message.content.text))]

    worker = Worker(mailboxes, ECHO, typed(mailboxes, Ping, answer))
    await worker.start()
    await worker.handle_now("acme", f"{ECHO}:it", packed(Ping(text="hi"), message_id="m1"))
    await worker.drain()
    history = await mailboxes.history("acme", f"{ECHO}:it")
    assert [(entry.status, entry.body["parts"][0]["data"]["text"]) for entry in history] == [
        ("handled", "hi"),
        ("noted", "hi"),
    ]


async def test_a_message_of_another_shape_is_set_aside_and_says_where(mailboxes: Mailboxes) -> None:
    worker = Worker(mailboxes, ECHO, typed(mailboxes, EchoMessage, echo))
    await worker.start()
    await worker.handle_now("acme", f"{ECHO}:it", {"parts": [{"data": {"type": "ping"}}]})
    await worker.drain()
    [letter] = await mailboxes.dead_letters("acme")
    assert letter.code == "invalid_input"
    assert "ping.text" in letter.error


async def test_what_is_written_commits_with_the_message_and_on_behalf_of_whom_it_was_sent(
    mailboxes: Mailboxes,
) -> None:
    async def keep(tx: Connection) -> None:
        note = packed(Pong(text=current.pop()), message_id="n1")
        await mailboxes.note("acme", f"{ECHO}:kept", note, tx=tx)

    async def answer(message: Received[Ping]) -> list[Outcome]:
        current.append(current_principal().subject)
        return [Write(keep), Send(f"{ASKER}:own", message.content), Send("intake.x:other", message.content)]

    current: list[str] = []
    worker = Worker(mailboxes, ECHO, typed(mailboxes, Ping, answer))
    await worker.start()
    await worker.handle_now("acme", f"{ECHO}:it", packed(Ping(text="hi"), message_id="m1", principal=ADA))
    await worker.drain()
    [entry] = await mailboxes.history("acme", f"{ECHO}:kept")
    assert entry.body["parts"] == [{"data": {"type": "pong", "text": ADA.subject}}]
    [own] = await mailboxes.history("acme", f"{ASKER}:own")
    [other] = await mailboxes.history("acme", "intake.x:other")
    assert own.body["metadata"]["principal"]["subject"] == ADA.subject
    assert other.body["metadata"].keys() == {"sender"}


async def test_a_failure_that_sets_the_message_aside_is_told(mailboxes: Mailboxes) -> None:
    told: asyncio.Queue[tuple[str, int, str]] = asyncio.Queue()

    async def fail(message: Received[Ping]) -> list[Outcome]:
        raise {"bad": InvalidInput("bad"), "down": Unavailable("down")}.get(message.content.text, KeyError())

    async def given_up(message: Received[Ping], error: HiremeshError) -> None:
        told.put_nowait((message.content.text, message.attempt, error.code))

    turn = typed(mailboxes, Ping, fail, given_up=given_up)
    worker = Worker(mailboxes, ECHO, turn, backoff=Backoff(0.0, 1.0), sweep=0.05, max_attempts=2)
    for text in ("killer", "bad", "bug", "down"):
        await mailboxes.send("acme", f"{ECHO}:it", packed(Ping(text=text), message_id=text))
    for _ in range(2):
        assert await Claims(mailboxes, "killed", lease=0.0).claim(ECHO, [1, 1, 1])
    await worker.start()
    heard = [await told.get() for _ in range(4)]
    await worker.drain()
    assert heard == [
        ("killer", 3, Unavailable.code),
        ("bad", 1, InvalidInput.code),
        ("bug", 1, "internal"),
        ("down", 2, Unavailable.code),
    ]
    letters = await mailboxes.dead_letters("acme")
    assert sorted(letter.code for letter in letters) == sorted(
        ["abandoned", InvalidInput.code, "internal", Unavailable.code]
    )


async def test_a_quick_handler_writes_in_the_transaction_of_its_message(mailboxes: Mailboxes) -> None:
    async def answer(message: Received[Ping], tx: Connection) -> None:
        note = packed(Pong(text=message.name), message_id="n1")
        await mailboxes.note("acme", f"{ECHO}:kept", note, tx=tx)

    worker = Worker(mailboxes, ECHO, typed_in_transaction(Ping, answer))
    await worker.start()
    await worker.handle_now("acme", f"{ECHO}:it", packed(Ping(text="hi"), message_id="m1"))
    await worker.drain()
    [entry] = await mailboxes.history("acme", f"{ECHO}:kept")
    assert entry.body["parts"][0]["data"]["text"] == "it"
