"""A door in front of an OpenSearch: it lets everything through but what it was told to refuse, and can be shut."""

import json
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Self

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer, unused_port

_PASSED_ON = ("content-type",)


class RefusingDoor:
    """Answers at ``url``.

    Attributes:
        refused: statuses to answer with instead, by the end of a path, one request after another.
        rejected: how many entries of the next bulk requests are answered with 429, one a request.
    """

    def __init__(self, behind: str) -> None:
        self.refused: dict[str, deque[int]] = {}
        self.rejected = 0
        self.port = unused_port()
        self._behind = behind
        self._server: TestServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        """Begin to answer, at the same port as before."""
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._server = TestServer(app, port=self.port)
        await self._server.start_server()

    async def shut(self) -> None:
        """Answer no more."""
        if self._server:
            await self._server.close()

    @classmethod
    @asynccontextmanager
    async def before(cls, behind: str) -> AsyncGenerator[Self]:
        door = cls(behind)
        await door.open()
        yield door
        await door.shut()

    async def _answer(self, request: web.Request) -> web.Response:
        for ending, statuses in self.refused.items():
            if request.path.endswith(ending) and statuses:
                error = {"type": "refused_by_the_door", "reason": "told to"}
                return web.json_response({"error": error, "status": statuses[0]}, status=statuses.popleft())
        body = await request.read()
        if request.path.endswith("_bulk") and self.rejected:
            self.rejected -= 1
            return await self._without_the_first(request, body)
        status, kind, answer = await self._passed_on(request, body)
        return web.Response(body=answer, status=status, content_type=kind)

    async def _without_the_first(self, request: web.Request, body: bytes) -> web.Response:
        head, _, rest = body.split(b"\n", 2)
        [(operation, address)] = json.loads(head).items()
        error = {"type": "rejected_execution_exception", "reason": "too much to do"}
        items: list[Any] = [{operation: {"_id": address["_id"], "status": 429, "error": error}}]
        if rest.strip():
            _, _, answer = await self._passed_on(request, rest)
            items += json.loads(answer)["items"]
        return web.json_response({"errors": True, "items": items})

    async def _passed_on(self, request: web.Request, body: bytes) -> tuple[int, str, bytes]:
        headers = {name: value for name, value in request.headers.items() if name.lower() in _PASSED_ON}
        async with (
            ClientSession() as session,
            session.request(
                request.method, f"{self._behind}{request.path_qs}", data=body, headers=headers
            ) as answer,
        ):
            return answer.status, answer.content_type, await answer.read()
