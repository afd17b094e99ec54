"""``python -m servers.registry``: the composition root."""

import asyncio
import json

from mcp.server import MCPServer

from servers.registry.core.directory import Directory
from servers.registry.core.models import Card, UnitState
from servers.registry.following import NatsAnnouncer, follow
from servers.registry.probing import HttpProber
from servers.registry.server import build_server
from servers.registry.settings import RegistrySettings
from servers.registry.store import PostgresLedger
from shared.edge.cards import card_path
from shared.edge.manifest import Manifest, catalogue
from shared.edge.serve import Runtime, run_unit


def catalogued(urls: dict[str, str]) -> list[UnitState]:
    """Return the units of this installation with the cards that ship with the code."""
    return [
        UnitState(
            name=unit.name,
            kind=unit.kind,
            url=urls[unit.name],
            summary=unit.summary,
            accepted=_shipped(unit),
        )
        for unit in catalogue().values()
    ]


def _shipped(unit: Manifest) -> Card | None:
    path = card_path(unit)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


async def build(runtime: Runtime) -> MCPServer:
    """Take up what was known, keep following the units, and return the server."""
    prober = HttpProber(runtime.tokens, runtime.require_outside())
    await runtime.closing.enter_async_context(prober)
    directory = Directory(
        catalogued(runtime.settings.unit_urls()),
        prober,
        PostgresLedger(runtime.require_database()),
        NatsAnnouncer(runtime.require_events()),
        runtime.clock,
    )
    await directory.restore()
    following = asyncio.create_task(follow(directory, RegistrySettings()), name="following units")
    runtime.closing.callback(following.cancel)
    return build_server(directory)


if __name__ == "__main__":
    run_unit("servers.registry", build)
