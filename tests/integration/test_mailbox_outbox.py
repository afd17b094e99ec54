"""What units tell one another: out of the transaction in which it happened, at least once, in its order."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from servers.candidates.core.intake import Intake
from servers.candidates.core.keeping import Keeping
from servers.candidates.store import PostgresCandidates
from servers.jobs.core.postings import Postings
from servers.jobs.store import PostgresJobs
from shared.engines import EmbeddedNats
from shared.events import EventBus, UnitEvent
from shared.kernel.errors import Denied, InvalidInput
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from shared.mailbox import InTransaction, Mailboxes, Message, Slots, Worker
from shared.mailbox.outbox import Outbox, open_outbox
from shared.mailbox.pruning import prune
from shared.storage import Connection
from tests.support.engines import OpenUnitDatabase
from tests.support.told import told_by

pytestmark = pytest.mark.timeout(180)
ADA = Principal(subject="person:ada", kind="person", tenant="north")
SIGNED = {"by": "person:ada", "via": None}


class FixedClock:
    def now(self) -> datetime:
        return datetime(2026, 5, 4, 12, tzinfo=UTC)

    def today(self) -> date:
        return self.now().date()


async def test_what_was_committed_while_nobody_published_is_published_in_order_and_with_one_id_each(
    unit_database: OpenUnitDatabase, nats: EmbeddedNats
) -> None:
    database, tenant = await unit_database("jobs"), new_id("north")
    outbox = Outbox("jobs", database)  # a unit that is killed before it can publish
    for n in range(40):
        async with outbox.transaction(tenant) as tx:
            await outbox.put(tx, tenant, "counted", {"n": n})
    heard: asyncio.Queue[UnitEvent] = asyncio.Queue()

    async with await EventBus.open(nats.url) as bus:
        consumer = await bus.consume_units(new_id("test"), heard.put, tenant=tenant)
        async with open_outbox("jobs", database, bus):
            events = [await heard.get() for _ in range(40)]
        async with open_outbox("jobs", database, bus) as again, again.transaction(tenant) as tx:
            await again.put(tx, tenant, "counted", {"n": 40})
        async with open_outbox("jobs", database, bus):
            last = await heard.get()
        await consumer.aclose()

    assert [event.payload["n"] for event in [*events, last]] == list(range(41))
    assert len({event.message_id for event in [*events, last]}) == 41


async def test_what_is_told_in_a_transaction_that_fails_was_never_told(
    unit_database: OpenUnitDatabase,
) -> None:
    database = await unit_database("jobs")
    outbox = Outbox("jobs", database)

    async def fail_after_telling() -> None:
        async with outbox.transaction("north") as tx:
            await outbox.put(tx, "north", "counted", {"n": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_after_telling()
    async with outbox.transaction("north") as tx:
        await outbox.put(tx, "north", "counted", {"n": 2})

    assert await told_by("jobs", database, "north") == [("counted", {"n": 2})]


async def test_what_was_published_long_ago_is_forgotten_and_what_waits_or_was_set_aside_is_kept(
    unit_database: OpenUnitDatabase,
) -> None:
    database = await unit_database("jobs")
    mailboxes, over = Mailboxes(database), asyncio.Event()

    async def handle(message: Message, _: Connection) -> None:
        if message.body["n"] == 2:
            raise InvalidInput("nobody can read this")
        if message.mailbox.endswith("south") and message.body["n"] == 4:
            over.set()

    for tenant in ("north", "south"):
        for n in range(5):
            await mailboxes.send(tenant, f"jobs.events:{tenant}", {"n": n})
    worker = Worker(mailboxes, "jobs.events", InTransaction(handle), slots=Slots(0, 1, 0))
    await worker.start()
    await over.wait()
    await worker.drain()
    await mailboxes.send("south", "jobs.events:south", {"n": 5})

    early = await prune(database, "jobs.events", timedelta(hours=1))
    pruned = await prune(database, "jobs.events", timedelta(0), boxes=1, most=3)

    kept = await mailboxes.history("south", "jobs.events:south")
    assert (early, pruned) == (0, 8)
    assert [(entry.body["n"], entry.status) for entry in kept] == [(2, "dead"), (5, "waiting")]
    assert len(await mailboxes.dead_letters("north")) == 1
    with pytest.raises(Denied):
        await prune(database, "candidates.events", timedelta(0))


async def test_an_applicant_and_the_end_of_a_posting_are_told_once_in_references(
    unit_database: OpenUnitDatabase,
) -> None:
    database = await unit_database("jobs")
    postings = Postings(PostgresJobs(Outbox("jobs", database)), FixedClock())
    posting = (await postings.add(ADA, "# Welder\n\nWeld ships.", None, None, None)).posting_id
    for _ in range(2):
        await postings.add_applicant(ADA, posting, "cand_a", "by mail", "I am the best welder of Oslo.")
        await postings.set_status(ADA, posting, "closed")

    assert await told_by("jobs", database, "north") == [
        ("posting_added", {"posting_id": posting, **SIGNED}),
        ("applicant_added", {"posting_id": posting, "candidate_id": "cand_a", **SIGNED}),
        ("posting_closed", {"posting_id": posting, **SIGNED}),
    ]


async def test_a_reply_and_a_changed_profile_are_told_without_what_they_say(
    unit_database: OpenUnitDatabase,
) -> None:
    database = await unit_database("candidates")
    store = PostgresCandidates(Outbox("candidates", database))
    intake, keeping = Intake(store, FixedClock()), Keeping(store, FixedClock())
    person = {"basics": {"name": "Rosus Farriquist", "email": "rosus@mail.example"}}
    more = {"basics": {**person["basics"], "label": "Welder"}}
    for source, record in (("first", person), ("second", more)):
        report = await intake.import_records(ADA, [record], source, "json_resume", {})
    [item] = report.items
    candidate = item.candidate_id or ""
    reply = await keeping.record_engagement(
        ADA, candidate, "replied", "email", "Yes, I would.", "proj_1", None
    )

    told = await told_by("candidates", database, "north")

    assert told == [
        ("changed", {"seq": 1}),
        ("changed", {"seq": 2}),
        ("profiles_changed", {"candidate_ids": [candidate], **SIGNED}),
        ("changed", {"seq": 3}),
        (
            "engaged",
            {
                "candidate_id": candidate,
                "engagement_id": reply.engagement_id,
                "kind": "replied",
                "project_id": "proj_1",
                **SIGNED,
            },
        ),
    ]
