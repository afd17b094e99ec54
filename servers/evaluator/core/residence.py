"""Where a profile says that somebody lives, and whether they would move."""

import re
from dataclasses import dataclass

from servers.evaluator.core.findings import Hit
from servers.evaluator.core.home import read_home
from servers.evaluator.core.record import Record
from servers.evaluator.core.texts import Text
from shared.taxonomy import Place, find_places

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
    home, hit = read_home(record)
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
