"""``python -m servers.projects``: the composition root."""

from mcp.server import MCPServer

from servers.projects.core.consent import Consent
from servers.projects.core.openings import Openings
from servers.projects.core.pipeline import Pipeline
from servers.projects.core.tuning import Tuning
from servers.projects.outcomes import UnitOutcomes
from servers.projects.server import ProjectService, build_server
from servers.projects.store import PostgresLedger
from shared.edge.serve import Runtime, run_unit
from shared.mailbox.outbox import open_outbox


async def build(runtime: Runtime) -> MCPServer:
    """Open the store and return the server."""
    events = runtime.require_events()
    outbox = await runtime.closing.enter_async_context(
        open_outbox(runtime.name, runtime.require_database(), events)
    )
    ledger = PostgresLedger(outbox)
    service = ProjectService(
        openings=Openings(ledger, runtime.clock),
        pipeline=Pipeline(ledger, runtime.clock, UnitOutcomes(runtime.units)),
        consent=Consent(ledger, runtime.clock),
        tuning=Tuning(ledger, runtime.clock),
    )
    return build_server(service)


if __name__ == "__main__":
    run_unit("servers.projects", build)
