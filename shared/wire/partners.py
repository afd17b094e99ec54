"""Units of other organisations, as the registry describes them to whoever calls them.

A partner belongs to the tenant that registered it. What it may receive was agreed at registration, in
classes of data; what a skill would receive follows from the facts that it takes.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.wire.planning import Planning, Risk

DataClass = Literal["candidate", "requirements", "posting", "evaluation", "none"]
PartnerStatus = Literal["active", "quarantined", "down", "unknown"]
SecretName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$",
        description="a name under which the operator keeps the secret; never the secret itself",
    ),
]

ANYTHING: frozenset[DataClass] = frozenset({"candidate", "requirements", "posting", "evaluation"})
_CLASSES: dict[str, frozenset[DataClass]] = {
    "role": frozenset({"posting"}),
    "posting": frozenset({"posting"}),
    "project": frozenset({"requirements"}),
    "requirements": frozenset({"requirements"}),
    "sourcing": frozenset({"candidate"}),
    "candidates": frozenset({"candidate", "evaluation"}),
    "shortlist": frozenset({"candidate", "evaluation"}),
}


class NoAccess(BaseModel):
    """The partner asks for no credentials."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["none"] = "none"


class BearerAccess(BaseModel):
    """A fixed bearer token that the partner handed out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["bearer"] = "bearer"
    secret: SecretName


class ClientAccess(BaseModel):
    """OAuth client credentials (RFC 6749, 4.4) at the partner's issuer, found by its discovery document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["client_credentials"] = "client_credentials"
    issuer: str = Field(description="the partner's issuer URL")
    client_id: str
    secret: SecretName
    scope: str = ""
    audience: str = ""


Access = Annotated[NoAccess | BearerAccess | ClientAccess, Field(discriminator="kind")]


class PartnerSkill(BaseModel):
    """What a call of one skill means: its risk, and the classes of data that go with it."""

    risk: Risk
    takes: list[DataClass]


class Partner(BaseModel):
    """One partner as its tenant may call it. ``endpoint`` is where its protocol is spoken."""

    name: str
    tenant: str
    kind: Literal["mcp", "a2a"]
    endpoint: str
    protocol_version: str = ""
    streaming: bool = False
    status: PartnerStatus
    access: Access
    data: list[DataClass] = Field(description="what it may receive")
    skills: dict[str, PartnerSkill]


def data_taken(planning: Planning, own: frozenset[str]) -> frozenset[DataClass]:
    """Return the classes of data that a planned call of a skill carries.

    ``own`` are facts that the same partner produces: they came from it. A skill outside of plans, and a
    fact that nobody classified, may carry anything.
    """
    if not planning.plannable:
        return ANYTHING
    facts = {*planning.requires.values(), *planning.optional.values()} - own
    kinds = [_CLASSES.get(fact.partition(".")[0], ANYTHING) for fact in facts]
    return frozenset[DataClass]().union(*kinds)
