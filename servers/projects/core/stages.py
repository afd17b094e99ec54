"""Which moves in a pipeline are allowed."""

from servers.projects.core.models import Stage
from shared.kernel.errors import InvalidInput

FORWARD: tuple[Stage, ...] = (
    "sourced",
    "shortlisted",
    "contacted",
    "screening",
    "interview",
    "offer",
    "hired",
)
ENDS: frozenset[Stage] = frozenset(("hired", "rejected", "withdrawn"))


def check_move(current: Stage | None, to_stage: Stage, reason: str) -> None:
    """Raise InvalidInput for a move that makes no sense. Going back, and reopening an end, are allowed.

    Every move needs a reason: it is what the next person, the candidate and an auditor will ask for.
    """
    if not reason.strip():
        raise InvalidInput("a move needs a reason", field="reason", fix="Say why in a few words.")
    if current == to_stage:
        raise InvalidInput(f"the candidate is at {to_stage} already", field="to_stage")
    if current is None and to_stage in ("offer", "hired"):
        raise InvalidInput(
            "the candidate is not in this project's pipeline",
            field="candidate_id",
            fix="Move the candidate to an earlier stage first.",
        )
    if current in ENDS and to_stage == "hired":
        raise InvalidInput(
            f"a candidate who is {current} cannot be hired in one move",
            field="to_stage",
            fix="Reopen with an earlier stage first.",
        )
