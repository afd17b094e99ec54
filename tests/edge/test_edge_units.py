"""Calling units by name: results, errors, progress, questions, giving up."""

import asyncio
from typing import Any

import pytest

from shared.edge.errors import InputRequired
from shared.edge.mcp import MAX_REQUEST_BYTES
from shared.edge.progress import Progress
from shared.kernel.errors import (
    Conflict,
    DeadlineExceeded,
    Denied,
    HiremeshError,
    InvalidInput,
    NotFound,
    Unauthenticated,
    Unavailable,
)
from tests.support.sample_units import Echo, Hold, Whoami, Worked, sample_agent, sample_server
from tests.support.units import OpenGate, hosted, units_at

NOBODY = "http://127.0.0.1:9"  # the discard port: nothing listens


async def test_a_tool_s_result_comes_back_as_the_type_that_was_asked_for() -> None:
    async with hosted(sample_server()) as unit, units_at(sample=unit.url) as units:
        assert (await units.call_tool("sample", "whoami", {}, Whoami)).tenant == "acme"
        assert await units.call_tool("sample", "count_to", {"number": 3}, list[int]) == [1, 2, 3]


@pytest.mark.parametrize(
    ("tool", "arguments", "kind", "field"),
    [
        ("look_up", {"id": "x"}, NotFound, "id"),
        ("repeat", {"text": "a", "times": 0}, InvalidInput, "times"),
        ("crash", {}, HiremeshError, None),
        ("nope", {}, InvalidInput, None),
    ],
)
async def test_a_tool_s_failure_comes_back_as_the_error_it_raised(
    tool: str, arguments: dict[str, Any], kind: type[HiremeshError], field: str | None
) -> None:
    async with hosted(sample_server()) as unit, units_at(sample=unit.url) as units:
        with pytest.raises(HiremeshError) as caught:
            await units.call_tool("sample", tool, arguments, Echo)
    assert type(caught.value) is kind
    assert caught.value.field == field


async def test_an_answer_of_another_shape_is_an_error_that_names_the_field() -> None:
    async with hosted(sample_server()) as unit, units_at(sample=unit.url) as units:
        with pytest.raises(HiremeshError, match=r"sample\.whoami answered something unexpected") as caught:
            await units.call_tool("sample", "whoami", {}, Echo)
    assert caught.value.field == "text"


async def test_a_unit_that_does_not_listen_is_unavailable_and_may_be_tried_again() -> None:
    async with units_at(sample=NOBODY) as units:
        with pytest.raises(Unavailable, match="sample does not answer") as tool:
            await units.call_tool("sample", "whoami", {}, Whoami)
        with pytest.raises(Unavailable, match="sample does not answer") as skill:
            await units.send("sample", "work", {}, Worked)
    assert tool.value.retryable
    assert skill.value.retryable


async def test_a_unit_that_came_back_is_called_again_by_the_same_client() -> None:
    async with hosted(sample_server()) as unit:
        url = unit.url
        async with units_at(sample=url) as units:
            await units.call_tool("sample", "whoami", {}, Whoami)
    async with hosted(sample_server()) as again, units_at(sample=url) as units:
        with pytest.raises(Unavailable):
            await units.call_tool("sample", "whoami", {}, Whoami)
        units._urls["sample"] = again.url
        assert await units.call_tool("sample", "whoami", {}, Whoami)


async def test_a_unit_nobody_knows_is_not_found() -> None:
    async with units_at() as units:
        with pytest.raises(NotFound, match="'ghost'"):
            await units.call_tool("ghost", "whoami", {}, Whoami)


