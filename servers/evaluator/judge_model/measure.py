"""Figures about answers whose truth is known. Plain arithmetic, without torch."""

import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from servers.evaluator.judge_model.data.rows import LABELS
from servers.evaluator.judge_model.noise import macro_f1, macro_f1_interval, wilson

BINS = 15
COMMONEST = 12


def softmax(logits: Sequence[float], temperature: float = 1.0) -> list[float]:
    """Return probabilities."""
    highest = max(logits)
    weights = [math.exp((one - highest) / temperature) for one in logits]
    return [one / sum(weights) for one in weights]


def fitted_temperature(logits: Sequence[Sequence[float]], truth: Sequence[int]) -> float:
    """Return the temperature at which the truth is least surprising (Guo et al. 2017), between 0.25 and 8.

    The surprise has one valley over log temperature; golden-section search finds it.
    """

    def surprise(log_temperature: float) -> float:
        temperature = math.exp(log_temperature)
        return -sum(
            math.log(max(softmax(row, temperature)[one], 1e-12))
            for row, one in zip(logits, truth, strict=True)
        )

    low, high, golden = math.log(0.25), math.log(8.0), (math.sqrt(5) - 1) / 2
    for _ in range(30):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if surprise(left) < surprise(right):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2)


def calibration_error(probabilities: Sequence[Sequence[float]], truth: Sequence[int]) -> float:
    """Return the expected calibration error of the first answers over 15 bins of equal width."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for probs, one in zip(probabilities, truth, strict=True):
        confidence = max(probs)
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, probs.index(confidence) == one))
    gaps = (abs(sum(c - right for c, right in inside)) for inside in bins if inside)
    return sum(gaps) / len(truth) if truth else 0.0


@dataclass(frozen=True, slots=True)
class Answered:
    """One row that was answered: where it belongs, what is true, and the probabilities by label."""

    scenario: str
    kind: str
    occupation: str
    label: str
    probabilities: Sequence[float]

    @property
    def answer(self) -> str:
        return LABELS[max(range(len(LABELS)), key=lambda one: self.probabilities[one])]

    @property
    def is_right(self) -> bool:
        return self.answer == self.label


def read_answered(path: Path) -> Iterator[Answered]:
    """Read rows with what was answered, as JSON lines."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            yield Answered(
                row["scenario"], row["kind"], row["occupation"], row["label"], tuple(row["probabilities"])
            )


def f1(answered: Sequence[Answered], label: str) -> float:
    """Return the harmonic mean of precision and recall for one label."""
    both = sum(one.answer == one.label == label for one in answered)
    said = sum(one.answer == label for one in answered)
    true = sum(one.label == label for one in answered)
    return 2 * both / (said + true) if said + true else 0.0


def accuracy(answered: Sequence[Answered]) -> float:
    """Return the share of right answers."""
    return sum(one.is_right for one in answered) / len(answered) if answered else 0.0


def report(answered: Sequence[Answered]) -> dict[str, object]:
    """Return all figures, rounded to four digits, with intervals of 95 %.

    Keys: rows, accuracy and macro_f1 with their intervals, ece, labels (F1), scenarios and kinds (by name the same
    three and their intervals; macro-F1 is of the labels that are true there), mistaken (the commonest mistakes).
    """
    truth = [LABELS.index(one.label) for one in answered]
    mistakes = Counter(f"{one.scenario}: {one.label} as {one.answer}" for one in answered if not one.is_right)
    return {
        **_figures(answered),
        "ece": round(calibration_error([one.probabilities for one in answered], truth), 4),
        "labels": {label: round(f1(answered, label), 4) for label in LABELS},
        "scenarios": _grouped(answered, [one.scenario for one in answered]),
        "kinds": _grouped(answered, [one.kind for one in answered]),
        "mistaken": dict(mistakes.most_common(COMMONEST)),
    }


def _figures(answered: Sequence[Answered]) -> dict[str, object]:
    right, cells = sum(one.is_right for one in answered), Counter((one.label, one.answer) for one in answered)
    return {
        "rows": len(answered),
        "accuracy": round(accuracy(answered), 4),
        "accuracy_interval": [round(one, 4) for one in wilson(right, len(answered))],
        "macro_f1": round(macro_f1(cells), 4),
        "macro_f1_interval": [round(one, 4) for one in macro_f1_interval(cells)],
    }


def _grouped(answered: Sequence[Answered], groups: Sequence[str]) -> dict[str, dict[str, object]]:
    inside: dict[str, list[Answered]] = {name: [] for name in sorted(set(groups))}
    for one, group in zip(answered, groups, strict=True):
        inside[group].append(one)
    return {name: _figures(each) for name, each in inside.items()}
