"""Plan-and-execute as a LangGraph graph: recall → plan → (execute … | ask a person) → plan, until nothing is left.

The graph decides the order; the effects are in ``Executor``. State holds references only: what a run
knows is in the store, so a checkpoint stays small however much a run has seen.
"""

from typing import Any, Protocol, TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore
from langgraph.types import Send, interrupt


class RunState(TypedDict, total=False):
    """What travels between nodes.

    ``steps`` are the keys of plan steps to run now, ``asks`` the approvals and questions to wait for.
    """

    tenant: str
    run: str
    steps: list[str]
    asks: list[str]


class OneStep(TypedDict):
    """What one parallel branch gets."""

    tenant: str
    run: str
    item: str


class Nodes(Protocol):
    """The effects behind the graph's nodes; ``supervisor.executor.Executor`` is the real one."""

    async def recall(self, tenant: str, run: str, store: BaseStore) -> None:
        """Give a run that has not begun what its recruiter wants for every role."""
        ...

    async def plan(self, tenant: str, run: str) -> tuple[list[str], list[str]]:
        """Plan again; return the keys of steps to execute and the ids of what a person must answer."""
        ...

    async def execute(self, tenant: str, run: str, step: str) -> None:
        """Execute one step of the current plan and record the outcome, whatever it is."""
        ...


def build_graph(
    nodes: Nodes, checkpointer: BaseCheckpointSaver[Any], store: BaseStore
) -> CompiledStateGraph[RunState]:
    """Return the compiled graph; invoke it with ``thread_id`` = ``<tenant>:<run>``."""

    async def recall(state: RunState, *, store: BaseStore) -> RunState:
        await nodes.recall(_of(state, "tenant"), _of(state, "run"), store)
        return {}

    async def plan(state: RunState) -> RunState:
        steps, asks = await nodes.plan(_of(state, "tenant"), _of(state, "run"))
        return {"steps": steps, "asks": asks}

    async def execute(state: OneStep) -> RunState:
        await nodes.execute(state["tenant"], state["run"], state["item"])
        return {}

    async def ask(state: OneStep) -> RunState:
        # The answer is not in the resume value but in the record of the approval or question, which
        # ``plan`` reads: what a person said counts, not what some caller says was said.
        interrupt({"awaits": state["item"]})
        return {}

    graph = StateGraph(RunState)
    graph.add_node("recall", recall)
    graph.add_node("plan", plan)
    graph.add_node("execute", execute)
    graph.add_node("ask", ask)
    graph.add_edge(START, "recall")
    graph.add_edge("recall", "plan")
    graph.add_conditional_edges("plan", _fan_out, ["execute", "ask", END])
    graph.add_edge("execute", "plan")
    graph.add_edge("ask", "plan")
    return graph.compile(checkpointer=checkpointer, store=store)


def _fan_out(state: RunState) -> list[Send] | str:
    """Run everything that is ready; only when nothing is, wait for people."""
    steps, asks = state.get("steps", []), state.get("asks", [])
    node, items = ("execute", steps) if steps else ("ask", asks)
    tenant, run = _of(state, "tenant"), _of(state, "run")
    return [Send(node, OneStep(tenant=tenant, run=run, item=item)) for item in items] or END


def _of(state: RunState, key: str) -> str:
    value = state.get(key)
    if not isinstance(value, str):
        raise TypeError(f"the run's state has no {key}")
    return value
