"""Countries, regions and cities in a text."""

import math
import re
from functools import cache

from shared.taxonomy.matcher import PhraseMatcher
from shared.taxonomy.model import Place, PlaceMention
from shared.taxonomy.skill_data import data_lines, names
from shared.taxonomy.text import slug, tokenise

_EARTH_KM = 6371.0
# A code of two letters is a region after a town ("Conway, AR"), after such a word, or alone; else it is AR, the
# trade, or OR, the word.
_CODE_BEFORE = re.compile(
    r"(?:[A-Z][a-z]{2,}(?:[ -][A-Z][a-z]+)*,[ \t]*|"
    r"\b(?i:(?:located|based|lives?|living|resid\w+|relocat\w+) (?:in|to) |"
    r"(?:location|state|residence|remote|hybrid)[ \t]*[:,(–-][ \t]*))$"
)
_CODE_AFTER = re.compile(r"[ \t]*(?:$|[\n|•·);.–]|[ \t]-|[ \t]{2}|,[ \t]*(?:[A-Z]|$)|\d{5}|(?:and|or)\b)")
# Words that make a city's name something else: "Phoenix framework", "Washington University", "Reading list".
_NOT_A_PLACE = re.compile(
    r"^\s*(?:framework|university|college|institute|area code|street|avenue|road|times|post\b)", re.I
)


_BEFORE_PLACE = re.compile(
    r"(?:\b(?:in|from|near|at|to|around|of|or|and|based|located|location|city|office)\b[\s:,(]*|[,/(|"
    r"•·-]\s*|\n\s*|^\s*)$",
    re.I,
)
_AFTER_PLACE = re.compile(r"^\s*(?:[,.;)/|•·\n-]|and\b|or\b|area\b|office\b|metro|$|\(|[–—])", re.I)


@cache
def _places() -> dict[str, Place]:
    entries: dict[str, Place] = {}
    for line in data_lines("countries.txt"):
        code, label, aliases = (part.strip() for part in line.split(";"))
        entries[code] = Place(code, "country", label, code, aliases=names(aliases))
    for line in data_lines("regions.txt"):
        code, label, aliases = (part.strip() for part in line.split(";"))
        key = f"{code}/{slug(label)}"
        entries[key] = Place(key, "region", label, code, region=label, aliases=names(aliases))
    for line in data_lines("cities.txt"):
        label, code, region, latitude, longitude, size, aliases = (part.strip() for part in line.split(";"))
        key = f"{code}/{slug(region)}/{slug(label)}" if region else f"{code}//{slug(label)}"
        entries[key] = Place(
            key, "city", label, code, region or None,
            float(latitude), float(longitude), int(float(size) * 1000), names(aliases),
        )  # fmt: skip
    return entries


@cache
def _ambiguous() -> frozenset[str]:
    return frozenset(data_lines("ambiguous_places.txt"))


@cache
def _matcher() -> PhraseMatcher[tuple[str, str | None]]:
    # "Georgia" is the state far more often than the country; else a country outranks its namesakes.
    ranked = sorted(
        _places().values(), key=lambda place: (place.id == "GE", place.kind != "country", -place.population)
    )
    return PhraseMatcher(
        [
            (name.lstrip("="), (place.id, name[1:] if name.startswith("=") else None))
            for place in ranked
            for name in (re.sub(r" \(.*\)$| State$", "", place.label), *place.aliases)
        ]
    )


def place(place_id: str) -> Place | None:
    """Return the place with this id (``DE``, ``US/texas``, ``US/texas/austin``), or None."""
    return _places().get(place_id)


def find_places(text: str) -> list[PlaceMention]:
    """Return the places that ``text`` names: cities first told apart by the region or country beside them."""
    tokens = tokenise(text)
    found: list[tuple[int, int, list[Place]]] = []
    for first, after, spellings in _matcher().longest(tokens):
        start, end = tokens.starts[first], tokens.ends[after - 1]
        written = text[start:end]
        if not written[0].isupper() or _NOT_A_PLACE.match(text[end : end + 20]):
            continue
        candidates = [_places()[i] for i, exact in spellings if exact is None or exact == written]
        if len(written) == 2 and not _is_code(
            text, start, end, beside=bool(found) and found[-1][1] >= start - 3
        ):
            candidates = [c for c in candidates if c.kind == "country"]
        if candidates and (written.lower() not in _ambiguous() or _stands_alone(text, start, end)):
            found.append((start, end, candidates))
    return _joined(found, text)


