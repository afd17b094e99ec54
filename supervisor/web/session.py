"""Signing in with a link: its code is exchanged, once, for a token that the page keeps for its tab."""

import json
from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.edge.errors import error_body, wire_of
from shared.kernel.errors import HiremeshError, InvalidInput

LONGEST_BODY = 1024
NO_STORE = {"Cache-Control": "no-store"}


class Codes(Protocol):
    """Exchanges codes; ``shared.edge.token_source.TokenSource`` is the real one."""

    async def redeem(self, code: str) -> str:
        """Return the token that a code stands for. Raises Unauthenticated, saying why."""
        ...


def session_route(path: str, codes: Codes) -> Route:
    """Return ``POST path`` with ``{"code": …}``, which answers ``{"token": …}``.

    It is open to everybody: a code is 256 random bits, good once and for minutes. It comes in the body,
    never in an address, so that no log holds one.
    """

    async def exchange(request: Request) -> Response:
        try:
            token = await codes.redeem(await _code(request))
        except HiremeshError as error:
            return JSONResponse({"error": error_body(error)}, wire_of(error).http, NO_STORE)
        return JSONResponse({"token": token}, headers=NO_STORE)

    return Route(path, exchange, methods=["POST"])


async def _code(request: Request) -> str:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise InvalidInput("the request is too large", fix='Send {"code": "…"}.')
    try:
        code = json.loads(body)["code"]
    except (ValueError, KeyError, TypeError):
        code = None
    if not isinstance(code, str) or not code:
        raise InvalidInput("there is no code", field="code", fix='Send {"code": "…"}.')
    return code
