"""Makes the data, trains, measures and writes the cards: one version of the judge in a folder of its own.

Runs in the environment of vLLM: ``python -m servers.evaluator.judge_model.build --models FOLDER``.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import cast, get_args

from servers.evaluator.judge_model.card import write_cards
from servers.evaluator.judge_model.data.facts import Part
from servers.evaluator.judge_model.data.generate import profiles, rows
from servers.evaluator.judge_model.data.rows import accepted, read_rows, write_rows
from shared.kernel.errors import HiremeshError

UNFINISHED = "unfinished"
TUNE_SHARE, TEST_SHARE = 0.03, 0.06
PROFILES_SHARE = 0.006
FEWEST_PROFILES = 10
ROWS = 160_000


@dataclass(frozen=True)
class Order:
    """What to build: how many rows to learn from and how often, and further licensed rows as JSON lines."""

    rows: int = ROWS
    epochs: int = 1
    seed: int = 1
    threads: int = 2
    extra: Sequence[Path] = field(default_factory=list[Path])


def make_data(folder: Path, order: Order) -> None:
    """Write ``train``, ``tune``, ``profiles`` and ``test.jsonl``. Raises InvalidInput for extra rows that may not be used."""
    folder.mkdir(parents=True, exist_ok=True)
    extra = list(accepted(chain.from_iterable(read_rows(path) for path in order.extra)))
    for part in get_args(Part):
        share = {"train": 1.0, "tune": TUNE_SHARE, "test": TEST_SHARE}[part]
        made = rows(round(order.rows * share), part=cast(Part, part), seed=order.seed)
        write_rows(folder / f"{part}.jsonl", [*made, *extra] if part == "train" else made)
    whole = profiles(max(FEWEST_PROFILES, round(order.rows * PROFILES_SHARE)), seed=order.seed)
    write_rows(folder / "profiles.jsonl", chain.from_iterable(whole))


def build(models: Path, order: Order) -> Path:
    """Build a version and return its folder in ``models``. A build that was stopped goes on where it was."""
    work = models / UNFINISHED
    _say(f"making {order.rows} rows")
    make_data(work / "data", order)
    from servers.evaluator.judge_model.train import Settings, train  # takes long, and rows may be refused

    settings = Settings(epochs=order.epochs, seed=order.seed, threads=order.threads)
    about = train(work / "data", work / "model", settings, _say)
    figures = write_cards(work / "model", work / "data")
    finished = models / about["version"]
    shutil.rmtree(finished, ignore_errors=True)
    (work / "model").rename(finished)
    shutil.rmtree(work)
    _say(
        f"{about['version']}: accuracy {figures['accuracy']}, macro-F1 {figures['macro_f1']}, "
        f"calibration error {figures['ece']} on {figures['rows']} held-out rows"
    )
    return finished


def _say(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Build a version of the judge.")
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--epochs", type=int, default=Order.epochs)
    parser.add_argument("--seed", type=int, default=Order.seed)
    parser.add_argument("--threads", type=int, default=Order.threads)
    parser.add_argument("--extra", type=Path, action="append", default=[])
    given = parser.parse_args()
    try:
        build(given.models, Order(given.rows, given.epochs, given.seed, given.threads, given.extra))
    except HiremeshError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
