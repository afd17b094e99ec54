"""How good a ranking is, and how sure a difference between two is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import log2
from random import Random

CUT = 10
DEEP = 100
RESAMPLED = 2_000


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], cut: int = CUT) -> float:
    """Return nDCG of the first ``cut``, with gain ``2^grade - 1``; who has no grade has 0. 0 where nobody fits.

    Source: Järvelin and Kekäläinen 2002; the exponential gain of Burges et al. 2005.
    """
    best = _gained(sorted(grades.values(), reverse=True)[:cut])
    return _gained([grades.get(one, 0) for one in ranked[:cut]]) / best if best else 0.0


def _gained(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades))


def recall(ranked: Sequence[str], grades: Mapping[str, int], least: int, cut: int = DEEP) -> float:
    """Return the share of those of grade ``least`` or better who are among the first ``cut``; 0 where nobody is."""
    fitting = {one for one, grade in grades.items() if grade >= least}
    return len(fitting.intersection(ranked[:cut])) / len(fitting) if fitting else 0.0


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def lead(
    ours: Sequence[float], theirs: Sequence[float], groups: Sequence[str], seed: int = 3
) -> tuple[float, float, float]:
    """Return by how much the mean of ``ours`` is above ``theirs``, as a share of theirs, with its 95 % interval.

    A paired bootstrap: whole groups of questions are drawn anew, since questions for the same work are alike.
    """
    by_group: dict[str, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        by_group[group].append(number)
    names, rng = sorted(by_group), Random(seed)
    drawn = sorted(
        _lead(ours, theirs, [one for name in rng.choices(names, k=len(names)) for one in by_group[name]])
        for _ in range(RESAMPLED)
    )
    low, high = drawn[round(0.025 * RESAMPLED)], drawn[round(0.975 * RESAMPLED) - 1]
    return _lead(ours, theirs, range(len(ours))), low, high


def _lead(ours: Sequence[float], theirs: Sequence[float], taken: Sequence[int]) -> float:
    base = sum(theirs[one] for one in taken)
    return sum(ours[one] for one in taken) / base - 1 if base else 0.0


def weighted_kappa(pairs: Sequence[tuple[int, int]], most: int = 3) -> float:
    """Return Cohen's κ of two readings with grades 0 to ``most``, weighted by the square of how far they differ.

    Source: Cohen 1968. 1 where both always say the same one grade.
    """
    total, grades = len(pairs), range(most + 1)
    first = [sum(one == grade for one, _ in pairs) / total for grade in grades]
    second = [sum(other == grade for _, other in pairs) / total for grade in grades]
    seen = sum((one - other) ** 2 for one, other in pairs) / total
    chance = sum(first[a] * second[b] * (a - b) ** 2 for a in grades for b in grades)
    return 1 - seen / chance if chance else 1.0