def _is_code(text: str, start: int, end: int, *, beside: bool) -> bool:
    """Tell whether two capitals are a region's code: alone, after a place or a town, after a word that says so."""
    if not text[:start].strip(" \n\t(") and not text[end:].strip(" \n\t)."):
        return True
    after = _CODE_AFTER.match(text, end) is not None
    return after and (beside or _CODE_BEFORE.search(text[max(0, start - 40) : start]) is not None)


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = _BEFORE_PLACE.search(text[max(0, start - 20) : start])
    return before is not None and _AFTER_PLACE.match(text[end : end + 12]) is not None


def _joined(found: list[tuple[int, int, list[Place]]], text: str) -> list[PlaceMention]:
    """Join ``Austin, TX, USA`` into one mention of the city; choose among namesakes by what follows."""
    mentions: list[PlaceMention] = []
    index = 0
    while index < len(found):
        start, end, candidates = found[index]
        chosen = candidates[0]
        index += 1
        while index < len(found) and re.fullmatch(r"[\s,(/-]{1,3}", text[end : found[index][0]]):
            wider = found[index][2]
            fitting = [(c, w) for c in candidates for w in wider if _within(c, w)]
            if not fitting:
                break
            chosen = fitting[0][0]
            candidates = [c for c, _ in fitting]
            end = found[index][1]
            index += 1
        if foreign := re.match(
            rf",[ \t]*{chosen.country_code}\b(?![ \t]+(?!and\b|or\b)[A-Za-z])", text[end:]
        ):
            # "Toronto, CA" is in Canada: what follows is no region.
            end += foreign.end()
            while index < len(found) and found[index][0] < end:
                index += 1
        mentions.append(PlaceMention(start, end, text[start:end], chosen))
    return mentions


def _within(inner: Place, outer: Place) -> bool:
    if outer.kind == "country":
        return inner.kind != "country" and inner.country_code == outer.country_code
    if outer.kind != "region" or inner.kind != "city":
        return False
    if outer.id == "GB/england":
        return inner.country_code == "GB" and inner.region not in ("Scotland", "Wales", "Northern Ireland")
    return inner.region == outer.region


def resolve_place(text: str) -> Place | None:
    """Return the most precise place that ``text`` names, or None. Reads ``Austin, TX`` and ``munich``."""
    exact = [i for i, exact in _matcher().lookup(text) if exact is None or exact == text.strip()]
    if exact:
        return _places()[exact[0]]
    order = {"city": 0, "region": 1, "country": 2}
    mentions = find_places(text) or find_places(text.title())
    return min((m.place for m in mentions), key=lambda p: order[p.kind], default=None)


def place_contains(outer: Place, inner: Place) -> bool:
    """Return whether ``inner`` is ``outer`` or lies in it; aliases such as ``England`` are their country."""
    return outer.id == inner.id or _within(inner, outer)


def distance_km(one: Place, other: Place) -> float | None:
    """Return the great-circle distance between two cities in kilometres, rough; None without coordinates."""
    points = (one.latitude, one.longitude, other.latitude, other.longitude)
    if any(value is None for value in points):
        return None
    lat1, lon1, lat2, lon2 = (math.radians(value or 0.0) for value in points)
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(half))


def places_within(centre: Place, km: float) -> list[Place]:
    """Return the cities at most ``km`` kilometres from a city, itself included, nearest first."""
    measured = [(distance_km(centre, other), other) for other in _places().values() if other.kind == "city"]
    near = [(far, other) for far, other in measured if far is not None and far <= km]
    return [other for _, other in sorted(near, key=lambda pair: (pair[0], pair[1].id))]


def with_label(place_: Place) -> str:
    """Return the place as people write it, such as ``Austin, Texas, United States``."""
    country = _places()[place_.country_code]
    parts = [place_.label] if place_.kind != "country" else []
    if place_.kind == "city" and place_.region and place_.region != place_.label:
        parts.append(re.sub(r" \(.*\)$| State$", "", place_.region))
    return ", ".join((*parts, country.label))
