"""Vectors from a server of embeddings, over real HTTP: what is asked, what is taken, what its failures become."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import numpy as np
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from servers.recruiter_search.embeddings import AT_ONCE, ServedEncoder, open_encoder
from shared.kernel.errors import HiremeshError, InvalidInput, ModelOutputInvalid, RateLimited, Unavailable


@dataclass
class Server:
    """Answers a text with its length and 1, the last text first."""

    url: str = ""
    status: int = 200
    rows: dict[int, list[float]] = field(default_factory=dict)
    left_out: int = 0
    asked: list[int] = field(default_factory=list)

    async def embed(self, request: Request) -> Response:
        asked = await request.json()
        texts: list[str] = asked["input"]
        self.asked.append(len(texts))
        if self.status != 200:
            return JSONResponse({"error": {"message": "no"}}, self.status)
        data = [
            {"object": "embedding", "index": at, "embedding": _packed(self.rows.get(at, [len(text), 1.0]))}
            for at, text in enumerate(texts)
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        answer = {"object": "list", "model": asked["model"], "usage": usage}
        return JSONResponse(answer | {"data": data[self.left_out :][::-1]})


def _packed(row: list[float]) -> str:
    return base64.b64encode(np.array(row, np.float32).tobytes()).decode()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    served = Server()
    routes = [Route("/v1/embeddings", served.embed, methods=["POST"])]
    running = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_level="error"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        task = asyncio.create_task(running.serve([listener]))
        yield served
        running.should_exit = True
        await task


@pytest.fixture
async def encoder(server: Server) -> AsyncIterator[ServedEncoder]:
    opened = ServedEncoder(server.url, "small", "key")
    yield opened
    await opened.aclose()


async def test_each_text_has_a_unit_vector_in_the_order_of_texts(
    server: Server, encoder: ServedEncoder
) -> None:
    texts = ["x" * (1 + number % 7) for number in range(AT_ONCE + 3)]
    vectors = await encoder.encode(texts, seconds=20)
    expected = np.array([[len(text), 1.0] for text in texts])
    assert np.allclose(vectors, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-6)
    assert server.asked == [AT_ONCE, 3]


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (401, Unavailable, "refuses our key"),
        (404, Unavailable, "is not there"),
        (429, RateLimited, "overloaded"),
        (500, Unavailable, "failed"),
    ],
)
async def test_failures_are_told_apart(
    server: Server, encoder: ServedEncoder, status: int, error: type[HiremeshError], says: str
) -> None:
    server.status = status
    with pytest.raises(error, match=says):
        await encoder.encode(["text"], seconds=20)


@pytest.mark.parametrize("row", [[float("nan"), 1.0], [0.0, 0.0]])
async def test_vectors_that_are_none_are_refused(
    server: Server, encoder: ServedEncoder, row: list[float]
) -> None:
    server.rows[1] = row
    with pytest.raises(ModelOutputInvalid):
        await encoder.encode(["one", "two"], seconds=20)


async def test_an_answer_that_leaves_texts_out_is_refused(server: Server, encoder: ServedEncoder) -> None:
    server.left_out = 1
    with pytest.raises(ModelOutputInvalid, match="left texts out"):
        await encoder.encode(["one", "two"], seconds=20)


async def test_a_server_that_is_not_there_is_said_to_be_and_not_asked_again_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    encoder = ServedEncoder(f"http://127.0.0.1:{port}", "small")
    for _ in range(2):
        with pytest.raises(Unavailable, match="does not answer") as raised:
            await encoder.encode(["text"], seconds=20)
        assert raised.value.retry_after
    await encoder.aclose()


def test_a_server_without_the_name_of_its_model_is_refused_and_none_means_no_encoder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("HIREMESH_EMBEDDINGS_URL", raising=False)
    assert open_encoder() is None
    monkeypatch.setenv("HIREMESH_EMBEDDINGS_URL", "http://127.0.0.1:1")
    with pytest.raises(InvalidInput) as raised:
        open_encoder()
    assert raised.value.field == "HIREMESH_EMBEDDINGS_MODEL"
