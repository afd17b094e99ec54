"""Is a unit still what was accepted? Compares cards and says how they differ."""

import hashlib
import json
from typing import Any

from servers.registry.core.models import Card, Difference

# Where a unit answers is the deployment's matter, and a signature covers it too.
_NOT_COMPARED = ("supportedInterfaces", "signatures")
_LONGEST = 80


def digest(card: Card) -> str:
    """Return a hash of what a card promises; equal for cards that promise the same."""
    text = json.dumps(_promises(card), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def differences(accepted: Card, live: Card) -> list[Difference]:
    """Return how ``live`` differs from ``accepted``, skill by skill and then field by field."""
    before, after = _promises(accepted), _promises(live)
    found = [
        *_between(_skills(before), _skills(after), "skill "),
        *_between(_planning(before), _planning(after), "planning of "),
        *_between(_prose(before), _prose(after), ""),
    ]
    return found


def _promises(card: Card) -> Card:
    return {key: value for key, value in card.items() if key not in _NOT_COMPARED}


def _skills(card: Card) -> dict[str, Any]:
    skills = {skill["name"]: skill for skill in card.get("tools", [])}
    return skills | {skill["id"]: skill for skill in card.get("skills", [])}


def _planning(card: Card) -> dict[str, Any]:
    planning: dict[str, Any] = {}
    for extension in card.get("capabilities", {}).get("extensions", []):
        planning |= extension.get("params", {}).get("skills", {})
    return planning


def _prose(card: Card) -> dict[str, Any]:
    rest = {key: value for key, value in card.items() if key not in ("tools", "skills", "capabilities")}
    capabilities = {k: v for k, v in card.get("capabilities", {}).items() if k != "extensions"}
    uris = sorted(one.get("uri", "") for one in card.get("capabilities", {}).get("extensions", []))
    return rest | {"capabilities": capabilities, "extensions": uris}


def _between(before: dict[str, Any], after: dict[str, Any], what: str) -> list[Difference]:
    found: list[Difference] = []
    for name in sorted(before.keys() | after.keys()):
        where = f"{what}{name}"
        if name not in before:
            found.append(Difference(where=where, change="added", detail=_short(after[name])))
        elif name not in after:
            found.append(Difference(where=where, change="removed", detail=_short(before[name])))
        elif before[name] != after[name]:
            found.append(Difference(where=where, change="changed", detail=_how(before[name], after[name])))
    return found


def _how(before: Any, after: Any) -> str:
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [key for key in sorted({*before, *after}) if before.get(key) != after.get(key)]
        return ", ".join(str(key) for key in keys)
    return f"{_short(before)} → {_short(after)}"


def _short(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("description", "")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
