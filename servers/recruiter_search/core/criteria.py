"""Conditions in terms that any index can run: keyword, number and text fields, and boolean combinations.

A search engine's adapter translates these; nothing above it knows the engine.
"""

from dataclasses import dataclass
from typing import Literal

Keyword = Literal[
    "candidate_id",
    "skills",
    "shown_skills",
    "occupations",
    "current_occupations",
    "places",
    "countries",
    "seniority",
    "languages",
    "degree",
    "fields_of_study",
    "certificates",
    "industries",
    "flags",
]
TextField = Literal[
    "everything",
    "title",
    "current_title",
    "company",
    "current_company",
    "past_company",
    "school",
    "skill_names",
]
Number = Literal["years"]


@dataclass(frozen=True)
class OneOf:
    """A keyword field holds at least one of ``values``."""

    field: Keyword
    values: tuple[str, ...]


@dataclass(frozen=True)
class Between:
    """A number lies in ``[least, most]``; None leaves a side open."""

    field: Number
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Words:
    """A text field holds the words of ``text`` side by side, the last one as a prefix where asked."""

    field: TextField
    text: str
    prefix: bool = False


@dataclass(frozen=True)
class AllOf:
    parts: tuple["Criterion", ...]


@dataclass(frozen=True)
class AnyOf:
    """At least ``least`` of the parts hold."""

    parts: tuple["Criterion", ...]
    least: int = 1


@dataclass(frozen=True)
class NoneOf:
    parts: tuple["Criterion", ...]


Criterion = OneOf | Between | Words | AllOf | AnyOf | NoneOf


@dataclass(frozen=True)
class Weighted:
    """A criterion that adds to the score: times its rarity, or exactly ``weight`` where ``flat``."""

    criterion: Criterion
    weight: float
    flat: bool = False
