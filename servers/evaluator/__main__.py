"""``python -m servers.evaluator``: the composition root."""

from concurrent.futures import ThreadPoolExecutor

from servers.evaluator.agent import build_agent
from servers.evaluator.core.judging import Judging
from servers.evaluator.sources import UnitSources
from servers.evaluator.store import PostgresEvaluations
from shared.edge.a2a import A2AUnit
from shared.edge.serve import Runtime, run_unit
from shared.edge.taxonomies import Taxonomies
from shared.taxonomy import Taxonomy


async def build(runtime: Runtime) -> A2AUnit:
    """Open the store and return the agent."""
    # One thread: judging is CPU work under one interpreter lock, more threads would only take turns.
    executor = runtime.closing.enter_context(ThreadPoolExecutor(1, thread_name_prefix="judge"))
    judging = Judging(
        UnitSources(runtime.units),
        PostgresEvaluations(runtime.require_database()),
        Taxonomy.compact(),
        runtime.clock,
        executor,
    )
    return build_agent(judging, Taxonomies(runtime.units, runtime.name))


if __name__ == "__main__":
    run_unit("servers.evaluator", build)
