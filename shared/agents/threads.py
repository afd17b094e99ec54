"""Running a LangGraph graph one message at a time, behind a mailbox, so that a thread never runs twice at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, StateSnapshot

from shared.agents.checkpoints import Checkpointer, thread_id
from shared.agents.tenants import bound_to
from shared.kernel.errors import Conflict

RECURSION_LIMIT = 400
"""Supersteps that one message may lead to."""
KEPT = timedelta(days=90)
MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a thread stands when its graph stops: the state, and what it asks (none: it has ended)."""

    values: dict[str, Any]
    asks: list[Any]


class Threads:
    """The threads of one graph, which was compiled with a ``Checkpointer``; each runs until it ends or asks.

    A node that was cut off runs again from its top: it asks one question, and bears repetition.

    Args:
        kept: how long a thread is kept that nobody goes on with. None: until it ends, and no longer; a
            message that comes again then begins it again.
    """

    def __init__(self, graph: CompiledStateGraph[Any, Any, Any, Any], *, kept: timedelta | None) -> None:
        if not isinstance(graph.checkpointer, Checkpointer):
            raise TypeError("compile the graph with a Checkpointer")
        self._graph = graph
        self._checkpointer = graph.checkpointer
        self._kept = kept

    async def begin(self, tenant: str, thread: str, begin: Any, *, message: str) -> Reached:
        """Run the graph from its beginning with ``begin``; what it asked before, or was cut off in, is dropped.

        ``message`` is the id of what brings it: after a crash the same message goes on where it was cut off
        and is not taken in twice.
        """
        return await self._run(tenant, thread, message, lambda _: begin)

    async def answer(self, tenant: str, thread: str, answer: Any, *, message: str) -> Reached:
        """Give ``answer`` to what the thread asks and let it go on; ``message`` as in ``begin``.

        Raises Conflict where nothing is asked, perhaps because it was forgotten by now.
        """

        def answered(state: StateSnapshot) -> Any:
            if not state.interrupts and not state.next:
                raise Conflict("nothing is asked here any more.", fix="Begin anew.")
            return _resumed(state, answer)

        return await self._run(tenant, thread, message, answered)

    async def go_on(self, tenant: str, thread: str, begin: Any) -> Reached:
        """Let a thread go on however it stands, with ``True`` as the answer to all it asks; or begin it."""
        return await self._run(
            tenant, thread, None, lambda at: _resumed(at, True) if at.interrupts or at.next else begin
        )

    async def _run(
        self, tenant: str, thread: str, message: str | None, given: Callable[[StateSnapshot], Any]
    ) -> Reached:
        id = thread_id(tenant, thread)
        config: Any = {
            "configurable": {"thread_id": id},
            "metadata": {MESSAGE: message} if message else {},
            "recursion_limit": RECURSION_LIMIT,
        }
        with bound_to(tenant):
            if self._kept is not None:
                await self._checkpointer.expire(id, self._kept)
            state = await self._graph.aget_state(config)
            taken = message is not None and (state.metadata or {}).get(MESSAGE) == message
            if taken and (state.interrupts or not state.next):
                return Reached(state.values, [one.value for one in state.interrupts])
            values = await self._graph.ainvoke(None if taken else given(state), config, durability="sync")
            asks = [one.value for one in values.pop("__interrupt__", [])]
            if asks or self._kept is not None:
                await self._checkpointer.aprune([id], strategy="keep_latest")
            else:
                await self._checkpointer.adelete_thread(id)
        return Reached(values, asks)


def _resumed(state: StateSnapshot, answer: Any) -> Any:
    """Return what lets a thread go on: answers to what it asks, or nothing where it has them already."""
    return Command(resume={one.id: answer for one in state.interrupts}) if state.interrupts else None