class _ShutGate(OpenGate):
    """Answers every request as a door does that does not know the caller."""

    def guard(self, app: Any) -> Any:
        from starlette.responses import JSONResponse

        from shared.edge.errors import error_body

        async def guarded(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "lifespan":
                await app(scope, receive, send)
                return
            refusal = JSONResponse({"error": error_body(Unauthenticated("the token has expired"))}, 401)
            await refusal(scope, receive, send)

        return guarded


async def test_a_refused_token_is_told_as_such_over_both_protocols() -> None:
    async with hosted(sample_server(), gate=_ShutGate()) as unit, units_at(sample=unit.url) as units:
        with pytest.raises(Unauthenticated, match="expired"):
            await units.call_tool("sample", "whoami", {}, Whoami)
        with pytest.raises(Unauthenticated, match="expired"):
            await units.send("sample", "work", {}, Worked)


async def test_a_slow_tool_is_given_up_and_cancelled() -> None:
    hold = Hold()
    async with hosted(sample_server(hold)) as unit, units_at(sample=unit.url) as units:
        with pytest.raises(DeadlineExceeded):
            await units.call_tool("sample", "wait_for_ever", {}, Echo, timeout=0.2)
        await hold.cancelled.wait()


async def test_a_skill_s_progress_and_parts_arrive_before_its_result() -> None:
    told: list[Progress] = []

    async def listen(progress: Progress) -> None:
        told.append(progress)

    async with hosted(sample_agent()) as unit, units_at(sample=unit.url) as units:
        result = await units.send("sample", "work", {"text": "it", "steps": 2}, Worked, on_progress=listen)
    assert result.summary == "it done"
    assert result.count == 4326
    assert [(one.text, one.partial) for one in told] == [
        ("step 1", False),
        ("", True),
        ("step 2", False),
        ("", True),
    ]


@pytest.mark.parametrize(
    ("fields", "kind", "field"),
    [
        ({"outcome": "conflict"}, Conflict, "revision"),
        ({"outcome": "crash"}, HiremeshError, None),
        ({"steps": -1}, InvalidInput, "steps"),
    ],
)
async def test_a_skill_s_failure_comes_back_as_the_error_it_raised(
    fields: dict[str, Any], kind: type[HiremeshError], field: str | None
) -> None:
    async with hosted(sample_agent()) as unit, units_at(sample=unit.url) as units:
        with pytest.raises(HiremeshError) as caught:
            await units.send("sample", "work", fields, Worked)
    assert type(caught.value) is kind
    assert caught.value.field == field


async def test_a_denied_skill_is_denied() -> None:
    gate = OpenGate(risks=frozenset())
    async with hosted(sample_agent(), gate=gate) as unit, units_at(sample=unit.url) as units:
        with pytest.raises(Denied):
            await units.send("sample", "work", {}, Worked)


async def test_an_unknown_skill_is_invalid_input() -> None:
    async with hosted(sample_agent()) as unit, units_at(sample=unit.url) as units:
        with pytest.raises(InvalidInput, match="no skill 'nope'") as caught:
            await units.send("sample", "nope", {}, Worked)
    assert caught.value.field == "skill"


async def test_a_question_is_raised_and_its_answer_goes_to_the_same_task() -> None:
    async with hosted(sample_agent()) as unit, units_at(sample=unit.url) as units:
        with pytest.raises(InputRequired, match="Which city") as city:
            await units.send("sample", "work", {"outcome": "ask"}, Worked)
        ids = {"task_id": city.value.task_id, "context_id": city.value.context_id}
        with pytest.raises(InputRequired, match="Which year"):
            await units.send("sample", "work", {"city": "Oslo"}, Worked, **ids)
        result = await units.send("sample", "work", {"text": "2031"}, Worked, **ids)
    assert city.value.data == {"options": ["Oslo", "Riga"]}
    assert result.summary == "Oslo 2031"


async def test_a_slow_skill_is_given_up_and_its_task_cancelled() -> None:
    hold = Hold()
    async with hosted(sample_agent(hold)) as unit, units_at(sample=unit.url) as units:
        with pytest.raises(DeadlineExceeded):
            await units.send("sample", "work", {"outcome": "wait"}, Worked, timeout=0.5)
        await hold.cancelled.wait()


async def test_a_cancelled_caller_cancels_the_task() -> None:
    hold = Hold()
    async with hosted(sample_agent(hold)) as unit, units_at(sample=unit.url) as units:
        call = asyncio.create_task(units.send("sample", "work", {"outcome": "wait"}, Worked))
        await hold.began.wait()
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        await hold.cancelled.wait()
    assert call.cancelled()


async def test_a_large_result_arrives_whole() -> None:
    async with hosted(sample_agent()) as unit, units_at(sample=unit.url) as units:
        result = await units.send("sample", "work", {"outcome": "large"}, Worked)
    assert len(result.items) == 3000


async def test_a_request_beyond_the_limit_is_refused_as_invalid_over_both_protocols() -> None:
    huge = "x" * (MAX_REQUEST_BYTES + 1)
    async with hosted(sample_server()) as unit, units_at(sample=unit.url) as units:
        with pytest.raises(InvalidInput, match="too large"):
            await units.call_tool("sample", "repeat", {"text": huge}, Echo)
    async with hosted(sample_agent()) as unit, units_at(sample=unit.url) as units:
        with pytest.raises(InvalidInput, match="too large"):
            await units.send("sample", "work", {"text": huge}, Worked)
