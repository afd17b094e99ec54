"""One person as flat fields, the shape that tables and exports have in common, made into a profile."""

import re

from shared.resume import is_now, iso_date
from shared.taxonomy import find_places, resolve_place
from shared.wire.profile import Place, SocialProfile

_LIST = re.compile(r"\s*[;|•\n]\s*")
_NETWORKS = ("LinkedIn", "GitHub", "GitLab", "Twitter", "XING", "Facebook", "StackOverflow", "Behance")


def listed(value: str | None) -> list[str]:
    """Return the items of a cell: separated by ``;`` ``|`` or lines, by commas where there are only those."""
    if not value:
        return []
    parts = _LIST.split(value) if _LIST.search(value) else value.split(",")
    return list(dict.fromkeys(part.strip(" -*\t") for part in parts if part.strip(" -*\t")))


def place_of(text: str | None) -> Place | None:
    """Return the place a line of address names; what is not known stays as its first part."""
    if not text or not text.strip():
        return None
    mentions = [mention.place for mention in find_places(text)]
    for kind in ("city", "region", "country"):
        for place in mentions:
            if place.kind == kind:
                first = text.split(",")[0].strip()
                city = place.label if kind == "city" else first if "," in text and kind == "region" else None
                region = place.region if kind == "city" else place.label if kind == "region" else None
                return Place(city=city, region=region, country_code=place.country_code)
    return Place(city=text.split(",")[0].strip())


def country_of(text: str | None) -> str | None:
    """Return the ISO code of a country given by name or code."""
    if not text:
        return None
    if re.fullmatch(r"[A-Z]{2}", text.strip()):
        return text.strip()
    place = resolve_place(text.strip())
    return place.country_code if place else None


def page_of(url: str) -> SocialProfile:
    """Return an address as a profile page, with its network where that is a known one."""
    network = next((name for name in _NETWORKS if name.casefold() in url.casefold()), None)
    return SocialProfile(network=network, url=url)


def dates_of(start: str | None, end: str | None) -> tuple[str | None, str | None, bool]:
    """Return start, end and whether it lasts, of two cells."""
    began = iso_date(start)
    return began, iso_date(end), is_now(end)
