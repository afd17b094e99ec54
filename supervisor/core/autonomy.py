"""What the assistant may do unasked. People decide; looking and preparing needs no question."""

from shared.wire.planning import Risk

_NEEDS_A_PERSON: frozenset[Risk] = frozenset({"contact", "decide"})


def needs_approval(risk: Risk) -> bool:
    """Return whether a step of this risk waits for a recruiter's approval."""
    return risk in _NEEDS_A_PERSON
