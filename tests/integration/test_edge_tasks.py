"""A2A tasks in a real database."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from a2a.helpers.proto_helpers import get_data_parts, new_data_message
from a2a.server.context import ServerCallContext
from a2a.types.a2a_pb2 import (
    GetTaskRequest,
    ListTasksRequest,
    Message,
    Role,
    SendMessageRequest,
    Task,
    TaskState,
    TaskStatus,
)
from a2a.utils.errors import InvalidParamsError

from shared.edge import tasks as tasks_module
from shared.edge.ports import PRINCIPAL_STATE
from shared.edge.tasks import PostgresTasks
from shared.kernel.principal import Principal
from shared.storage import Database
from tests.support.engines import OpenUnitDatabase
from tests.support.sample_units import Hold, Worked, sample_agent
from tests.support.units import ADA, BOB, OpenGate, hosted, units_at

UNIT = "evaluator"
CARL = ADA.model_copy(update={"subject": "person:carl"})


def context(principal: Principal) -> ServerCallContext:
    return ServerCallContext(state={PRINCIPAL_STATE: principal})


def task(id: str, state: TaskState = TaskState.TASK_STATE_WORKING, second: int = 0) -> Task:
    made = Task(id=id, context_id="ctx", status=TaskStatus(state=state))
    made.status.timestamp.FromSeconds(1_900_000_000 + second)
    made.history.append(Message(message_id=f"m-{id}", role=Role.ROLE_USER))
    return made


@asynccontextmanager
async def stored(database: Database) -> AsyncGenerator[PostgresTasks]:
    store = PostgresTasks(database, UNIT)
    async with store.kept():
        yield store


async def test_a_task_comes_back_as_it_was_saved(unit_database: OpenUnitDatabase) -> None:
    async with stored(await unit_database(UNIT)) as tasks:
        await tasks.save(task("t1"), context(ADA))
        assert await tasks.get("t1", context(ADA)) == task("t1")


@pytest.mark.parametrize("stranger", [BOB, CARL], ids=["another tenant", "another person"])
async def test_nobody_else_finds_it(unit_database: OpenUnitDatabase, stranger: Principal) -> None:
    async with stored(await unit_database(UNIT)) as tasks:
        await tasks.save(task("t1"), context(ADA))
        assert await tasks.get("t1", context(stranger)) is None
        await tasks.delete("t1", context(stranger))
        assert (await tasks.list(ListTasksRequest(), context(stranger))).total_size == 0
        assert await tasks.get("t1", context(ADA)) is not None


async def test_the_database_itself_hides_another_tenant_s_tasks(unit_database: OpenUnitDatabase) -> None:
    database = await unit_database(UNIT)
    async with stored(database) as tasks:
        await tasks.save(task("t1"), context(ADA))
        async with database.transaction(BOB.tenant) as connection:
            rows = await (await connection.execute("select * from edge.task")).fetchall()
    assert rows == []


async def test_the_database_itself_hides_another_unit_s_tasks(unit_database: OpenUnitDatabase) -> None:
    database = await unit_database(UNIT)
    other = PostgresTasks(database, "sourcing")
    with pytest.raises(Exception, match="does not allow"):
        await other.save(task("t1"), context(ADA))


async def test_progress_alone_waits_but_an_outcome_is_written_at_once(
    unit_database: OpenUnitDatabase,
) -> None:
    async with stored(await unit_database(UNIT)) as tasks:
        await tasks.save(task("t1"), context(ADA))
        remark = task("t1")
        remark.history.append(Message(message_id="m2", role=Role.ROLE_AGENT))
        await tasks.save(remark, context(ADA))
        kept = await tasks.get("t1", context(ADA))
        await tasks.save(task("t1", TaskState.TASK_STATE_COMPLETED), context(ADA))
        ended = await tasks.get("t1", context(ADA))
    assert kept is not None
    assert len(kept.history) == 1
    assert ended is not None
    assert ended.status.state == TaskState.TASK_STATE_COMPLETED


async def test_tasks_are_listed_newest_first_page_by_page(unit_database: OpenUnitDatabase) -> None:
    async with stored(await unit_database(UNIT)) as tasks:
        for number in range(5):
            await tasks.save(task(f"t{number}", second=number), context(ADA))
        first = await tasks.list(ListTasksRequest(page_size=3), context(ADA))
        rest = await tasks.list(ListTasksRequest(page_size=3, page_token=first.next_page_token), context(ADA))
    assert [one.id for one in [*first.tasks, *rest.tasks]] == ["t4", "t3", "t2", "t1", "t0"]
    assert (first.total_size, rest.next_page_token) == (5, "")


async def test_tasks_are_listed_by_state_and_conversation(unit_database: OpenUnitDatabase) -> None:
    async with stored(await unit_database(UNIT)) as tasks:
        await tasks.save(task("t1"), context(ADA))
        await tasks.save(task("t2", TaskState.TASK_STATE_COMPLETED), context(ADA))
        done = await tasks.list(ListTasksRequest(status=TaskState.TASK_STATE_COMPLETED), context(ADA))
        elsewhere = await tasks.list(ListTasksRequest(context_id="other"), context(ADA))
    assert [one.id for one in done.tasks] == ["t2"]
    assert elsewhere.total_size == 0


async def test_a_made_up_page_token_is_refused(unit_database: OpenUnitDatabase) -> None:
    async with stored(await unit_database(UNIT)) as tasks:
        with pytest.raises(InvalidParamsError):
            await tasks.list(ListTasksRequest(page_token="nonsense"), context(ADA))


async def test_what_a_killed_process_left_open_fails_and_says_that_it_may_be_sent_again(
    unit_database: OpenUnitDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await unit_database(UNIT)
    killed = PostgresTasks(database, UNIT)
    await killed.beat()
    await killed.save(task("open"), context(ADA))
    await killed.save(task("asking", TaskState.TASK_STATE_INPUT_REQUIRED), context(ADA))
    monkeypatch.setattr(tasks_module, "SILENCE", timedelta(0))
    async with stored(database) as tasks:
        lost = await tasks.get("open", context(ADA))
        parked = await tasks.get("asking", context(ADA))
    assert lost is not None
    assert lost.status.state == TaskState.TASK_STATE_FAILED
    assert get_data_parts(lost.status.message.parts)[0]["error"]["retryable"] is True
    assert parked is not None
    assert parked.status.state == TaskState.TASK_STATE_INPUT_REQUIRED


async def test_another_process_s_running_tasks_are_left_alone(unit_database: OpenUnitDatabase) -> None:
    database = await unit_database(UNIT)
    async with stored(database) as one:
        await one.save(task("t1"), context(ADA))
        async with stored(database) as other:
            assert await other.beat() == 0
            assert await other.get("t1", context(ADA)) == task("t1")


async def test_what_a_stopped_process_left_open_fails_at_the_next_one(
    unit_database: OpenUnitDatabase,
) -> None:
    database = await unit_database(UNIT)
    async with stored(database) as tasks:
        await tasks.save(task("t1"), context(ADA))
    async with stored(database) as tasks:
        left = await tasks.get("t1", context(ADA))
    assert left is not None
    assert left.status.state == TaskState.TASK_STATE_FAILED


def message(data: dict[str, Any], before: Task | None = None) -> SendMessageRequest:
    ids = {"task_id": before.id, "context_id": before.context_id} if before else {}
    return SendMessageRequest(message=new_data_message(data, role=Role.ROLE_USER, **ids))


async def test_a_question_is_answered_after_the_agent_was_started_again(
    unit_database: OpenUnitDatabase,
) -> None:
    database = await unit_database(UNIT)
    async with stored(database) as tasks, hosted(sample_agent(), tasks=tasks) as unit, unit.a2a() as client:
        request = message({"skill": "work", "input": {"outcome": "ask"}})
        events = [event async for event in client.send_message(request)]
        asked = await client.get_task(GetTaskRequest(id=events[-1].status_update.task_id))
    async with stored(database) as tasks, hosted(sample_agent(), tasks=tasks) as unit, unit.a2a() as client:
        for answer in ({"city": "Riga"}, {"text": "2031"}):
            events = [event async for event in client.send_message(message({"answer": answer}, asked))]
        done = await client.get_task(GetTaskRequest(id=asked.id))
    assert asked.status.state == TaskState.TASK_STATE_INPUT_REQUIRED
    assert done.status.state == TaskState.TASK_STATE_COMPLETED
    assert get_data_parts(done.artifacts[0].parts)[0]["summary"] == "Riga 2031"


async def test_a_cancelled_task_is_cancelled_in_the_database(unit_database: OpenUnitDatabase) -> None:
    hold = Hold()
    async with (
        stored(await unit_database(UNIT)) as tasks,
        hosted(sample_agent(hold), gate=OpenGate(), tasks=tasks) as unit,
        units_at(sample=unit.url) as units,
    ):
        with pytest.raises(Exception, match="did not finish"):
            await units.send("sample", "work", {"outcome": "wait"}, Worked, timeout=1)
        await hold.cancelled.wait()
        listed = await tasks.list(ListTasksRequest(), context(ADA))
    assert [one.status.state for one in listed.tasks] == [TaskState.TASK_STATE_CANCELED]
