"""Calling other units over MCP and A2A, on behalf of the principal of the turn."""

import asyncio
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

import httpx
import httpx2
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.edge.mcp_client import McpClients
from shared.edge.ports import TokenSource
from shared.edge.progress import OnProgress
from shared.kernel.errors import DeadlineExceeded, HiremeshError, NotFound
from shared.kernel.principal import current_principal

if TYPE_CHECKING:
    from shared.edge.a2a_client import A2AClients

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

    Args:
        urls: base URL of each unit.
        tokens: gets a token with the called unit as audience.
    """

    def __init__(
        self,
        urls: dict[str, str],
        tokens: TokenSource,
        *,
        mcp_transport: httpx2.AsyncBaseTransport | None = None,
        a2a_transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._urls = urls
        self._tokens = tokens
        self._mcp = McpClients(mcp_transport)
        self._a2a: A2AClients | None = None
        self._a2a_transport = a2a_transport

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._mcp.aclose()
        if self._a2a is not None:
            await self._a2a.aclose()

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
        url, token = await self._door_of(unit)
        try:
            async with asyncio.timeout(timeout):
                content = await self._mcp.call(url, token, unit, tool, arguments, timeout)
        except TimeoutError:
            raise DeadlineExceeded(f"{unit}.{tool} did not answer within {timeout:g} s") from None
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
        url, token = await self._door_of(unit)
        fields = input.model_dump(mode="json") if isinstance(input, BaseModel) else input
        try:
            async with asyncio.timeout(timeout):
                content = await self._agents().run(
                    url,
                    token,
                    unit,
                    {"answer": fields} if task_id else {"skill": skill, "input": fields},
                    on_progress=on_progress,
                    seconds=timeout,
                    context_id=context_id,
                    task_id=task_id,
                )
        except TimeoutError:
            raise DeadlineExceeded(f"{unit}.{skill} did not finish within {timeout:g} s") from None
        return _validated(content, returns, f"{unit}.{skill}")

    def _agents(self) -> "A2AClients":
        """Return the A2A half; most tool servers never call an agent, and its SDK takes long to import."""
        if self._a2a is None:
            from shared.edge.a2a_client import A2AClients

            self._a2a = A2AClients(self._a2a_transport)
        return self._a2a

    async def _door_of(self, unit: str) -> tuple[str, str]:
        url = self._urls.get(unit)
        if url is None:
            raise NotFound(f"no unit is called {unit!r}", field="unit")
        return url, await self._tokens.for_unit(unit, current_principal())


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _validated(content: Any, returns: type[T], what: str) -> T:
    """Check a result against the type the caller expects."""
    adapter = _adapters.setdefault(returns, TypeAdapter(returns))
    try:
        return adapter.validate_python(content)
    except ValidationError as error:
        # Tools that return a list or a plain value have it wrapped, since structured content is an object.
        if isinstance(content, dict) and content.keys() == {"result"}:
            return _validated(content["result"], returns, what)
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        raise HiremeshError(f"{what} answered something unexpected: {first['msg']}", field=path) from None
