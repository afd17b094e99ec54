"""The alternatives of one condition in the boolean language, as they are typed: taken apart and put together."""

import re
from collections.abc import Sequence

_NOT = "NOT "
_HEAD = re.compile(r"(?:NOT )?(?:[A-Za-z_]+:)*")
_PIECE = re.compile(r'"[^"]*"|[()]| OR | AND |[^\s()"]+|\s')


def alternatives(term: str) -> list[str]:
    """Return the alternatives of ``a OR b`` in brackets, each with the NOT and the field before the brackets.

    ``location:(Lisbon OR Porto)`` has ``location:Lisbon`` and ``location:Porto``. Empty where there is only one.
    """
    head = _HEAD.match(term)
    begun = head[0] if head else ""
    inside = term[len(begun) :]
    if not (inside.startswith("(") and inside.endswith(")")):
        return []
    parts, depth = [""], 0
    for piece in _PIECE.findall(inside[1:-1]):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if depth < 0 or (depth == 0 and piece == " AND "):
            return []
        if depth == 0 and piece == " OR ":
            parts.append("")
        else:
            parts[-1] += piece
    return [begun + part for part in parts] if len(parts) > 1 else []


def either(parts: Sequence[str]) -> str:
    """Return that one of ``parts`` holds; of what is unwanted, that none does."""
    if len(parts) == 1:
        return parts[0]
    if all(part.startswith(_NOT) for part in parts):
        return f"{_NOT}({' OR '.join(part.removeprefix(_NOT) for part in parts)})"
    return f"({' OR '.join(parts)})"
