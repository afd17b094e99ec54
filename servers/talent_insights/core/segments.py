"""Whom or what a question is about, as conditions that the rows are counted by.

A condition is a bit. What contains another is asked with it (a city's country, an occupation's function,
five years' two), so that every wider set than the one asked for is a set of these bits as well.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from servers.talent_insights.core.naming import named, occupation_of, region_of
from shared.kernel.errors import InvalidInput
from shared.taxonomy import Taxonomy
from shared.taxonomy.model import Seniority
from shared.taxonomy.places import place, resolve_place, with_label

YEARS = (2, 5, 10, 15)
FACTS = {
    name: 1 << i
    for i, name in enumerate(
        ("country", "region", "place", "function", "occupation", "seniority", "company", "remote")
    )
}
YEAR_BITS = {years: 256 << i for i, years in enumerate(YEARS)}
SKILL_BITS = tuple(4096 << i for i in range(5))
WITHIN_BITS = {24: 1 << 17, 12: 1 << 18}
FULL = (1 << 19) - 1
PROTECTED = frozenset(
    {
        "age", "birth_year", "birthday", "gender", "sex", "pronouns", "race", "ethnicity", "origin", "nationality",
        "citizenship", "religion", "disability", "health", "pregnancy", "family", "marital_status",
        "sexual_orientation", "photo", "name", "first_name", "graduation_year",
    }
)  # fmt: skip


class WorkSegment(BaseModel):
    """Which work: each field narrows. Names and ids both do."""

    model_config = ConfigDict(extra="forbid")

    occupation: str | None = Field(default=None, max_length=200, description="such as Data engineer")
    function: str | None = Field(
        default=None, max_length=100, description="a broad area such as software, health, finance"
    )
    place: str | None = Field(
        default=None, max_length=200, description="a city, region or country: Berlin; Texas; DE"
    )
    seniority: Seniority | None = Field(default=None, description="as titles state it")
    company: str | None = Field(default=None, max_length=200, description="the employer")
    remote: Literal[True] | None = Field(default=None, description="true: only remote work")

    @model_validator(mode="before")
    @classmethod
    def _no_protected_attribute(cls, value: Any) -> Any:
        asked = sorted(PROTECTED & set(value)) if isinstance(value, Mapping) else []
        if asked:
            raise ValueError(
                f"{', '.join(asked)}: insights are never split by what must not count in hiring, "
                "and it is not kept"
            )
        return value


class Segment(WorkSegment):
    """Which people, by what they do now and can: each field narrows. Names and ids both do."""

    skills: list[str] = Field(default=[], max_length=len(SKILL_BITS), description="all of them, five at most")
    min_years: Literal[2, 5, 10, 15] | None = Field(default=None, description="years of work at least")


@dataclass(frozen=True)
class Condition:
    """One thing asked for: its bits, those of what contains it included, and those that stay when widened."""

    name: str
    words: str
    bits: int
    wider: tuple[tuple[str, int], ...] = ()
    """Wider conditions to fall back to, as words and the bits that remain, widest last."""


@dataclass(frozen=True)
class Conditions:
    """What a question takes: ``parameters`` by name, and the bits that are asked for."""

    parameters: dict[str, Any]
    asked: tuple[Condition, ...] = field(default=())

    @property
    def bits(self) -> int:
        """All bits that are asked for."""
        return sum(condition.bits for condition in self.asked)

    @property
    def words(self) -> str:
        """What is asked for, in words."""
        return ", ".join(condition.words for condition in self.asked) or "the whole pool"

    def cell(self, more: Mapping[str, str] | None = None, *, dropped: int = 0) -> str:
        """Return a name for whom these conditions ask, whatever they are asked by, less some bits and with more.

        What another condition contains is left out: a city says its country.
        """
        bits = self.bits & ~dropped
        held = {name: self.parameters[name] for name, bit in FACTS.items() if bits & bit}
        held |= more or {}
        skills = {self.parameters[f"skill{i + 1}"] for i, bit in enumerate(SKILL_BITS) if bits & bit}
        skills |= {held.pop("skill")} if "skill" in held else set()
        if held.get("work_mode") == "remote":
            held |= {"remote": held.pop("work_mode") == "remote"}
        years = max((years for years, bit in YEAR_BITS.items() if bits & bit), default=None)
        for narrow, wide in (("region", "country"), ("place", "region"), ("place", "country")):
            if held.get(narrow) is not None:
                held.pop(wide, None)
        if held.get("occupation") is not None:
            held.pop("function", None)
        return json.dumps([sorted(held.items()), sorted(skills), years], default=str)

    def with_(self, **parameters: Any) -> dict[str, Any]:
        """Return all parameters of a question, ``parameters`` among them."""
        return {**self.parameters, "unasked": FULL & ~self.bits, "full": FULL, **parameters}

    def of_postings(self, **parameters: Any) -> dict[str, Any]:
        """Return the parameters of a question about postings, which ask no years and name their employer."""
        without = sum(YEAR_BITS.values()) | FACTS["company"]
        return {**self.with_(**parameters), "unasked": FULL & ~self.bits | without, "company": None}


class Reading:
    """Reads segments with one taxonomy."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy

    def conditions(self, segment: WorkSegment) -> Conditions:
        """Return what ``segment`` asks for. Raises InvalidInput for a name that is not known."""
        asked: list[Condition] = []
        parameters: dict[str, Any] = {
            **dict.fromkeys((*FACTS, "years")),
            **{f"skill{i + 1}": None for i in range(len(SKILL_BITS))},
        }
        readers = (self._work, self._place, self._rest)
        for read in readers:
            read(segment, parameters, asked)
        if isinstance(segment, Segment):
            self._abilities(segment, parameters, asked)
        return Conditions(parameters, tuple(asked))

    def skill(self, name: str, field: str = "skills") -> str:
        """Return a skill's id. Raises InvalidInput."""
        found = name if self._taxonomy.has_skill(name) else self._taxonomy.resolve_skill(name)
        if found is None:
            raise InvalidInput(f"{name!r} is no known skill", field=field, fix="Use a common name of it.")
        return found

    def _work(self, segment: WorkSegment, parameters: dict[str, Any], asked: list[Condition]) -> None:
        function = self._function(segment.function)
        if segment.occupation:
            entry = occupation_of(segment.occupation, self._taxonomy)
            if entry is None:
                raise InvalidInput(
                    f"{segment.occupation!r} is no known occupation",
                    field="occupation",
                    fix="Use a common job title.",
                )
            if function and function != entry.field:
                raise InvalidInput(
                    f"{entry.label} belongs to {entry.field}", field="function", fix="Leave it out."
                )
            parameters |= {"occupation": entry.id, "function": entry.field}
            bits = FACTS["occupation"] | FACTS["function"]
            wider = ((f"any work in {entry.field}", FACTS["function"]),)
            asked.append(Condition("occupation", entry.label, bits, wider))
        elif function:
            parameters["function"] = function
            asked.append(Condition("function", f"work in {function}", FACTS["function"]))

    def _function(self, name: str | None) -> str | None:
        if name is None:
            return None
        known = sorted({entry.field for entry in self._taxonomy.occupations if entry.field})
        if name.casefold() not in known:
            raise InvalidInput(
                f"{name!r} is no known function", field="function", fix=f"One of: {', '.join(known)}."
            )
        return name.casefold()

    def _place(self, segment: WorkSegment, parameters: dict[str, Any], asked: list[Condition]) -> None:
        if segment.place is None:
            return
        found = place(segment.place) or resolve_place(segment.place)
        if found is None:
            raise InvalidInput(
                f"{segment.place!r} is no known place", field="place", fix="Name a city or country."
            )
        region = place(region_of(found) or "")
        steps = {"country": place(found.country_code), "region": region}
        steps |= {"place": found} if found.kind == "city" else {}
        bits, wider = 0, list[tuple[str, int]]()
        for name, where in steps.items():
            if where is not None:
                bits |= FACTS[name]
                parameters[name] = where.id
                wider.insert(0, (f"in {with_label(where)}", bits))
        asked.append(Condition("place", f"in {with_label(found)}", bits, tuple(wider[1:])))

    def _rest(self, segment: WorkSegment, parameters: dict[str, Any], asked: list[Condition]) -> None:
        if segment.seniority:
            parameters["seniority"] = segment.seniority
            asked.append(Condition("seniority", segment.seniority, FACTS["seniority"]))
        if segment.company:
            company = named(segment.company)
            if company is None:
                raise InvalidInput("the company has no name", field="company", fix="Name it or leave it out.")
            parameters["company"] = company[0]
            asked.append(Condition("company", f"at {company[1]}", FACTS["company"]))
        if segment.remote:
            parameters["remote"] = True
            asked.append(Condition("remote", "remote", FACTS["remote"]))

    def _abilities(self, segment: Segment, parameters: dict[str, Any], asked: list[Condition]) -> None:
        for i, skill in enumerate(dict.fromkeys(self.skill(name) for name in segment.skills)):
            parameters[f"skill{i + 1}"] = skill
            asked.append(Condition(f"skill:{skill}", self._taxonomy.skill(skill).label, SKILL_BITS[i]))
        if segment.min_years:
            parameters["years"] = segment.min_years
            below = [years for years in YEARS if years < segment.min_years]
            bits = sum(YEAR_BITS[years] for years in (*below, segment.min_years))
            wider = tuple(
                (f"{years} years or more", sum(YEAR_BITS[y] for y in YEARS if y <= years))
                for years in reversed(below)
            )
            asked.append(Condition("min_years", f"{segment.min_years} years or more", bits, wider))
