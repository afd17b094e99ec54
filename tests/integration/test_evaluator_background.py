"""Sweeps in the background: at certain hours, behind people, looked at again, tidied away when they are old."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from servers.evaluator.core.models import EvaluateCandidatesRequest
from servers.evaluator.core.sweeping import LATEST, PIECE
from servers.evaluator.store import PostgresEvaluations
from servers.evaluator.sweeps.shelf import SHARDS, SWEEP, mailbox_of
from servers.evaluator.sweeps.tidying import KEEP, Tidying
from servers.evaluator.sweeps.yielding import STAY_SECONDS, Others
from shared.engines import EmbeddedNats
from shared.events import EventBus
from shared.kernel.errors import Denied, InvalidInput, NotFound, Unavailable
from shared.kernel.window import Window
from shared.mailbox import InTransaction, Mailboxes, Message, TellingPeople, Worker, hearing
from shared.storage import Connection, Database
from shared.wire.facts import CandidatesFound
from tests.support.sweeps import Follower, HeldDrafters, evaluation_of, sweeping_over, swept, talent
from tests.support.units import ADA, FakeUnits

PEOPLE = [f"cand_{number:03}" for number in range(5 * PIECE)]
AT_ONCE = min((os.cpu_count() or 1) + 1, SHARDS)


@pytest.fixture
async def database(unit_database: Callable[[str], Awaitable[Database]]) -> Database:
    return await unit_database("evaluator")


def hours(begins: int, ends: int) -> str:
    """Return a window that opens and closes so many hours from now."""
    now = datetime.now(UTC)
    return f"{now + timedelta(hours=begins):%H:%M}-{now + timedelta(hours=ends):%H:%M} UTC"


OPEN, CLOSED = hours(-2, 10), hours(2, 6)


async def rows(database: Database, query: str, *values: object) -> list[dict[str, Any]]:
    async with database.transaction(ADA.tenant) as tx:
        found = await tx.execute(query.encode(), values)
        return await found.fetchall() if found.description else []


async def moved(database: Database, window: str) -> None:
    """Have the hours come or go: the sweeps' window, and what the messages wait for."""
    await rows(database, 'update sweep set "window" = %s', window)
    await rows(database, "update mailbox.message set not_before = null where outcome is null")
    await rows(database, "update mailbox.mailbox set ready_at = now() where pending > 0 and owner is null")


async def at_rest(database: Database) -> None:
    """Wait until nothing is in hand and nothing due."""
    while await rows(database, "select id from mailbox.mailbox where ready_at < now() + interval '1 minute'"):
        pass


# Certain hours.


async def test_a_sweep_for_certain_hours_waits_for_them_and_says_until_when(database: Database) -> None:
    drafters, follower = HeldDrafters(free=9), Follower()
    async with swept(database, FakeUnits(talent()), drafters) as sweeping:
        sweep = await sweeping.open(ADA, evaluation_of(*PEOPLE, window=CLOSED))
        following = asyncio.create_task(sweeping.follow(ADA.tenant, sweep, follower))
        await follower.waiting.wait()
        begun, waits = drafters.pieces, await rows(database, "select distinct ready_at from mailbox.mailbox")
        [stored] = await rows(database, "select deadline from sweep")
        await moved(database, OPEN)
        following.cancel()  # who stops following stops nothing
        result = await sweeping.follow(ADA.tenant, sweep, Follower())

    opens = Window.read(CLOSED).next(datetime.now(UTC))
    assert begun == 0
    assert follower.waits_until == opens
    assert waits == [{"ready_at": opens}]
    assert stored["deadline"] == opens + timedelta(hours=6)
    assert (result.state, result.redone, result.left) == ("done", 2 * len(PEOPLE), 0)


async def test_what_is_left_when_the_window_closes_waits_for_the_next_with_everybody_judged_once(
    database: Database,
) -> None:
    drafters, follower = HeldDrafters(), Follower()
    async with swept(database, FakeUnits(talent()), drafters) as sweeping:
        sweep = await sweeping.open(ADA, evaluation_of(*PEOPLE, window=OPEN))
        following = asyncio.create_task(sweeping.follow(ADA.tenant, sweep, follower))
        await follower.progress.wait()
        await rows(database, 'update sweep set "window" = %s', CLOSED)
        drafters.go.set()
        await follower.waiting.wait()
        await at_rest(database)
        await moved(database, OPEN)
        following.cancel()
        result = await sweeping.follow(ADA.tenant, sweep, Follower())

    assert (result.redone, result.kept, result.left) == (2 * len(PEOPLE), 0, 0)
    assert drafters.pieces == len(PEOPLE) // PIECE
    outcomes = await PostgresEvaluations(database).outcomes(ADA.tenant, sweep, 0, 1_000)
    assert [one.candidate_id for one in outcomes or []] == PEOPLE


