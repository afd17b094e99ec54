"""What a matcher returns: a verdict, why, how sure, and the places that show it."""

from dataclasses import dataclass, field

from shared.wire.evaluation import Verdict


@dataclass(frozen=True, slots=True)
class Hit:
    """Characters ``[start, end)`` of a source that bear on a qualification; ``weight`` ranks them.

    ``whole`` asks for exactly this range as the quote, not for the passage around it.
    """

    source: str
    start: int
    end: int
    weight: float = 1.0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One matcher's answer.

    ``confidence`` is in [0, 1]: a matcher says how strong the finding is beside others of its sort, ``certainty`` how
    often such findings are right.

    ``loose`` is one that rests on likeness of words, or on a mention outside of any position: whoever reads
    may know better.
    """

    verdict: Verdict
    reason: str
    confidence: float
    hits: tuple[Hit, ...] = field(default=())
    loose: bool = False


def no_evidence(reason: str, confidence: float = 0.6, *, loose: bool = False) -> Finding:
    """Return the answer where the profile is silent."""
    return Finding(Verdict.NO_EVIDENCE, reason, confidence, loose=loose)
