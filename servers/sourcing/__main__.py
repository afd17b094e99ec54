"""``python -m servers.sourcing``: the composition root."""

from servers.sourcing.agent import build_agent
from servers.sourcing.core.finding import Finding
from servers.sourcing.sources import UnitSources
from servers.sourcing.store import PostgresShelf
from shared.edge.a2a import A2AUnit
from shared.edge.serve import Runtime, run_unit
from shared.edge.taxonomies import Taxonomies
from shared.taxonomy import Taxonomy


async def build(runtime: Runtime) -> A2AUnit:
    """Open the store and return the agent."""
    shelf = PostgresShelf(runtime.require_database())
    finding = Finding(shelf, UnitSources(runtime.units), Taxonomy.compact())
    return build_agent(finding, shelf, Taxonomies(runtime.units, runtime.name))


if __name__ == "__main__":
    run_unit("servers.sourcing", build)
