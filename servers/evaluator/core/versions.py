"""What judges: the version of the rules, and that of the model where there is one."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from shared.wire.evaluation import Verdict

ENGINE = "rules-3"
PASSAGES = 12
"""Passages read for each qualification."""
ASKING = "pairs-1"
"""How passages are chosen, headed and composed; with another way verdicts may differ."""


@dataclass(frozen=True, slots=True)
class JudgeVersion:
    """A judging model, told exactly enough that equal versions give equal verdicts.

    Attributes:
        name: such as ``judge-2f9a81c4d07e``, which holds the beginning of its weights' SHA-256.
        weights: SHA-256 (hex) of the weights.
        temperature: by which its probabilities are calibrated.
        thresholds: how probable each verdict must be to count; below it there is no evidence.
        passages: read for each qualification at most.
        asks_all: also what facts settle, to measure the model by itself.
    """

    name: str
    weights: str
    temperature: float
    thresholds: Mapping[Verdict, float]
    passages: int = PASSAGES
    asks_all: bool = False

    @property
    def identity(self) -> str:
        """SHA-256 (hex) of all that the verdicts depend on besides the rules."""
        text = json.dumps([ASKING, asdict(self)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def engine_name(judge: JudgeVersion | None) -> str:
    """Return what an evaluation says it was judged by."""
    return f"{judge.name}+{ENGINE}" if judge else ENGINE
