"""The OpenAI-compatible adapter against a server over real HTTP."""

import asyncio
import math
from collections.abc import AsyncIterator

import pytest
from pydantic import BaseModel, Field

from shared.kernel.errors import DeadlineExceeded, ModelOutputInvalid, RateLimited, Unavailable
from shared.llm import Budget, LanguageModel, model_or_rules
from shared.llm.compatible import OpenAICompatible
from tests.support.openai_server import FakeOpenAI, Reply, fake_openai
from tests.support.otlp import calling_trace


class Years(BaseModel):
    """Years of experience."""

    skill: str
    years: int = Field(ge=0)


ASK = [{"role": "user", "content": "How many years of Python?"}]
GOOD = '{"skill": "python", "years": 5}'


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.fixture
async def model(server: FakeOpenAI) -> AsyncIterator[OpenAICompatible]:
    async with OpenAICompatible(server.url) as opened:
        yield opened


async def test_an_answer_comes_back_as_the_schemas_type(server: FakeOpenAI, model: LanguageModel) -> None:
    server.say(GOOD)
    budget = Budget()
    assert await model.structured(ASK, Years, budget=budget) == Years(skill="python", years=5)
    assert (budget.used_calls, budget.used_tokens) == (1, 50)
    [asked] = server.requests
    assert (asked["model"], asked["temperature"]) == ("small", 0)
    assert asked["response_format"]["json_schema"]["strict"] is True
    assert asked["structured_outputs"]["json"]["required"] == ["skill", "years"]


async def test_only_vllm_gets_its_own_parameter(server: FakeOpenAI, model: LanguageModel) -> None:
    server.owner = "somebody"
    server.say(GOOD)
    await model.structured(ASK, Years)
    assert "structured_outputs" not in server.requests[0]


async def test_vllm_is_told_the_trace_and_others_are_not(server: FakeOpenAI) -> None:
    server.say(GOOD)
    with calling_trace(0x5EED) as trace:
        for owner in ("vllm", "somebody"):
            server.owner = owner
            async with OpenAICompatible(server.url) as model:
                await model.structured(ASK, Years)
    told, untold = server.traces
    assert told.split("-")[1] == trace
    assert untold == ""


async def test_an_answer_that_does_not_fit_is_repaired_once(server: FakeOpenAI, model: LanguageModel) -> None:
    server.say('{"skill": "python", "years": -5}', GOOD)
    assert (await model.structured(ASK, Years)).years == 5
    repair = server.requests[1]["messages"]
    assert [message["role"] for message in repair] == ["user", "assistant", "user"]
    assert "years: greater than equal" in repair[-1]["content"]


@pytest.mark.parametrize(
    ("replies", "says"),
    [
        (["rubbish"], "does not fit"),
        ([Reply('{"skill": "py', finish="length")], "cut off"),
        ([Reply("", finish="content_filter")], "withheld"),
        ([Reply(refusal="I would rather not")], "refused"),
        ([Reply(status=400)], "does not take"),
    ],
)
async def test_an_unusable_answer_is_an_invalid_output(
    server: FakeOpenAI, model: LanguageModel, replies: list, says: str
) -> None:
    server.say(*replies)
    with pytest.raises(ModelOutputInvalid, match=says) as raised:
        await model.structured(ASK, Years)
    assert "python" not in str(raised.value)


@pytest.mark.parametrize("status", [401, 404, 500, 503])
async def test_a_server_that_fails_is_unavailable(
    server: FakeOpenAI, model: LanguageModel, status: int
) -> None:
    server.say(Reply(status=status))
    with pytest.raises(Unavailable):
        await model.structured(ASK, Years)


async def test_an_overloaded_server_says_when_to_come_back(server: FakeOpenAI, model: LanguageModel) -> None:
    server.say(Reply(status=429, headers={"retry-after": "7"}))
    with pytest.raises(RateLimited) as raised:
        await model.structured(ASK, Years)
    assert raised.value.retry_after == 7


async def test_vllm_says_how_probable_each_piece_of_an_answer_was(
    server: FakeOpenAI, model: OpenAICompatible
) -> None:
    pieces = [('{"skill": "', {}), ("python", {"python": 0.75, "perl": 0.25}), ('", "years": 5}', {})]
    server.say(Reply(GOOD, tokens=pieces))
    answer = await model.weighed(ASK, Years, most_tokens=30, priority=10)
    assert answer.value == Years(skill="python", years=5)
    assert "".join(token.text for token in answer.tokens) == GOOD
    likely = {text: math.exp(weight) for text, weight in answer.tokens[1].alternatives.items()}
    assert likely == pytest.approx({"python": 0.75, "perl": 0.25})
    [asked] = server.requests
    assert (asked["logprobs"], asked["max_tokens"], asked["priority"]) == (True, 30, 10)
    assert asked["structured_outputs"]["json"]["required"] == ["skill", "years"]


