"""Reading what is given: cards as lists of skills, and addresses."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from servers.registry.core.models import Card, FoundSkill, UnitKind
from shared.kernel.errors import InvalidInput
from shared.wire.planning import PLANNING_META, PLANNING_URI, Planning

_UNPLANNED = Planning(plannable=False)


def read_skills(
    unit: str, kind: UnitKind, card: Card, planning: Mapping[str, Planning] | None = None
) -> list[FoundSkill]:
    """Return what a card offers; skills without usable planning data cannot be planned with.

    ``planning`` is what somebody else says of skills by name; it counts before the card.
    """
    found = _tools(unit, card) if kind == "mcp" else _skills(unit, card)
    said = planning or {}
    return [
        skill.model_copy(update={"planning": said[skill.name]}) if skill.name in said else skill
        for skill in found
    ]


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


def checked_url(url: str) -> str:
    """Return a URL that may be fetched: HTTP(S), and nothing but a base. Its address is judged later."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise InvalidInput("this is not a URL", field="url") from None
    if parts.scheme not in ("http", "https") or not host:
        raise InvalidInput("only http and https URLs are followed", field="url")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InvalidInput("give the plain base URL, without credentials, query or fragment", field="url")
    return parts.geturl().rstrip("/")
