"""An OpenAI-compatible ``/v1/chat/completions``, streaming or not, for clients that speak nothing else.

A conversation is found by ``metadata.thread`` or ``user``; without either, by its first user message,
which these clients send again every time.
"""

import hashlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError
from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.edge.errors import invalid_from
from shared.edge.ports import Gate
from shared.kernel.errors import InvalidInput
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal
from supervisor.chat.agui import MAX_TEXT, PING_SECONDS, allowed, guarded
from supervisor.chat.service import Chat
from supervisor.conversation import Said
from supervisor.core.models import Plan
from supervisor.core.narration import describe_plan

MODEL = "hiremesh"


class TextPart(BaseModel):
    """A piece of a message's content; parts other than text are not read."""

    type: str
    text: str = ""


class ChatMessage(BaseModel):
    """One message of the conversation so far."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        """The content as plain text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class CompletionRequest(BaseModel):
    """The part of the request that means something here."""

    model: str = MODEL
    messages: list[ChatMessage] = Field(min_length=1)
    stream: bool = False
    user: str | None = None
    metadata: dict[str, str] = Field(default_factory=dict)


def openai_routes(chat: Chat, gate: Gate) -> list[Route]:
    """Return the routes of the OpenAI-compatible endpoint."""

    async def complete(request: Request) -> Response:
        principal = await allowed(request, gate, "chat", "write")
        asked = await _request(request)
        message = Said(thread=_thread(asked, principal), turn=new_id("turn"), text=_last_user_text(asked))
        after = await chat.post(principal, message)
        texts = _texts(chat, principal, message, after)
        if asked.stream:
            return EventSourceResponse(_chunks(message.turn, asked.model, texts), ping=PING_SECONDS)
        content = "".join([text async for text in texts])
        return JSONResponse(_completion(message.turn, asked.model, content))

    async def models(_: Request) -> Response:
        model = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}
        return JSONResponse({"object": "list", "data": [model]})

    return [
        Route("/v1/chat/completions", guarded(complete), methods=["POST"]),
        Route("/v1/models", guarded(models)),
    ]


async def _request(request: Request) -> CompletionRequest:
    try:
        return CompletionRequest.model_validate_json(await request.body())
    except ValidationError as error:
        raise invalid_from(error) from None


def _last_user_text(asked: CompletionRequest) -> str:
    text = asked.messages[-1].text if asked.messages[-1].role == "user" else ""
    if not text.strip() or len(text) > MAX_TEXT:
        raise InvalidInput(
            "the last message must be a user's, with text",
            field="messages",
            fix=f"End the messages with one of role user, at most {MAX_TEXT} characters.",
        )
    return text


def _thread(asked: CompletionRequest, principal: Principal) -> str:
    if named := asked.metadata.get("thread") or asked.user:
        return named
    first = next(message.text for message in asked.messages if message.role == "user")
    return "chat_" + hashlib.sha256(f"{principal.subject}\n{first}".encode()).hexdigest()[:24]


async def _texts(chat: Chat, principal: Principal, message: Said, after: int) -> AsyncIterator[str]:
    """Yield a turn as text: what is said, which step begins, what is asked, what went wrong."""
    planned: set[str] = set()
    async for _, event in chat.turn(principal, message, after):
        match event:
            case {"type": "STATE_SNAPSHOT", "snapshot": {"plan": plan}}:
                steps = {step["key"] for step in plan["steps"]}
                if not steps <= planned:
                    yield describe_plan(Plan.model_validate(plan)) + "\n\n"
                planned |= steps
            case {"type": "TEXT_MESSAGE_CONTENT", "delta": delta}:
                yield delta
            case {"type": "TEXT_MESSAGE_END"}:
                yield "\n\n"
            case {"type": "STEP_STARTED", "stepName": step}:
                yield f"_{step} …_\n\n"
            case {"type": "RUN_FINISHED", "outcome": {"interrupts": [{"reason": "question"}, *_]}}:
                yield "Reply with the answer, and I go on.\n"
            case {"type": "RUN_FINISHED", "outcome": {"type": "interrupt"}}:
                yield "Reply “approve” to go on, “no” with a reason, or tell me what to change.\n"
            case {"type": "RUN_ERROR", "message": why}:
                yield f"{why}\n"
            case _:
                pass


async def _chunks(turn: str, model: str, texts: AsyncIterator[str]) -> AsyncIterator[str]:
    yield _chunk(turn, model, {"role": "assistant", "content": ""}, None)
    async for text in texts:
        yield _chunk(turn, model, {"content": text}, None)
    yield _chunk(turn, model, {}, "stop")
    yield "[DONE]"


def _chunk(turn: str, model: str, delta: dict[str, Any], finish: str | None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return json.dumps(_head(turn, model, "chat.completion.chunk") | {"choices": [choice]}, ensure_ascii=False)


def _completion(turn: str, model: str, content: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    return _head(turn, model, "chat.completion") | {"choices": [choice], "usage": usage}


def _head(turn: str, model: str, kind: str) -> dict[str, Any]:
    return {"id": turn, "object": kind, "created": int(time.time()), "model": model}
