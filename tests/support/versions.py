"""Versions of the judging model with answers that are made up: their weights are a word."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from servers.evaluator.judge_model.data.rows import LABELS, Row
from servers.evaluator.model_gate.held_out import sha256_of

SCENARIOS = {"stated": "meets", "wished": "no_evidence", "slight": "partial", "lacking": "not_met"}
EACH = 40


def cases(*scenarios: str, each: int = EACH) -> list[Row]:
    """Return made-up held-out rows, as many of each scenario."""
    return [
        Row(
            qualification=f"welding {number}",
            kind="skill",
            passage=f"Said something of welding, {scenario} {number}",
            label=SCENARIOS.get(scenario, "no_evidence"),
            scenario=scenario,
            occupation="welder",
            source="generated",
            licence="CC0-1.0",
        )
        for scenario in scenarios or SCENARIOS
        for number in range(each)
    ]


def made_version(
    parent: Path, name: str, rows: list[Row] | None = None, *, wrong: Collection[tuple[str, int]] = ()
) -> Path:
    """Write a version's folder in which ``wrong`` cases, (scenario, number), are answered as another label."""
    folder, test = parent / name, rows or cases()
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_text(name)
    words = {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2}
    Tokenizer(WordLevel(words, unk_token="[UNK]")).save(str(folder / "tokenizer.json"))
    seen: dict[str, int] = {}
    with (folder / "predictions.jsonl").open("w", encoding="utf-8") as file:
        for row in test:
            number = seen.setdefault(row.scenario, 0)
            seen[row.scenario] += 1
            off = (row.scenario, number) in wrong
            said = LABELS[(LABELS.index(row.label) + off) % len(LABELS)]
            told = {"probabilities": [0.97 if label == said else 0.01 for label in LABELS]}
            file.write(json.dumps(asdict(row) | told) + "\n")
    about = {
        "version": name,
        "weights_sha256": hashlib.sha256(name.encode()).hexdigest(),
        "labels": LABELS,
        "longest": 256,
        "temperature": 1.0,
        "thresholds": {"not_met": 0.5, "partial": 0.5, "meets": 0.5},
        "data_sha256": {"test": sha256_of(test)},
    }
    (folder / "model.json").write_text(json.dumps(about))
    return folder
