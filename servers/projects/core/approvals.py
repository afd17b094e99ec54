"""The rules of approvals: deny by default, bound to exact arguments, used once, and not for ever."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from servers.projects.core.models import Approval, ApprovalStatus
from shared.kernel.errors import Conflict, Denied, InvalidInput
from shared.kernel.principal import Principal

DEFAULT_LIFE = timedelta(hours=72)
LONGEST_LIFE = timedelta(days=30)


def arguments_hash(arguments: dict[str, Any]) -> str:
    """Return the SHA-256 (hex) of the arguments' canonical JSON: sorted keys, no blanks, UTF-8.

    ``approval_id`` itself is left out, so that a call can carry it beside what was approved.
    """
    bare = {key: value for key, value in arguments.items() if key != "approval_id"}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def check_life(seconds: int | None) -> timedelta:
    """Return how long a new approval may wait and be used."""
    if seconds is None:
        return DEFAULT_LIFE
    life = timedelta(seconds=seconds)
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise InvalidInput("an approval lives between one second and 30 days", field="expires_in_seconds")
    return life


def status_at(approval: Approval, now: datetime) -> ApprovalStatus:
    """Return the status as of ``now``: an answer that comes, or is used, too late counts as expired."""
    if approval.status in ("pending", "approved") and now >= approval.expires_at:
        return "expired"
    return approval.status


def check_decision(approval: Approval, now: datetime) -> None:
    """Raise Conflict unless the approval still waits for its one answer."""
    status = status_at(approval, now)
    if status != "pending":
        raise Conflict(f"this approval is {status}", field="approval_id", fix="Ask again where needed.")


def check_use(approval: Approval, action: str, arguments: dict[str, Any], now: datetime) -> None:
    """Raise Denied unless a person approved exactly this, and it was not used before."""
    status = status_at(approval, now)
    if status != "approved":
        raise Denied(f"this approval is {status}", field="approval_id", fix="Ask a person for a new one.")
    if approval.action != action or approval.arguments_hash != arguments_hash(arguments):
        raise Denied(
            "something else was approved", field="approval_id", fix="Ask a person to approve these arguments."
        )


def require_person(principal: Principal) -> str:
    """Return who decides. Raises Denied for a service or a partner: people make the decisions."""
    if principal.kind != "person":
        raise Denied("only a person can decide this", fix="Ask a recruiter to decide.")
    return principal.subject


def require_own_hand(principal: Principal) -> str:
    """Return the person who decides. Raises Denied, too, where an assistant stands between."""
    person = require_person(principal)
    if principal.assisted:
        raise Denied(
            "an assistant cannot decide for a person",
            fix="Ask with request_approval; the person answers on the page or in the terminal.",
        )
    return person
