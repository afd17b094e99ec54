"""A server that speaks OpenAI's chat completions over real HTTP and says what the test told it to."""

import asyncio
import json
import math
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

USAGE = {"prompt_tokens": 40, "completion_tokens": 10, "total_tokens": 50}


@dataclass
class Reply:
    """One answer: its text, why it ended, or an HTTP status; ``when`` holds it back.

    ``tokens`` are the pieces of the text, each with the probabilities of what might have stood there.
    """

    text: str = ""
    finish: str = "stop"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    refusal: str | None = None
    when: asyncio.Event | None = None
    tokens: list[tuple[str, dict[str, float]]] = field(default_factory=list)


@dataclass
class FakeOpenAI:
    """Replies in turn, the last one for ever; ``requests`` holds what was asked, ``traces`` in which traces."""

    replies: list[Reply] = field(default_factory=lambda: [Reply("{}")])
    owner: str = "vllm"
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    arrived: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    def say(self, *replies: Reply | str) -> None:
        """Set the replies to come."""
        self.replies = [reply if isinstance(reply, Reply) else Reply(reply) for reply in replies]

    async def models(self, _: Request) -> Response:
        return JSONResponse(
            {"object": "list", "data": [{"id": "small", "object": "model", "owned_by": self.owner}]}
        )

    async def complete(self, request: Request) -> Response:
        asked = await request.json()
        self.requests.append(asked)
        self.traces.append(request.headers.get("traceparent", ""))
        self.arrived.release()
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if reply.when is not None:
                await reply.when.wait()
        finally:
            self.at_once -= 1
        if reply.status != 200:
            return JSONResponse({"error": {"message": "no"}}, reply.status, reply.headers)
        if asked.get("stream"):
            return StreamingResponse(_chunks(reply), media_type="text/event-stream")
        message = {"role": "assistant", "content": reply.text or None, "refusal": reply.refusal}
        choice = {"index": 0, "message": message, "finish_reason": reply.finish}
        if asked.get("logprobs"):
            choice["logprobs"] = {"content": [_weighed(*token) for token in reply.tokens]}
        return JSONResponse(_envelope("chat.completion") | {"choices": [choice], "usage": USAGE})


def _weighed(text: str, probabilities: dict[str, float]) -> dict[str, Any]:
    tops = [{"token": one, "logprob": math.log(p), "bytes": None} for one, p in probabilities.items()]
    own = math.log(probabilities.get(text, 1.0))
    return {"token": text, "logprob": own, "bytes": None, "top_logprobs": tops}


def _envelope(kind: str) -> dict[str, Any]:
    return {"id": "c1", "object": kind, "created": 0, "model": "small"}


async def _chunks(reply: Reply) -> AsyncIterator[str]:
    def chunk(**fields: Any) -> str:
        return f"data: {json.dumps(_envelope('chat.completion.chunk') | fields)}\n\n"

    for word in reply.text.split(" "):
        yield chunk(choices=[{"index": 0, "delta": {"content": word + " "}, "finish_reason": None}])
    yield chunk(choices=[{"index": 0, "delta": {}, "finish_reason": reply.finish}])
    yield chunk(choices=[], usage=USAGE)
    yield "data: [DONE]\n\n"


@asynccontextmanager
async def fake_openai() -> AsyncIterator[FakeOpenAI]:
    """Serve on a free port of 127.0.0.1 within the block."""
    fake = FakeOpenAI()
    routes = [
        Route("/v1/models", fake.models),
        Route("/v1/chat/completions", fake.complete, methods=["POST"]),
    ]
    config = uvicorn.Config(Starlette(routes=routes), log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        fake.url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield fake
        finally:
            server.should_exit = True
            await serving
