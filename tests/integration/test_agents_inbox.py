"""A skill whose calls are messages of a mailbox, as its callers see it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.agents.inbox import Answer, Inbox, Question
from shared.edge.a2a import A2AUnit
from shared.edge.errors import InputRequired
from shared.edge.turn import Turn
from shared.edge.units import Units
from shared.engines import EmbeddedNats
from shared.events import EventBus
from shared.kernel.call import idempotent_call
from shared.kernel.errors import HiremeshError, InvalidInput
from shared.kernel.principal import current_principal
from shared.mailbox import Entry, Mailboxes, Outcome, Received, Reply
from tests.support.engines import OpenUnitDatabase
from tests.support.sample_units import Hold, Work, Worked, sample_card
from tests.support.supervisor_desk import PlainDelegation
from tests.support.units import ADA, hosted, units_at


class Desk:
    """A handler that does as its message says, and notes each message it gets."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.hold = Hold()

    async def handle(self, message: Received[Work | Answer]) -> list[Outcome]:
        self.heard.append(message.content.text)
        match message.content:
            case Answer(text=text, data=data):
                return [Reply(Worked(summary=text or data["city"], subject=current_principal().subject))]
            case Work(outcome="ask"):
                return [Reply(Question(text="Which city?", data={"options": ["Oslo", "Riga"]}))]
            case Work(outcome="refuse"):
                raise InvalidInput("not like this", field="text", fix="Say it differently.")
            case Work(outcome="crash"):
                raise RuntimeError("secret of candidate 7")
            case Work(outcome="wait"):
                await self.hold.wait()
            case _:
                pass
        return [Reply(Worked(summary="done", subject=current_principal().subject))]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def mailboxes(unit_database: OpenUnitDatabase, nats: EmbeddedNats) -> AsyncIterator[Mailboxes]:
    async with await EventBus.open(nats.url) as bus:
        yield Mailboxes(await unit_database("intake"), bus)


@pytest.fixture
async def units(mailboxes: Mailboxes, desk: Desk) -> AsyncIterator[Units]:
    inbox = Inbox("intake", mailboxes, PlainDelegation(), Work, desk.handle)
    agent = A2AUnit(sample_card())

    @agent.skill("work")
    async def work(request: Work, turn: Turn) -> Worked:
        return await inbox.run(turn, request, Worked)

    await inbox.start()
    async with hosted(agent) as served, units_at(sample=served.url) as units:
        yield units
    await inbox.drain()


async def work(units: Units, **fields: object) -> Worked:
    return await units.send("sample", "work", dict(fields), Worked)


async def messages(mailboxes: Mailboxes) -> list[Entry]:
    """Return what was asked, in whatever mailbox."""
    async with mailboxes.database.transaction("acme") as tx:
        rows = await (await tx.execute("select id from mailbox.mailbox order by id")).fetchall()
    pages = [await mailboxes.history("acme", row["id"]) for row in rows]
    return [entry for page in pages for entry in page if entry.status != "noted"]


async def test_a_call_is_handled_as_its_caller_and_once_under_one_name(units: Units, desk: Desk) -> None:
    with idempotent_call("step 1"):
        first = await work(units, text="hi")
        again = await work(units, text="hi")
    other = await work(units, text="hi")

    assert first == again == other == Worked(summary="done", subject=ADA.subject)
    assert desk.heard == ["hi", "hi"]


async def test_what_the_handler_asks_the_caller_answers_and_nothing_is_handled_twice_for_it(
    units: Units, desk: Desk
) -> None:
    with pytest.raises(InputRequired, match="Which city") as asked:
        await work(units, text="hi", outcome="ask")
    where = {"task_id": asked.value.task_id, "context_id": asked.value.context_id}
    answered = await units.send("sample", "work", {"city": "Oslo"}, Worked, **where)

    assert asked.value.data == {"options": ["Oslo", "Riga"]}
    assert answered.summary == "Oslo"
    assert desk.heard == ["hi", ""]


async def test_an_expected_failure_is_the_callers_and_nobody_elses(
    units: Units, mailboxes: Mailboxes
) -> None:
    with pytest.raises(InvalidInput, match="not like this") as refused:
        await work(units, outcome="refuse")

    assert (refused.value.field, refused.value.fix) == ("text", "Say it differently.")
    assert await mailboxes.dead_letters("acme") == []


async def test_a_mistake_in_a_handler_is_set_aside_and_the_caller_hears_nothing_of_its_text(
    units: Units, mailboxes: Mailboxes
) -> None:
    with pytest.raises(HiremeshError, match="went wrong inside") as failed:
        await work(units, outcome="crash")

    assert "candidate" not in str(failed.value)
    assert [letter.code for letter in await mailboxes.dead_letters("acme")] == ["internal"]


async def test_a_caller_that_leaves_takes_its_message_back(
    units: Units, mailboxes: Mailboxes, desk: Desk
) -> None:
    left = asyncio.create_task(work(units, outcome="wait"))
    await desk.hold.began.wait()
    left.cancel()
    await desk.hold.cancelled.wait()

    assert [entry.status for entry in await messages(mailboxes)] == ["cancelled"]
