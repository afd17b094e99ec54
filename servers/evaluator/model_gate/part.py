"""A part of the held-out cases, for models that take long to answer all of them."""

from collections.abc import Sequence

from servers.evaluator.judge_model.build import ROWS, TEST_SHARE, Order
from servers.evaluator.judge_model.data.generate import rows
from servers.evaluator.judge_model.data.rows import Row
from servers.evaluator.model_gate.gate import ATTACKS

PART = 1_000
"""Cases that a chat model is asked at most, unless somebody says otherwise."""
FEWEST = 2
"""Of each scenario."""


def made_cases() -> list[Row]:
    """Return the held-out cases of a build of the usual size: no chat model comes with cases of its own."""
    return rows(round(ROWS * TEST_SHARE), part="test", seed=Order.seed)


def part_of(cases: Sequence[Row], most: int) -> list[Row]:
    """Return about so many cases, in order, and always the same: of each scenario its share, of attacks all."""
    inside: dict[str, list[int]] = {}
    for number, case in enumerate(cases):
        inside.setdefault(case.scenario, []).append(number)
    chosen: list[int] = []
    for scenario, numbers in inside.items():
        wanted = len(numbers) if scenario in ATTACKS else round(most * len(numbers) / len(cases))
        share = min(len(numbers), max(FEWEST, wanted))
        chosen += [numbers[at * len(numbers) // share] for at in range(share)]
    return [cases[number] for number in sorted(chosen)]
