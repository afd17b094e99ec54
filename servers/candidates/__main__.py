"""``python -m servers.candidates``: the composition root."""

from mcp.server import MCPServer

from servers.candidates.core.intake import Intake
from servers.candidates.core.keeping import Keeping
from servers.candidates.core.reading import Reading
from servers.candidates.server import Service, build_server
from servers.candidates.store import PostgresCandidates
from shared.edge.serve import Runtime, run_unit
from shared.kernel.collector import spare_collector
from shared.mailbox.outbox import open_outbox


async def build(runtime: Runtime) -> MCPServer:
    """Open the store and return the server."""
    database, events = runtime.require_database(), runtime.require_events()
    outbox = await runtime.closing.enter_async_context(open_outbox(runtime.name, database, events))
    store = PostgresCandidates(outbox)
    spare_collector()
    return build_server(
        Service(
            reading=Reading(store),
            intake=Intake(store, runtime.clock),
            keeping=Keeping(store, runtime.clock),
        )
    )


if __name__ == "__main__":
    run_unit("servers.candidates", build)
