"""Where a profile says that somebody lives: in a labelled line or in the head of a text, nowhere else.

A city beside an employer or a school is not a home, even where a parser took it for one.
"""

import re

from servers.evaluator.core.findings import Hit
from servers.evaluator.core.record import Record
from servers.evaluator.core.texts import Text
from shared.taxonomy import Place, PlaceMention, find_places, place, place_contains, resolve_place

HEADER = 500
"""A home without a label stands within this many characters of a text's beginning."""
_LABEL = re.compile(
    r"\b(?:(?:current )?(?:location|residence|city|address)[ \t]*[:|–-][ \t]*|"
    r"(?:lives?|living|residing|resides?|resident) (?:in|of)[ \t]+)|"
    r"^[ \t]*(?:now |currently )?based in[ \t]+",
    re.I | re.M,
)
# What ends the head of a résumé: a section, dates, a school, or readiness to move elsewhere.
_HEAD_ENDS = re.compile(
    r"(?:^|\n|[ \t]{2,}|\t)[ \t]*(?:\w+ )?(?:experience|employment|education|work history|career|objective|summary|"
    r"profile|skills|qualifications?)\b(?!,)|"
    r"\b(?:university|college|institute|school|(?:willing|open|ready|able) to (?:relocate|move)|"
    r"(?:19|20)\d\d[ \t]*(?:[-–—]|to\b))",
    re.I,
)
_LABEL_REACH = 80
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_POSITION_REACH = 120
_TOWN = re.compile(r"(?<![\w*])(?:[A-Z][\w.'’-]+ ){0,2}[A-Z][\w.'’-]+,?[ \t]+$")
_TOWN_REACH = 40
_CODE = 2
FIRST_LINE = 60
"""A first line up to this length is a name or a heading such as "Education Resume Example"."""


def read_home(record: Record) -> tuple[Place | None, Hit | None]:
    """Return the home and where it is said. Without a place that says so there is no home."""
    told = record.profile.basics.location
    parts = [part for part in (told.city, told.region, told.country_code) if part] if told else []
    if parts and _is_masked(record, parts[0]):
        told, parts = None, []
    known = _resolved(parts, told.country_code if told else None)
    for text in record.texts.values():
        for one in _candidates(text, record, known):
            if known is None:
                return one.place, _hit(text, one)
            if place_contains(known, one.place) or place_contains(one.place, known):
                return known, _hit(text, one)
    hit = _written(record, parts[0]) if parts and known else None
    return (known, hit) if hit else (None, None)


def _is_masked(record: Record, city: str) -> bool:
    """Tell whether what a parser took for a home is written only where something is hidden: in a name."""
    texts = record.texts.values()
    return any(city in text.original for text in texts) and not any(city in text.masked for text in texts)


def _hit(text: Text, one: PlaceMention) -> Hit:
    """Return where the place is written, with the town before it that the taxonomy does not know."""
    town = None
    if one.place.kind != "city":
        town = _TOWN.search(text.masked, max(0, one.start - _TOWN_REACH), one.start)
    return Hit(text.id, town.start() if town else one.start, one.end, whole=True)


def _resolved(parts: list[str], country_code: str | None) -> Place | None:
    """Return the most precise place known for city, region and country; for an unknown city the country.

    Only the country's own field is a country code: a region "AR" is Arkansas, and no Argentina.
    """
    if not parts:
        return None
    country = place(country_code.upper()) if country_code else None
    found = resolve_place(", ".join(parts)) or (resolve_place(parts[0]) if len(parts[0]) > _CODE else None)
    if found and country and found.country_code != country.country_code:
        return country
    return found or country


def _candidates(text: Text, record: Record, known: Place | None) -> list[PlaceMention]:
    """Return the places that may be the home: labelled ones first, then those in the head."""
    found: list[PlaceMention] = []
    for match in _LABEL.finditer(text.masked):
        if record.history.at(text.id, match.start()):
            continue
        after = text.masked[match.end() : match.end() + _LABEL_REACH].split("\n", 1)[0]
        found += [_moved(one, match.end()) for one in find_places(after)[:1]]
    head = text.masked[: _head_end(text, record)]
    return found + [one for one in find_places(head) if _may_be_home(one, known)][:2]


def _may_be_home(one: PlaceMention, known: Place | None) -> bool:
    """Tell whether a place in the head counts: a country only where it is the one told, and not as "IT"."""
    return one.place.kind != "country" or (one.place == known and (len(one.text) > 2 or one.text == "UK"))


def _moved(one: PlaceMention, by: int) -> PlaceMention:
    return PlaceMention(one.start + by, one.end + by, one.text, one.place)


def _head_end(text: Text, record: Record) -> int:
    first = text.masked.find("\n", 0, FIRST_LINE)
    ends = _HEAD_ENDS.search(text.masked, max(first, 0))
    # A title under the name reads like a position; where dates stand beside it the head is over.
    starts = [
        one.start
        for one in record.history.positions
        if one.source == text.id and _YEAR.search(text.masked, one.start, one.start + _POSITION_REACH)
    ]
    # What is hidden at the beginning, such as an order to the judge, does not push the home out of the head.
    reach = HEADER + sum(end - start for start, end in text.hidden if start < HEADER)
    return min([reach, *starts, *([ends.start()] if ends else [])])


def _written(record: Record, city: str) -> Hit | None:
    """Return where a city that the taxonomy does not know is written in the head of a text."""
    for text in record.texts.values():
        start = text.masked.find(city, 0, _head_end(text, record))
        if start >= 0:
            return Hit(text.id, start, start + len(city), whole=True)
    return None
