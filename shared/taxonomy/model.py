"""What the taxonomy knows and what it finds in a text. Every mention says where it stands."""

from dataclasses import dataclass, field
from typing import Literal

SkillKind = Literal["technology", "knowledge", "competence", "soft"]
Seniority = Literal["intern", "junior", "mid", "senior", "lead", "manager", "director", "executive"]
DegreeLevel = Literal["secondary", "associate", "bachelor", "master", "doctorate"]
LanguageLevel = Literal["A1", "A2", "B1", "B2", "C1", "C2", "native"]


@dataclass(frozen=True, slots=True)
class SkillEntry:
    """One skill.

    ``aliases`` are further spellings; a leading ``=`` asks for that exact spelling (``=Go``), a leading
    ``?`` for a context that speaks of skills (``?excel``). ``broader`` and ``implies`` hold skill ids:
    whoever has this skill also has those. ``related`` ids are near, and prove nothing.
    """

    id: str
    label: str
    aliases: tuple[str, ...] = ()
    kind: SkillKind = "technology"
    broader: tuple[str, ...] = ()
    implies: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OccupationEntry:
    """One occupation: ``field`` is its broad area, ``skills`` the ids typical of it, most telling first."""

    id: str
    label: str
    aliases: tuple[str, ...] = ()
    field: str = ""
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedEntry:
    """A certificate, field of study or industry: an id with its spellings."""

    id: str
    label: str
    aliases: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A city, a region or a country. ``latitude`` and ``longitude`` are rough degrees, cities only."""

    id: str
    kind: Literal["city", "region", "country"]
    label: str
    country_code: str
    region: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    population: int = 0
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """Characters ``[start, end)`` of the text that was read, and the text itself."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class SkillMention(Mention):
    """``negated`` is true where the text says that the skill is absent or not asked for."""

    skill: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class OccupationMention(Mention):
    occupation: str


@dataclass(frozen=True, slots=True)
class DegreeMention(Mention):
    """A degree with the ids of the fields of study named with it."""

    level: DegreeLevel
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CertificateMention(Mention):
    certificate: str


@dataclass(frozen=True, slots=True)
class LanguageMention(Mention):
    """A human language by ISO 639-1 code, and the CEFR level said of it, if any."""

    language: str
    level: LanguageLevel | None = None


@dataclass(frozen=True, slots=True)
class PlaceMention(Mention):
    place: Place


@dataclass(frozen=True, slots=True)
class IndustryMention(Mention):
    industry: str


@dataclass(frozen=True, slots=True)
class PhraseMention(Mention):
    """A phrase that names a skill without being in the taxonomy: a doing or a thing known."""

    kind: Literal["skill", "knowledge"] = field(default="skill")
