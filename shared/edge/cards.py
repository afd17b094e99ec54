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
from typing import Any, cast

from a2a.types.a2a_pb2 import (
    AgentCapabilities,
    AgentCard,
    AgentExtension,
    AgentInterface,
    AgentSkill,
    HTTPAuthSecurityScheme,
    SecurityRequirement,
    SecurityScheme,
    StringList,
)
from a2a.utils.constants import PROTOCOL_VERSION_CURRENT, TransportProtocol
from a2a.utils.proto_utils import validate_proto_required_fields
from google.protobuf.json_format import MessageToDict, ParseDict
from mcp.server.mcpserver import MCPServer
from pydantic import BaseModel, ConfigDict, Field

from shared.edge.manifest import Manifest, catalogue, package_folder
from shared.kernel.errors import NotFound
from shared.wire.planning import PLANNING_META, PLANNING_URI, Planning, Skill

RPC_PATH = "/a2a"
REST_PATH = "/a2a/v1"
DATA_MODE = "application/json"


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
) -> AgentCard:
    """Build an A2A card; schemas and planning metadata of each skill go into the planning extension."""
    card = AgentCard(
        name=name,
        description=description,
        version=version,
        supported_interfaces=_interfaces(manifest.base_url),
        capabilities=AgentCapabilities(
            streaming=True, push_notifications=False, extended_agent_card=True, extensions=[_planning(skills)]
        ),
        default_input_modes=[DATA_MODE, "text/plain"],
        default_output_modes=[DATA_MODE],
        security_schemes={
            "bearer": SecurityScheme(
                http_auth_security_scheme=HTTPAuthSecurityScheme(scheme="bearer", bearer_format="JWT")
            )
        },
        security_requirements=[SecurityRequirement(schemes={"bearer": StringList()})],
        skills=[_skill(spec) for spec in skills],
    )
    validate_proto_required_fields(card)
    return card


def _interfaces(base_url: str) -> list[AgentInterface]:
    return [
        AgentInterface(
            url=f"{base_url}{path}", protocol_binding=binding, protocol_version=PROTOCOL_VERSION_CURRENT
        )
        for path, binding in (
            (RPC_PATH, TransportProtocol.JSONRPC.value),
            (REST_PATH, TransportProtocol.HTTP_JSON.value),
        )
    ]


def _skill(spec: SkillSpec) -> AgentSkill:
    return AgentSkill(
        id=spec.id,
        name=spec.name,
        description=spec.description,
        tags=list(spec.tags) or [spec.planning.risk],
        examples=list(spec.examples),
        input_modes=[DATA_MODE],
        output_modes=[DATA_MODE],
    )


def _planning(specs: list[SkillSpec]) -> AgentExtension:
    params = {
        spec.id: {
            "planning": spec.planning.model_dump(mode="json"),
            "input_schema": spec.input.model_json_schema(),
            "output_schema": spec.output.model_json_schema(mode="serialization"),
        }
        for spec in specs
    }
    extension = AgentExtension(
        uri=PLANNING_URI, description="Schemas of each skill and how it fits into a plan.", required=False
    )
    ParseDict({"skills": params}, extension.params)
    return extension


def planning_params(card: AgentCard) -> dict[str, dict[str, Any]]:
    """Return ``{skill id: {planning, input_schema, output_schema}}``; empty where a card has none."""
    for extension in card.capabilities.extensions:
        if extension.uri == PLANNING_URI:
            return MessageToDict(extension.params).get("skills", {})
    return {}


def at_url(card: AgentCard, base_url: str) -> AgentCard:
    """Return the card as served from ``base_url``."""
    served = AgentCard()
    served.CopyFrom(card)
    served.ClearField("supported_interfaces")
    served.supported_interfaces.extend(_interfaces(base_url))
    return served


def card_json(card: AgentCard) -> dict[str, Any]:
    """Return an A2A card as JSON values."""
    return MessageToDict(card)


def card_from_json(body: dict[str, Any]) -> AgentCard:
    """Read an A2A card strictly. Raises ParseError or InvalidParamsError."""
    card = ParseDict(body, AgentCard())
    validate_proto_required_fields(card)
    return card


async def with_tools(card: McpCard, server: MCPServer[Any]) -> McpCard:
    """Return ``card`` with the tools that ``server`` offers, sorted by name."""
    listed = await server.list_tools()
    tools = [
        tool.model_dump(mode="json", by_alias=True, exclude_none=True)
        for tool in sorted(listed, key=lambda tool: tool.name)
    ]
    return card.model_copy(update={"tools": tools})


def skills_of_mcp(card: McpCard) -> list[Skill]:
    """Return the tools of an MCP card as catalogue skills."""
    return [
        Skill(
            unit=card.name,
            name=tool["name"],
            protocol="mcp",
            title=tool.get("title") or tool["name"].replace("_", " ").capitalize(),
            description=tool.get("description", ""),
            input_schema=tool["inputSchema"],
            output_schema=tool.get("outputSchema"),
            planning=Planning.model_validate(
                (tool.get("_meta") or {}).get(PLANNING_META) or {"plannable": False}
            ),
        )
        for tool in card.tools
    ]


def skills_of_a2a(unit: str, card: AgentCard) -> list[Skill]:
    """Return the skills of an A2A card as catalogue skills; ones without planning data are not plannable."""
    params = planning_params(card)
    return [
        Skill(
            unit=unit,
            name=skill.id,
            protocol="a2a",
            title=skill.name,
            description=skill.description,
            tags=list(skill.tags),
            examples=list(skill.examples),
            input_schema=params.get(skill.id, {}).get("input_schema", {"type": "object"}),
            output_schema=params.get(skill.id, {}).get("output_schema"),
            planning=Planning.model_validate(params.get(skill.id, {}).get("planning", {"plannable": False})),
        )
        for skill in card.skills
    ]


def bare_server(manifest: Manifest) -> MCPServer[Any]:
    """Return an MCP unit's server without a service: it can be listed, and refuse bad calls."""
    return unserved(importlib.import_module(f"{manifest.package}.server").build_server)


def unserved(build: Callable[..., Any]) -> Any:
    """Call a ``build_server`` or ``build_agent`` with nothing to serve; they only use it when called."""
    return build(*(None for _ in inspect.signature(build).parameters))


def card_of(manifest: Manifest) -> AgentCard:
    """Return an A2A unit's card."""
    return cast(AgentCard, importlib.import_module(f"{manifest.package}.card").build_card())


async def published(manifest: Manifest) -> dict[str, Any]:
    """Return the card of a unit as it is published, from its code; starts nothing."""
    if manifest.kind == "a2a":
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
