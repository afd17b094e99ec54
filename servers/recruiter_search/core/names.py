"""From the names that callers and profiles write to the ids that are indexed."""

from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from shared.taxonomy import Taxonomy
from shared.taxonomy.degrees import find_fields_of_study
from shared.taxonomy.named import find_certificates, find_industries, industry, resolve_certificate
from shared.taxonomy.places import place, resolve_place
from shared.taxonomy.text import slug

Kind = Literal["skill", "occupation", "function", "industry", "place", "certificate", "field_of_study"]


class Names:
    """Resolves names with one taxonomy. Keeps what it learnt, bounded."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self._occupations = {entry.id: entry.field for entry in taxonomy.occupations}
        self._functions = {slug(field): field for field in self._occupations.values() if field}
        self._function_of = {one: slug(field) for one, field in self._occupations.items() if field}
        resolvers: dict[Kind, Callable[[str], tuple[str, ...]]] = {
            "skill": lambda name: _some(taxonomy.resolve_skill(name)),
            "occupation": lambda name: _some(self._occupation(name)),
            "function": lambda name: _some(self._function(name)),
            "industry": _industries,
            "place": _places,
            "certificate": _certificates,
            "field_of_study": _studies,
        }
        self._ids = {kind: lru_cache(8192)(resolve) for kind, resolve in resolvers.items()}
        self._proved = lru_cache(8192)(self._proves)

    def ids(self, kind: Kind, name: str) -> tuple[str, ...]:
        """Return the ids that ``name`` stands for; empty where nothing is known for it."""
        return self._ids[kind](name)

    def function_of(self, occupation: str) -> str | None:
        """Return the id of the function, such as ``software``, that an occupation belongs to."""
        return self._function_of.get(occupation)

    def label(self, function: str) -> str:
        """Return a function as people write it."""
        return self._functions.get(function, function)

    def proves(self, skill: str) -> frozenset[str]:
        """Return the ids of all that a skill, by name or id, proves, itself included."""
        return self._proved(skill)

    def spellings(self, skill: str) -> list[str]:
        """Return all the ways in which a skill is written."""
        entry = self.taxonomy.skill(skill)
        return [entry.label, *(alias.lstrip("=?") for alias in entry.aliases)]

    def _proves(self, skill: str) -> frozenset[str]:
        return frozenset().union(*(self.taxonomy.covered_by(found) for found in self.ids("skill", skill)))

    def _occupation(self, name: str) -> str | None:
        if name in self._occupations:
            return name
        entry = self.taxonomy.resolve_occupation(name)
        return entry.id if entry else None

    def _function(self, name: str) -> str | None:
        if slug(name) in self._functions:
            return slug(name)
        occupation = self._occupation(name)
        return self.function_of(occupation) if occupation else None


def _some(found: str | None) -> tuple[str, ...]:
    return (found,) if found else ()


def _industries(name: str) -> tuple[str, ...]:
    return (name,) if industry(name) else tuple(mention.industry for mention in find_industries(name))


def _places(name: str) -> tuple[str, ...]:
    found = place(name) or resolve_place(name)
    return (found.id,) if found else ()


def _certificates(name: str) -> tuple[str, ...]:
    known = resolve_certificate(name)
    return (known,) if known else tuple(mention.certificate for mention in find_certificates(name))


def _studies(name: str) -> tuple[str, ...]:
    found = find_fields_of_study(name.replace("-", " "))
    return (slug(name), *found) if found else ()  # the name itself may be a wide field's, such as computing
