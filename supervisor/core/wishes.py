"""What a recruiter wants for every role, in their own words: read from a message, applied to a new role."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shared.taxonomy import find_places

LONGEST_WISH = 200
_KEEP = re.compile(
    r"^\s*(?:please\s+)?(?:(?:remember|keep in mind|note)(?:\s+that)?|from now on|in (?:the )?future|by default|"
    r"always|for (?:all|every|each)(?: of)?(?: my)? roles?|i (?:always|usually|only)(?! need| want))\b[\s,:]*(?P<wish>.+?)[\s.!]*$",
    re.I | re.S,
)
_LEADING = re.compile(
    r"^(?:i\s+)?(?:(?:always|usually|only)\s+)?(?:hire|recruit|look|search)(?:\s+(?:for\s+)?(?:people|candidates))?\s+(?=in\b|at\b|remote|hybrid|on-?site)",
    re.I,
)
_FORGET = re.compile(
    r"^\s*(?:please\s+)?forget\s+(?:(?P<all>everything|all(?: of (?:it|that))?|what you (?:remember|know).*)|"
    r"that\s+(?P<wish>.+?))[\s.!]*$",
    re.I | re.S,
)
_RECALL = re.compile(r"^\s*what do you (?:remember|know about me|keep in mind)\b", re.I)
_MODE = re.compile(r"\b(?:remote(?:ly)?|hybrid|on-?site|from home|in the office)\b", re.I)


@dataclass(frozen=True)
class WishMessage:
    """What a message says about what to remember; ``text`` is empty where it means all."""

    verb: Literal["keep", "forget", "recall"]
    text: str = ""


def read_wish(message: str) -> WishMessage | None:
    """Return what a message wants remembered, forgotten or told, or None where it speaks of none of that."""
    if _RECALL.match(message):
        return WishMessage("recall")
    if match := _FORGET.match(message):
        return WishMessage("forget", "" if match["all"] else _plain(match["wish"]))
    match = _KEEP.match(message)
    wish = _plain(match["wish"]) if match else ""
    return WishMessage("keep", wish) if 0 < len(wish) <= LONGEST_WISH else None


def applying(wishes: Iterable[str], brief: str) -> list[str]:
    """Return the wishes that hold for a role: what the role itself says of place and work mode goes first."""
    has_place, has_mode = bool(find_places(brief)), bool(_MODE.search(brief))
    return [
        wish
        for wish in wishes
        if not (_MODE.search(wish) and has_mode) and not (find_places(wish) and has_place)
    ]


def _plain(wish: str) -> str:
    """Return a wish as one would say it of one role: "I always hire in Berlin" is "in Berlin"."""
    return _LEADING.sub("", " ".join(wish.split()))
