"""What happens around an agent that has no room for more messages: gathered, bounded, and read once."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from shared.events import UnitEvent
from shared.kernel.principal import Principal
from shared.mailbox import Mailboxes
from shared.storage import Connection
from supervisor.environment.following import ENVIRONMENT, Following
from supervisor.environment.happened import Happened
from supervisor.environment.minding import environment_worker
from supervisor.environment.store import KEPT, EnvironmentStore, Role
from supervisor.store import RunStore
from tests.support.engines import OpenUnitDatabase

ADA = Principal(subject="person:ada", kind="person", tenant="acme")
ROOM = 10
MOVED = 120


def event(number: int, unit: str, what: str, **payload: Any) -> UnitEvent:
    about = {"by": "person:ben", **payload}
    return UnitEvent("acme", unit, what, about, number, f"ev_{number}", datetime.now(UTC))


def moved(number: int, candidate: int) -> UnitEvent:
    about = {"project_id": "proj_1", "candidate_id": f"cand_{candidate}", "to_stage": "interview"}
    return event(number, "projects", "stage_moved", **about)


@pytest.mark.timeout(60)
async def test_all_that_happened_to_an_agent_while_it_was_paused_is_read_once_when_it_goes_on(
    unit_database: OpenUnitDatabase,
) -> None:
    database = await unit_database("supervisor")
    mailboxes = Mailboxes(database, bound=ROOM)
    async with database.transaction("acme") as tx:
        agent = await RunStore(tx, "acme").remember_agent(ADA)
        await EnvironmentStore(tx, "acme").watch(agent, "*", "everything")
    box = f"{ENVIRONMENT}:{agent}"
    await mailboxes.pause("acme", box, reason="on leave")
    following = Following(mailboxes)
    decided = {"approval_id": "appr_1", "project_id": "proj_1", "status": "approved"}
    happenings = [
        *(moved(n, n) for n in range(MOVED)),
        *(
            moved(n, n - MOVED) for n in range(MOVED + ROOM, MOVED + ROOM + 10)
        ),  # once more, by the same person
        event(9998, "jobs", "posting_closed", posting_id="post_1"),
        event(9999, "projects", "approval_decided", **decided),
    ]
    for one in happenings:
        await following.on_event(one)
        await following.on_event(one)  # it comes again, as after a kill
    paused = await mailboxes.state("acme", box)

    read: list[Happened] = []
    all_read = asyncio.Event()

    async def handle(_: Connection, tenant: str, agent: str, happened: Happened) -> None:
        read.append(happened)
        if sum(len(one.candidates) or 1 for one in read) >= MOVED + 2:
            all_read.set()

    minding: Any = SimpleNamespace(handle=handle)
    await mailboxes.resume("acme", box)
    worker = environment_worker(mailboxes, minding)
    await worker.start()
    await all_read.wait()
    await worker.drain()
    await following.on_event(happenings[-1])
    after = await mailboxes.state("acme", box)

    assert paused.pending == ROOM + 1
    assert after.pending == 0
    assert sorted(one for happened in read for one in happened.candidates) == sorted(
        f"cand_{n}" for n in range(MOVED)
    )
    assert [(one.topic, one.detail) for one in read if not one.candidates] == [
        ("postings", ""),
        ("approvals", "approved"),
    ]
    assert max(len(one.candidates) for one in read) == 100
    assert len({one.event for one in read}) == len(read)


async def test_what_was_told_long_ago_makes_room_for_what_happens_and_what_waits_stays(
    unit_database: OpenUnitDatabase,
) -> None:
    database, now = await unit_database("supervisor"), datetime.now(UTC)
    async with database.transaction("acme") as tx:
        agent = await RunStore(tx, "acme").remember_agent(ADA)
        store, role = EnvironmentStore(tx, "acme"), Role(agent=agent, role="proj_1", title="Nurse")
        for event, told in {"ev_1": now - 2 * KEPT, "ev_2": now, "ev_3": None, "ev_4": now}.items():
            moved = Happened(event=event, topic="stages", at=now - 3 * KEPT)
            await store.add(moved, role, told, at_once=False)
        found = await (await tx.execute("select event from happening order by event")).fetchall()

    assert [row["event"] for row in found] == ["ev_2", "ev_3", "ev_4"]
