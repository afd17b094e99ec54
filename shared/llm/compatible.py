"""The adapter for vLLM and every other server that speaks OpenAI's chat completions."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, Self, TypeVar, cast

import httpx2
import openai
from openai import AsyncOpenAI, pydantic_function_tool
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from openai.types.chat.chat_completion import Choice
from opentelemetry.trace import Span
from pydantic import BaseModel, SecretStr, ValidationError

from shared.kernel.errors import DeadlineExceeded, ModelOutputInvalid, Unavailable
from shared.llm.budget import Budget
from shared.llm.errors import translated
from shared.llm.port import ChatMessage, Token, Weighed
from shared.llm.spans import chat_span, check_finish, note_usage
from shared.telemetry import inject_headers

T = TypeVar("T", bound=BaseModel)
V = TypeVar("V")

CONNECT_SECONDS = 3.0
DOWN_SECONDS = 10.0
CONCURRENT = 16
MAX_OUTPUT_TOKENS = 4_096
ALTERNATIVES = 20
"""Tokens told beside each one that was chosen; vLLM tells no more unless its ``--max-logprobs`` says so."""
REPAIR = "That does not fit the schema: {problems}. Answer again with the corrected JSON only."
MOST_PROBLEMS = 5


class ModelSettings(Protocol):
    """The settings that the model reads; a unit's settings have them."""

    @property
    def llm_base_url(self) -> str | None:
        """Base URL of the API, ``…/v1``; None means there is no model."""
        ...

    @property
    def llm_model(self) -> str | None:
        """The model's name; None takes the first that the server lists."""
        ...

    @property
    def llm_api_key(self) -> SecretStr | None:
        """The key, where the server wants one."""
        ...


def open_model(settings: ModelSettings) -> "OpenAICompatible | None":
    """Return the configured model, or None. Nothing is called before it is first asked."""
    if not settings.llm_base_url:
        return None
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else ""
    return OpenAICompatible(settings.llm_base_url, model=settings.llm_model, api_key=key)


