"""Where a profile says that somebody lives, and whether they would move."""

import re
from dataclasses import dataclass

from servers.evaluator.core.findings import Hit
from servers.evaluator.core.record import Record
from servers.evaluator.core.texts import Text
from shared.taxonomy import Place, PlaceMention, find_places, place, resolve_place

HEADER = 500
"""A home without a label stands within this many characters of a résumé's beginning."""
_REACH = 120

_MOVES = re.compile(
    r"\b(?:(?:willing|open|able|ready|happy|prepared|available|free|like|love|want|plan\w*|looking) "
    r"(?:to|for) (?:relocat\w+|mov(?:e|ing))|(?:will|can) relocate|"
    r"relocat(?:ing|ion)\b(?:\s*:\s*(?:yes|anywhere|open|possible)|[ \t]+(?:possible|ok)))\b",
    re.I,
)
_STAYS = re.compile(
    r"\b(?:(?:not|un)[- ]?(?:willing|able|open|ready|prepared)(?: to|: ?)? (?:relocat\w+|mov(?:e|ing))|"
    r"no relocation|(?:cannot|can't|won't|will not) (?:relocate|move)|relocation\s*:\s*no(?:t possible)?)\b",
    re.I,
)
_REMOTE = re.compile(
    r"\b(?:remote (?:only|work|role|position)s?|(?:work|working) remotely|remote preferred|fully remote)\b",
    re.I,
)
_LABEL = re.compile(
    r"\b(?:location|lives? in|living in|based in|residing in|resident of|residence|current city|city)\b"
    r"[ \t]*:?[ \t]*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Residence:
    """What is said of living and moving; each hit shows where. ``moves_to`` is empty for "anywhere"."""

    place: Place | None = None
    hit: Hit | None = None
    moves: Hit | None = None
    moves_to: tuple[Place, ...] = ()
    stays: Hit | None = None
    remote: Hit | None = None


def read_residence(record: Record) -> Residence:
    """Read home and readiness to move from profile and texts."""
    home, hit = _home(record)
    moves: Hit | None = None
    stays: Hit | None = None
    remote: Hit | None = None
    targets: tuple[Place, ...] = ()
    for text in record.texts.values():
        if stays is None and (match := _STAYS.search(text.masked)):
            stays = Hit(text.id, *match.span())
        if moves is None and (match := _MOVES.search(text.masked)) and not _negated(text, match.start()):
            moves = Hit(text.id, *match.span())
            line_end = text.masked.find("\n", match.end())
            end = min(line_end if line_end >= 0 else len(text.masked), match.end() + _REACH)
            targets = tuple(one.place for one in find_places(text.masked[match.end() : end]))
        if remote is None and (match := _REMOTE.search(text.masked)):
            remote = Hit(text.id, *match.span())
    return Residence(home, hit, moves, targets, stays, remote)


def _negated(text: Text, start: int) -> bool:
    return bool(
        re.search(
            r"\b(?:not|never|no longer|don't)\W+(?:\w+\W+)?$", text.masked[max(0, start - 20) : start], re.I
        )
    )


def _home(record: Record) -> tuple[Place | None, Hit | None]:
    """Return the home as the profile has it, else from a labelled line, else from the head of a text."""
    told = record.profile.basics.location
    parts = [part for part in (told.city, told.region, told.country_code) if part] if told else []
    known = (resolve_place(", ".join(parts)) or resolve_place(parts[0])) if parts else None
    if known is None and told and told.country_code:
        known = place(told.country_code.upper())
    for text in record.texts.values():
        for one in _candidates(text):
            if known is None or one.place.id == known.id:
                return known or one.place, Hit(text.id, one.start, one.end, whole=True)
    if parts and (shown := _shown(record, parts)):
        return known, shown
    return (None, None) if known is None else (known, _anywhere(record, known))


def _candidates(text: Text) -> list[PlaceMention]:
    """Return the places that may be the home: labelled ones first, then those in the head."""
    found: list[PlaceMention] = []
    for match in _LABEL.finditer(text.masked):
        after = text.masked[match.end() : match.end() + 80]
        for one in find_places(after.split("\n", 1)[0])[:1]:
            start = match.end() + one.start
            found.append(PlaceMention(start, match.end() + one.end, one.text, one.place))
        if found:
            break
    head = text.masked[:HEADER]
    moving = _MOVES.search(head)
    limit = moving.start() if moving else len(head)
    return found + [one for one in find_places(head[:limit]) if one.place.kind != "country"][:2]


def _shown(record: Record, parts: list[str]) -> Hit | None:
    for text in record.texts.values():
        start = text.masked.find(parts[0])
        if start >= 0:
            return Hit(text.id, start, start + len(parts[0]), whole=True)
    return None


def _anywhere(record: Record, known: Place) -> Hit | None:
    for text in record.texts.values():
        for one in find_places(text.masked):
            if one.place.id == known.id:
                return Hit(text.id, one.start, one.end, whole=True)
    return None
