"""The mailbox against a simple model, under every interleaving that hypothesis thinks of."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.kernel.errors import NotFound, RateLimited
from shared.mailbox import Lane, LeaseLost, Mailboxes, Message
from shared.mailbox.claims import Claims
from shared.mailbox.mailboxes import queries
from shared.storage import Database
from shared.storage.roles import unit_url
from tests.support.engines import SECRET, UnitDatabases
from tests.support.mailbox_worker import numbered

T = TypeVar("T")
BOUND = 4
BOXES = ["a", "b"]
WORKERS = ["one", "two"]


@dataclass
class Box:
    """What a mailbox should hold: (seq, state) in order, and who may end the head."""

    states: list[str] = field(default_factory=list)  # waiting, handled, dead, cancelled
    holder: Message | None = None
    keys: dict[str, int] = field(default_factory=dict)
    effects: list[int] = field(default_factory=list)

    @property
    def waiting(self) -> list[int]:
        return [seq for seq, state in enumerate(self.states, 1) if state == "waiting"]


class MailboxMachine(RuleBasedStateMachine):
    """Random steps of senders, workers and people; after each, database and model must agree."""

    runner: asyncio.Runner
    database: Database
    numbers: ClassVar = count()

    def __init__(self) -> None:
        super().__init__()
        self.kind = f"supervisor.m{next(self.numbers)}"
        self.mailboxes = Mailboxes(self.database, bound=BOUND)
        self.claims = {name: Claims(self.mailboxes, name, lease=3600) for name in WORKERS}
        self.boxes = {name: Box() for name in BOXES}
        self.stale: list[Message] = []

    def box_name(self, name: str) -> str:
        return f"{self.kind}:{name}"

    def box_of(self, message: Message) -> Box:
        return self.boxes[message.mailbox.removeprefix(f"{self.kind}:")]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @rule(
        name=st.sampled_from(BOXES), key=st.none() | st.sampled_from(["k1", "k2"]), lane=st.sampled_from(Lane)
    )
    def send(self, name: str, key: str | None, lane: Lane) -> None:
        box = self.boxes[name]
        sending = self.mailboxes.send("acme", self.box_name(name), numbered(0), key=key, lane=lane)
        if key in box.keys:
            sent = self.run(sending)
            assert (sent.seq, sent.duplicate) == (box.keys[key], True)
        elif len(box.waiting) >= BOUND:
            with pytest.raises(RateLimited):
                self.run(sending)
        else:
            sent = self.run(sending)
            box.states.append("waiting")
            assert (sent.seq, sent.duplicate) == (len(box.states), False)
            box.keys |= {key: sent.seq} if key else {}

    @rule(worker=st.sampled_from(WORKERS), caps=st.sampled_from([[9, 9, 9], [9, 0, 0], [1, 1, 1]]))
    def claim(self, worker: str, caps: list[int]) -> None:
        free = {n for n, box in self.boxes.items() if box.waiting and box.holder is None}
        claimed = self.run(self.claims[worker].claim(self.kind, caps))
        assert len(claimed) <= caps[0]
        assert {message.mailbox for message in claimed} <= {self.box_name(name) for name in free}
        assert caps[2] < 9 or len(claimed) == len(free)
        for message in claimed:
            box = self.box_of(message)
            assert message.seq == box.waiting[0]
            box.holder = message

    @rule(worker=st.sampled_from(WORKERS), name=st.sampled_from(BOXES))
    def send_and_claim(self, worker: str, name: str) -> None:
        box = self.boxes[name]
        message = {"body": numbered(0), "key": None, "lane": 0, "not_before": None}
        ids = {"correlation_id": None, "causation_id": None}
        sending = self.claims[worker].send_and_claim("acme", self.box_name(name), message | ids)
        if len(box.waiting) >= BOUND:
            with pytest.raises(RateLimited):
                self.run(sending)
            return
        idle = not box.waiting
        _, held = self.run(sending)
        box.states.append("waiting")
        assert (held is not None) == idle
        box.holder = held or box.holder

    @rule(name=st.sampled_from(BOXES), chain=st.booleans(), worker=st.sampled_from(WORKERS))
    def done(self, name: str, chain: bool, worker: str) -> None:
        box = self.boxes[name]
        message = box.holder
        if message is None:
            return
        following = self.run(self._end(worker, message, chain))
        box.states[message.seq - 1] = "handled"
        box.effects.append(message.seq)
        self.stale.append(message)
        box.holder = following
        assert (following is not None) == (chain and bool(box.waiting))
        assert following is None or following.seq == box.waiting[0]

    async def _end(self, worker: str, message: Message, chain: bool) -> Message | None:
        async with self.mailboxes.transaction("acme") as tx:
            await self.mailboxes.note("acme", f"{message.mailbox} effects", numbered(message.seq), tx=tx)
            return await self.claims[worker].done(tx, message, and_next=chain)

    @precondition(lambda self: self.stale)
    @rule(data=st.data())
    def a_late_worker_changes_nothing(self, data: st.DataObject) -> None:
        message = data.draw(st.sampled_from(self.stale))
        for ending in (self._end("one", message, False), self.claims["one"].fail(message, "x", "x", None)):
            with pytest.raises(LeaseLost):
                self.run(ending)
        self.run(self.claims["one"].release(message))
        assert self.run(self.claims["one"].renew([message])) == set()

    @rule(name=st.sampled_from(BOXES), dead=st.booleans())
    def fail(self, name: str, dead: bool) -> None:
        box = self.boxes[name]
        message = box.holder
        if message is None:
            return
        outcome = self.run(self.claims["one"].fail(message, "broken", "it broke", None if dead else 0))
        assert outcome == ("dead" if dead else "retry")
        box.states[message.seq - 1] = "dead" if dead else "waiting"
        self.stale.append(message)
        box.holder = None

    @rule(name=st.sampled_from(BOXES))
    def give_back(self, name: str) -> None:
        box = self.boxes[name]
        if box.holder is not None:
            self.run(self.claims["one"].release(box.holder))
            self.stale.append(box.holder)
            box.holder = None

    @rule(name=st.sampled_from(BOXES))
    def the_lease_runs_out_and_another_worker_takes_over(self, name: str) -> None:
        held = self.boxes[name].holder
        if held is None:
            return
        self.run(self._expire(self.box_name(name)))
        for message in self.run(self.claims["two"].claim(self.kind, [9, 9, 9])):
            self.box_of(message).holder = message
        taken = self.boxes[name].holder
        assert taken is not None
        assert (taken.seq, taken.attempt) == (held.seq, held.attempt + 1)
        self.stale.append(held)

    async def _expire(self, mailbox: str) -> None:
        async with self.database.transaction("acme") as tx:
            await tx.execute("update mailbox.mailbox set ready_at = now() where id = %s", (mailbox,))

    @rule(name=st.sampled_from(BOXES), seq=st.integers(1, 8))
    def cancel(self, name: str, seq: int) -> None:
        box = self.boxes[name]
        cancelling = self.mailboxes.cancel("acme", self.box_name(name), seq=seq)
        if seq > len(box.states):
            with pytest.raises(NotFound):
                self.run(cancelling)
            return
        running = box.holder is not None and box.holder.seq == seq
        expected = "over" if seq not in box.waiting else "stopped" if running else "waiting"
        assert self.run(cancelling) == expected
        if seq in box.waiting:
            box.states[seq - 1] = "cancelled"
        if running and box.holder is not None:
            self.stale.append(box.holder)
            box.holder = None

    @invariant()
    def database_and_model_agree(self) -> None:
        for name, box in self.boxes.items():
            rows = self.run(self._look(self.box_name(name)))
            running = box.holder.seq if box.holder else None
            expected = ["running" if seq == running else s for seq, s in enumerate(box.states, 1)]
            assert [row["status"] for row in rows["history"]] == expected
            assert [row["body"]["metadata"]["n"] for row in rows["effects"]] == box.effects
            assert box.effects == sorted(set(box.effects))
            for state in rows["state"]:
                assert (state["pending"], state["tail"]) == (len(box.waiting), len(box.states))
                assert (state["ready_at"] is None) == (not box.waiting)

    async def _look(self, mailbox: str) -> dict[str, list[dict[str, Any]]]:
        where: dict[str, Any] = dict.fromkeys(
            ("before", "after", "correlation_id", "since", "until", "text", "limit")
        )
        here = where | {"tenant": "acme", "mailbox": mailbox}
        async with self.database.transaction("acme") as tx:
            return {
                "state": await (await tx.execute(queries.state, here)).fetchall(),
                "history": await (await tx.execute(queries.history, here)).fetchall(),
                "effects": await (
                    await tx.execute(queries.history, here | {"mailbox": f"{mailbox} effects"})
                ).fetchall(),
            }


@contextmanager
def opened(unit_databases: UnitDatabases) -> Iterator[type[MailboxMachine]]:
    """A machine on a database, with an event loop, of its own."""
    admin_url = unit_databases.create("supervisor")
    with asyncio.Runner() as runner:
        database = runner.run(Database.open(unit_url(admin_url, "supervisor", SECRET)))
        yield type("Opened", (MailboxMachine,), {"runner": runner, "database": database})
        runner.run(database.close())
    unit_databases.drop(admin_url)


def test_the_mailbox_behaves_like_its_model(unit_databases: UnitDatabases) -> None:
    with opened(unit_databases) as machine:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=25,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
