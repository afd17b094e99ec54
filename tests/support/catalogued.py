"""Every unit of the catalogue, built without engines, for tests that hold for all of them."""

import asyncio
import importlib
from typing import Any, cast

from mcp_types import Tool

from shared.edge.a2a import A2AUnit
from shared.edge.a2a_cards import planning_params
from shared.edge.cards import bare_server, card_of, unserved
from shared.edge.manifest import Manifest, catalogue, package_folder

# A unit whose card is not written yet is the shape tests' matter.
DESCRIBED = [unit for unit in catalogue().values() if (package_folder(unit.package) / "card.py").exists()]
MCP_UNITS = [unit for unit in DESCRIBED if unit.kind == "mcp"]
A2A_UNITS = [unit for unit in DESCRIBED if unit.kind == "a2a"]


def bare_agent(manifest: Manifest) -> A2AUnit:
    """Return an A2A unit without a service: it can be described, and refuse bad calls."""
    module = importlib.import_module(f"{manifest.package}.agent")
    return cast(A2AUnit, unserved(module.build_agent))


def all_tools() -> list[tuple[Manifest, Tool]]:
    """Return every tool of every MCP unit."""

    async def listed() -> list[tuple[Manifest, Tool]]:
        return [(unit, tool) for unit in MCP_UNITS for tool in await bare_server(unit).list_tools()]

    return asyncio.run(listed())


def all_skills() -> list[tuple[Manifest, str, dict[str, Any]]]:
    """Return every skill of every A2A unit: its id, and its schemas and planning data."""
    return [
        (unit, id, params)
        for unit in A2A_UNITS
        for id, params in sorted(planning_params(card_of(unit)).items())
    ]
