"""Skills and occupations as JSON values, for storing a widened taxonomy and sending it between units."""

from collections.abc import Iterable, Mapping
from typing import Any, cast, get_args

from shared.kernel.errors import InvalidInput
from shared.taxonomy.model import OccupationEntry, SkillEntry, SkillKind


def skill_to_json(entry: SkillEntry) -> dict[str, Any]:
    """Return a skill as JSON values."""
    return {
        "id": entry.id,
        "label": entry.label,
        "aliases": list(entry.aliases),
        "kind": entry.kind,
        "broader": list(entry.broader),
        "implies": list(entry.implies),
        "related": list(entry.related),
    }


def skill_from_json(value: Mapping[str, Any]) -> SkillEntry:
    """Read a skill. Raises InvalidInput."""
    kind = value.get("kind", "knowledge")
    if kind not in get_args(SkillKind):
        raise InvalidInput(f"{kind!r} is not a kind of skill", field="kind")
    return SkillEntry(
        _text(value, "id"),
        _text(value, "label"),
        _texts(value, "aliases"),
        cast(SkillKind, kind),
        _texts(value, "broader"),
        _texts(value, "implies"),
        _texts(value, "related"),
    )


def occupation_to_json(entry: OccupationEntry) -> dict[str, Any]:
    """Return an occupation as JSON values."""
    return {
        "id": entry.id,
        "label": entry.label,
        "aliases": list(entry.aliases),
        "field": entry.field,
        "skills": list(entry.skills),
    }


def occupation_from_json(value: Mapping[str, Any]) -> OccupationEntry:
    """Read an occupation. Raises InvalidInput."""
    field = value.get("field", "")
    return OccupationEntry(
        _text(value, "id"),
        _text(value, "label"),
        _texts(value, "aliases"),
        str(field),
        _texts(value, "skills"),
    )


def _text(value: Mapping[str, Any], field: str) -> str:
    found = value.get(field)
    if not isinstance(found, str) or not found:
        raise InvalidInput(f"an entry needs {field}", field=field)
    return found


def _texts(value: Mapping[str, Any], field: str) -> tuple[str, ...]:
    found = value.get(field, ())
    if not isinstance(found, Iterable) or isinstance(found, str):
        raise InvalidInput(f"{field} must be a list of strings", field=field)
    return tuple(str(one) for one in cast(Iterable[object], found))
