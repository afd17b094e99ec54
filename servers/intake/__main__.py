"""``python -m servers.intake``: the composition root."""

from servers.intake.agent import ProjectsPastRoles, build_agent
from servers.intake.core.draft import Intake
from servers.intake.reader import ModelReader
from shared.edge.a2a import A2AUnit
from shared.edge.serve import Runtime, run_unit
from shared.edge.taxonomies import Taxonomies
from shared.taxonomy import Taxonomy


async def build(runtime: Runtime) -> A2AUnit:
    """Load the taxonomy, take the model where there is one, and return the agent."""
    reader = ModelReader(runtime.llm) if runtime.llm else None
    intake = Intake(Taxonomy.compact(), ProjectsPastRoles(runtime.units), reader)
    return build_agent(intake, Taxonomies(runtime.units, runtime.name))


if __name__ == "__main__":
    run_unit("servers.intake", build)
