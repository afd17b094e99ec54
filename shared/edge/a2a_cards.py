"""A2A cards as protobuf: building, reading, and the planning data that they carry."""

from typing import Any

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

from shared.edge.calls import RPC_PATH
from shared.edge.cards import SkillSpec
from shared.edge.manifest import Manifest
from shared.wire.planning import PLANNING_URI

REST_PATH = "/a2a/v1"
DATA_MODE = "application/json"


def build_agent_card(
    manifest: Manifest, *, name: str, description: str, skills: list[SkillSpec], version: str
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
