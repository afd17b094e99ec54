"""The line below a title: "Northwind · Berlin, Germany · hybrid · full time", facts without labels."""

import re

from servers.intake.core.sections import Posting, heading_kind
from shared.taxonomy import PlaceMention, find_places
from shared.taxonomy.work_modes import WorkMode, work_mode_labelled

_LINES = 8
_LONGEST = 140
_PARTS = re.compile(r"\s*[·•|;\t\n]\s*|\s+[-–—/]\s+|(?<=\w{3})[.!]\s+|\s*[()]\s*")
_MARKUP = re.compile(r"^[\s#>*_-]+|[*_`]+")


def header_parts(posting: Posting) -> list[str]:
    """Return the parts of the short lines that stand before the first section, without the title."""
    parts: list[str] = []
    lines = [line for line in posting.readable.splitlines() if line.strip()][:_LINES]
    for number, line in enumerate(lines):
        plain = _MARKUP.sub("", line).strip()
        if number and (heading_kind(plain) or line.lstrip().startswith("#")):
            break
        if len(plain) <= _LONGEST and not plain.endswith(":"):
            parts += [part for part in _PARTS.split(plain) if part][0 if number else 1 :]
    return parts


def header_place(parts: list[str]) -> PlaceMention | None:
    """Return the place that a part consists of, or that follows the company's name and a comma."""
    for part in parts:
        mentions = find_places(part)
        if not mentions:
            continue
        before = part[: mentions[0].start].strip()
        rest = re.sub(r"[\W_]+", "", part[mentions[-1].end :])
        if not rest and (not before or before.endswith(",")):
            return mentions[0]
    return None


def header_mode(parts: list[str]) -> WorkMode | None:
    """Return the way of working that a part, or what stands between its commas, consists of."""
    words = [word.strip() for part in parts for word in part.split(",")]
    said = {mode for word in words if (mode := work_mode_labelled(word))}
    return next((mode for mode in ("hybrid", "remote", "on_site") if mode in said), None)