async def test_a_deadline_before_the_hours_ends_the_wait(database: Database) -> None:
    sweeping, _ = sweeping_over(database, FakeUnits(talent()), HeldDrafters())
    deadline = datetime.now(UTC) + timedelta(minutes=30)
    await sweeping.open(ADA, evaluation_of(*PEOPLE, window=CLOSED, deadline=deadline))
    assert await rows(database, "select distinct not_before from mailbox.message") == [
        {"not_before": deadline}
    ]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"window": "22-6"}, "window"),
        ({"window": "22:00-06:00 Mars/Olympus"}, "window"),
        ({"deadline": datetime.now(UTC) + LATEST + timedelta(hours=1)}, "deadline"),
        ({"candidates": None}, "candidates"),
    ],
)
async def test_what_cannot_be_is_refused_before_anything_is_stored(
    database: Database, asked: dict[str, Any], field: str
) -> None:
    sweeping, _ = sweeping_over(database, FakeUnits(talent()), HeldDrafters())
    with pytest.raises(InvalidInput) as refused:
        await sweeping.open(ADA, evaluation_of(*PEOPLE).model_copy(update=asked))
    assert refused.value.field == field
    assert await rows(database, "select id from run") == []


# Behind people.


class Seen(Others):
    """Tells when somebody was heard, and when the worker has asked whether anybody is there."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(lambda: 0.0, clock)
        self.somebody, self.looked = asyncio.Event(), asyncio.Event()

    def heard(self) -> None:
        super().heard()
        self.somebody.set()

    @property
    def present(self) -> bool:
        self.looked.set()
        return super().present


async def speak(database: Database, bus: EventBus) -> None:
    """Have somebody served by a worker that knows nothing of sweeps."""

    async def answer(_: Message, __: Connection) -> None: ...

    talk = Worker(
        Mailboxes(database, bus), "evaluator.talk", InTransaction(answer), people=TellingPeople(bus)
    )
    await talk.handle_now(ADA.tenant, "evaluator.talk:ada", {})
    await talk.drain(grace=1.0)


async def test_a_sweep_judges_a_piece_at_a_time_while_people_are_served_and_all_it_can_afterwards(
    database: Database, nats: EmbeddedNats
) -> None:
    now, drafters = [0.0], HeldDrafters(free=0)
    people = Seen(lambda: now[0])
    async with (
        await EventBus.open(nats.url) as bus,
        hearing(bus, people),
        swept(database, FakeUnits(talent()), drafters, bus=bus, people=people) as sweeping,
    ):
        await speak(database, bus)
        await people.somebody.wait()
        await sweeping.open(ADA, evaluation_of(*PEOPLE))
        await drafters.holding(1)
        for _ in range(6):  # looks for work in vain
            people.looked.clear()
            await Mailboxes(database, bus).wake(SWEEP)
            await people.looked.wait()
        meanwhile = drafters.in_hand
        now[0] += STAY_SECONDS
        await Mailboxes(database, bus).wake(SWEEP)
        await drafters.holding(AT_ONCE)

    assert (meanwhile, drafters.in_hand) == (1, AT_ONCE)


# Looking again.


def again(*new: str) -> EvaluateCandidatesRequest:
    """Return the request to look again at everybody, and at some new people."""
    found = CandidatesFound(search_id="s2", project_id="proj_1", candidate_ids=list(new)) if new else None
    return evaluation_of().model_copy(update={"candidates": found, "refresh": True})


async def test_looking_again_judges_only_what_changed_and_says_who_comes_out_otherwise(
    database: Database,
) -> None:
    units, follower = FakeUnits(talent()), Follower()
    async with swept(database, units, HeldDrafters(free=9)) as sweeping:
        first = await sweeping.open(ADA, evaluation_of("cand_a", "cand_b", "cand_c"))
        await sweeping.follow(ADA.tenant, first, Follower())
        changed = talent(cand_b="Bakes bread.", cand_c="Ran Kubernetes clusters, for two years by now.")
        units.replies |= changed
        second = await sweeping.open(ADA, again("cand_d"))
        result = await sweeping.follow(ADA.tenant, second, follower)
        third = await sweeping.follow(ADA.tenant, await sweeping.open(ADA, again()), Follower())

    assert result.refreshed == first
    assert (result.kept, result.redone, result.evaluated.total) == (2, 6, 4)
    assert [(one.candidate_id, one.before) for one in result.changed] == [
        ("cand_b", "possible_match"),
        ("cand_d", None),
    ]
    assert follower.outcomes == ["cand_b", "cand_d"]
    assert (third.refreshed, third.kept, third.redone, third.changed_total) == (second, 8, 0, 0)
    assert third.remark is not None
    assert third.remark.startswith("0 of 4 candidates come out differently than before.")


async def test_there_is_nothing_to_look_at_again_where_nobody_was_evaluated(database: Database) -> None:
    sweeping, _ = sweeping_over(database, FakeUnits(talent()), HeldDrafters())
    with pytest.raises(NotFound, match="refresh"):
        await sweeping.open(ADA, again())


# Tidying away.


async def kept_of(database: Database, sweep: str) -> tuple[int, int, int]:
    """Return how many pieces, mailboxes and messages there are of a sweep."""
    names = [mailbox_of(sweep, number) for number in range(SHARDS)]
    counts = [
        await rows(database, "select count(*) as n from piece where sweep_id = %s", sweep),
        await rows(database, "select count(*) as n from mailbox.mailbox where id = any(%s)", names),
        await rows(database, "select count(*) as n from mailbox.message where mailbox = any(%s)", names),
    ]
    pieces, boxes, messages = (found[0]["n"] for found in counts)
    return pieces, boxes, messages


@pytest.mark.parametrize(
    ("tenant", "mailbox"), [(ADA.tenant, "supervisor.agent:ada"), ("another", f"{SWEEP}:eval_1/0")]
)
async def test_nobody_forgets_what_belongs_to_another_unit_or_organisation(
    database: Database, tenant: str, mailbox: str
) -> None:
    mailboxes = Mailboxes(database)
    with pytest.raises(Denied):
        async with mailboxes.transaction(ADA.tenant) as tx:
            await mailboxes.forget(tx, tenant, mailbox)


class Failing(Mailboxes):
    """Ends in the middle of tidying a sweep away."""

    async def forget(self, tx: Connection, tenant: str, mailbox: str) -> int:
        if mailbox.endswith("/2"):
            raise Unavailable("the process was killed here")
        return await super().forget(tx, tenant, mailbox)


async def test_sweeps_of_long_ago_leave_their_results_and_nothing_else(database: Database) -> None:
    drafters, units = HeldDrafters(), FakeUnits(talent())
    async with swept(database, units, drafters) as sweeping:
        cancelled = await sweeping.open(ADA, evaluation_of(*PEOPLE), "cancelled")
        await drafters.holding(AT_ONCE)
        await sweeping.cancel(ADA.tenant, cancelled)
        drafters.go.set()
        partly = await sweeping.follow(ADA.tenant, cancelled, Follower())
        units.replies["candidates.get_dossiers"] = {"dossiers": []}
        done = await sweeping.open(ADA, evaluation_of("cand_gone"), "done")
        before = await sweeping.follow(ADA.tenant, done, Follower())
    late = await sweeping.open(ADA, evaluation_of(*PEOPLE), "late")
    old = [done, cancelled, late]
    await rows(database, "update sweep set deadline = now() - %s where id = any(%s)", KEEP, old)
    recent = await sweeping.open(ADA, evaluation_of(*PEOPLE))

    with pytest.raises(Unavailable):
        await Tidying(Failing(database)).once()
    untouched = [await kept_of(database, sweep) for sweep in old]
    tidying = [Tidying(Mailboxes(database), batch=1).once() for _ in range(2)]
    tidied = await asyncio.gather(*tidying)

    assert untouched == [(1, 1, 1), (5, SHARDS, 5), (5, SHARDS, 5)]
    assert sum(tidied) == len(old)
    assert [await kept_of(database, sweep) for sweep in old] == [(0, 0, 0)] * 3
    assert await kept_of(database, recent) == (5, SHARDS, 5)
    assert await sweeping.follow(ADA.tenant, done, Follower()) == before
    assert before.unknown == ["cand_gone"]
    await sweeping.open(ADA, evaluation_of(*PEOPLE), "cancelled")
    after = await sweeping.follow(ADA.tenant, cancelled, Follower())
    assert (after.state, after.why) == ("stopped", "it was cancelled")
    assert (after.evaluated, after.left) == (partly.evaluated, partly.left)
    assert after.evaluated.total == PIECE
