"""How far figures can be trusted: intervals of 95 %, tests of "worse than", and a correction for many of them.

Closed forms and exact tests: nothing is drawn by chance, so the same figures always give the same answer.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

Interval = tuple[float, float]
Cells = Mapping[tuple[str, str], int]
"""How many cases there are of each pair of truth and answer."""
PairedCells = Mapping[tuple[str, str, str], int]
"""How many cases there are of each truth, the earlier version's answer and the later one's."""

Z = 1.959964
"""Of a normal distribution, 95 % lie within so many deviations."""
ALPHA = 0.05


def macro_f1(cells: Cells) -> float:
    """Return the mean F1 of the labels that are true somewhere."""
    true, named = _labels(cells)
    return sum(2 * cells.get((one, one), 0) / named[one] for one in true) / len(true) if true else 0.0


def macro_f1_interval(cells: Cells) -> Interval:
    """Return the interval of the macro-F1, by the delta method (Takahashi et al. 2022)."""
    middle, doubted = macro_f1(cells), _doubted(cells)
    pulls = _pulls(doubted)
    half = _half_width([(pulls[cell], count) for cell, count in doubted.items()])
    return max(0.0, middle - half), min(1.0, middle + half)


def macro_f1_difference(cells: PairedCells) -> tuple[float, Interval]:
    """Return by how much the later macro-F1 is better over the same cases, with its interval (delta method)."""
    before, after = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for (truth, one, two), count in cells.items():
        before[truth, one] += count
        after[truth, two] += count
    earlier, later = _pulls(before), _pulls(after)
    pulled = [(later[t, two] - earlier[t, one], count) for (t, one, two), count in cells.items()]
    middle, half = macro_f1(after) - macro_f1(before), _half_width(pulled)
    return middle, (middle - half, middle + half)


def wilson(right: int, of: int) -> Interval:
    """Return the interval of a share (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    share, z2 = right / of, Z * Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def paired(lost: int, won: int, of: int) -> Interval:
    """Return the interval of the difference between two answers to the same cases (Agresti and Min 2005).

    Args:
        lost: cases that only the earlier one has right; ``won``: only the later one.
        of: all cases.
    """
    lost, won, of = lost + 1, won + 1, of + 4
    middle = (won - lost) / of
    half = Z * math.sqrt(max(0.0, (lost + won) / of - middle * middle) / of)
    return max(-1.0, middle - half), min(1.0, middle + half)


def unpaired(before: tuple[int, int], after: tuple[int, int]) -> Interval:
    """Return the interval of the difference between two shares, each (right, of) (Newcombe 1998)."""
    (low1, high1), (low2, high2) = wilson(*before), wilson(*after)
    one, two = (right / of for right, of in (before, after))
    apart = two - one
    return (
        apart - math.sqrt((two - low2) ** 2 + (high1 - one) ** 2),
        apart + math.sqrt((high2 - two) ** 2 + (one - low1) ** 2),
    )


def mcnemar(lost: int, won: int) -> float:
    """Return how probable it is to lose so many, or more, of the cases that differ by chance alone (exact)."""
    differ = lost + won
    return sum(math.comb(differ, one) for one in range(lost, differ + 1)) / 2**differ


def fisher(before: tuple[int, int], after: tuple[int, int]) -> float:
    """Return how probable so few right ones of the later share, or fewer, are where both are alike (exact)."""
    (right1, of1), (right2, of2) = before, after
    right, of = right1 + right2, of1 + of2
    all_ways = _log_ways(of, of2)
    return min(
        1.0,
        sum(
            math.exp(_log_ways(right, one) + _log_ways(of - right, of2 - one) - all_ways)
            for one in range(max(0, right - of1), right2 + 1)
        ),
    )


def beyond_chance(probabilities: Sequence[float]) -> list[bool]:
    """Tell which of many tests hold together at 5 % (Holm 1979): the chance that any of them errs."""
    order = sorted(range(len(probabilities)), key=lambda one: probabilities[one])
    holds = [False] * len(probabilities)
    for place, one in enumerate(order):
        if probabilities[one] > ALPHA / (len(order) - place):
            break
        holds[one] = True
    return holds


def _labels(cells: Cells) -> tuple[list[str], Counter[str]]:
    """Return the labels that are true somewhere, and how often each is true or answered."""
    named = Counter[str]()
    for (truth, answer), count in cells.items():
        named[truth] += count
        named[answer] += count
    return sorted({truth for (truth, _), count in cells.items() if count}), named


def _doubted(cells: Cells) -> Counter[tuple[str, str]]:
    """Return the cells with a wrong case more for each true label: few cases, all right, are no certainty."""
    return Counter(cells) + Counter({(one, ""): 1 for one in _labels(cells)[0]})


def _pulls(cells: Cells) -> dict[tuple[str, str], float]:
    """Return how strongly one case of each cell pulls at the macro-F1: its derivative times all cases."""
    true, named = _labels(cells)
    scale = sum(cells.values()) / len(true) if true else 0.0
    pulls: dict[tuple[str, str], float] = {}
    for truth, answer in cells:
        pull = 2 / named[truth] if truth == answer else 0.0
        for label in (truth, answer):
            pull -= 2 * cells.get((label, label), 0) / named[label] ** 2
        pulls[truth, answer] = pull * scale
    return pulls


def _half_width(pulled: Sequence[tuple[float, int]]) -> float:
    of = sum(count for _, count in pulled)
    if not of:
        return 0.0
    mean = sum(pull * count for pull, count in pulled) / of
    spread = sum(count * (pull - mean) ** 2 for pull, count in pulled) / of
    return Z * math.sqrt(spread / of)


def _log_ways(of: int, taken: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(taken + 1) - math.lgamma(of - taken + 1)