async def test_who_weighs_nothing_is_not_asked_to(server: FakeOpenAI, model: OpenAICompatible) -> None:
    server.owner = "somebody"
    server.say(GOOD)
    assert (await model.weighed(ASK, Years, priority=10)).tokens == ()
    assert not {"logprobs", "priority", "chat_template_kwargs"} & set(server.requests[0])


@pytest.mark.parametrize("reply", [Reply("rubbish"), Reply('{"skill": "py', finish="length")])
async def test_a_weighed_answer_is_whole_and_never_repaired(
    server: FakeOpenAI, model: OpenAICompatible, reply: Reply
) -> None:
    server.say(reply)
    with pytest.raises(ModelOutputInvalid):
        await model.weighed(ASK, Years)
    assert len(server.requests) == 1


async def test_a_stream_yields_its_pieces_and_counts_its_tokens(
    server: FakeOpenAI, model: LanguageModel
) -> None:
    server.say("one two three")
    budget = Budget()
    pieces = [piece async for piece in model.stream(ASK, budget=budget)]
    assert pieces == ["one ", "two ", "three "]
    assert budget.used_tokens == 50


async def test_a_stream_that_is_cut_off_says_so_after_its_last_piece(
    server: FakeOpenAI, model: LanguageModel
) -> None:
    server.say(Reply("one two", finish="length"))
    pieces: list[str] = []

    async def read() -> None:
        async for piece in model.stream(ASK):
            pieces.append(piece)

    with pytest.raises(ModelOutputInvalid, match="cut off"):
        await read()
    assert pieces == ["one ", "two "]


async def test_a_budget_of_time_ends_a_call(server: FakeOpenAI, model: LanguageModel) -> None:
    never = asyncio.Event()
    server.say(Reply(GOOD, when=never))
    with pytest.raises(DeadlineExceeded):
        await model.structured(ASK, Years, budget=Budget(seconds=0.3))
    never.set()


@pytest.mark.parametrize("budget", [{"calls": 1}, {"tokens": 50}])
async def test_a_budget_of_calls_or_tokens_covers_several_calls(
    server: FakeOpenAI, model: LanguageModel, budget: dict
) -> None:
    server.say(GOOD)
    shared = Budget(**budget)
    await model.structured(ASK, Years, budget=shared)
    with pytest.raises(DeadlineExceeded, match="used up"):
        await model.structured(ASK, Years, budget=shared)


async def test_no_more_calls_run_at_once_than_allowed(server: FakeOpenAI) -> None:
    go = asyncio.Event()
    server.say(Reply(GOOD, when=go))
    async with OpenAICompatible(server.url, concurrent=2) as model:
        calls = [asyncio.create_task(model.structured(ASK, Years)) for _ in range(6)]
        for _ in range(2):
            await server.arrived.acquire()
        go.set()
        await asyncio.gather(*calls)
    assert server.most_at_once == 2


async def test_a_server_known_to_be_down_is_not_asked_again_at_once(model: OpenAICompatible) -> None:
    async with OpenAICompatible("http://127.0.0.1:1/v1") as absent:
        budget = Budget()
        for _ in range(5):
            with pytest.raises(Unavailable):
                await absent.structured(ASK, Years, budget=budget)
        assert budget.used_calls == 1


async def test_rules_answer_where_the_model_fails_and_the_answer_says_so(
    server: FakeOpenAI, model: OpenAICompatible
) -> None:
    def rules() -> Years:
        return Years(skill="python", years=1)

    async def ask(opened: LanguageModel) -> Years:
        return await opened.structured(ASK, Years)

    server.say(GOOD, Reply(status=503))
    by_model = await model_or_rules(model, ask, rules)
    by_rules = await model_or_rules(model, ask, rules)
    without = await model_or_rules(None, ask, rules)
    assert (by_model.engine, by_model.value.years, by_model.note) == ("model", 5, None)
    assert (by_rules.engine, by_rules.value.years) == ("rules", 1)
    assert "could not be reached" in (by_rules.note or "")
    assert "No language model" in (without.note or "")
