"""Conditions in terms that any index can run: keyword, number and text fields, and boolean combinations.

A search engine's adapter translates these; nothing above it knows the engine.
"""

from dataclasses import dataclass
from typing import Literal

Keyword = Literal[
    "candidate_id",
    "skills",
    "shown_skills",
    "times",
    "occupations",
    "current_occupations",
    "past_occupations",
    "functions",
    "current_functions",
    "places",
    "countries",
    "worked_in",
    "work_modes",
    "seniority",
    "languages",
    "degree",
    "fields_of_study",
    "certificates",
    "industries",
    "current_industries",
    "flags",
    "sources",
    "engagement",
]
TextField = Literal[
    "everything",
    "headline",
    "title",
    "current_title",
    "past_title",
    "company",
    "current_company",
    "past_company",
    "school",
    "issuer",
    "skill_names",
]
Written = Literal["company_facet"]
"""Names of present employers exactly as profiles write them."""
Number = Literal["years", "months_per_company", "role_since", "company_since", "changed_on", "contacted_on"]
"""Months are counted from year 0 (``year * 12 + month - 1``), days as ``date.toordinal`` does."""

PositionField = Literal[
    "title",
    "company",
    "occupations",
    "functions",
    "industries",
    "seniority",
    "places",
    "work_modes",
    "skills",
    "held",
    "years",
    "active",
]


@dataclass(frozen=True)
class OneOf:
    """A keyword field holds at least one of ``values``."""

    field: Keyword | Written
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
class Part:
    """What a position must have: one of ``values``; of titles and companies the words, side by side."""

    field: PositionField
    values: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True)
class InOnePosition:
    """One and the same position has all the parts."""

    parts: tuple[Part, ...]


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


Criterion = OneOf | Between | Words | InOnePosition | AllOf | AnyOf | NoneOf


RankedBy = Literal["words", "taxonomy"]


@dataclass(frozen=True)
class Weighted:
    """A criterion that adds to the score: times its rarity, or exactly ``weight`` where ``flat``.

    Where parts of a score are fused, it counts for the part ``by``.
    """

    criterion: Criterion
    weight: float
    flat: bool = False
    by: RankedBy = "words"
