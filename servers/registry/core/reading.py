"""Cards as lists of skills."""

from typing import Any

from pydantic import ValidationError

from servers.registry.core.models import Card, FoundSkill, UnitKind
from shared.wire.planning import PLANNING_META, PLANNING_URI, Planning

_UNPLANNED = Planning(plannable=False)


def read_skills(unit: str, kind: UnitKind, card: Card) -> list[FoundSkill]:
    """Return what a card offers; skills without usable planning data cannot be planned with."""
    return _tools(unit, card) if kind == "mcp" else _skills(unit, card)


def _tools(unit: str, card: Card) -> list[FoundSkill]:
    return [
        FoundSkill(
            unit=unit,
            name=tool["name"],
            protocol="mcp",
            title=tool.get("title") or str(tool["name"]).replace("_", " ").capitalize(),
            description=tool.get("description", ""),
            input_schema=tool.get("inputSchema", {"type": "object"}),
            output_schema=tool.get("outputSchema"),
            planning=_planning((tool.get("_meta") or {}).get(PLANNING_META)),
            available=False,
        )
        for tool in card.get("tools", [])
    ]


def _skills(unit: str, card: Card) -> list[FoundSkill]:
    params: dict[str, Any] = {}
    for extension in card.get("capabilities", {}).get("extensions", []):
        if extension.get("uri") == PLANNING_URI:
            params = extension.get("params", {}).get("skills", {})
    return [
        FoundSkill(
            unit=unit,
            name=skill["id"],
            protocol="a2a",
            title=skill.get("name", skill["id"]),
            description=skill.get("description", ""),
            tags=skill.get("tags", []),
            examples=skill.get("examples", []),
            input_schema=params.get(skill["id"], {}).get("input_schema", {"type": "object"}),
            output_schema=params.get(skill["id"], {}).get("output_schema"),
            planning=_planning(params.get(skill["id"], {}).get("planning")),
            available=False,
        )
        for skill in card.get("skills", [])
    ]


def _planning(fields: Any) -> Planning:
    try:
        return Planning.model_validate(fields) if fields is not None else _UNPLANNED
    except ValidationError:
        return _UNPLANNED
