"""``python -m servers.sourcing``: the composition root."""

from servers.sourcing.agent import build_agent
from servers.sourcing.core.finding import Finding
from servers.sourcing.sources import UnitSources
from servers.sourcing.store import PostgresShelf
from shared.edge.a2a import A2AUnit
from shared.edge.serve import Runtime, run_unit
from shared.taxonomy import Taxonomy


async def build(runtime: Runtime) -> A2AUnit:
    """Open the store and return the agent."""
    shelf = PostgresShelf(runtime.require_database())
    return build_agent(Finding(shelf, UnitSources(runtime.units), Taxonomy.compact()), shelf)


if __name__ == "__main__":
    run_unit("servers.sourcing", build)
