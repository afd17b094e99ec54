"""Order, exactly-once effects and the life of a message, over real engines."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from shared.engines import EmbeddedNats
from shared.events import EventBus
from shared.kernel.errors import Conflict, Denied, InvalidInput, NotFound, RateLimited, Unavailable
from shared.mailbox import (
    Backoff,
    Finish,
    InTransaction,
    Lane,
    Mailboxes,
    Message,
    People,
    Slots,
    WithLease,
    Worker,
)
from shared.mailbox.claims import Claims
from shared.mailbox.model import LeaseLost
from shared.storage import Connection
from tests.support.engines import OpenUnitDatabase
from tests.support.mailbox_worker import KIND, log_of, numbered

BOX = f"{KIND}:ada"


@pytest.fixture
async def mailboxes(unit_database: OpenUnitDatabase, nats: EmbeddedNats) -> AsyncIterator[Mailboxes]:
    async with await EventBus.open(nats.url) as bus:
        yield Mailboxes(await unit_database("supervisor"), bus, bound=30)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


async def working(stack: AsyncExitStack, worker: Worker) -> Worker:
    """Start a worker that drains at the end of the test."""
    await worker.start()
    stack.push_async_callback(worker.drain, 5)
    return worker


def impatient(mailboxes: Mailboxes, turn, **settings) -> Worker:
    """A worker that retries at once and never sweeps within a test, unless told otherwise."""
    return Worker(
        mailboxes, KIND, turn, **{"backoff": Backoff(0.01, 1.0), "sweep": 60.0, "max_attempts": 3} | settings
    )


class Recorder:
    """A handler that notes what it sees and lets tests wait for a count."""

    def __init__(self) -> None:
        self.seen: list[Message] = []
        self._changed = asyncio.Condition()

    async def __call__(self, message: Message, _: Connection | None = None) -> None:
        async with self._changed:
            self.seen.append(message)
            self._changed.notify_all()

    async def count(self, wanted: int) -> list[Message]:
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.seen) >= wanted)
        return self.seen


async def numbers(mailboxes: Mailboxes, mailbox: str) -> list[int]:
    return [entry.body["metadata"]["n"] for entry in await mailboxes.history("acme", mailbox, limit=200)]


async def until_idle(mailboxes: Mailboxes, mailbox: str) -> None:
    while (await mailboxes.state("acme", mailbox)).pending:
        continue


async def test_messages_of_a_mailbox_are_handled_in_order_and_one_at_a_time(
    mailboxes: Mailboxes, stack: AsyncExitStack
) -> None:
    inside: dict[str, int] = defaultdict(int)
    overlaps: list[str] = []

    async def handle(message: Message, tx: Connection) -> None:
        inside[message.mailbox] += 1
        overlaps.extend([message.mailbox] * (inside[message.mailbox] - 1))
        await mailboxes.note("acme", log_of(message.mailbox), message.body, tx=tx)
        inside[message.mailbox] -= 1

    for _ in range(2):
        await working(stack, impatient(mailboxes, InTransaction(handle), burst=3))
    names = [f"{KIND}:{n}" for n in range(5)]
    for n in range(20):
        await asyncio.gather(*(mailboxes.send("acme", name, numbered(n)) for name in names))
    for name in names:
        await until_idle(mailboxes, name)
        assert await numbers(mailboxes, log_of(name)) == list(range(20))
    assert overlaps == []


async def test_a_key_sent_twice_is_one_message(mailboxes: Mailboxes) -> None:
    first = await mailboxes.send("acme", BOX, numbered(1), key="k")
    again = await mailboxes.send("acme", BOX, numbered(2), key="k")
    assert (first.seq, first.duplicate) == (1, False)
    assert (again.seq, again.duplicate) == (1, True)
    assert await numbers(mailboxes, BOX) == [1]


async def test_a_key_sent_by_many_at_once_is_one_message(mailboxes: Mailboxes) -> None:
    sent = await asyncio.gather(*(mailboxes.send("acme", BOX, numbered(n), key="k") for n in range(6)))
    assert sorted(one.duplicate for one in sent) == [False] + [True] * 5
    assert {one.seq for one in sent} == {1}


async def test_a_message_sent_in_a_transaction_that_rolls_back_was_never_sent(mailboxes: Mailboxes) -> None:
    async def change_of_mind() -> None:
        async with mailboxes.transaction("acme") as tx:
            await mailboxes.send("acme", BOX, numbered(1), tx=tx)
            raise Conflict("no")

    with pytest.raises(Conflict):
        await change_of_mind()
    await mailboxes.send("acme", BOX, numbered(2))
    assert [(e.seq, e.body["metadata"]["n"]) for e in await mailboxes.history("acme", BOX)] == [(1, 2)]


async def test_a_worker_is_woken_by_a_send_and_by_the_sends_of_a_handler(
    mailboxes: Mailboxes, stack: AsyncExitStack
) -> None:
    recorder = Recorder()

    async def pass_on(message: Message, tx: Connection) -> None:
        await mailboxes.send(
            "acme", "supervisor.other:x", message.body, causation_id=message.id, correlation_id="run", tx=tx
        )

    await working(stack, impatient(mailboxes, InTransaction(pass_on)))
    await working(stack, Worker(mailboxes, "supervisor.other", InTransaction(recorder), sweep=60))
    await mailboxes.send("acme", BOX, numbered(1))
    [got] = await recorder.count(1)
    assert (got.causation_id, got.correlation_id) == (f"{BOX}#1", "run")


async def test_a_worker_without_a_free_slot_passes_the_word_on(
    mailboxes: Mailboxes, stack: AsyncExitStack
) -> None:
    leave = asyncio.Event()
    recorder = Recorder()

    async def handle(message: Message) -> None:
        await recorder(message)
        await leave.wait()

    for _ in range(3):
        await working(stack, impatient(mailboxes, WithLease(handle), slots=Slots(0, 0, 1)))
    for n in range(3):
        await mailboxes.send("acme", f"{KIND}:{n}", numbered(n))
        await recorder.count(n + 1)
    leave.set()


async def test_a_full_mailbox_refuses_and_says_when_to_come_back(mailboxes: Mailboxes) -> None:
    for n in range(30):
        await mailboxes.send("acme", BOX, numbered(n))
    with pytest.raises(RateLimited) as refused:
        await mailboxes.send("acme", BOX, numbered(30))
    assert refused.value.retry_after
    assert refused.value.retryable
    assert (await mailboxes.state("acme", BOX)).pending == 30


async def test_a_worker_that_lost_its_lease_rolls_back(mailboxes: Mailboxes) -> None:
    slow, quick = Claims(mailboxes, "slow", lease=0), Claims(mailboxes, "quick", lease=30)
    await mailboxes.send("acme", BOX, numbered(1))
    [[late]] = await slow.claim(KIND, [1, 1, 1])
    [[taken]] = await quick.claim(KIND, [1, 1, 1])
    assert taken.attempt == 2

    async def end(claims: Claims, message: Message) -> None:
        async with mailboxes.transaction("acme") as tx:
            await mailboxes.note("acme", log_of(BOX), numbered(message.epoch), tx=tx)
            await claims.done(tx, [message])

    with pytest.raises(LeaseLost):
        await end(slow, late)
    await end(quick, taken)
    with pytest.raises(LeaseLost):
        await end(quick, taken)
    assert await numbers(mailboxes, log_of(BOX)) == [taken.epoch]
    assert await slow.renew([late]) == set()


async def test_a_turn_longer_than_its_lease_keeps_it(mailboxes: Mailboxes, stack: AsyncExitStack) -> None:
    attempts: list[int] = []
    rival = Claims(mailboxes, "rival", lease=30)
    stolen: list[Message] = []

    async def handle(message: Message) -> Finish | None:
        attempts.append(message.attempt)
        deadline = message.sent_at + timedelta(seconds=1.2)
        while datetime.now(UTC) < deadline:
            stolen.extend(await rival.claim(KIND, [1, 1, 1]))

        async def finish(tx: Connection) -> None:
            await mailboxes.note("acme", log_of(BOX), message.body, tx=tx)

        return finish

    await working(stack, impatient(mailboxes, WithLease(handle), lease=0.6))
    await mailboxes.send("acme", BOX, numbered(1))
    await until_idle(mailboxes, BOX)
    assert (attempts, stolen) == ([1], [])
    assert await numbers(mailboxes, log_of(BOX)) == [1]


async def test_a_failing_head_is_retried_before_what_follows_it(
    mailboxes: Mailboxes, stack: AsyncExitStack
) -> None:
    attempts: list[tuple[int, int]] = []

    async def handle(message: Message, tx: Connection) -> None:
        attempts.append((message.seq, message.attempt))
        await mailboxes.note("acme", log_of(BOX), message.body, tx=tx)
        if message.seq == 1 and message.attempt < 3:
            raise Unavailable("try again")

    for n in (1, 2):
        await mailboxes.send("acme", BOX, numbered(n))
    await working(stack, impatient(mailboxes, InTransaction(handle), sweep=0.05))
    await until_idle(mailboxes, BOX)
    assert attempts == [(1, 1), (1, 2), (1, 3), (2, 1)]
    assert await numbers(mailboxes, log_of(BOX)) == [1, 2]


@pytest.mark.parametrize(
    ("error", "attempts", "code"),
    [
        (Unavailable("gone"), 3, "dependency_unavailable"),
        (InvalidInput("never"), 1, "invalid_input"),
        (KeyError("a name from a résumé"), 1, "internal"),
    ],
)
async def test_a_poisoned_message_is_set_aside_and_the_mailbox_goes_on(
    mailboxes: Mailboxes, stack: AsyncExitStack, error: Exception, attempts: int, code: str
) -> None:
    async def handle(message: Message, tx: Connection) -> None:
        await mailboxes.note("acme", log_of(BOX), message.body, tx=tx)
        if message.seq == 1:
            raise error

    for n in (1, 2):
        await mailboxes.send("acme", BOX, numbered(n))
    await working(stack, impatient(mailboxes, InTransaction(handle), sweep=0.05))
    await until_idle(mailboxes, BOX)
    assert await numbers(mailboxes, log_of(BOX)) == [2]
    [letter] = await mailboxes.dead_letters("acme")
    assert (letter.seq, letter.attempts, letter.code) == (1, attempts, code)
    assert "résumé" not in letter.error
    assert [entry.status for entry in await mailboxes.history("acme", BOX)] == ["dead", "handled"]


async def test_a_dead_letter_is_retried_as_a_new_message_or_dropped_with_a_reason(
    mailboxes: Mailboxes,
) -> None:
    claims = Claims(mailboxes, "me", lease=30)
    for n in (1, 2):
        await mailboxes.send("acme", BOX, numbered(n))
        [[message]] = await claims.claim(KIND, [1, 1, 1])
        assert await claims.fail(message, "internal", "broken", None) == "dead"
    await mailboxes.retry_dead_letter("acme", BOX, 1, by="ops")
    with pytest.raises(InvalidInput):
        await mailboxes.drop_dead_letter("acme", BOX, 2, by="ops", reason=" ")
    await mailboxes.drop_dead_letter("acme", BOX, 2, by="ops", reason="a test")
    with pytest.raises(NotFound):
        await mailboxes.retry_dead_letter("acme", BOX, 2, by="ops")
    [[again]] = await claims.claim(KIND, [1, 1, 1])
    assert (again.seq, again.body, again.causation_id) == (3, numbered(1), f"{BOX}#1")
    assert await mailboxes.dead_letters("acme") == []
    letters = await mailboxes.dead_letters("acme", resolved=True)
    assert [(d.resolution, d.resolved_by, d.reason) for d in letters] == [
        ("dropped", "ops", "a test"),
        ("retried", "ops", None),
    ]


async def test_a_message_that_kills_its_workers_is_set_aside(
    mailboxes: Mailboxes, stack: AsyncExitStack
) -> None:
    recorder = Recorder()
    doomed = Claims(mailboxes, "doomed", lease=0)
    await mailboxes.send("acme", BOX, numbered(1))
    for _ in range(3):
        assert await doomed.claim(KIND, [1, 1, 1])
    await working(stack, impatient(mailboxes, InTransaction(recorder), max_attempts=3))
    await until_idle(mailboxes, BOX)
    [letter] = await mailboxes.dead_letters("acme")
    assert letter.code == "abandoned"
    assert recorder.seen == []


async def test_the_synchronous_path_handles_at_once_and_falls_back_to_the_queue_when_busy(
    mailboxes: Mailboxes, stack: AsyncExitStack
) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def handle(message: Message, tx: Connection) -> None:
        entered.set()
        await leave.wait()
        await mailboxes.note("acme", log_of(BOX), message.body, tx=tx)

    worker = await working(stack, impatient(mailboxes, InTransaction(handle)))
    first = asyncio.create_task(worker.handle_now("acme", BOX, numbered(1)))
    await entered.wait()
    sent, outcome = await worker.handle_now("acme", BOX, numbered(2))
    assert (sent.seq, outcome) == (2, "queued")
    leave.set()
    sent, outcome = await first
    assert (sent.seq, outcome) == (1, "handled")
    await until_idle(mailboxes, BOX)
    assert await numbers(mailboxes, log_of(BOX)) == [1, 2]


async def test_a_turn_goes_on_when_the_one_who_waited_for_it_leaves(
    mailboxes: Mailboxes, stack: AsyncExitStack
) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def handle(message: Message, tx: Connection) -> None:
        entered.set()
        await leave.wait()
        await mailboxes.note("acme", log_of(BOX), message.body, tx=tx)

    worker = await working(stack, impatient(mailboxes, InTransaction(handle)))
    waiting = asyncio.create_task(worker.handle_now("acme", BOX, numbered(1)))
    await entered.wait()
    waiting.cancel()
    leave.set()
    await until_idle(mailboxes, BOX)
    assert await numbers(mailboxes, log_of(BOX)) == [1]


async def test_a_waiting_message_that_is_cancelled_is_never_handled(
    mailboxes: Mailboxes, stack: AsyncExitStack
) -> None:
    recorder = Recorder()
    for n in range(4):
        await mailboxes.send("acme", BOX, numbered(n), key=f"k{n}")
    assert await mailboxes.cancel("acme", BOX, seq=1) == "waiting"
    assert await mailboxes.cancel("acme", BOX, key="k2") == "waiting"
    await working(stack, impatient(mailboxes, InTransaction(recorder)))
    await until_idle(mailboxes, BOX)
    assert [message.seq for message in recorder.seen] == [2, 4]
    assert await mailboxes.cancel("acme", BOX, seq=2) == "over"
    with pytest.raises(NotFound):
        await mailboxes.cancel("acme", BOX, key="unheard of")


async def test_a_running_message_that_is_cancelled_stops_and_leaves_no_effect(
    mailboxes: Mailboxes, stack: AsyncExitStack
) -> None:
    entered, stopped = asyncio.Event(), asyncio.Event()

    async def handle(message: Message, tx: Connection) -> None:
        await mailboxes.note("acme", log_of(BOX), message.body, tx=tx)
        entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    await working(stack, impatient(mailboxes, InTransaction(handle)))
    await mailboxes.send("acme", BOX, numbered(1))
    await entered.wait()
    assert await mailboxes.cancel("acme", BOX, seq=1) == "stopped"
    await stopped.wait()
    await until_idle(mailboxes, BOX)
    assert await numbers(mailboxes, log_of(BOX)) == []
    assert [entry.status for entry in await mailboxes.history("acme", BOX)] == ["cancelled"]


async def test_a_message_for_later_waits_with_those_behind_it(mailboxes: Mailboxes) -> None:
    claims = Claims(mailboxes, "me", lease=30)
    later = datetime.now(UTC) + timedelta(hours=8)
    await mailboxes.send("acme", BOX, numbered(1), not_before=later)
    await mailboxes.send("acme", BOX, numbered(2))
    assert await claims.claim(KIND, [1, 1, 1]) == []
    assert (await mailboxes.state("acme", BOX)).ready_at == later
    await mailboxes.cancel("acme", BOX, seq=1)
    [[next_one]] = await claims.claim(KIND, [1, 1, 1])
    assert next_one.seq == 2


async def test_urgent_lanes_keep_slots_that_background_work_cannot_fill(
    mailboxes: Mailboxes, stack: AsyncExitStack
) -> None:
    leave = asyncio.Event()
    recorder = Recorder()

    async def handle(message: Message) -> None:
        await recorder(message)
        await leave.wait()

    for n in range(6):
        await mailboxes.send("acme", f"{KIND}:background{n}", numbered(n), lane=Lane.BACKGROUND)
    await working(
        stack, impatient(mailboxes, WithLease(handle), slots=Slots(interactive=1, normal=1, background=2))
    )
    await recorder.count(2)
    for n in range(2):
        await mailboxes.send("acme", f"{KIND}:normal{n}", numbered(n), lane=Lane.NORMAL)
    await recorder.count(3)
    await mailboxes.send("acme", f"{KIND}:person", numbered(0), lane=Lane.INTERACTIVE)
    seen = await recorder.count(4)
    assert [message.lane for message in seen] == [2, 2, 1, 0]
    leave.set()


async def test_the_background_steps_back_while_people_are_present(
    mailboxes: Mailboxes, stack: AsyncExitStack
) -> None:
    now = 0.0
    people = People(clock=lambda: now)
    leave = asyncio.Event()
    recorder = Recorder()

    async def handle(message: Message) -> None:
        await recorder(message)
        await leave.wait()

    for n in range(3):
        await mailboxes.send("acme", f"{KIND}:background{n}", numbered(n), lane=Lane.BACKGROUND)
    people.heard()
    slots = Slots(interactive=1, normal=1, background=3)
    await working(stack, impatient(mailboxes, WithLease(handle), slots=slots, people=people))
    await mailboxes.send("acme", f"{KIND}:person", numbered(0), lane=Lane.INTERACTIVE)
    seen = await recorder.count(2)
    assert sorted(message.lane for message in seen) == [Lane.INTERACTIVE, Lane.BACKGROUND]
    now += 60.0
    leave.set()
    assert len(await recorder.count(4)) == 4


async def test_an_urgent_message_lifts_the_work_it_waits_behind(mailboxes: Mailboxes) -> None:
    claims = Claims(mailboxes, "me", lease=30)
    await mailboxes.send("acme", f"{KIND}:a", numbered(1), lane=Lane.NORMAL)
    await mailboxes.send("acme", BOX, numbered(1), lane=Lane.BACKGROUND)
    await mailboxes.send("acme", BOX, numbered(2), lane=Lane.INTERACTIVE)
    await mailboxes.send("acme", BOX, numbered(3), lane=Lane.BACKGROUND)
    [[first]] = await claims.claim(KIND, [1, 1, 1])
    assert (first.mailbox, first.seq) == (BOX, 1)
    async with mailboxes.transaction("acme") as tx:
        second = await claims.done(tx, [first], and_next=True)
    [after] = second
    assert (after.seq, after.lane) == (2, Lane.INTERACTIVE)
    async with mailboxes.transaction("acme") as tx:
        await claims.done(tx, second)
    [[other]] = await claims.claim(KIND, [1, 1, 1])
    assert other.mailbox == f"{KIND}:a"


async def test_a_draining_worker_gives_back_what_it_cannot_finish(mailboxes: Mailboxes) -> None:
    entered = asyncio.Event()

    async def handle(message: Message) -> None:
        entered.set()
        await asyncio.Event().wait()

    worker = impatient(mailboxes, WithLease(handle))
    await worker.start()
    await mailboxes.send("acme", BOX, numbered(1))
    await entered.wait()
    await worker.drain(grace=0)
    [[again]] = await Claims(mailboxes, "other", lease=30).claim(KIND, [1, 1, 1])
    assert (again.seq, again.attempt) == (1, 1)


async def test_history_pages_both_ways_and_finds_text(mailboxes: Mailboxes) -> None:
    for n in range(1, 8):
        await mailboxes.note("acme", BOX, numbered(n), correlation_id="odd" if n % 2 else "even")

    async def page(**where) -> list[int]:
        return [entry.seq for entry in await mailboxes.history("acme", BOX, **where)]

    assert await page(limit=3) == [5, 6, 7]
    assert await page(before=5, limit=3) == [2, 3, 4]
    assert await page(after=2, limit=3) == [3, 4, 5]
    assert await page(text="NUMBER 4") == [4]
    assert await page(correlation_id="even") == [2, 4, 6]
    assert await page(since=datetime.now(UTC)) == []


async def test_notes_between_messages_are_kept_and_not_handled(
    mailboxes: Mailboxes, stack: AsyncExitStack
) -> None:
    recorder = Recorder()
    await mailboxes.note("acme", BOX, numbered(1))
    await mailboxes.send("acme", BOX, numbered(2))
    await mailboxes.note("acme", BOX, numbered(3))
    await mailboxes.send("acme", BOX, numbered(4))
    await working(stack, impatient(mailboxes, InTransaction(recorder)))
    await until_idle(mailboxes, BOX)
    await mailboxes.note("acme", BOX, numbered(5))
    await mailboxes.send("acme", BOX, numbered(6))
    await until_idle(mailboxes, BOX)
    assert [message.seq for message in recorder.seen] == [2, 4, 6]
    assert await numbers(mailboxes, BOX) == [1, 2, 3, 4, 5, 6]


async def test_tenants_share_no_mailbox_and_see_nothing_of_each_other(mailboxes: Mailboxes) -> None:
    await mailboxes.send("acme", BOX, numbered(1), key="k")
    other = await mailboxes.send("globex", BOX, numbered(2), key="k")
    assert (other.seq, other.duplicate) == (1, False)
    assert [e.body for e in await mailboxes.history("globex", BOX)] == [numbered(2)]
    with pytest.raises(NotFound):
        await mailboxes.state("initech", BOX)
    with pytest.raises(Denied):
        async with mailboxes.transaction("globex") as tx:
            await mailboxes.send("acme", BOX, numbered(3), tx=tx)
    claimed = await Claims(mailboxes, "me", lease=30).claim(KIND, [5, 5, 5])
    assert {message.tenant for [message] in claimed} == {"acme", "globex"}


async def test_a_unit_claims_only_mailboxes_of_its_own_kind(mailboxes: Mailboxes) -> None:
    await mailboxes.send("acme", "sourcing:sweep", numbered(1))
    with pytest.raises(Denied):
        await Claims(mailboxes, "me", lease=30).claim("sourcing", [1, 1, 1])


@pytest.mark.parametrize("name", ["ada", "Supervisor:ada", "supervisor.agent:", ":ada", "a b:c"])
async def test_a_name_without_a_kind_is_refused(mailboxes: Mailboxes, name: str) -> None:
    with pytest.raises(InvalidInput):
        await mailboxes.send("acme", name, numbered(1))