class OpenAICompatible:
    """A model behind an OpenAI-compatible API. One per process; ``aclose()`` it.

    Answers are as repeatable as the server allows (temperature 0, fixed seed). It does not retry, apart
    from one repair of an answer that does not fit its schema; while the server is known to be down,
    calls fail at once.
    """

    def __init__(
        self, base_url: str, *, model: str | None = None, api_key: str = "", concurrent: int = CONCURRENT
    ) -> None:
        self._client = AsyncOpenAI(
            base_url=base_url,
            api_key=api_key or "none",
            max_retries=0,
            http_client=httpx2.AsyncClient(trust_env=False, base_url=base_url),
        )
        self._official = "api.openai.com" in base_url
        self._model = model
        self._is_vllm: bool | None = None
        self._slots = asyncio.Semaphore(concurrent)
        self._down_until = 0.0

    @property
    def name(self) -> str:
        """The model's name; a stand-in until a server that was to choose one has answered."""
        return self._model or "language model"

    @property
    def answering(self) -> bool:
        """False for a while after it could not be reached."""
        return time.monotonic() >= self._down_until

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def structured(
        self, messages: Sequence[ChatMessage], schema: type[T], *, budget: Budget | None = None
    ) -> T:
        """See ``LanguageModel.structured``. An answer that does not fit is sent back once for repair."""
        budget = budget or Budget()
        prompt: list[ChatMessage] = list(messages)
        problems = ""
        for _ in range(2):
            choice = await self._complete(prompt, schema, budget)
            text = choice.message.content or ""
            try:
                return schema.model_validate_json(text)
            except ValidationError as error:
                problems = _problems(error)
            prompt.append({"role": "assistant", "content": text})
            prompt.append({"role": "user", "content": REPAIR.format(problems=problems)})
        raise _does_not_fit(problems)

    async def weighed(
        self,
        messages: Sequence[ChatMessage],
        schema: type[T],
        *,
        budget: Budget | None = None,
        most_tokens: int = MAX_OUTPUT_TOKENS,
        priority: int = 0,
    ) -> Weighed[T]:
        """Return an answer that is valid for ``schema``, with what vLLM says of its tokens. Nothing is repaired.

        Args:
            most_tokens: that the answer may have; a longer one is none.
            priority: the lower, the earlier; another one than 0 asks for a vLLM that serves by priority.

        Raises ModelOutputInvalid, Unavailable, RateLimited, DeadlineExceeded.
        """
        choice = await self._complete(
            messages, schema, budget or Budget(), most_tokens, weighed=True, priority=priority
        )
        try:
            value = schema.model_validate_json(choice.message.content or "")
        except ValidationError as error:
            raise _does_not_fit(_problems(error)) from None
        return Weighed(value, _tokens(choice))

    async def stream(
        self, messages: Sequence[ChatMessage], *, budget: Budget | None = None
    ) -> AsyncGenerator[str]:
        """See ``LanguageModel.stream``."""
        budget = budget or Budget()
        finish: str | None = None
        async with self._slot(budget):
            model = await self._within(budget, self._discover())
            with chat_span(model, "text") as span:
                asked = self._client.chat.completions.create(
                    messages=_parameters(messages),
                    stream=True,
                    stream_options={"include_usage": True},
                    **self._options(span, model, budget),
                )
                async with await self._within(budget, asked) as chunks:
                    pieces = aiter(chunks)
                    while (chunk := await self._within(budget, anext(pieces, None))) is not None:
                        note_usage(span, budget, chunk.usage)
                        for choice in chunk.choices:
                            finish = choice.finish_reason or finish
                            if choice.delta.content:
                                yield choice.delta.content
                check_finish(span, finish)

    async def _complete(
        self,
        messages: Sequence[ChatMessage],
        schema: type[BaseModel],
        budget: Budget,
        most_tokens: int = MAX_OUTPUT_TOKENS,
        *,
        weighed: bool = False,
        priority: int = 0,
    ) -> Choice:
        async with self._slot(budget):
            model = await self._within(budget, self._discover())
            with chat_span(model, "json") as span:
                options = self._options(span, model, budget, most_tokens) | self._constraint(schema)
                if weighed and self._is_vllm:
                    options |= {"logprobs": True, "top_logprobs": ALTERNATIVES}
                    options["extra_body"] |= _at_once(priority)
                asked = self._client.chat.completions.create(messages=_parameters(messages), **options)
                completion = cast(ChatCompletion, await self._within(budget, asked))
                note_usage(span, budget, completion.usage)
                if not completion.choices:
                    raise ModelOutputInvalid("the language model gave no answer.")
                choice = completion.choices[0]
                check_finish(span, choice.finish_reason)
                if choice.message.refusal or not choice.message.content:
                    raise ModelOutputInvalid("the language model refused to answer.")
                return choice

    @asynccontextmanager
    async def _slot(self, budget: Budget) -> AsyncGenerator[None]:
        """Count a call against its budget and wait, as long as that allows, for room to make it."""
        if not self.answering:
            raise Unavailable("the language model does not answer.", retry_after=DOWN_SECONDS)
        budget.begin_call()
        await self._within(budget, self._slots.acquire())
        try:
            yield
        finally:
            self._slots.release()

    async def _within(self, budget: Budget, work: Awaitable[V]) -> V:
        """Await ``work`` for as long as the budget lasts, and translate what goes wrong."""
        limit = asyncio.timeout(budget.seconds_left)
        try:
            async with limit:
                return await work
        except TimeoutError:
            if limit.expired():
                raise DeadlineExceeded("the language model took too long.") from None
            raise
        except openai.OpenAIError as error:
            if isinstance(error, openai.APIConnectionError) and not isinstance(error, openai.APITimeoutError):
                self._down_until = time.monotonic() + DOWN_SECONDS
            raise translated(error) from None
        except httpx2.HTTPError:
            raise Unavailable("the language model broke off.") from None

    def _options(
        self, span: Span, model: str, budget: Budget, most_tokens: int = MAX_OUTPUT_TOKENS
    ) -> dict[str, Any]:
        cap = "max_completion_tokens" if self._official else "max_tokens"
        headers: dict[str, str] = {}
        if self._is_vllm:  # whose spans go on with ours
            inject_headers(headers, span)
        return {
            "extra_headers": headers,
            "model": model,
            "temperature": 0.0,
            "seed": 0,
            cap: min(most_tokens, budget.tokens_left),
            "timeout": httpx2.Timeout(budget.seconds_left, connect=CONNECT_SECONDS),
        }

    def _constraint(self, schema: type[BaseModel]) -> dict[str, Any]:
        """Have the server hold the answer to the schema; vLLM also takes it as a parameter of its own."""
        function = pydantic_function_tool(schema)["function"]
        strict = function.get("parameters", {})
        wanted = {"name": function["name"], "schema": strict, "strict": True}
        options: dict[str, Any] = {"response_format": {"type": "json_schema", "json_schema": wanted}}
        if self._is_vllm:
            options["extra_body"] = {"structured_outputs": {"json": strict}}
        return options

    async def _discover(self) -> str:
        """Learn, once, whether the server is vLLM, and the model's name where none is configured."""
        if self._is_vllm is None or self._model is None:
            listed = await self._client.models.list(timeout=httpx2.Timeout(10, connect=CONNECT_SECONDS))
            if not listed.data and self._model is None:
                raise Unavailable("the language model's server has no model.", fix="Set HIREMESH_LLM_MODEL.")
            self._is_vllm = any(model.owned_by == "vllm" for model in listed.data)
            self._model = self._model or listed.data[0].id
        return self._model


def _parameters(messages: Sequence[ChatMessage]) -> list[ChatCompletionMessageParam]:
    return cast(list[ChatCompletionMessageParam], list(messages))


def _at_once(priority: int) -> dict[str, Any]:
    """Return vLLM's own parameters for an answer without reasoning before it, in its turn."""
    own: dict[str, Any] = {"chat_template_kwargs": {"enable_thinking": False}}
    return own | {"priority": priority} if priority else own


def _tokens(choice: Choice) -> tuple[Token, ...]:
    given = choice.logprobs.content if choice.logprobs else None
    return tuple(
        Token(one.token, {each.token: each.logprob for each in (*one.top_logprobs, one)})
        for one in given or ()
    )


def _does_not_fit(problems: str) -> ModelOutputInvalid:
    return ModelOutputInvalid(f"the language model's answer does not fit its schema: {problems}.")


def _problems(error: ValidationError) -> str:
    """Say what does not fit and where, without the values: they may be a candidate's."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(
        f"{'.'.join(str(part) for part in each['loc']) or 'the whole'}: {each['type'].replace('_', ' ')}"
        for each in found[:MOST_PROBLEMS]
    )
