"""Names of employers, schools, places and occupations, brought to keys under which they are counted."""

import re
from functools import lru_cache

from servers.talent_insights.core.rows import Facts
from shared.taxonomy import Taxonomy
from shared.taxonomy.employers import employer_key, without_legal_form
from shared.taxonomy.model import OccupationEntry
from shared.taxonomy.places import Place, find_places, place, resolve_place
from shared.taxonomy.seniority import seniority_of

_REMOTE = re.compile(r"\b(?:remote|home[- ]?office|work from home|telecommut\w+|anywhere)\b", re.IGNORECASE)


def named(text: str | None) -> tuple[str, str] | None:
    """Return the key of an employer or school and its name without a legal form; None without letters."""
    name = without_legal_form(text or "")
    return (employer_key(text or ""), name) if any(c.isalnum() for c in name) else None


def region_of(where: Place) -> str | None:
    """Return the id of the region that a place lies in or is."""
    if where.kind == "region":
        return where.id
    region = where.id.rpartition("/")[0]
    return region if "/" in region else None


def occupation_of(name: str, taxonomy: Taxonomy) -> OccupationEntry | None:
    """Return the occupation with this id or title."""
    known = next((entry for entry in taxonomy.occupations if entry.id == name), None)
    return known or taxonomy.resolve_occupation(name)


class Naming:
    """Reads titles and places with one taxonomy. Keeps what it learnt, bounded."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self._occupation = lru_cache(16384)(taxonomy.resolve_occupation)
        self._seniority = lru_cache(16384)(seniority_of)
        self._place = lru_cache(16384)(_place_of)

    def facts(self, title: str | None, where: str | None, employer: str | None, country: str = "") -> Facts:
        """Return what conditions can ask of work with this title, there, for this employer."""
        occupation = self._occupation(title) if title else None
        found = self._place(where, country) if where or country else None
        company = named(employer)
        return Facts(
            country=found.country_code if found else None,
            region=region_of(found) if found else None,
            place=found.id if found and found.kind == "city" else None,
            function=(occupation.field or None) if occupation else None,
            occupation=occupation.id if occupation else None,
            seniority=self._seniority(title) if title else None,
            company=company[0] if company else None,
            company_name=company[1] if company else None,
            remote=bool(where and _REMOTE.search(where)),
        )


def _place_of(text: str | None, country: str) -> Place | None:
    found = resolve_place(text) if text else None
    if found is None or (country and found.country_code != country):
        inside = (m.place for m in find_places(text or "") if not country or m.place.country_code == country)
        found = next(inside, None) or (place(country) if country else None)
    return found
