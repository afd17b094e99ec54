"""Calling other units over MCP and A2A, on behalf of the principal of the turn."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

import httpx
import httpx2
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.edge.calls import MCP_PATH, RPC_PATH, Endpoint
from shared.edge.lines import Lines
from shared.edge.ports import TokenSource
from shared.edge.progress import OnProgress
from shared.kernel.errors import DeadlineExceeded, Denied, HiremeshError, NotFound, Unauthenticated
from shared.kernel.principal import current_principal
from shared.wire.partners import Partner

if TYPE_CHECKING:
    from shared.edge.partners import Partners

T = TypeVar("T")


class UnitCalls(Protocol):
    """What cores and agents may ask of other units; ``Units`` is the real one."""

    async def call_tool(
        self,
        unit: str,
        tool: str,
        arguments: dict[str, Any],
        returns: type[T],
        *,
        timeout: float = 30,
    ) -> T:
        """Call an MCP tool and return its validated result. Raises HiremeshError children."""
        ...

    async def send(
        self,
        unit: str,
        skill: str,
        input: BaseModel | dict[str, Any],
        returns: type[T],
        *,
        on_progress: OnProgress | None = None,
        timeout: float = 600,
        context_id: str | None = None,
        task_id: str | None = None,
    ) -> T:
        """Run an A2A skill to its end and return its validated result. Raises HiremeshError children."""
        ...


class Units:
    """Calls units by name over pooled connections; open one a process, close it with ``aclose``.

    Our own units get a token of our issuer over our own lines. Any other name is asked of ``partners``,
    whose lines and tokens have nothing to do with ours.

    Args:
        urls: base URL of each unit.
        tokens: gets a token with the called unit as audience.
        partners: reaches units that were registered by address; None: there are none.
    """

    def __init__(
        self,
        urls: dict[str, str],
        tokens: TokenSource,
        *,
        partners: "Partners | None" = None,
        mcp_transport: httpx2.AsyncBaseTransport | None = None,
        a2a_transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._urls = urls
        self._tokens = tokens
        self._lines = Lines(mcp_transport, a2a_transport)
        self._partners = partners

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections of its own."""
        await self._lines.aclose()

    async def call_tool(
        self,
        unit: str,
        tool: str,
        arguments: dict[str, Any],
        returns: type[T],
        *,
        timeout: float = 30,
    ) -> T:
        """Call ``unit.tool`` over MCP.

        ``timeout`` is in seconds; after it the called handler is cancelled. Raises what the unit
        reported, Unavailable when it does not answer, DeadlineExceeded when it is too slow.
        """
        lines, endpoint = await self._reach(unit, tool, MCP_PATH)
        async with _bounded(endpoint, f"{unit}.{tool}", timeout):
            content = await lines.mcp.call(endpoint, tool, arguments, timeout)
        return _validated(content, returns, f"{unit}.{tool}")

    async def send(
        self,
        unit: str,
        skill: str,
        input: BaseModel | dict[str, Any],
        returns: type[T],
        *,
        on_progress: OnProgress | None = None,
        timeout: float = 600,
        context_id: str | None = None,
        task_id: str | None = None,
    ) -> T:
        """Run ``unit.skill`` over A2A, streaming.

        With ``task_id`` (and the ``context_id`` it came with) ``input`` is the answer to that task's
        question. Raises InputRequired when the agent asks something, what the agent reported when the
        task failed, Unavailable when it does not answer, DeadlineExceeded after ``timeout`` seconds;
        given-up tasks are cancelled.
        """
        lines, endpoint = await self._reach(unit, skill, RPC_PATH)
        fields = input.model_dump(mode="json") if isinstance(input, BaseModel) else input
        async with _bounded(endpoint, f"{unit}.{skill}", timeout):
            content = await lines.a2a.run(
                endpoint,
                {"answer": fields} if task_id else {"skill": skill, "input": fields},
                on_progress=on_progress,
                seconds=timeout,
                context_id=context_id,
                task_id=task_id,
            )
        return _validated(content, returns, f"{unit}.{skill}")

    async def _reach(self, unit: str, skill: str, path: str) -> tuple[Lines, Endpoint]:
        if unit in self._urls:
            token = await self._tokens.for_unit(unit, current_principal())
            return self._lines, Endpoint(unit, self._urls[unit] + path, token)
        if self._partners is None:
            raise NotFound(f"no unit is called {unit!r}", field="unit")
        return self._partners.lines, await self._partners.endpoint(unit, skill, self._ask)

    async def _ask(self, name: str) -> Partner:
        return await self.call_tool("registry", "get_partner", {"name": name}, Partner)


@asynccontextmanager
async def _bounded(endpoint: Endpoint, what: str, seconds: float) -> AsyncGenerator[None]:
    """Give a call so many seconds, and say plainly when a partner does not know us."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise DeadlineExceeded(f"{what} did not finish within {seconds:g} s") from None
    except Unauthenticated as error:
        if endpoint.own:
            raise
        raise Denied(
            f"{endpoint.unit} does not accept our credentials", fix="Check the secret it is registered with."
        ) from error


@cache
def _adapter(returns: Any) -> TypeAdapter[Any]:
    return TypeAdapter(returns)


def _validated(content: Any, returns: type[T], what: str) -> T:
    """Check a result against the type the caller expects."""
    adapter = _adapter(returns)
    try:
        return adapter.validate_python(content)
    except ValidationError as error:
        # Tools that return a list or a plain value have it wrapped, since structured content is an object.
        if isinstance(content, dict) and content.keys() == {"result"}:
            return _validated(content["result"], returns, what)
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        raise HiremeshError(f"{what} answered something unexpected: {first['msg']}", field=path) from None
