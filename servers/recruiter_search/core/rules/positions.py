"""Rules about where somebody is, and about one and the same position."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from servers.recruiter_search.core.criteria import (
    Criterion,
    InOnePosition,
    OneOf,
    Part,
    PositionField,
    Weighted,
)
from servers.recruiter_search.core.names import Kind, Names
from servers.recruiter_search.core.reading import holds_words, job
from servers.recruiter_search.core.results import PositionView, ProfileView
from servers.recruiter_search.core.rules.base import Reading, Rule
from servers.recruiter_search.core.rules.times import held_still
from servers.recruiter_search.core.values import MOST_YEARS, Near, PositionFilter
from shared.kernel.errors import InvalidInput
from shared.taxonomy.places import place, places_within

NAMED: dict[str, tuple[PositionField, Kind]] = {
    "occupations": ("occupations", "occupation"),
    "functions": ("functions", "function"),
    "industries": ("industries", "industry"),
    "locations": ("places", "place"),
    "skills": ("skills", "skill"),
}
"""Fields of a position that are known by id."""
_RADIUS = re.compile(r"(?P<place>.*?\S)(?:[\s,]+(?P<km>\d{1,4}(?:\.\d+)?)\s*km)?", re.I)


@dataclass(frozen=True, kw_only=True)
class Around(Rule):
    """A city and the known cities around it."""

    def criterion(self, value: Near, reading: Reading) -> Criterion:
        found = reading.ids("place", [value.place])
        if not found:
            return OneOf("places", ())
        centre = place(found[0])
        if centre is None or centre.kind != "city":
            raise InvalidInput(
                f"{value.place} is no single city, which a radius needs",
                field="near.place",
                fix="Name a city, or use locations for a region or a country.",
            )
        return OneOf("places", tuple(near.id for near in places_within(centre, value.km)))

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion | None:
        said = _RADIUS.fullmatch(text)
        if prefix or said is None:
            return None
        around = {"km": min(1000.0, float(said["km"]))} if said["km"] else {}
        return self.criterion(Near(place=said["place"], **around), reading)

    def meant(self, text: str) -> str:
        return f'Write {self.word}:Berlin, or {self.word}:"Berlin 30 km".'


@dataclass(frozen=True, kw_only=True)
class OnePosition(Rule):
    """Positions, each of which somebody must have held with everything that is said of it."""

    def each(self, value: list[PositionFilter]) -> list[Any]:
        return [[one] for one in value]

    def criterion(self, value: list[PositionFilter], reading: Reading) -> Criterion:
        return InOnePosition(position_parts(value[0], reading))

    def liked(self, value: list[PositionFilter], reading: Reading) -> list[Weighted]:
        return [Weighted(self.criterion([one], reading), self.weight, flat=True) for one in value]

    def terms(self, value: list[PositionFilter], names: Names) -> list[str]:
        return [term for one in value for term in (*one.titles, *one.companies, *one.skills)]

    def shows(self, value: list[PositionFilter], view: ProfileView, reading: Reading) -> list[str]:
        asked = [position_parts(one, reading) for one in value]
        return [told(p) for p in view.positions if any(fits(parts, p, reading.names) for parts in asked)]


def position_parts(asked: PositionFilter, reading: Reading) -> tuple[Part, ...]:
    """Return what one position must have. Raises InvalidInput where nothing is asked of it."""
    parts = [Part("title", tuple(asked.titles)), Part("company", tuple(asked.companies))]
    for name, (where, kind) in NAMED.items():
        given: list[str] = getattr(asked, name)
        # Names that nothing is known for leave a part that no position has.
        parts.append(Part(where, reading.ids(kind, given) or (("",) if given else ())))
    parts += [Part("seniority", tuple(asked.seniority)), Part("work_modes", tuple(asked.work_modes))]
    if asked.current is not None:
        parts.append(Part("held", ("now" if asked.current else "past",)))
    if asked.min_years:
        parts.append(lasting_part(asked.min_years))
    if asked.within_years is not None:
        parts.append(Part("active", held_still(asked.within_years, reading.today)))
    said = tuple(part for part in parts if part.values)
    if not said:
        raise InvalidInput("nothing is asked of the position", field="positions", fix="Name a title, say.")
    return said


def lasting_part(years: int) -> Part:
    """Return that a position lasted so many full years at least."""
    return Part("years", tuple(str(full) for full in range(years, MOST_YEARS + 1)))


def fits(parts: Iterable[Part], held: PositionView, names: Names) -> bool:
    """Tell whether a position shows what its view can show of ``parts``; the rest the index has compared."""
    for part in parts:
        match part.field:
            case "title" | "company":
                text = (held.title if part.field == "title" else held.company) or ""
                shown = any(holds_words(text, words, prefix=part.prefix) for words in part.values)
            case "occupations" | "functions":
                kind: Kind = "occupation" if part.field == "occupations" else "function"
                shown = not set(part.values).isdisjoint(names.ids(kind, held.title or ""))
            case "held":
                shown = ("now" if held.current else "past") in part.values
            case _:
                shown = True
        if not shown:
            return False
    return True


def told(held: PositionView) -> str:
    """Return a position with its time."""
    span = f"{held.start or '?'} to {'now' if held.current else held.end or '?'}"
    return f"{job(held)}, {span}" if held.start or held.end else job(held)
