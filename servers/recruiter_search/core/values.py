"""What a filter may be given beside plain words: a skill with its time, a place with a radius, a position."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from servers.recruiter_search.core.refusals import refuse
from shared.kernel.errors import InvalidInput
from shared.wire.requirements import LanguageLevel, Seniority, WorkMode
from shared.wire.standing import Stage

MOST_YEARS = 15
"""Years that a single skill, occupation or position is counted up to."""
MOST_YEARS_AGO = 40


def _slim(schema: dict[str, Any]) -> None:
    """Leave out of a published schema what says nothing, since a model reads it with every tool: titles that
    repeat names, empty defaults, null beside a type."""
    for field in schema.get("properties", {}).values():
        field.pop("title", None)
        if field.get("default", ...) in (None, []):
            del field["default"]
        kinds = [kind for kind in field.get("anyOf", []) if kind != {"type": "null"}]
        if len(kinds) == 1:
            del field["anyOf"]
            field.update(kinds[0])


class Strict(BaseModel):
    """Refuses fields that do not exist, with the reason where there is one."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_slim)

    @model_validator(mode="before")
    @classmethod
    def _reasoned(cls, given: Any) -> Any:
        refuse(given)
        return given


class LanguageFilter(Strict):
    """A language, spoken at least at a level. Profiles that state no level count as B2."""

    code: str = Field(description="ISO 639-1 code, such as de")
    at_least: LanguageLevel | None = None


class Experience(Strict):
    """Something with how long and how recently it was done, by the dated positions that show it.

    A profile that shows it nowhere with dates does not satisfy a time; use it in ``prefer`` to lose nobody.
    """

    of: str = Field(description="taxonomy id or name")
    min_years: int | None = Field(default=None, ge=1, le=MOST_YEARS, description="full years in all")
    within_years: int | None = Field(
        default=None, ge=0, le=MOST_YEARS_AGO, description="still done so many years ago"
    )


class Near(Strict):
    """A city and what lies around it."""

    place: str = Field(description="a city, by name or place id")
    km: float = Field(default=50, ge=0, le=1000, description="radius as the crow flies")


class KnownHeadcount(Strict):
    """How many of the people known here work for an employer, as talent_insights tells: never its true size."""

    at_least: int | None = Field(default=None, ge=1)
    at_most: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _sided(self) -> Self:
        _check_sides(self.at_least, self.at_most)
        return self


class KnownGrowth(Strict):
    """By how much that number grew in twelve months: 0.1 is ten per cent."""

    at_least: float | None = Field(default=None, ge=-1, le=100)
    at_most: float | None = Field(default=None, ge=-1, le=100)

    @model_validator(mode="after")
    def _sided(self) -> Self:
        _check_sides(self.at_least, self.at_most)
        return self


class InStage(Strict):
    """Where people stand now in one project's pipeline; one of the stages is enough."""

    project_id: str = Field(description="a project's id, such as proj_0197…")
    at: list[Stage] = Field(min_length=1)


class PositionFilter(Strict):
    """One and the same position with everything that is given; lists are alternatives."""

    titles: list[str] = Field(default_factory=list, description="words of its title, side by side")
    companies: list[str] = Field(default_factory=list, description="words of its employer's name")
    occupations: list[str] = Field(default_factory=list, description="taxonomy ids or titles")
    functions: list[str] = Field(default_factory=list, description="such as software, sales, healthcare")
    industries: list[str] = Field(default_factory=list, description="taxonomy ids or names")
    seniority: list[Seniority] = Field(default_factory=list[Seniority], description="as its title states")
    locations: list[str] = Field(default_factory=list, description="cities, regions or countries")
    work_modes: list[WorkMode] = Field(default_factory=list[WorkMode], description="as it states")
    skills: list[str] = Field(default_factory=list, description="shown in that position")
    current: bool | None = Field(default=None, description="held now, or no longer")
    min_years: int | None = Field(default=None, ge=1, le=MOST_YEARS, description="full years in it")
    within_years: int | None = Field(
        default=None, ge=0, le=MOST_YEARS_AGO, description="held still so many years ago"
    )


def _check_sides(least: float | None, most: float | None) -> None:
    if least is None and most is None:
        raise InvalidInput("no limit is given", fix="Give at_least, at_most or both.")
    if least is not None and most is not None and least > most:
        raise InvalidInput("at_least is above at_most")
