"""``python -m servers.jobs``: the composition root."""

from mcp.server import MCPServer

from servers.jobs.core.knowledge import Knowledge
from servers.jobs.core.postings import Postings
from servers.jobs.server import Service, build_server
from servers.jobs.store import PostgresJobs
from shared.edge.serve import Runtime, run_unit


async def build(runtime: Runtime) -> MCPServer:
    """Open the store and return the server."""
    store = PostgresJobs(runtime.require_database())
    events = runtime.require_events()

    async def announce(tenant: str, what: str, payload: dict[str, object]) -> None:
        await events.publish_unit(tenant, runtime.name, what, payload)

    return build_server(
        Service(
            postings=Postings(store, runtime.clock, announce),
            knowledge=Knowledge(store, runtime.clock, announce),
        )
    )


if __name__ == "__main__":
    run_unit("servers.jobs", build)
