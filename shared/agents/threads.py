"""Running a LangGraph graph one message at a time, behind a mailbox, so that a thread never runs twice at once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, StateSnapshot

from shared.agents.checkpoints import Checkpointer, thread_id
from shared.agents.tenants import bound_to

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
    """The threads of one graph, which was compiled with a ``Checkpointer``.

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

    async def advance(
        self, tenant: str, thread: str, begin: Any, *, answer: Any = True, message: str | None = None
    ) -> Reached:
        """Run the graph until it ends or asks, checkpoint by checkpoint.

        A thread that asked gets ``answer``, one that was cut off in the middle goes on, any other begins
        with ``begin``. ``message`` is the id of what brings these: after a crash the same message is not
        taken in twice, and one that was given up on does not stand in the way of the next. Without it
        every call only says: go on. A node that was cut off runs again from its top.
        """
        id = thread_id(tenant, thread)
        named = {MESSAGE: message} if message else {}
        config: Any = {
            "configurable": {"thread_id": id},
            "metadata": named,
            "recursion_limit": RECURSION_LIMIT,
        }
        with bound_to(tenant):
            if self._kept is not None:
                await self._checkpointer.expire(id, self._kept)
            state = await self._graph.aget_state(config)
            taken = message is not None and (state.metadata or {}).get(MESSAGE) == message
            if taken and (state.interrupts or not state.next):
                return Reached(state.values, [one.value for one in state.interrupts])
            steps = _steps(state, begin, answer, go_on=taken or message is None)
            values = await self._graph.ainvoke(steps, config, durability="sync")
            asks = [one.value for one in values.pop("__interrupt__", [])]
            if asks or self._kept is not None:
                await self._checkpointer.aprune([id], strategy="keep_latest")
            else:
                await self._checkpointer.adelete_thread(id)
        return Reached(values, asks)


def _steps(state: StateSnapshot, begin: Any, answer: Any, *, go_on: bool) -> Any:
    """Return what the graph is invoked with: answers to what it asked, nothing to go on, or a new beginning."""
    if state.interrupts:
        return Command(resume={one.id: answer for one in state.interrupts})
    return None if state.next and go_on else begin
