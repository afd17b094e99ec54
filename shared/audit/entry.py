"""What is recorded of one decision: who, what, the outcome and why; never what was in the call."""

import hashlib
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Outcome = Literal["allowed", "denied", "unauthenticated", "not_found"]
NO_TENANT = "-"


class AuditEntry(BaseModel):
    """One decision, as the door hands it over.

    Attributes:
        tenant: whose data was asked for; ``-`` where no caller is known.
        subject: on whose behalf, ``-`` where unknown; actor: the service that called for them.
        unit, skill, risk: what was asked for; skill and risk are empty before a skill is known.
        outcome, reason: what was decided and why, in words that carry no data of the call.
        policies: ids of the policies that decided.
        detail: small facts for an investigator, such as a trace id.
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


class ChainedEntry(BaseModel):
    """One row of a tenant's chain as the database keeps it.

    Attributes:
        seq: 1, 2, 3 … within the tenant, without gaps.
        at: when the database wrote it; writer: the database role that did.
        record: the entry as canonical JSON text, which is what the hash covers.
        previous, hash: SHA-256, hex; ``previous`` is the hash of seq - 1, or 64 zeros.
    """

    tenant: str
    seq: int
    at: datetime
    writer: str
    record: str
    previous: str
    hash: str


GENESIS = "0" * 64


def chain_hash(previous: str, record: str) -> str:
    """Return the hash of a row: SHA-256 over the previous hash, a newline and the canonical record."""
    return hashlib.sha256(f"{previous}\n{record}".encode()).hexdigest()
