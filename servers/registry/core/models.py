"""What the registry keeps and tells."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from shared.wire.partners import Access, DataClass
from shared.wire.planning import Planning, Skill

Status = Literal["active", "quarantined", "down", "unknown"]
Origin = Literal["catalogue", "registered"]
UnitKind = Literal["mcp", "a2a"]
Card = dict[str, Any]
INSTALLATION = "-"
"""The tenant of the units that belong to the installation itself."""


class Difference(BaseModel):
    """One way in which a unit differs from its pinned card."""

    where: str = Field(description="a skill, or a field of the card")
    change: Literal["added", "removed", "changed"]
    detail: str = Field(description="what changed, in a few words")


class UnitState(BaseModel):
    """One unit as it was last seen.

    A registered one belongs to the tenant that registered it, answers at ``endpoint``, is called with
    ``access`` and may receive ``data``; ``planning`` is what the tenant says of skills whose card doesn't.
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
    tenant: str = INSTALLATION
    access: Access | None = None
    data: list[DataClass] = Field(default_factory=list[DataClass])
    planning: dict[str, Planning] = Field(default_factory=dict[str, Planning])
    endpoint: str = ""
    protocol_version: str = ""
    streaming: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Whose it is, and its name there."""
        return self.tenant, self.name


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
    data: list[DataClass] = Field(description="what a registered unit may receive")
    withheld: list[str] = Field(
        default_factory=list, description="its skills that would receive more than that, and what"
    )


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
    """What a unit answered: its card, in how many milliseconds, and where it says its protocol is spoken."""

    card: Card
    latency_ms: float
    endpoint: str = ""
    protocol_version: str = ""
    streaming: bool = False
