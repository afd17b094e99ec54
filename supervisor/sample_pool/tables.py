"""Read the career tables (``careers/*.toml``): what people of an occupation do, in which order, with what.

Each file is one field of work. Its ``[field]`` table holds what the field's careers share; every other
table is a career. Lists are written compactly: ``a, b`` for skills, ``a; b`` for phrases, ``a / b`` for
alternatives on one rung of a ladder, ``skill@2014`` for a skill that nobody used before that year.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class DatedSkill:
    """A skill and the first year in which people could have used it at work."""

    name: str
    since: int


@dataclass(frozen=True)
class Degree:
    """A course of study: level (``bachelor``), subject, and its length in months."""

    level: str
    subject: str
    months: int


@dataclass(frozen=True)
class Career:
    """One occupation's tables; see the module's docstring for where they come from."""

    key: str
    field: str
    weight: float
    ladder: tuple[tuple[str, ...], ...]
    core: tuple[DatedSkill, ...]
    more: tuple[DatedSkill, ...]
    industries: tuple[str, ...]
    degrees: tuple[Degree, ...]
    licences: tuple[str, ...]
    certificates: tuple[str, ...]
    things: tuple[str, ...]
    did: tuple[str, ...]
    moves: tuple[str, ...]
    schools: tuple[str, ...]


_MONTHS = {
    "certificate": 12,
    "apprenticeship": 36,
    "associate": 24,
    "bachelor": 36,
    "master": 24,
    "doctorate": 48,
}


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _skills(text: str) -> tuple[DatedSkill, ...]:
    found: list[DatedSkill] = []
    for part in text.split(","):
        name, _, since = part.strip().partition("@")
        if name:
            found.append(DatedSkill(name, int(since or 0)))
    return tuple(found)


def _degrees(text: str) -> tuple[Degree, ...]:
    pairs = (phrase.split(" ", 1) for phrase in _phrases(text))
    return tuple(Degree(level, subject, _MONTHS[level]) for level, subject in pairs)


def _spread(templates: tuple[str, ...]) -> tuple[str, ...]:
    """Weight sentences that name a skill three to one, so that most claims leave evidence behind."""
    return tuple(t for t in templates for _ in range(3 if "{skill" in t else 1))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _career(key: str, raw: dict[str, Any], field: dict[str, Any]) -> Career:
    def text(name: str) -> str:
        return str(raw.get(name) or field.get(name, ""))

    return Career(
        key=key,
        field=str(field["name"]),
        weight=float(raw.get("weight", 1.0)),
        ladder=tuple(tuple(t.strip() for t in rung.split(" / ")) for rung in _phrases(str(raw["ladder"]))),
        core=_skills(str(raw["core"])),
        more=_skills(str(raw["more"])),
        industries=_phrases(text("industries")),
        degrees=_degrees(text("degrees")),
        licences=_phrases(str(raw.get("licences", ""))),
        certificates=_phrases(text("certificates")),
        things=_phrases(str(raw["things"])),
        did=_spread(_lines(str(raw.get("did", ""))) * 2 + _lines(str(field["did"]))),
        moves=_phrases(str(raw.get("moves", ""))),
        schools=_phrases(text("schools")) or ("University of {town}", "{town} University"),
    )


@cache
def load_careers() -> dict[str, Career]:
    """Return every career by key, in file and table order."""
    careers: dict[str, Career] = {}
    folder = files("supervisor.sample_pool") / "careers"
    for path in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if path.name.endswith(".toml"):
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
            field = tables.pop("field")
            careers |= {key: _career(key, raw, field) for key, raw in tables.items()}
    return careers
