"""Cards: what a unit tells others about itself, generated from its prose and its typed skills.

``python -m shared.edge.cards`` writes ``agent_cards/``; ``--check`` only says what has drifted.
"""

import argparse
import asyncio
import importlib
import inspect
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, ConfigDict, Field

from shared.edge.manifest import Manifest, catalogue, package_folder
from shared.kernel.errors import NotFound
from shared.wire.planning import Planning

if TYPE_CHECKING:  # each SDK takes long to import; a unit that needs only one should not wait for both
    from a2a.types.a2a_pb2 import AgentCard
    from mcp.server.mcpserver import MCPServer


class McpCard(BaseModel):
    """The card of an MCP unit: prose by hand, tools from their code."""

    model_config = ConfigDict(extra="forbid")

    name: str
    title: str
    description: str
    instructions: str
    version: str = "1.0.0"
    tools: list[dict[str, Any]] = Field(default_factory=list)


@dataclass(frozen=True)
class SkillSpec:
    """One A2A skill: prose, the models that go in and come out, and how it fits into plans."""

    id: str
    name: str
    description: str
    input: type[BaseModel]
    output: type[BaseModel]
    planning: Planning
    tags: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


def agent_card(
    manifest: Manifest, *, name: str, description: str, skills: list[SkillSpec], version: str = "1.0.0"
) -> "AgentCard":
    """Build an A2A card; schemas and planning metadata of each skill go into the planning extension."""
    from shared.edge.a2a_cards import build_agent_card

    return build_agent_card(manifest, name=name, description=description, skills=skills, version=version)


async def with_tools(card: McpCard, server: "MCPServer[Any]") -> McpCard:
    """Return ``card`` with the tools that ``server`` offers, sorted by name."""
    listed = await server.list_tools()
    tools = [
        tool.model_dump(mode="json", by_alias=True, exclude_none=True)
        for tool in sorted(listed, key=lambda tool: tool.name)
    ]
    return card.model_copy(update={"tools": tools})


def bare_server(manifest: Manifest) -> "MCPServer[Any]":
    """Return an MCP unit's server without a service: it can be listed, and refuse bad calls."""
    return unserved(importlib.import_module(f"{manifest.package}.server").build_server)


def unserved(build: Callable[..., Any]) -> Any:
    """Call a ``build_server`` or ``build_agent`` with nothing to serve; they only use it when called."""
    return build(*(None for _ in inspect.signature(build).parameters))


def card_of(manifest: Manifest) -> "AgentCard":
    """Return an A2A unit's card."""
    return cast("AgentCard", importlib.import_module(f"{manifest.package}.card").build_card())


async def published(manifest: Manifest) -> dict[str, Any]:
    """Return the card of a unit as it is published, from its code; starts nothing."""
    if manifest.kind == "a2a":
        from shared.edge.a2a_cards import card_json

        return card_json(card_of(manifest))
    return (await with_tools(prose_of(manifest), bare_server(manifest))).model_dump(mode="json")


def prose_of(manifest: Manifest) -> McpCard:
    """Return what an MCP unit says of itself, without its tools."""
    return cast(McpCard, importlib.import_module(f"{manifest.package}.card").build_card())


def card_path(manifest: Manifest, folder: Path | None = None) -> Path:
    """Return where the published card of a unit is kept."""
    return (folder or package_folder("agent_cards")) / f"{manifest.name}.{manifest.kind}.json"


def rendered(card: dict[str, Any]) -> str:
    """Return the file text of a card: sorted keys, so that a diff shows only what changed."""
    return json.dumps(card, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


async def drifted(names: list[str] | None = None, *, write: bool = False) -> list[str]:
    """Return the units whose kept card differs from their code; with ``write`` bring them up to date."""
    units = catalogue()
    unknown = [name for name in names or [] if name not in units]
    if unknown:
        raise NotFound(f"no unit is called {unknown[0]!r}", field="name", fix=f"Units: {', '.join(units)}.")
    changed: list[str] = []
    for name in names or list(units):
        path, text = card_path(units[name]), rendered(await published(units[name]))
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            changed.append(name)
            if write:
                path.write_text(text, encoding="utf-8")
    return changed


def main(argv: list[str] | None = None) -> int:
    """Write the cards, or with ``--check`` name the drifted ones and return 1 if there are any."""
    parser = argparse.ArgumentParser(prog="hiremesh cards", description=main.__doc__)
    parser.add_argument("names", nargs="*", help="units; all of them when none is named")
    parser.add_argument("--check", action="store_true", help="change nothing")
    options = parser.parse_args(argv)
    changed = asyncio.run(drifted(options.names or None, write=not options.check))
    for name in changed:
        print(f"{name}: {'drifted' if options.check else 'written'}")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
