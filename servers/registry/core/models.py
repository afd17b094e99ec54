"""What the registry keeps and tells."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from shared.wire.planning import Skill

Status = Literal["active", "quarantined", "down", "unknown"]
Origin = Literal["catalogue", "registered"]
UnitKind = Literal["mcp", "a2a"]
Card = dict[str, Any]


class Difference(BaseModel):
    """One way in which a unit differs from its pinned card."""

    where: str = Field(description="a skill, or a field of the card")
    change: Literal["added", "removed", "changed"]
    detail: str = Field(description="what changed, in a few words")


class UnitState(BaseModel):
    """One unit as it was last seen.

    ``latency_ms`` is an exponentially weighted average over probes. ``last_seen`` is the last answer,
    ``card`` what it then said of itself, ``accepted`` the card whose skills count.
    """

    name: str
    kind: UnitKind
    url: str
    origin: Origin = "catalogue"
    status: Status = "unknown"
    summary: str = ""
    latency_ms: float | None = None
    last_seen: datetime | None = None
    last_probe: datetime | None = None
    failure: str | None = None
    differences: list[Difference] = Field(default_factory=list[Difference])
    card: Card | None = None
    accepted: Card | None = None
    registered_by: str | None = None


class UnitInfo(BaseModel):
    """One unit as the registry tells of it."""

    name: str
    kind: UnitKind
    url: str
    origin: Origin
    status: Status = Field(description="active, quarantined (drifted), down, or unknown before a first probe")
    summary: str
    skills: int = Field(description="how many skills its accepted card has")
    latency_ms: float | None = Field(description="average answer time of recent probes")
    last_seen: datetime | None
    failure: str | None = Field(description="why the last probe failed")
    differences: list[Difference] = Field(description="how it differs from the accepted card")


class UnitList(BaseModel):
    """All units, by name."""

    units: list[UnitInfo]


class FoundSkill(Skill):
    """A skill with the state of its unit."""

    available: bool = Field(description="whether its unit answers at the moment")
    latency_ms: float | None = None


class SkillPage(BaseModel):
    """Found skills, best first."""

    skills: list[FoundSkill]
    next_cursor: str | None = None


class Probe(BaseModel):
    """What a unit answered: its card, and in how many milliseconds."""

    card: Card
    latency_ms: float
