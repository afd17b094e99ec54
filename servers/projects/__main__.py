"""``python -m servers.projects``: the composition root."""

from mcp.server import MCPServer

from servers.projects.announcer import NatsAnnouncer
from servers.projects.core.consent import Consent
from servers.projects.core.openings import Openings
from servers.projects.core.pipeline import Pipeline
from servers.projects.server import ProjectService, build_server
from servers.projects.store import PostgresLedger
from shared.edge.serve import Runtime, run_unit


async def build(runtime: Runtime) -> MCPServer:
    """Open the store and return the server."""
    ledger = PostgresLedger(runtime.require_database())
    announcer = NatsAnnouncer(runtime.require_events())
    service = ProjectService(
        openings=Openings(ledger, announcer, runtime.clock),
        pipeline=Pipeline(ledger, announcer, runtime.clock),
        consent=Consent(ledger, announcer, runtime.clock),
    )
    return build_server(service)


if __name__ == "__main__":
    run_unit("servers.projects", build)
