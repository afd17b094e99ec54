"""Mailboxes that are paused or retired, bounds, turns of tenants, and messages handled together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from shared.engines import EmbeddedNats
from shared.events import EventBus
from shared.kernel.errors import Conflict, InvalidInput, NotFound, RateLimited, Unavailable
from shared.mailbox import Backoff, InTransaction, Lane, Mailboxes, Message, Worker
from shared.mailbox.backlog import Backlog
from shared.mailbox.claims import Claims
from shared.storage import Connection
from tests.support.engines import OpenUnitDatabase
from tests.support.mailbox_worker import KIND, log_of, numbered

BOX = f"{KIND}:ada"


@pytest.fixture
async def mailboxes(unit_database: OpenUnitDatabase, nats: EmbeddedNats) -> AsyncIterator[Mailboxes]:
    async with await EventBus.open(nats.url) as bus:
        yield Mailboxes(await unit_database("supervisor"), bus, tenant_bound=20)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


async def working(stack: AsyncExitStack, mailboxes: Mailboxes, turn: InTransaction) -> None:
    """Start a worker that retries at once, sweeps never, and drains at the end of the test."""
    worker = Worker(mailboxes, KIND, turn, backoff=Backoff(0.01, 1.0), sweep=0.2, max_attempts=2)
    await worker.start()
    stack.push_async_callback(worker.drain, 5)


async def numbers(mailboxes: Mailboxes, mailbox: str) -> list[int]:
    return [entry.body["metadata"]["n"] for entry in await mailboxes.history("acme", mailbox, limit=200)]


async def until_idle(mailboxes: Mailboxes, mailbox: str) -> None:
    while (await mailboxes.state("acme", mailbox)).pending:
        continue


async def test_a_paused_mailbox_keeps_what_comes_tells_the_sender_and_goes_on_when_resumed(
    mailboxes: Mailboxes,
) -> None:
    claims = Claims(mailboxes, "me", lease=30)
    await mailboxes.pause("acme", BOX, reason="on holiday")
    sent = [await mailboxes.send("acme", BOX, numbered(n)) for n in (1, 2)]
    assert [receipt.paused for receipt in sent] == [True, True]
    assert await claims.claim(KIND, [9, 9, 9]) == []
    state = await mailboxes.state("acme", BOX)
    assert (state.mode, state.mode_reason, state.pending) == ("paused", "on holiday", 2)
    await mailboxes.resume("acme", BOX)
    [[message]] = await claims.claim(KIND, [9, 9, 9])
    assert message.seq == 1
    assert not (await mailboxes.send("acme", BOX, numbered(3))).paused


async def test_a_person_who_writes_to_a_paused_mailbox_is_told_and_not_kept_waiting(
    mailboxes: Mailboxes,
) -> None:
    async def handle(message: Message, tx: Connection) -> None:
        raise AssertionError("nothing is handled")

    await mailboxes.pause("acme", BOX, reason="on holiday")
    sent, outcome = await Worker(mailboxes, KIND, InTransaction(handle)).handle_now("acme", BOX, numbered(1))
    assert (sent.paused, outcome) == (True, "queued")


async def test_a_turn_ends_before_the_pause_unless_it_is_told_to_stop(
    mailboxes: Mailboxes, stack: AsyncExitStack
) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def handle(message: Message, tx: Connection) -> None:
        entered.set()
        await leave.wait()
        await mailboxes.note("acme", log_of(BOX), message.body, tx=tx)

    for n in (1, 2, 3):
        await mailboxes.send("acme", BOX, numbered(n))
    await working(stack, mailboxes, InTransaction(handle))
    await entered.wait()
    await mailboxes.pause("acme", BOX, reason="for now")
    leave.set()
    while (await mailboxes.state("acme", BOX)).head == 1:
        continue
    assert await numbers(mailboxes, log_of(BOX)) == [1]
    entered.clear()
    leave.clear()
    await mailboxes.resume("acme", BOX)
    await entered.wait()
    await mailboxes.pause("acme", BOX, reason="at once", stop=True)
    state = await mailboxes.state("acme", BOX)
    assert (state.head, state.running, state.attempts) == (2, False, 0)
    leave.set()
    await mailboxes.resume("acme", BOX)
    await until_idle(mailboxes, BOX)
    assert await numbers(mailboxes, log_of(BOX)) == [1, 2, 3]


async def test_a_retired_mailbox_cancels_what_waits_refuses_what_comes_and_keeps_its_history(
    mailboxes: Mailboxes,
) -> None:
    claims = Claims(mailboxes, "me", lease=30)
    for n in (1, 2, 3):
        await mailboxes.send("acme", BOX, numbered(n))
    [[running]] = await claims.claim(KIND, [9, 9, 9])
    assert await mailboxes.retire("acme", BOX, reason="she left") == 3
    assert await claims.renew([running]) == set()
    with pytest.raises(Conflict, match="retired"):
        await mailboxes.send("acme", BOX, numbered(4))
    for refused in (mailboxes.resume("acme", BOX), mailboxes.pause("acme", BOX, reason="no")):
        with pytest.raises(Conflict, match="retired"):
            await refused
    assert [entry.status for entry in await mailboxes.history("acme", BOX)] == ["cancelled"] * 3
    with pytest.raises(NotFound):
        await mailboxes.resume("acme", f"{KIND}:nobody")


async def test_a_tenant_whose_messages_pile_up_is_refused_and_others_and_its_people_are_not(
    mailboxes: Mailboxes,
) -> None:
    for n in range(20):
        await mailboxes.send("acme", f"{KIND}:{n}", numbered(n), lane=Lane.BACKGROUND)
    with pytest.raises(RateLimited, match="20 messages") as refused:
        await mailboxes.send("acme", f"{KIND}:20", numbered(20), lane=Lane.BACKGROUND)
    assert refused.value.retry_after
    await mailboxes.send("acme", f"{KIND}:20", numbered(20), lane=Lane.INTERACTIVE)
    await mailboxes.send("globex", f"{KIND}:20", numbered(20), lane=Lane.BACKGROUND)


async def test_another_sender_sees_what_piled_up(mailboxes: Mailboxes) -> None:
    async with mailboxes.transaction("acme") as tx:
        for n in range(20):
            await mailboxes.send("acme", f"{KIND}:{n}", numbered(n), tx=tx)
    other = Mailboxes(mailboxes.database, tenant_bound=20)
    with pytest.raises(RateLimited):
        await other.send("acme", f"{KIND}:20", numbered(20))


async def test_what_is_known_of_tenants_does_not_grow_without_end() -> None:
    backlog = Backlog(10)

    async def nothing() -> int:
        return 0

    for n in range(10_100):
        await backlog.admit(f"tenant{n}", KIND, Lane.NORMAL, nothing)
    assert len(backlog._seen) == 10_000


async def test_one_tenants_flood_does_not_delay_anothers_first_message(mailboxes: Mailboxes) -> None:
    flood = Mailboxes(mailboxes.database)
    async with mailboxes.transaction("acme") as tx:
        for n in range(300):
            await flood.send("acme", f"{KIND}:{n}", numbered(n), tx=tx)
    for tenant in ("brightco", "globex"):
        await mailboxes.send(tenant, BOX, numbered(1))
    claims = Claims(mailboxes, "me", lease=30)
    served = [held[0].tenant for _ in range(5) for held in await claims.claim(KIND, [1, 1, 1])]
    assert served[:3] == ["acme", "brightco", "globex"]
    assert served[3:] == ["acme", "acme"]
    together = await claims.claim(KIND, [4, 4, 4])
    assert {held[0].tenant for held in together} == {"acme"}
    assert len(together) == 4


async def test_a_body_that_is_too_large_is_refused_with_its_size(mailboxes: Mailboxes) -> None:
    with pytest.raises(InvalidInput, match="1,000,0") as refused:
        await mailboxes.send("acme", BOX, {"parts": [{"text": "x" * 1_000_000}]})
    assert refused.value.field == "body"
    with pytest.raises(NotFound):
        await mailboxes.state("acme", BOX)


async def raising(tx: Connection) -> None:
    raise Unavailable("broken")


async def failing_in_the_database(tx: Connection) -> None:
    """A statement whose answer nobody waits for."""
    await tx.execute("select 1 / 0")


@pytest.mark.parametrize("break_down", [raising, failing_in_the_database])
async def test_a_message_that_fails_in_company_is_tried_alone_and_takes_no_other_with_it(
    mailboxes: Mailboxes, stack: AsyncExitStack, break_down: Callable[[Connection], Awaitable[None]]
) -> None:
    async def handle(message: Message, tx: Connection) -> None:
        await mailboxes.note("acme", log_of(BOX), message.body, tx=tx)
        if message.body["metadata"]["n"] == 3:
            await break_down(tx)

    for n in range(1, 7):
        await mailboxes.send("acme", BOX, numbered(n))
    await working(stack, mailboxes, InTransaction(handle, together=6, within=60))
    await until_idle(mailboxes, BOX)
    assert await numbers(mailboxes, log_of(BOX)) == [1, 2, 4, 5, 6]
    [letter] = await mailboxes.dead_letters("acme")
    assert letter.seq == 3


async def test_a_message_cancelled_while_it_is_held_with_others_is_not_handled(mailboxes: Mailboxes) -> None:
    claims = Claims(mailboxes, "me", lease=30, together=4)
    for n in (1, 2, 3):
        await mailboxes.send("acme", BOX, numbered(n))
    [held] = await claims.claim(KIND, [1, 1, 1])
    assert [message.seq for message in held] == [1, 2, 3]
    assert await mailboxes.cancel("acme", BOX, seq=2) == "stopped"
    with pytest.raises(Conflict):
        async with mailboxes.transaction("acme") as tx:
            await claims.done(tx, held)
    [again] = await claims.claim(KIND, [1, 1, 1])
    assert [(message.seq, message.attempt) for message in again] == [(1, 1), (3, 1)]


async def test_less_urgent_messages_are_not_held_together_with_urgent_ones(mailboxes: Mailboxes) -> None:
    claims = Claims(mailboxes, "me", lease=30, together=9)
    for n, lane in enumerate((1, 0, 0, 2, 0)):
        await mailboxes.send("acme", f"{KIND}:{'ab'[n > 3]}", numbered(n), lane=Lane(lane))
    await mailboxes.send("acme", f"{KIND}:b", numbered(9), lane=Lane.BACKGROUND)
    held = await claims.claim(KIND, [9, 9, 9])
    assert sorted((m.mailbox[-1], m.seq) for group in held for m in group) == [
        ("a", 1),
        ("a", 2),
        ("a", 3),
        ("b", 1),
    ]


async def test_a_worker_takes_messages_of_one_mailbox_together_and_effects_stay_in_order(
    mailboxes: Mailboxes, stack: AsyncExitStack
) -> None:
    transactions: list[int] = []

    async def handle(message: Message, tx: Connection) -> None:
        row = await (await tx.execute("select pg_current_xact_id()::text::bigint as id")).fetchone()
        assert row is not None
        transactions.append(row["id"])
        await mailboxes.note("acme", log_of(BOX), message.body, tx=tx)

    for n in range(12):
        await mailboxes.send("acme", BOX, numbered(n))
    await working(stack, mailboxes, InTransaction(handle, together=4, within=60))
    await until_idle(mailboxes, BOX)
    assert await numbers(mailboxes, log_of(BOX)) == list(range(12))
    assert len(set(transactions)) == 3
