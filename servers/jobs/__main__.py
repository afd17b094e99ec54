"""``python -m servers.jobs``: the composition root."""

from mcp.server import MCPServer

from servers.jobs.core.knowledge import Knowledge
from servers.jobs.core.postings import Postings
from servers.jobs.server import Service, build_server
from servers.jobs.store import PostgresJobs
from shared.edge.serve import Runtime, run_unit
from shared.mailbox.outbox import open_outbox


async def build(runtime: Runtime) -> MCPServer:
    """Open the store and return the server."""
    events = runtime.require_events()
    outbox = await runtime.closing.enter_async_context(
        open_outbox(runtime.name, runtime.require_database(), events)
    )
    store = PostgresJobs(outbox)
    return build_server(
        Service(
            postings=Postings(store, runtime.clock),
            knowledge=Knowledge(store, runtime.clock),
        )
    )


if __name__ == "__main__":
    run_unit("servers.jobs", build)
