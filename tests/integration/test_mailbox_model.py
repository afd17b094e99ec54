"""The mailbox against a simple model, under every interleaving that hypothesis thinks of."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count, takewhile
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.kernel.errors import Conflict, NotFound, RateLimited
from shared.mailbox import Lane, LeaseLost, Mailboxes, Message
from shared.mailbox.claims import Claims
from shared.mailbox.model import Outgoing
from shared.mailbox.records import queries
from shared.storage import Database
from shared.storage.roles import unit_url
from tests.support.engines import SECRET, UnitDatabases
from tests.support.mailbox_worker import numbered

T = TypeVar("T")
BOUND = 5
TOGETHER = 3
LATER = datetime(2100, 1, 1, tzinfo=UTC)
BOXES = ["a", "b", "c"]
WORKERS = ["one", "two", "three"]
EVERYTHING = [9, 9, 9]
LOOKS = {"state": queries.state, "history": queries.history, "effects": queries.history}
CAPS = [[1, 1, 1], [2, 1, 1], [2, 2, 1], [2, 0, 0], EVERYTHING]


@dataclass
class Box:
    """What a mailbox should hold: (seq, state) in order, and who may end the head."""

    states: list[str] = field(default_factory=list)  # waiting, handled, dead, cancelled
    lanes: list[Lane] = field(default_factory=list)  # of the messages
    lane: Lane = Lane.NORMAL  # of the mailbox
    lifted_to: int = 0  # up to this place messages go with the mailbox's lane, whatever their own is
    held: list[Message] = field(default_factory=list)
    mode: str = "open"
    later: set[int] = field(default_factory=set)  # not yet due
    tried: int = 0  # attempts of the head
    held_to: int = 0  # the place up to which a claim may reach
    keys: dict[str, int] = field(default_factory=dict)
    effects: list[int] = field(default_factory=list)

    @property
    def waiting(self) -> list[int]:
        return [seq for seq, state in enumerate(self.states, 1) if state == "waiting"]

    @property
    def due(self) -> list[int]:
        """What a worker may hold at once: the head, and up to TOGETHER places on what is due and as urgent."""
        head = self.waiting[:1]
        near = [seq for seq in self.waiting if seq < head[0] + (1 if self.tried else TOGETHER)]
        urgent = {seq for seq in near if seq <= self.lifted_to or self.lanes[seq - 1] == self.lane}
        return list(takewhile(lambda seq: seq not in self.later and seq in urgent.union(head), near))

    @property
    def ready(self) -> bool:
        return self.mode == "open" and not self.held and bool(self.due)

    def take_in(self, lane: Lane) -> int:
        """A message is added; it lifts all before it to its own lane. Returns its place."""
        if not self.waiting or lane <= self.lane:
            self.lane, self.lifted_to = lane, len(self.states) + 1
        self.states.append("waiting")
        self.lanes.append(lane)
        return len(self.states)

    def moved_on(self, held: list[Message] | None = None) -> None:
        """The head changed: whoever held something holds nothing, or ``held``."""
        self.held = held or []
        self.tried = len(self.held[:1])
        self.held_to = self.held[0].seq + TOGETHER - 1 if held else 0
        for seq in self.waiting[:1]:
            self.lane = self.lane if seq <= self.lifted_to else self.lanes[seq - 1]


class MailboxMachine(RuleBasedStateMachine):
    """Random steps of senders, workers and people; after each, database and model must agree."""

    runner: asyncio.Runner
    database: Database
    numbers: ClassVar = count()

    def __init__(self) -> None:
        super().__init__()
        self.kind = f"supervisor.m{next(self.numbers)}"
        self.mailboxes = Mailboxes(self.database, bound=BOUND)
        self.claims = {name: Claims(self.mailboxes, name, lease=3600, together=TOGETHER) for name in WORKERS}
        self.boxes = {name: Box() for name in BOXES}
        self.stale: list[Message] = []
        self.known: set[str] = set()

    def box_name(self, name: str) -> str:
        return f"{self.kind}:{name}"

    def box_of(self, message: Message) -> Box:
        return self.boxes[message.mailbox.removeprefix(f"{self.kind}:")]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize(
        lanes=st.lists(
            st.lists(st.sampled_from(Lane), min_size=2, max_size=BOUND),
            min_size=len(BOXES),
            max_size=len(BOXES),
        )
    )
    def messages_wait(self, lanes: list[list[Lane]]) -> None:
        for name, its_lanes in zip(BOXES, lanes, strict=True):
            for lane in its_lanes:
                self.send(name, None, lane, later=False)

    @rule(
        name=st.sampled_from(BOXES),
        key=st.sampled_from([None, None, None, "k1", "k2"]),
        lane=st.sampled_from(Lane),
        later=st.sampled_from([False, False, False, True]),
    )
    def send(self, name: str, key: str | None, lane: Lane, later: bool) -> None:
        box = self.boxes[name]
        not_before = LATER if later else None
        sending = self.mailboxes.send(
            "acme", self.box_name(name), numbered(0), key=key, lane=lane, not_before=not_before
        )
        if key in box.keys:
            sent = self.run(sending)
            assert (sent.seq, sent.duplicate) == (box.keys[key], True)
        elif box.mode == "retired":
            with pytest.raises(Conflict):
                self.run(sending)
        elif len(box.waiting) >= BOUND:
            with pytest.raises(RateLimited):
                self.run(sending)
        else:
            sent = self.run(sending)
            assert (sent.seq, sent.duplicate) == (box.take_in(lane), False)
            assert sent.paused == (box.mode == "paused")
            box.keys |= {key: sent.seq} if key else {}
            box.later |= {sent.seq} if later else set()

    @rule(worker=st.sampled_from(WORKERS), caps=st.sampled_from(CAPS))
    def claim(self, worker: str, caps: list[int]) -> None:
        ready = {lane: self._ready(lane) for lane in Lane}
        claimed = self.run(self.claims[worker].claim(self.kind, caps))
        taken = {lane: {held[0].mailbox for held in claimed if held[0].lane == lane} for lane in Lane}
        assert [held[0].lane for held in claimed] == sorted(held[0].lane for held in claimed)
        for lane in Lane:
            free = min(caps[n] - sum(len(taken[Lane(m)]) for m in range(n, lane)) for n in range(lane + 1))
            assert taken[lane] <= ready[lane]
            assert len(taken[lane]) == max(0, min(len(ready[lane]), free))
        for held in claimed:
            self._hold(held)

    def _ready(self, *lanes: Lane) -> set[str]:
        return {self.box_name(name) for name, box in self.boxes.items() if box.ready and box.lane in lanes}

    def _hold(self, held: list[Message], *, alone: bool = False) -> None:
        box = self.box_of(held[0])
        assert [message.seq for message in held] == box.due
        assert (held[0].attempt, held[0].lane) == (box.tried + 1, box.lane)
        box.held = held
        box.held_to = held[0].seq + (0 if box.tried or alone else TOGETHER - 1)
        box.tried += 1

    @rule(worker=st.sampled_from(WORKERS), name=st.sampled_from(BOXES), lane=st.sampled_from(Lane))
    def send_and_claim(self, worker: str, name: str, lane: Lane) -> None:
        box = self.boxes[name]
        message: Outgoing = {
            "body": numbered(0),
            "key": None,
            "lane": int(lane),
            "not_before": None,
            "correlation_id": None,
            "causation_id": None,
        }
        sending = self.claims[worker].send_and_claim("acme", self.box_name(name), message)
        refused = {True: RateLimited, box.mode == "retired": Conflict}[True]
        if box.mode == "retired" or len(box.waiting) >= BOUND:
            with pytest.raises(refused):
                self.run(sending)
            return
        idle = not box.waiting and box.mode == "open"
        _, held = self.run(sending)
        box.take_in(lane)
        assert (held is not None) == idle
        if held is not None:
            self._hold([held], alone=True)

    @rule(
        name=st.sampled_from(BOXES),
        chain=st.booleans(),
        worker=st.sampled_from(WORKERS),
        part=st.integers(1, TOGETHER),
    )
    def done(self, name: str, chain: bool, worker: str, part: int) -> None:
        box = self.boxes[name]
        ended = box.held[:part]
        if not ended:
            return
        following = self.run(self._end(worker, ended, chain))
        for message in ended:
            box.states[message.seq - 1] = "handled"
            box.effects.append(message.seq)
        self.stale.append(ended[0])
        box.moved_on()
        assert [message.seq for message in following] == (box.due if chain and box.mode == "open" else [])
        box.moved_on(following)

    async def _end(self, worker: str, held: list[Message], chain: bool) -> list[Message]:
        async with self.mailboxes.transaction("acme") as tx:
            for message in held:
                await self.mailboxes.note("acme", f"{message.mailbox} effects", numbered(message.seq), tx=tx)
            return await self.claims[worker].done(tx, held, and_next=chain)

    @precondition(lambda self: self.stale)
    @rule(data=st.data())
    def a_late_worker_changes_nothing(self, data: st.DataObject) -> None:
        message = data.draw(st.sampled_from(self.stale))
        for ending in (self._end("one", [message], False), self.claims["one"].fail(message, "x", "x", None)):
            with pytest.raises(LeaseLost):
                self.run(ending)
        self.run(self.claims["one"].release(message))
        assert self.run(self.claims["one"].renew([message])) == set()

    @rule(name=st.sampled_from(BOXES), dead=st.booleans())
    def fail(self, name: str, dead: bool) -> None:
        box = self.boxes[name]
        for message in box.held[:1]:
            outcome = self.run(self.claims["one"].fail(message, "broken", "it broke", None if dead else 0))
            assert outcome == ("dead" if dead else "retry")
            self.stale.append(message)
            box.held = []
            if dead:
                box.states[message.seq - 1] = "dead"
                box.moved_on()

    @rule(name=st.sampled_from(BOXES))
    def give_back(self, name: str) -> None:
        box = self.boxes[name]
        for message in box.held[:1]:
            self.run(self.claims["one"].release(message))
            self._let_go(box)

    def _let_go(self, box: Box) -> None:
        """The claim is void, and its attempt does not count."""
        self.stale.extend(box.held[:1])
        box.tried -= len(box.held[:1])
        box.held = []

    @rule(name=st.sampled_from(BOXES))
    def the_lease_runs_out_and_another_worker_takes_over(self, name: str) -> None:
        box = self.boxes[name]
        if not box.held or box.mode != "open":
            return
        self.stale.append(box.held[0])
        box.held = []
        self.run(self._expire(self.box_name(name)))
        ready = self._ready(*Lane)
        taken = self.run(self.claims["two"].claim(self.kind, EVERYTHING))
        assert {held[0].mailbox for held in taken} == ready
        for held in taken:
            self._hold(held)

    @rule(name=st.sampled_from(BOXES))
    def the_time_comes(self, name: str) -> None:
        self.run(self._come(self.box_name(name)))
        self.boxes[name].later.clear()

    async def _come(self, mailbox: str) -> None:
        where = {"mailbox": mailbox, "later": LATER}
        async with self.database.transaction("acme") as tx:
            for change in (
                "update mailbox.message set not_before = now() where mailbox = %(mailbox)s and not_before = %(later)s",
                "update mailbox.mailbox set ready_at = now() where id = %(mailbox)s and ready_at = %(later)s",
            ):
                await tx.execute(change, where)

    @rule(name=st.sampled_from(BOXES), stop=st.booleans())
    def pause(self, name: str, stop: bool) -> None:
        box = self.boxes[name]
        pausing = self.mailboxes.pause("acme", self.box_name(name), reason="a pause", stop=stop)
        if box.mode == "retired":
            with pytest.raises(Conflict):
                self.run(pausing)
            return
        self.run(pausing)
        box.mode = "paused"
        self.known.add(name)
        if stop:
            self._let_go(box)

    @rule(name=st.sampled_from(BOXES))
    def resume(self, name: str) -> None:
        box = self.boxes[name]
        resuming = self.mailboxes.resume("acme", self.box_name(name))
        refused = {True: NotFound, box.mode == "retired": Conflict}[True]
        if box.mode == "retired" or not (box.states or name in self.known):
            with pytest.raises(refused):
                self.run(resuming)
            return
        self.run(resuming)
        box.mode = "open"

    @precondition(lambda self: sum(len(box.states) for box in self.boxes.values()) > 6)
    @rule(name=st.sampled_from(BOXES))
    def retire(self, name: str) -> None:
        box = self.boxes[name]
        assert self.run(self.mailboxes.retire("acme", self.box_name(name), reason="over")) == len(box.waiting)
        box.states = ["cancelled" if state == "waiting" else state for state in box.states]
        box.mode = "retired"
        self.stale.extend(box.held[:1])
        box.moved_on()

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
        in_hand = bool(box.held) and seq <= box.held_to
        expected = "over" if seq not in box.waiting else "stopped" if in_hand else "waiting"
        head = box.waiting[:1]
        assert self.run(cancelling) == expected
        if seq in box.waiting:
            box.states[seq - 1] = "cancelled"
        if seq in head:
            self.stale.extend(box.held[:1])
            box.moved_on()
        elif expected == "stopped":
            self._let_go(box)

    @invariant()
    def database_and_model_agree(self) -> None:
        for box, rows in self.run(self._look()):
            running = box.held[0].seq if box.held else None
            expected = ["running" if seq == running else s for seq, s in enumerate(box.states, 1)]
            assert [row["status"] for row in rows["history"]] == expected
            assert [row["body"]["metadata"]["n"] for row in rows["effects"]] == box.effects
            assert box.effects == sorted(set(box.effects))
            for state in rows["state"]:
                assert (state["pending"], state["tail"]) == (len(box.waiting), len(box.states))
                assert (state["ready_at"] is None) == (not box.waiting)
                assert not box.waiting or state["lane"] == box.lane

    async def _look(self) -> list[tuple[Box, dict[str, list[dict[str, Any]]]]]:
        async with self.database.transaction("acme") as tx, tx.pipeline():
            asked = [
                (
                    box,
                    {what: await tx.execute(query, self._where(name, what)) for what, query in LOOKS.items()},
                )
                for name, box in self.boxes.items()
            ]
            return [
                (box, {what: await rows.fetchall() for what, rows in each.items()}) for box, each in asked
            ]

    def _where(self, name: str, what: str) -> dict[str, Any]:
        every = dict.fromkeys(("before", "after", "correlation_id", "since", "until", "text", "limit"))
        mailbox = self.box_name(name) + (" effects" if what == "effects" else "")
        return every | {"tenant": "acme", "mailbox": mailbox}


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
                max_examples=20,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
