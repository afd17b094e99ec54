"""Chooses what the evaluator composes verdicts with: thresholds of answers, and how far its confidence holds.

A profile is judged by its passages together, so both are chosen on whole profiles whose verdict is known, not on
single pairs: among twelve passages one is easily mistaken. Plain arithmetic, without torch.
"""

from collections.abc import Mapping, Sequence

from servers.evaluator.judge_model.data.rows import LABELS

STEPS = tuple(round(0.3 + 0.05 * step, 2) for step in range(14))
STRONGEST_FIRST = ("meets", "partial", "not_met")
BINS = 8
ROUNDS = 3

Answers = Sequence[Sequence[float]]
"""The probabilities by label of each passage of a profile, each summing to 1."""
Knots = list[tuple[float, float]]


def composed(answers: Answers, thresholds: Mapping[str, float]) -> tuple[str, float]:
    """Return a profile's verdict and how probable it seems, as ``servers.evaluator.core.concluding`` does."""
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
    thresholds = dict.fromkeys(STRONGEST_FIRST, 0.5)

    def quality(label: str, least: float) -> float:
        said = [composed(one, thresholds | {label: least})[0] for one in profiles]
        return macro_f1(said, truth)

    for _ in range(ROUNDS):
        for label in STRONGEST_FIRST:
            thresholds[label] = max(STEPS, key=lambda least: (quality(label, least), least))
    return thresholds


def macro_f1(said: Sequence[str], truth: Sequence[str]) -> float:
    """Return the mean F1 of the four verdicts."""
    pairs = list(zip(said, truth, strict=True))
    right = {label: sum(one == two == label for one, two in pairs) for label in LABELS}
    named = {label: sum((one == label) + (two == label) for one, two in pairs) for label in LABELS}
    return sum(2 * right[label] / named[label] for label in LABELS if named[label]) / len(LABELS)


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
    """Return bins of equal size as (mean probability, share of right ones), joined where the share would fall."""
    size = max(1, len(found) // BINS)
    bins: list[tuple[float, float, int]] = []
    for at in range(0, len(found), size):
        inside = found[at : at + size]
        bins.append((sum(p for p, _ in inside), sum(right for _, right in inside), len(inside)))
        while len(bins) > 1 and not _rises(*bins[-2:]):
            last, before = bins.pop(), bins.pop()
            bins.append((before[0] + last[0], before[1] + last[1], before[2] + last[2]))
    return [(round(total / count, 4), round(right / count, 4)) for total, right, count in bins]


def _rises(before: tuple[float, float, int], after: tuple[float, float, int]) -> bool:
    return all(one / before[2] < two / after[2] for one, two in zip(before[:2], after[:2], strict=True))
