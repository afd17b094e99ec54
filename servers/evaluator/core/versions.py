"""What judges: the version of the rules, and that of the model where there is one."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from shared.wire.evaluation import Verdict

ENGINE = "rules-6"
PASSAGES = 12
"""Passages read for each qualification."""
ASKING = "pairs-5"
"""How passages are chosen, headed and composed; with another way verdicts may differ."""


def _nothing() -> dict[Verdict, Sequence[tuple[float, float]]]:
    return {}


@dataclass(frozen=True, slots=True)
class JudgeVersion:
    """A judging model, told exactly enough that equal versions give equal verdicts.

    Attributes:
        name: such as ``judge-2f9a81c4d07e``, which holds the beginning of its weights' SHA-256, or of its prompt's.
        weights: SHA-256 (hex) of the weights; of a chat model the name under which it is served stands for them.
        temperature: by which its probabilities are calibrated.
        thresholds: how probable each verdict must be to count; below it there is no evidence.
        passages: read for each qualification at most.
        asks_all: also what lists know by name and do not find, to measure the model by itself.
        confidence: by verdict, how often one is right that seems so probable: pairs of both, from low to high;
            where a verdict has none, what seems probable is taken as it is.
        prompt: SHA-256 (hex) of what a chat model is told, and of the schema of its answers.
    """

    name: str
    weights: str
    temperature: float
    thresholds: Mapping[Verdict, float]
    passages: int = PASSAGES
    asks_all: bool = False
    confidence: Mapping[Verdict, Sequence[tuple[float, float]]] = field(default_factory=_nothing)
    prompt: str | None = None

    def confidence_in(self, verdict: Verdict, probability: float) -> float:
        """Return how often a verdict that seems so probable is right; between two pairs on a straight line."""
        pairs = self.confidence.get(verdict)
        if not pairs:
            return probability
        at = bisect_right([seeming for seeming, _ in pairs], probability)
        if at in (0, len(pairs)):
            return pairs[min(at, len(pairs) - 1)][1]
        (low, right), (high, righter) = pairs[at - 1], pairs[at]
        return right + (righter - right) * (probability - low) / (high - low)

    @property
    def identity(self) -> str:
        """SHA-256 (hex) of all that the verdicts depend on besides the rules."""
        text = json.dumps([ASKING, asdict(self)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def engine_name(judge: JudgeVersion | None) -> str:
    """Return what an evaluation says it was judged by."""
    return f"{judge.name}+{ENGINE}" if judge else ENGINE
