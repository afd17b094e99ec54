"""What is recorded of one decision: who, what, the outcome and why; never what was in the call."""

import hashlib
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Outcome = Literal["allowed", "denied", "unauthenticated", "not_found", "invalid_input"]
NO_TENANT = "-"
GENESIS = "0" * 64


class AuditEntry(BaseModel):
    """One decision, as the door hands it over; the database adds ``seq``, ``at`` (UTC) and ``writer``.

    Attributes:
        tenant: whose data was asked for; ``-`` where no caller is known.
        subject: on whose behalf, ``-`` where unknown.
        actor: the service that called for the subject, or None.
        unit, skill, risk: what was asked for; skill and risk are empty before a skill is known.
        outcome, reason: what was decided and why, in words that carry no data of the call.
        policies: ids of the policies that decided.
        detail: small facts for an investigator, such as a path.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tenant: str = NO_TENANT
    subject: str = "-"
    actor: str | None = None
    unit: str
    skill: str = ""
    risk: str = ""
    outcome: Outcome
    reason: str = ""
    policies: tuple[str, ...] = ()
    detail: dict[str, str | int] = Field(default_factory=dict)


def chain_hash(previous: str, record: str) -> str:
    """Return a row's hash: SHA-256, hex, over the previous hash, a newline and the record's JSON text."""
    return hashlib.sha256(f"{previous}\n{record}".encode()).hexdigest()
