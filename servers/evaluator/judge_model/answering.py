"""Asks a version's weights about rows. Runs in the environment of vLLM, as training does.

``python -m servers.evaluator.judge_model.answering --model FOLDER --rows FILE --out FILE`` writes the rows with
their calibrated probabilities, as training writes ``predictions.jsonl``.
"""
# The environment of the product, in which types are checked, has neither torch nor transformers.
# pyright: reportMissingImports=false

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification
from transformers.utils import logging

from servers.evaluator.judge_model.data.rows import Row, read_rows
from servers.evaluator.judge_model.measure import softmax
from shared.llm.pairs import PairTokens

BATCH = 64
DIGITS = 5


def answer(model: Path, rows: Path, out: Path) -> None:
    """Write what a version answers to the rows of a file. One that was stopped leaves no file."""
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    asked = list(read_rows(rows))
    temperature = float(json.loads((model / "model.json").read_text("utf-8"))["temperature"])
    unfinished = out.with_suffix(".new")
    with unfinished.open("w", encoding="utf-8") as file:
        for row, logits in zip(asked, _logits(model, asked), strict=True):
            probabilities = [round(one, DIGITS) for one in softmax(logits, temperature)]
            shown = {**asdict(row), "probabilities": probabilities}
            file.write(json.dumps(shown, ensure_ascii=False) + "\n")
    unfinished.replace(out)


def _logits(model: Path, rows: Sequence[Row]) -> Iterator[list[float]]:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    weights: Any = AutoModelForSequenceClassification.from_pretrained(model, dtype=torch.float32)
    weights = weights.to(device).eval()
    encoded = PairTokens(model / "tokenizer.json").of([(row.qualification, row.passage) for row in rows])
    order = sorted(range(len(rows)), key=lambda one: len(encoded[one]))
    found: dict[int, list[float]] = {}
    with torch.inference_mode():
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            longest = max(len(encoded[one]) for one in batch)
            padding = [longest - len(encoded[one]) for one in batch]
            ids = [encoded[one] + [0] * more for one, more in zip(batch, padding, strict=True)]
            mask = [[1] * (longest - more) + [0] * more for more in padding]
            output = weights(
                input_ids=torch.tensor(ids, device=device), attention_mask=torch.tensor(mask, device=device)
            )
            found |= dict(zip(batch, output.logits.tolist(), strict=True))
    yield from (found[one] for one in range(len(rows)))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Ask a version about rows.")
    for name in ("--model", "--rows", "--out"):
        parser.add_argument(name, type=Path, required=True)
    given = parser.parse_args()
    answer(given.model, given.rows, given.out)


if __name__ == "__main__":
    main()
