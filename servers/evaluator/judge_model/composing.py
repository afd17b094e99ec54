"""Chooses what the evaluator composes verdicts with: thresholds of answers, and how far its confidence holds.

A profile is judged by its passages together, so both are chosen on whole profiles whose verdict is known, not on
single pairs: among twelve passages one is easily mistaken. Plain arithmetic, without torch.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from servers.evaluator.judge_model.data.rows import LABELS
from servers.evaluator.judge_model.noise import macro_f1

STEPS = tuple(round(0.3 + 0.05 * step, 2) for step in range(14))
STRONGEST_FIRST = ("meets", "partial", "not_met")
BINS = 8
ROUNDS = 3

Answers = Sequence[Sequence[float]]
"""The probabilities by label of each passage of a profile, each summing to 1."""
Knots = list[tuple[float, float]]


def composed(answers: Answers, thresholds: Mapping[str, float]) -> tuple[str, float]:
    """Return a profile's verdict and how probable it seems.

    The strongest answer wins, as in ``servers.evaluator.core.concluding``; what reads the words besides the answers,
    a denial in so many words, is left to that.
    """
    best = dict.fromkeys(STRONGEST_FIRST, 0.0)
    for probabilities in answers:
        highest = max(probabilities)
        label = LABELS[probabilities.index(highest)]
        if label in best and highest >= thresholds[label]:
            best[label] = max(best[label], highest)
    for label in STRONGEST_FIRST:
        if best[label]:
            return label, best[label]
    return "no_evidence", min(probabilities[0] for probabilities in answers)


def chosen_thresholds(profiles: Sequence[Answers], truth: Sequence[str]) -> dict[str, float]:
    """Return the thresholds with the best mean F1 of the verdicts, one after the other until none gets better."""
    thresholds: dict[str, float] = dict.fromkeys(STRONGEST_FIRST, 0.5)

    def quality(label: str, least: float) -> float:
        said = [composed(one, thresholds | {label: least})[0] for one in profiles]
        return macro_f1(Counter(zip(truth, said, strict=True)))

    for _ in range(ROUNDS):
        for label in STRONGEST_FIRST:
            thresholds[label] = max(STEPS, key=lambda least: (quality(label, least), least))
    return thresholds


def fitted_confidence(
    profiles: Sequence[Answers], truth: Sequence[str], thresholds: Mapping[str, float]
) -> dict[str, Knots]:
    """Return, by verdict, how often one is right that seems so probable: knots from low to high, never falling."""
    seen: dict[str, list[tuple[float, bool]]] = {label: [] for label in LABELS}
    for one, true in zip(profiles, truth, strict=True):
        label, probability = composed(one, thresholds)
        seen[label].append((probability, label == true))
    return {label: _knots(sorted(found)) for label, found in seen.items() if found}


def _knots(found: Sequence[tuple[float, bool]]) -> Knots:
    """Return bins of about equal size as (mean probability, share of right ones), joined where the share would fall."""
    bins: list[_Bin] = []
    for _, alike in groupby(found, key=lambda one: one[0]):
        inside = list(alike)
        last = _Bin(sum(p for p, _ in inside), sum(right for _, right in inside), len(inside))
        bins = (
            [*bins[:-1], bins[-1] + last] if bins and bins[-1].count < len(found) // BINS else [*bins, last]
        )
    rising: list[_Bin] = []
    for one in bins:
        rising.append(one)
        while len(rising) > 1 and rising[-2].share >= rising[-1].share:
            last = rising.pop()
            rising[-1] += last
    return [(round(one.seeming / one.count, 4), round(one.share, 4)) for one in rising]


@dataclass(frozen=True)
class _Bin:
    """The sum of probabilities, how many are right, and how many there are."""

    seeming: float
    right: int
    count: int

    @property
    def share(self) -> float:
        return self.right / self.count

    def __add__(self, other: "_Bin") -> "_Bin":
        return _Bin(self.seeming + other.seeming, self.right + other.right, self.count + other.count)
